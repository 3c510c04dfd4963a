import type { INodeProperties } from 'n8n-workflow';

import type { FieldTable } from '../../operations/fields';
import { customerLocator } from '../customer/locator';
import { projectLocator } from '../project/locator';
import { customFields } from '../commonParameters';
import { customerRecord } from '../customer/record';
import { projectRecord } from '../project/record';

/** How the parameters below reach the API (section Create Invoice; the rest as in BildOut's own tables). */
export const invoiceFields: FieldTable = {
	customerId: { api: 'client_id', label: 'Customer', kind: { record: customerRecord } },
	projectId: { api: 'project_id', label: 'Project', kind: { record: projectRecord } },
	issueDate: { api: 'issue_date', label: 'Issue Date', kind: 'date' },
	dueDate: { api: 'due_date', label: 'Due Date', kind: 'date' },
	status: { api: 'status', label: 'Status', kind: 'choice' },
	currency: { api: 'currency', label: 'Currency', kind: 'currency' },
	discountTotal: { api: 'discount_total', label: 'Discount Total', kind: 'number' },
	allowPartial: { api: 'allow_partial', label: 'Allow Partial Payment', kind: 'boolean' },
	depositRequired: { api: 'deposit_required', label: 'Deposit Required', kind: 'number' },
	notes: { api: 'notes', label: 'Notes', kind: 'text' },
	terms: { api: 'terms', label: 'Terms', kind: 'text' },
};

export const dueDate: INodeProperties = {
	displayName: 'Due Date',
	name: 'dueDate',
	type: 'dateTime',
	required: true,
	default: '',
	placeholder: 'e.g. 2025-02-15 00:00:00',
	description: 'The day by which the customer has to pay. Only the date counts, not the time.',
};

const allowPartial: INodeProperties = {
	displayName: 'Allow Partial Payment',
	name: 'allowPartial',
	type: 'boolean',
	default: false,
	description: 'Whether the customer may pay the invoice in parts',
};

const currency: INodeProperties = {
	displayName: 'Currency',
	name: 'currency',
	type: 'string',
	default: 'usd',
	placeholder: 'e.g. usd',
	description: 'The three-letter code of the currency',
};

const depositRequired: INodeProperties = {
	displayName: 'Deposit Required',
	name: 'depositRequired',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description: "How much the customer has to pay before work starts, in the invoice's currency",
};

const discountTotal: INodeProperties = {
	displayName: 'Discount Total',
	name: 'discountTotal',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description: "What is taken off the whole invoice, in the invoice's currency",
};

const issueDate: INodeProperties = {
	displayName: 'Issue Date',
	name: 'issueDate',
	type: 'dateTime',
	default: '',
	placeholder: 'e.g. 2025-01-15 00:00:00',
	description: 'The day on which the invoice is written. Only the date counts, not the time.',
};

const notes: INodeProperties = {
	displayName: 'Notes',
	name: 'notes',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	placeholder: 'e.g. Thank you for your business!',
	description: 'A message that the customer reads on the invoice',
};

const project: INodeProperties = {
	...projectLocator,
	required: false,
	description: 'The construction job that the invoice belongs to',
};

const status: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	default: 'draft',
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
		'Where the invoice stands. Do not rely on it to record a payment or to email the invoice: do those in BildOut.',
};

const terms: INodeProperties = {
	displayName: 'Terms',
	name: 'terms',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	placeholder: 'e.g. Payment within 30 days',
	description: 'The payment terms on the invoice',
};

export const invoiceAdditionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	options: [
		allowPartial,
		currency,
		customFields,
		depositRequired,
		discountTotal,
		issueDate,
		notes,
		project,
		status,
		terms,
	],
};

export const invoiceUpdateFields: INodeProperties = {
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	description:
		'What you do not add here stays as it is. A text that you add and leave empty, also from an empty cell, is emptied in BildOut.',
	options: [
		allowPartial,
		currency,
		customFields,
		{ ...customerLocator, required: false, description: 'The customer who gets the invoice' },
		depositRequired,
		discountTotal,
		{ ...dueDate, required: false },
		issueDate,
		notes,
		project,
		status,
		terms,
	],
};

export const invoiceClearFields: INodeProperties = {
	displayName: 'Clear Fields',
	name: 'clearFields',
	type: 'multiOptions',
	default: [],
	description: 'Fields to empty in BildOut',
	options: [
		{ name: 'Allow Partial Payment', value: 'allow_partial' },
		{ name: 'Deposit Required', value: 'deposit_required' },
		{ name: 'Discount Total', value: 'discount_total' },
		{ name: 'Due Date', value: 'due_date' },
		{ name: 'Issue Date', value: 'issue_date' },
		{ name: 'Notes', value: 'notes' },
		{ name: 'Project', value: 'project_id' },
		{ name: 'Terms', value: 'terms' },
	],
};

export const invoiceOutputFields: INodeProperties = {
	displayName: 'Fields',
	name: 'outputFields',
	type: 'multiOptions',
	default: ['id', 'invoice_number', 'status', 'amount_due'],
	displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
	description: 'The fields that the AI agent gets to read',
	options: [
		{ name: 'Amount Due', value: 'amount_due' },
		{ name: 'Amount Paid', value: 'amount_paid' },
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Currency', value: 'currency' },
		{ name: 'Customer ID', value: 'client_id' },
		{ name: 'Due Date', value: 'due_date' },
		{ name: 'ID', value: 'id' },
		{ name: 'Invoice Number', value: 'invoice_number' },
		{ name: 'Issue Date', value: 'issue_date' },
		{ name: 'Line Items', value: 'line_items' },
		{ name: 'Notes', value: 'notes' },
		{ name: 'Project ID', value: 'project_id' },
		{ name: 'Status', value: 'status' },
		{ name: 'Terms', value: 'terms' },
		{ name: 'Total', value: 'total' },
	],
};
