import type { INodeProperties } from 'n8n-workflow';

import type { FilterTable } from '../../operations/filters';
import { customerLocator } from '../customer/locator';
import { sortBy } from '../commonParameters';
import { customerRecord } from '../customer/record';

export const projectFilterTable: FilterTable = {
	search: { label: 'Search', fields: ['name', 'description'], kind: 'contains' },
	status: { label: 'Status', fields: ['status'], kind: 'anyOf' },
	customerId: { label: 'Customer', fields: ['client_id'], kind: { record: customerRecord } },
	startFrom: { label: 'Starts From', fields: ['start_date'], kind: 'dateFrom' },
	startTo: { label: 'Starts To', fields: ['start_date'], kind: 'dateTo' },
	endFrom: { label: 'Ends From', fields: ['end_date'], kind: 'dateFrom' },
	endTo: { label: 'Ends To', fields: ['end_date'], kind: 'dateTo' },
	minBudget: { label: 'Min Budget', fields: ['budget'], kind: 'atLeast' },
	maxBudget: { label: 'Max Budget', fields: ['budget'], kind: 'atMost' },
	updatedFrom: { label: 'Updated From', fields: ['updated_at'], kind: 'momentFrom' },
};

export const projectFilters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: [
		{
			...customerLocator,
			required: false,
			description: 'Only projects of this customer. Checked by this node.',
		},
		{
			displayName: 'Ends From',
			name: 'endFrom',
			type: 'dateTime',
			default: '',
			description: 'Only projects that end on this day or later. Checked by this node.',
		},
		{
			displayName: 'Ends To',
			name: 'endTo',
			type: 'dateTime',
			default: '',
			description: 'Only projects that end on this day or earlier. Checked by this node.',
		},
		{
			displayName: 'Max Budget',
			name: 'maxBudget',
			type: 'number',
			default: 0,
			description: 'Only projects with a budget of at most this. Checked by this node.',
		},
		{
			displayName: 'Min Budget',
			name: 'minBudget',
			type: 'number',
			default: 0,
			description: 'Only projects with a budget of at least this. Checked by this node.',
		},
		{
			displayName: 'Search',
			name: 'search',
			type: 'string',
			default: '',
			placeholder: 'e.g. kitchen',
			description:
				'Only projects whose name or description contains this text. Checked by this node.',
		},
		{
			displayName: 'Starts From',
			name: 'startFrom',
			type: 'dateTime',
			default: '',
			description: 'Only projects that start on this day or later. Checked by this node.',
		},
		{
			displayName: 'Starts To',
			name: 'startTo',
			type: 'dateTime',
			default: '',
			description: 'Only projects that start on this day or earlier. Checked by this node.',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'string',
			default: '',
			placeholder: 'e.g. active',
			description:
				'Only projects with this status, or one of several with commas between them. Checked by this node.',
		},
		{
			displayName: 'Updated From',
			name: 'updatedFrom',
			type: 'dateTime',
			default: '',
			description: 'Only projects changed at this time or later. Checked by this node.',
		},
	],
};

export const projectSort: INodeProperties = sortBy({
	displayName: 'Field',
	name: 'field',
	type: 'options',
	default: 'name',
	options: [
		{ name: 'Budget', value: 'budget' },
		{ name: 'Created At', value: 'created_at' },
		{ name: 'End Date', value: 'end_date' },
		{ name: 'Name', value: 'name' },
		{ name: 'Start Date', value: 'start_date' },
		{ name: 'Status', value: 'status' },
		{ name: 'Updated At', value: 'updated_at' },
	],
});
