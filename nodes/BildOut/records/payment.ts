import type { IDataObject } from 'n8n-workflow';

import {
	directionOf,
	PAYMENT_DIRECTION,
	PAYMENT_METHOD,
	PAYMENT_STATUS,
	SERVER_OWNED_FIELDS,
} from '../assumptions';
import type { Field, RecordType } from './recordType';
import {
	amountFilters,
	createdAt,
	id,
	joinLabel,
	labelText,
	linkedFilter,
	moneyLabel,
} from './commonFields';
import { invoiceRecord } from './invoice';
import { projectRecord } from './project';
import { vendorRecord } from './vendor';

/** Section Payments; direction, vendor and project are assumed, the rest is as in BildOut's own tables. */
const fields: Field[] = [
	id,
	{
		api: 'direction',
		label: 'Direction',
		uses: ['sort', 'simplify'],
		filters: [
			{
				kind: 'anyOf',
				vocabulary: PAYMENT_DIRECTION,
				derive: directionOf,
				parameter: {
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
			},
		],
	},
	{
		api: 'status',
		label: 'Status',
		uses: ['sort', 'simplify', 'agent'],
		filters: [
			{
				kind: 'anyOf',
				vocabulary: PAYMENT_STATUS,
				parameter: {
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
			},
		],
	},
	{
		api: 'method',
		label: 'Method',
		uses: ['sort', 'simplify'],
		filters: [
			{
				kind: 'anyOf',
				vocabulary: PAYMENT_METHOD,
				parameter: {
					displayName: 'Method',
					name: 'method',
					type: 'string',
					default: '',
					placeholder: 'e.g. card',
					description:
						'Only payments made this way, such as card or us_bank_account, or one of several with commas between them. Checked by this node.',
				},
			},
		],
	},
	{
		api: 'amount',
		label: 'Amount',
		uses: ['sort', 'simplify', 'agent'],
		filters: amountFilters('Amount', 'Amount', 'payments with an amount of'),
	},
	{ api: 'currency', label: 'Currency', uses: ['simplify'] },
	{
		api: 'invoice_id',
		label: 'Invoice ID',
		uses: ['simplify'],
		filters: [linkedFilter(invoiceRecord, 'payments of this invoice')],
	},
	{ api: 'client_id', label: 'Customer ID', uses: [] },
	{
		api: 'vendor_id',
		label: 'Vendor ID',
		uses: ['simplify'],
		filters: [linkedFilter(vendorRecord, 'payments to this vendor')],
	},
	{
		api: 'project_id',
		label: 'Project ID',
		uses: ['simplify'],
		filters: [linkedFilter(projectRecord, 'payments of this project')],
	},
	createdAt('payments entered in BildOut'),
];

/** Payments are read-only in BildOut's API (section Payments). */
export const paymentRecord: RecordType = {
	name: 'payment',
	path: 'payments',
	scopes: { read: 'payments:read' },
	serverOwned: SERVER_OWNED_FIELDS.record,
	fields,
	sortedBy: 'created_at',
	lookupKeys: [],
	label: paymentLabel,
};

function paymentLabel(payment: IDataObject): string {
	const { id, direction, amount, currency, status, method, created_at: created } = payment;
	const label = joinLabel([
		moneyLabel(amount, currency),
		labelText(direction),
		labelText(method),
		labelText(status),
		labelText(created).slice(0, 10),
	]);
	return label === '' ? labelText(id) : label;
}
