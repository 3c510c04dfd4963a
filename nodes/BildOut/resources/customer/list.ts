import type { INodeProperties } from 'n8n-workflow';

import type { FilterTable } from '../../operations/filters';
import { sortBy } from '../commonParameters';

export const customerFilterTable: FilterTable = {
	search: { label: 'Search', fields: ['name', 'email', 'phone'], kind: 'contains' },
	email: { label: 'Email', fields: ['email'], kind: 'contains' },
	createdFrom: { label: 'Created From', fields: ['created_at'], kind: 'momentFrom' },
	createdTo: { label: 'Created To', fields: ['created_at'], kind: 'momentTo' },
	updatedFrom: { label: 'Updated From', fields: ['updated_at'], kind: 'momentFrom' },
};

export const customerFilters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options: [
		{
			displayName: 'Created From',
			name: 'createdFrom',
			type: 'dateTime',
			default: '',
			description: 'Only customers created at this time or later. Checked by this node.',
		},
		{
			displayName: 'Created To',
			name: 'createdTo',
			type: 'dateTime',
			default: '',
			description:
				'Only customers created at this time or earlier. A day without a time, or at 00:00:00 as the calendar gives it, counts whole. Checked by this node.',
		},
		{
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '',
			placeholder: 'e.g. @summitroofing.com',
			description: 'Only customers whose email contains this text. Checked by this node.',
		},
		{
			displayName: 'Search',
			name: 'search',
			type: 'string',
			default: '',
			placeholder: 'e.g. roofing',
			description:
				'Only customers whose name, email or phone contains this text. Checked by this node.',
		},
		{
			displayName: 'Updated From',
			name: 'updatedFrom',
			type: 'dateTime',
			default: '',
			description: 'Only customers changed at this time or later. Checked by this node.',
		},
	],
};

export const customerSort: INodeProperties = sortBy({
	displayName: 'Field',
	name: 'field',
	type: 'options',
	default: 'name',
	options: [
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Email', value: 'email' },
		{ name: 'Name', value: 'name' },
		{ name: 'Updated At', value: 'updated_at' },
	],
});
