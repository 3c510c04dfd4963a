import { type IDataObject, type INodeProperties, sleep } from 'n8n-workflow';

import { customerNameIn, showsCustomer } from '../assumptions';
import { statusOf } from '../api/errors';
import {
	type OpenInvoice,
	openInvoices,
	receivableCustomers,
	receivableInvoices,
} from '../accounting/receivables';
import { getRecord } from '../execution/readRecord';
import { today } from '../input/dates';
import type { OnPage, RunItem } from '../execution/run';
import { summaryShape } from '../input/output';
import { locate, valueOfLocator } from '../input/resourceLocators';
import { readMenu, saysNothing } from '../input/values';
import { customerRecord } from '../records/customer';
import { invoiceRecord } from '../records/invoice';
import { optionalResourceLocator } from '../records/resourceLocator';
import { requestOptions, summaryOutput } from './commonParameters';
import { withAgentVariant } from './fieldParameters';
import { chosenDay, type Operation, shownFor } from './operation';

const asOf: INodeProperties = {
	displayName: 'As Of',
	name: 'asOf',
	type: 'dateTime',
	default: '',
	placeholder: 'e.g. 2025-01-31 00:00:00',
	description:
		"The day on which to count the days overdue, by default today in the workflow's time zone. The amounts are always those that are due now.",
};

const groupBy: INodeProperties = {
	displayName: 'Group By',
	name: 'groupBy',
	type: 'options',
	default: 'customer',
	options: [
		{
			name: 'Customer',
			value: 'customer',
			description: 'One item for each customer and currency, with the amounts by age',
		},
		{ name: 'Invoice', value: 'invoice', description: 'One item for each invoice, with its age' },
	],
	description: 'What each item is about',
};

const FIELDS = {
	customer_id: 'Customer ID',
	customer_name: 'Customer Name',
	currency: 'Currency',
	invoice_count: 'Invoice Count',
	total_due: 'Total Due',
	current: 'Current',
	days_1_30: '1 to 30 Days',
	days_31_60: '31 to 60 Days',
	days_61_90: '61 to 90 Days',
	days_over_90: 'Over 90 Days',
	oldest_due_date: 'Oldest Due Date',
	days_overdue: 'Days Overdue',
	invoices: 'Invoices',
	id: 'Invoice ID',
	invoice_number: 'Invoice Number',
	due_date: 'Due Date',
	amount_due: 'Amount Due',
	status: 'Status',
	bucket: 'Age Bucket',
};

const customerParameter = optionalResourceLocator(
	customerRecord,
	'Only what this customer owes',
	'All customers',
);

/**
 * Who owes what: the open invoices by customer and age. BildOut documents a filter for one status of an
 * invoice at a time, and may have statuses that nobody knows of, so the whole list is read.
 */
export const getReceivables: Operation = {
	option: {
		name: 'Get Receivables',
		action: 'Get invoice receivables',
		description: 'Read what customers owe, by how long it is overdue',
	},
	properties: shownFor(invoiceRecord, 'getReceivables', [
		asOf,
		...withAgentVariant(groupBy),
		customerParameter,
		...summaryOutput(FIELDS),
		requestOptions,
	]),
	async execute(item) {
		const { isRaw, shape } = summaryShape(item);
		const groups = readMenu(item, groupBy);
		const day = chosenDay(item, asOf) ?? today(Date.now(), item.timezone);
		const customer = await chosenCustomer(item);
		const ahead = customer === undefined ? namesAhead(item) : undefined;
		const invoices = await item.run.index(invoiceRecord).all(item, ahead);
		// n8n serves others before and after work on thousands of invoices.
		await sleep(0);
		const clock = { asOf: day, timezone: item.timezone };
		const { open, noCustomer, ...gaps } = openInvoices(invoices, clock, customer);
		if (groups === 'customer' || customer !== undefined) {
			requireCustomers(item, invoices, noCustomer, "choose Invoice under 'Group By'");
		}
		item.run.stats.note(gaps);
		const nameOf = await customerNames(item, open);
		await sleep(0);
		const summarize = groups === 'invoice' ? receivableInvoices : receivableCustomers;
		return summarize(open, nameOf, isRaw).map(shape);
	},
};

/**
 * Notes invoices that do not show whose they are.
 *
 * @param instead what else may be done where none does
 * @throws NodeOperationError where none does: what customers owe would be 0, or all that is owed
 */
export function requireCustomers(
	item: RunItem,
	invoices: readonly IDataObject[],
	noCustomer: readonly string[],
	instead: string,
): void {
	if (noCustomer.length > 0 && !invoices.some(showsCustomer)) {
		item.fail(
			"BildOut's list of invoices does not show which customers they are for",
			`So nobody can tell what a customer owes. Look at what an invoice has with Get Many and 'Simplify' turned off, or ${instead}.`,
		);
	}
	item.run.stats.note({ noCustomer });
}

async function chosenCustomer(item: RunItem): Promise<string | undefined> {
	const { name, displayName: label } = customerParameter;
	const value = item.param(name, '');
	const given = valueOfLocator(value);
	if (!saysNothing(item, given)) {
		return await locate({ item, type: customerRecord, label }, value);
	}
	if (!item.isTool && item.isExpression(name)) {
		item.failForUndefined(`'${label}'`, 'Without a customer, it would be what all customers owe.');
	}
	return undefined;
}

/**
 * Reads the list of customers while that of invoices is still being read, as soon as a page shows that the names
 * of several are needed.
 */
function namesAhead(item: RunItem): OnPage {
	const clock = { asOf: '9999-12-31', timezone: item.timezone };
	let isReading = false;
	return (page) => {
		if (isReading || namelessCustomers(openInvoices(page, clock).open).length < 2) return;
		isReading = true;
		const names = item.run.index(customerRecord).all(item);
		// Where it fails, the names fail with it later.
		names.catch(() => {});
	};
}

/** The IDs of the customers whose names BildOut does not send along with their invoices. */
function namelessCustomers(open: OpenInvoice[]): unknown[] {
	const nameless = open.filter(({ record }) => customerNameIn(record) === undefined);
	return [...new Set(nameless.map(({ customerId }) => customerId))].filter((id) => id !== null);
}

/** The names that BildOut does not send along with invoices: of one customer by ID, of several from the list. */
async function customerNames(
	item: RunItem,
	open: OpenInvoice[],
): Promise<(id: unknown) => string | null> {
	const ids = namelessCustomers(open);
	const names = new Map<unknown, string>();
	const read = async (id: unknown) =>
		ids.length === 1
			? await getRecord({ item, type: customerRecord }, String(id))
			: (await item.run.index(customerRecord).find(item, 'id', id))[0];
	try {
		for (const id of ids) {
			const { name } = (await read(id)) ?? {};
			if (typeof name === 'string') names.set(id, name);
		}
	} catch (error) {
		// A deleted customer, or a missing scope: the amounts are right without the name.
		if (![403, 404].includes(statusOf(error) ?? 0)) await Promise.reject(error as Error);
	}
	item.run.stats.note({ noCustomerName: ids.filter((id) => !names.has(id)).map(String) });
	return (id) => names.get(id) ?? null;
}
