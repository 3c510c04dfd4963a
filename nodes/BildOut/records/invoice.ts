import type { IDataObject } from 'n8n-workflow';

import {
	customerNameIn,
	EMBEDDED_RECORDS,
	INVOICE_NUMBER,
	INVOICE_STATUS,
	PLAIN_INVOICE_NUMBER,
	SERVER_OWNED_FIELDS,
} from '../assumptions';
import type { Field, RecordType } from './recordType';
import {
	amountFilters,
	createdAt,
	dayFilters,
	id,
	joinLabel,
	labelText,
	linkedFilter,
	moneyLabel,
	updatedAt,
} from './commonFields';
import { customerRecord } from './customer';
import { projectRecord } from './project';
import { optionalResourceLocator, resourceLocator } from './resourceLocator';
import { invoicesByNumber } from './invoiceNumber';

const STATES = [
	{ name: 'Draft', value: 'draft' },
	{ name: 'Overdue', value: 'overdue' },
	{ name: 'Paid', value: 'paid' },
	{ name: 'Partially Paid', value: 'partial' },
	{ name: 'Sent', value: 'sent' },
	{ name: 'Viewed', value: 'viewed' },
	{ name: 'Void', value: 'void' },
];

/** Sources: section Create Invoice of BildOut's developer page, else BildOut's published tables; the project is assumed. */
const fields: Field[] = [
	id,
	{ api: 'invoice_number', label: 'Invoice Number', uses: ['sort', 'search', 'simplify', 'agent'] },
	{
		api: 'status',
		kind: 'choice',
		uses: ['create', 'update', 'sort', 'simplify', 'agent'],
		parameter: {
			displayName: 'Status',
			name: 'status',
			type: 'options',
			default: 'draft',
			options: STATES,
			description:
				"Where the invoice stands. Setting it to Sent may email the invoice to the customer, as BildOut's own application does. Setting it to Paid records no payment.",
		},
		filters: [
			{
				kind: 'anyOf',
				onServer: true,
				vocabulary: INVOICE_STATUS,
				parameter: {
					displayName: 'Status',
					name: 'status',
					type: 'multiOptions',
					default: [],
					options: STATES,
					description:
						'Only invoices in one of these states. BildOut is asked for a single one, which is quicker. Checked by this node.',
				},
			},
		],
	},
	{
		api: 'client_id',
		kind: { record: customerRecord },
		uses: ['create', 'update', 'simplify'],
		parameter: resourceLocator(customerRecord, 'The customer who gets the invoice'),
		filters: [linkedFilter(customerRecord, 'invoices of this customer')],
	},
	{
		api: 'project_id',
		kind: { record: projectRecord },
		uses: ['create', 'update', 'clear', 'simplify'],
		parameter: optionalResourceLocator(
			projectRecord,
			'The construction job that the invoice belongs to',
		),
		filters: [linkedFilter(projectRecord, 'invoices of this project')],
	},
	{
		api: 'issue_date',
		kind: 'date',
		uses: ['create', 'update', 'clear', 'sort', 'simplify'],
		parameter: {
			displayName: 'Issue Date',
			name: 'issueDate',
			type: 'dateTime',
			default: '',
			placeholder: 'e.g. 2025-01-15 00:00:00',
			description: 'The day on which the invoice is written. Only the date counts, not the time.',
		},
		filters: dayFilters('Issued', 'issued', 'invoices issued'),
	},
	{
		api: 'due_date',
		kind: 'date',
		uses: ['create', 'update', 'sort', 'simplify'],
		parameter: {
			displayName: 'Due Date',
			name: 'dueDate',
			type: 'dateTime',
			required: true,
			default: '',
			placeholder: 'e.g. 2025-02-15 00:00:00',
			description: 'The day by which the customer has to pay. Only the date counts, not the time.',
		},
		filters: dayFilters('Due', 'due', 'invoices due'),
	},
	{ api: 'line_items', label: 'Line Items', uses: [] },
	{ api: 'subtotal', label: 'Subtotal', uses: [] },
	{ api: 'tax_total', label: 'Tax Total', uses: [] },
	{
		api: 'total',
		label: 'Total',
		uses: ['sort', 'simplify'],
		filters: amountFilters('Total', 'Total', 'invoices with a total of'),
	},
	{ api: 'amount_paid', label: 'Amount Paid', uses: ['simplify'] },
	{
		api: 'amount_due',
		label: 'Amount Due',
		uses: ['sort', 'simplify', 'agent'],
		filters: [
			{
				kind: 'atLeast',
				parameter: {
					displayName: 'Min Amount Due',
					name: 'minAmountDue',
					type: 'number',
					default: 0.01,
					description:
						'Only invoices of which at least this much is still to be paid. Checked by this node.',
				},
			},
		],
	},
	{
		api: 'currency',
		kind: 'currency',
		uses: ['create', 'update'],
		parameter: {
			displayName: 'Currency',
			name: 'currency',
			type: 'string',
			default: 'usd',
			placeholder: 'e.g. usd',
			description: 'The three-letter code of the currency',
		},
	},
	{
		api: 'discount_total',
		kind: 'number',
		uses: ['create', 'update', 'clear'],
		parameter: {
			displayName: 'Discount Amount',
			name: 'discountTotal',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: "What is taken off the whole invoice, in the invoice's currency",
		},
	},
	{
		api: 'allow_partial',
		kind: 'boolean',
		uses: ['create', 'update', 'clear'],
		parameter: {
			displayName: 'Allow Partial Payment',
			name: 'allowPartial',
			type: 'boolean',
			default: false,
			description: 'Whether the customer may pay the invoice in parts',
		},
	},
	{
		api: 'deposit_required',
		kind: 'number',
		uses: ['create', 'update', 'clear'],
		parameter: {
			displayName: 'Deposit Amount',
			name: 'depositRequired',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: "How much the customer has to pay before work starts, in the invoice's currency",
		},
	},
	{
		api: 'notes',
		kind: 'text',
		uses: ['create', 'update', 'clear', 'search'],
		parameter: {
			displayName: 'Notes',
			name: 'notes',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: 'e.g. Thank you for your business!',
			description: 'A message that the customer reads on the invoice',
		},
	},
	{
		api: 'terms',
		kind: 'text',
		uses: ['create', 'update', 'clear'],
		parameter: {
			displayName: 'Terms',
			name: 'terms',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: 'e.g. Payment within 30 days',
			description: 'The payment terms on the invoice',
		},
	},
	createdAt('invoices created', { simplified: false }),
	updatedAt('invoices'),
];

