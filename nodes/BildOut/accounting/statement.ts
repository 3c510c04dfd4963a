import type { IDataObject } from 'n8n-workflow';

import {
	customerIdIn,
	invoiceIdIn,
	invoiceStateOf,
	isOutgoing,
	isSettled,
	paymentStateOf,
	showsCustomer,
} from '../assumptions';
import { isNothing } from '../api/json';
import { compare, type Decimal, minus, plus, sum, toAmount, toOutput, ZERO } from './money';
import { parseTimestamp } from '../input/dates';
import {
	amountPaidOf,
	calendarDay,
	currencyOf,
	dueDay,
	invoiceName,
	totalOf,
} from './invoiceAmounts';

/** Whose statement it is, and of which days, YYYY-MM-DD, both included. */
export interface StatementOf {
	customerId: string;
	/** The beginning of all where it is left out. */
	from?: string;
	to: string;
	timezone: string;
}

/** What a statement leaves open, as people know the records. */
export interface StatementGaps {
	/** Invoices and payments of which BildOut gives no amount: they are left out. */
	withoutAmount: string[];
	/** Invoices and payments of which BildOut gives no day: they are in the opening balance. */
	withoutDate: string[];
	/** Invoices of which more was paid than their payments add up to. */
	paidOtherwise: string[];
	/** Invoices of which less was paid than their payments add up to, as where BildOut refunded a part. */
	paidLess: string[];
	/** Payments of the customer that belong to no invoice: they are left out. */
	withoutInvoice: string[];
	/** Invoices that do not show whose they are: they are left out. */
	withoutCustomer: string[];
	/** Invoices that count, and payments that do not, although their status is missing or unknown. */
	unknownStatus: string[];
	/** How many payments could be of the invoices in `paidOtherwise`. */
	unassignable: number;
}

export interface Statement {
	currency: string | null;
	opening: Decimal;
	closing: Decimal;
	lines: IDataObject[];
}

/** An invoice or a payment on its day; a payment has a negative amount. */
interface Entry {
	day?: string;
	type: 'invoice' | 'payment';
	number: string;
	description: string;
	amount: Decimal;
	currency: string | null;
	/** What orders the entries of one day. */
	at: number;
}

/**
 * The statements of a customer's account, one for each currency: invoices add, the payments that name one
 * of these invoices subtract. Drafts, void invoices and payments that brought no money are left out.
 */
export function statements(
	invoices: readonly IDataObject[],
	payments: readonly IDataObject[],
	of: StatementOf,
): { statements: Statement[]; gaps: StatementGaps } {
	const gaps: StatementGaps = {
		withoutAmount: [],
		withoutDate: [],
		paidOtherwise: [],
		paidLess: [],
		withoutInvoice: [],
		withoutCustomer: invoices
			.filter((one) => isBilled(one) && !showsCustomer(one))
			.map(invoiceName),
		unknownStatus: [],
		unassignable: 0,
	};
	const billed = new Map(
		invoices.filter((one) => isBilledTo(one, of.customerId)).map((one) => [String(one.id), one]),
	);
	const received = payments.filter((payment) => isSettled(payment) && !isOutgoing(payment));
	const assigned = received.filter((payment) => billed.has(String(invoiceIdIn(payment))));
	gaps.unknownStatus = [
		...[...billed.values()]
			.filter((invoice) => invoiceStateOf(invoice) === undefined)
			.map((invoice) => `invoice ${invoiceName(invoice)}`),
		...payments
			.filter((one) => !paymentStateOf(one) && billed.has(String(invoiceIdIn(one))))
			.map(({ id }) => `payment ${String(id)}`),
	];
	// An invoice that shows no currency is in that of its payments.
	const paidIn = new Map(assigned.map((one) => [String(invoiceIdIn(one)), currencyOf(one)]));
	const entries = [
		...[...billed].map(([id, invoice]) =>
			invoiceEntry({ ...invoice, currency: currencyOf(invoice) ?? paidIn.get(id) ?? null }, of),
		),
		...assigned.map((payment) =>
			paymentEntry(payment, billed.get(String(invoiceIdIn(payment)))!, of),
		),
	];
	const counted: Entry[] = [];
	for (const { amount, ...entry } of entries) {
		const name = `${entry.type} ${entry.number}`;
		if (!amount) gaps.withoutAmount.push(name);
		else counted.push({ ...entry, amount });
		if (amount && entry.day === undefined) gaps.withoutDate.push(name);
	}
	noteUnassigned(gaps, [...billed.values()], received, assigned, of.customerId);
	const currencies = new Set(counted.map(({ currency }) => currency));
	if (currencies.size === 0) currencies.add(null);
	return {
		gaps,
		statements: [...currencies].map((currency) =>
			statementOf(
				currency,
				counted.filter((entry) => entry.currency === currency),
				of,
			),
		),
	};
}

