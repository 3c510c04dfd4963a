import type { INodeProperties } from 'n8n-workflow';

import { getRecord } from '../execution/readRecord';
import { statements } from '../accounting/statement';
import type { RunItem } from '../execution/run';
import { toOutput } from '../accounting/money';
import { simplifier, summaryShape } from '../input/output';
import { today } from '../input/dates';
import { customerRecord } from '../records/customer';
import { invoiceRecord } from '../records/invoice';
import { paymentRecord } from '../records/payment';
import { resourceLocator } from '../records/resourceLocator';
import { requestOptions, summaryOutput } from './commonParameters';
import { requireCustomers } from './getReceivables';
import { chosenDay, chosenRecord, type Operation, shownFor } from './operation';

const from: INodeProperties = {
	displayName: 'From',
	name: 'from',
	type: 'dateTime',
	default: '',
	placeholder: 'e.g. 2025-01-01 00:00:00',
	description:
		'The first day of the statement. What came before it makes up the opening balance. Leave empty to begin with the first invoice.',
};

const to: INodeProperties = {
	displayName: 'To',
	name: 'to',
	type: 'dateTime',
	default: '',
	placeholder: 'e.g. 2025-01-31 00:00:00',
	description:
		"The last day of the statement, which is part of it. By default today in the workflow's time zone.",
};

const FIELDS = {
	customer: 'Customer',
	currency: 'Currency',
	opening_balance: 'Opening Balance',
	closing_balance: 'Closing Balance',
	lines: 'Lines',
};

/**
 * A customer's invoices and payments with the balance after each. BildOut's lists take no customer, so both
 * are read whole, once for all items of a run.
 */
export const getStatement: Operation = {
	option: {
		name: 'Get Statement',
		action: 'Get customer statement',
		description: "Read a customer's invoices and payments with the balance after each",
	},
	properties: shownFor(customerRecord, 'getStatement', [
		resourceLocator(customerRecord),
		from,
		to,
		...summaryOutput(FIELDS),
		requestOptions,
	]),
	async execute(item) {
		const { isRaw, shape } = summaryShape(item);
		const days = readDays(item);
		const context = { item, type: customerRecord };
		const customer = await getRecord(context, await chosenRecord(context));
		const [invoices, payments] = await Promise.all(
			[invoiceRecord, paymentRecord].map((type) => item.run.index(type).all(item)),
		);
		const of = { customerId: String(customer.id), timezone: item.timezone, ...days };
		const { statements: all, gaps, unassignable } = statements(invoices, payments, of);
		requireCustomers(item, invoices, gaps.noCustomer, 'make the statement in BildOut');
		item.run.stats.note({ unknownStatus: gaps.unknownStatus });
		if (unassignable > 0) {
			item.fail(
				`The statement of '${String(customer.name)}' would miss payments: BildOut does not show which invoices ${unassignable === 1 ? '1 payment is' : `${unassignable} payments are`} for`,
				`More was paid for ${listOf(gaps.paidOtherwise)} than the payments that name them. Assign the payments to their invoices in BildOut. If they are assigned there, BildOut's API does not show it, and statements have to be made in BildOut.`,
			);
		}
		item.run.stats.note(gaps);
		return all.map(({ currency, opening, closing, lines }) =>
			shape({
				customer: isRaw ? customer : simplifier(customerRecord)(customer),
				currency,
				opening_balance: toOutput(opening),
				closing_balance: toOutput(closing),
				lines,
			}),
		);
	},
};

function readDays(item: RunItem): { from?: string; to: string } {
	const [first, last] = [from, to].map((parameter) => chosenDay(item, parameter));
	if (first !== undefined && last !== undefined && first > last) {
		item.fail(
			`'From' is after 'To': ${first} is later than ${last}`,
			"Exchange the two, or leave 'To' empty for a statement up to today.",
		);
	}
	return { from: first, to: last ?? today(Date.now(), item.timezone) };
}

function listOf(names: string[]): string {
	const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
	return `${names.slice(0, 10).join(', ')}${more}`;
}