export const invoiceRecord: RecordType = {
	name: 'invoice',
	path: 'invoices',
	scopes: { read: 'invoices:read', write: 'invoices:write' },
	serverOwned: [...SERVER_OWNED_FIELDS.record, ...SERVER_OWNED_FIELDS.invoice],
	embedded: EMBEDDED_RECORDS,
	fields,
	// The page on which the customer pays, `/pay/<token>`, and the invoice as a file: as in BildOut's own tables.
	extraFields: ['payment_link_token', 'pdf_url'],
	sortedBy: 'due_date',
	searchPlaceholder: 'e.g. INV-0042',
	rows: {
		field: 'line_items',
		name: 'line items',
		parameter: 'Change Line Items',
		serverOwned: SERVER_OWNED_FIELDS.lineItem,
	},
	lookupKeys: [
		{
			field: 'invoice_number',
			mode: 'number',
			placeholder: 'e.g. INV-0042',
			pattern: INVOICE_NUMBER,
			plainPattern: PLAIN_INVOICE_NUMBER,
			findIn: invoicesByNumber,
		},
	],
	confusedWith: 'invoice number',
	label: invoiceLabel,
	parent: {
		type: customerRecord,
		field: 'client_id',
		nameField: 'client_name',
		nameIn: customerNameIn,
	},
};

function invoiceLabel(invoice: IDataObject, customerName?: string): string {
	const { invoice_number: number, id, total, currency, status } = invoice;
	return joinLabel([
		labelText(number ?? id),
		customerName,
		moneyLabel(total, currency),
		labelText(status),
	]);
}