function isBilledTo(invoice: IDataObject, customerId: string): boolean {
	return String(customerIdIn(invoice)) === customerId && isBilled(invoice);
}

function isBilled(invoice: IDataObject): boolean {
	const state = invoiceStateOf(invoice);
	return state !== 'draft' && state !== 'void';
}

type PossibleEntry = Omit<Entry, 'amount'> & { amount?: Decimal };

function invoiceEntry(invoice: IDataObject, { timezone }: StatementOf): PossibleEntry {
	const number = invoiceName(invoice);
	const due = dueDay(invoice, timezone);
	return {
		day: calendarDay(invoice.issue_date, timezone) ?? calendarDay(invoice.created_at, timezone),
		type: 'invoice',
		number,
		description: `Invoice ${number}${due ? `, due ${due}` : ''}`,
		amount: totalOf(invoice),
		currency: currencyOf(invoice),
		at: parseTimestamp(invoice.created_at) ?? 0,
	};
}

function paymentEntry(
	payment: IDataObject,
	invoice: IDataObject,
	{ timezone }: StatementOf,
): PossibleEntry {
	const number = invoiceName(invoice);
	const amount = toAmount(payment.amount);
	const method = typeof payment.method === 'string' ? ` (${payment.method})` : '';
	return {
		day: calendarDay(payment.created_at, timezone),
		type: 'payment',
		number,
		description: `Payment of ${number}${method}`,
		amount: amount && minus(ZERO, amount),
		currency: currencyOf(payment) ?? currencyOf(invoice),
		at: parseTimestamp(payment.created_at) ?? 0,
	};
}

/** Notes what was paid without a payment that names the invoice, and the payments that it could be. */
function noteUnassigned(
	gaps: StatementGaps,
	invoices: IDataObject[],
	received: IDataObject[],
	assigned: IDataObject[],
	customerId: string,
): void {
	const paidBy = new Map<string, Decimal>();
	for (const payment of assigned) {
		const id = String(invoiceIdIn(payment));
		paidBy.set(id, plus(paidBy.get(id) ?? ZERO, toAmount(payment.amount) ?? ZERO));
	}
	const excess = (invoice: IDataObject) => {
		const paid = amountPaidOf(invoice);
		const known = paidBy.get(String(invoice.id)) ?? ZERO;
		// Where BildOut does not say how much was paid, any payment may be missing.
		return paid ? compare(paid, known) : Number(invoiceStateOf(invoice) !== 'sent');
	};
	const unexplained = invoices.filter((invoice) => excess(invoice) > 0);
	gaps.paidLess = invoices.filter((invoice) => excess(invoice) < 0).map(invoiceName);
	const without = received.filter((payment) => isNothing(invoiceIdIn(payment)));
	const own = without.filter((payment) => String(customerIdIn(payment)) === customerId);
	const possible = without.filter((payment) => isNothing(customerIdIn(payment)));
	gaps.paidOtherwise = unexplained.map(invoiceName);
	gaps.unassignable = unexplained.length > 0 ? own.length + possible.length : 0;
	gaps.withoutInvoice = own.map(({ id }) => `payment ${String(id)}`);
}

function statementOf(
	currency: string | null,
	entries: Entry[],
	{ from, to }: StatementOf,
): Statement {
	const isEarlier = ({ day }: Entry) => day === undefined || (from !== undefined && day < from);
	const opening = sum(entries.filter(isEarlier).map(({ amount }) => amount));
	let balance = opening;
	const lines = entries
		.filter((entry) => !isEarlier(entry) && entry.day! <= to)
		.sort(byDay)
		.map(({ day, type, number, description, amount }) => {
			balance = plus(balance, amount);
			return {
				date: day,
				type,
				number,
				description,
				amount: toOutput(amount),
				balance: toOutput(balance),
			};
		});
	return { currency, opening, closing: balance, lines };
}

const collator = new Intl.Collator('en', { numeric: true });

/** Collating numbers within text takes time that grows with the square of their digits. */
const MAX_COMPARED = 200;

/** On one day invoices come before payments, each in the order in which they were entered. */
function byDay(a: Entry, b: Entry): number {
	if (a.day !== b.day) return a.day! < b.day! ? -1 : 1;
	if (a.type !== b.type) return a.type === 'invoice' ? -1 : 1;
	const [number, other] = [a, b].map((entry) => entry.number.slice(0, MAX_COMPARED));
	return a.at - b.at || collator.compare(number, other);
}
