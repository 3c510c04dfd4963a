import type { INodeProperties } from 'n8n-workflow';

import type { FilterTable } from '../../operations/filters';
import { customerLocator } from '../customer/locator';
import { projectLocator } from '../project/locator';
import { sortBy } from '../commonParameters';
import { customerRecord } from '../customer/record';
import { projectRecord } from '../project/record';

export const invoiceFilterTable: FilterTable = {
	status: { label: 'Status', fields: ['status'], kind: 'anyOf', onServer: true },
	customerId: { label: 'Customer', fields: ['client_id'], kind: { record: customerRecord } },
	projectId: { label: 'Project', fields: ['project_id'], kind: { record: projectRecord } },
	search: { label: 'Search', fields: ['invoice_number', 'notes'], kind: 'contains' },
	dueFrom: { label: 'Due From', fields: ['due_date'], kind: 'dateFrom' },
	dueTo: { label: 'Due To', fields: ['due_date'], kind: 'dateTo' },
	issuedFrom: { label: 'Issued From', fields: ['issue_date'], kind: 'dateFrom' },
	issuedTo: { label: 'Issued To', fields: ['issue_date'], kind: 'dateTo' },
	createdFrom: { label: 'Created From', fields: ['created_at'], kind: 'momentFrom' },
	createdTo: { label: 'Created To', fields: ['created_at'], kind: 'momentTo' },
	updatedFrom: { label: 'Updated From', fields: ['updated_at'], kind: 'momentFrom' },
	minTotal: { label: 'Min Total', fields: ['total'], kind: 'atLeast' },
	maxTotal: { label: 'Max Total', fields: ['total'], kind: 'atMost' },
	minAmountDue: { label: 'Min Amount Due', fields: ['amount_due'], kind: 'atLeast' },
};

export const invoiceFilters: INodeProperties = {
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
			description: 'Only invoices created at this time or later. Checked by this node.',
		},
		{
			displayName: 'Created To',
			name: 'createdTo',
			type: 'dateTime',
			default: '',
			description:
				'Only invoices created at this time or earlier. A day without a time, or at 00:00:00 as the calendar gives it, counts whole. Checked by this node.',
		},
		{
			...customerLocator,
			required: false,
			description: 'Only invoices of this customer. Checked by this node.',
		},
		{
			displayName: 'Due From',
			name: 'dueFrom',
			type: 'dateTime',
			default: '',
			description: 'Only invoices due on this day or later. Checked by this node.',
		},
		{
			displayName: 'Due To',
			name: 'dueTo',
			type: 'dateTime',
			default: '',
			description: 'Only invoices due on this day or earlier. Checked by this node.',
		},
		{
			displayName: 'Issued From',
			name: 'issuedFrom',
			type: 'dateTime',
			default: '',
			description: 'Only invoices issued on this day or later. Checked by this node.',
		},
		{
			displayName: 'Issued To',
			name: 'issuedTo',
			type: 'dateTime',
			default: '',
			description: 'Only invoices issued on this day or earlier. Checked by this node.',
		},
		{
			displayName: 'Max Total',
			name: 'maxTotal',
			type: 'number',
			default: 0,
			description: 'Only invoices with a total of at most this. Checked by this node.',
		},
		{
			displayName: 'Min Amount Due',
			name: 'minAmountDue',
			type: 'number',
			default: 0.01,
			description:
				'Only invoices of which at least this much is still to be paid. Checked by this node.',
		},
		{
			displayName: 'Min Total',
			name: 'minTotal',
			type: 'number',
			default: 0,
			description: 'Only invoices with a total of at least this. Checked by this node.',
		},
		{
			...projectLocator,
			required: false,
			description: 'Only invoices of this project. Checked by this node.',
		},
		{
			displayName: 'Search',
			name: 'search',
			type: 'string',
			default: '',
			placeholder: 'e.g. INV-0042',
			description: 'Only invoices whose number or notes contain this text. Checked by this node.',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'multiOptions',
			default: [],
			options: [
				{ name: 'Draft', value: 'draft' },
				{ name: 'Overdue', value: 'overdue' },
				{ name: 'Paid', value: 'paid' },
				{ name: 'Partially Paid', value: 'partial' },
				{ name: 'Sent', value: 'sent' },
				{ name: 'Viewed', value: 'viewed' },
				{ name: 'Void', value: 'void' },
			],
			description:
				'Only invoices in one of these states. A single one is checked by BildOut, which is quicker; several are checked by this node.',
		},
		{
			displayName: 'Updated From',
			name: 'updatedFrom',
			type: 'dateTime',
			default: '',
			description: 'Only invoices changed at this time or later. Checked by this node.',
		},
	],
};

export const invoiceSort: INodeProperties = sortBy({
	displayName: 'Field',
	name: 'field',
	type: 'options',
	default: 'due_date',
	options: [
		{ name: 'Amount Due', value: 'amount_due' },
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Due Date', value: 'due_date' },
		{ name: 'Invoice Number', value: 'invoice_number' },
		{ name: 'Issue Date', value: 'issue_date' },
		{ name: 'Status', value: 'status' },
		{ name: 'Total', value: 'total' },
		{ name: 'Updated At', value: 'updated_at' },
	],
});
