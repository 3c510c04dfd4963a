import type { INodeProperties } from 'n8n-workflow';

import type { FilterTable } from '../../operations/filters';
import { invoiceLocator } from '../invoice/locator';
import { projectLocator } from '../project/locator';
import { sortBy } from '../commonParameters';
import { vendorLocator } from '../vendor/locator';
import { invoiceRecord } from '../invoice/record';
import { vendorRecord } from '../vendor/record';
import { projectRecord } from '../project/record';

export const paymentFilterTable: FilterTable = {
	direction: { label: 'Direction', fields: ['direction'], kind: 'anyOf' },
	status: { label: 'Status', fields: ['status'], kind: 'anyOf' },
	method: { label: 'Method', fields: ['method'], kind: 'anyOf' },
	invoiceId: { label: 'Invoice', fields: ['invoice_id'], kind: { record: invoiceRecord } },
	projectId: { label: 'Project', fields: ['project_id'], kind: { record: projectRecord } },
	vendorId: { label: 'Vendor', fields: ['vendor_id'], kind: { record: vendorRecord } },
	createdFrom: { label: 'Created From', fields: ['created_at'], kind: 'momentFrom' },
	createdTo: { label: 'Created To', fields: ['created_at'], kind: 'momentTo' },
	minAmount: { label: 'Min Amount', fields: ['amount'], kind: 'atLeast' },
	maxAmount: { label: 'Max Amount', fields: ['amount'], kind: 'atMost' },
};

export const paymentFilters: INodeProperties = {
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
			description: 'Only payments entered in BildOut at this time or later. Checked by this node.',
		},
		{
			displayName: 'Created To',
			name: 'createdTo',
			type: 'dateTime',
			default: '',
			description:
				'Only payments entered in BildOut at this time or earlier. A day without a time, or at 00:00:00 as the calendar gives it, counts whole. Checked by this node.',
		},
		{
			displayName: 'Direction',
			name: 'direction',
			type: 'options',
			default: 'incoming',
			options: [
				{ name: 'Incoming', value: 'incoming', description: 'Received from customers' },
				{ name: 'Outgoing', value: 'outgoing', description: 'Paid to vendors' },
			],
			description: 'Only payments in this direction. Checked by this node.',
		},
		{
			...invoiceLocator,
			required: false,
			description: 'Only payments of this invoice. Checked by this node.',
		},
		{
			displayName: 'Max Amount',
			name: 'maxAmount',
			type: 'number',
			default: 0,
			description: 'Only payments of at most this amount. Checked by this node.',
		},
		{
			displayName: 'Method',
			name: 'method',
			type: 'string',
			default: '',
			placeholder: 'e.g. card',
			description:
				'Only payments made this way, such as card or us_bank_account, or one of several with commas between them. Checked by this node.',
		},
		{
			displayName: 'Min Amount',
			name: 'minAmount',
			type: 'number',
			default: 0,
			description: 'Only payments of at least this amount. Checked by this node.',
		},
		{
			...projectLocator,
			required: false,
			description: 'Only payments of this project. Checked by this node.',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'multiOptions',
			default: [],
			options: [
				{ name: 'Canceled', value: 'canceled' },
				{ name: 'Failed', value: 'failed' },
				{ name: 'Processing', value: 'processing' },
				{ name: 'Requires Payment', value: 'requires_payment' },
				{ name: 'Succeeded', value: 'succeeded' },
			],
			description: 'Only payments in one of these states. Checked by this node.',
		},
		{
			...vendorLocator,
			required: false,
			description: 'Only payments to this vendor. Checked by this node.',
		},
	],
};

export const paymentSort: INodeProperties = sortBy({
	displayName: 'Field',
	name: 'field',
	type: 'options',
	default: 'created_at',
	options: [
		{ name: 'Amount', value: 'amount' },
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Direction', value: 'direction' },
		{ name: 'Method', value: 'method' },
		{ name: 'Status', value: 'status' },
	],
});

export const paymentOutputFields: INodeProperties = {
	displayName: 'Fields',
	name: 'outputFields',
	type: 'multiOptions',
	default: ['id', 'amount', 'status'],
	displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
	description: 'The fields that the AI agent gets to read',
	options: [
		{ name: 'Amount', value: 'amount' },
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Currency', value: 'currency' },
		{ name: 'Direction', value: 'direction' },
		{ name: 'ID', value: 'id' },
		{ name: 'Invoice ID', value: 'invoice_id' },
		{ name: 'Method', value: 'method' },
		{ name: 'Project ID', value: 'project_id' },
		{ name: 'Status', value: 'status' },
		{ name: 'Vendor ID', value: 'vendor_id' },
	],
};
