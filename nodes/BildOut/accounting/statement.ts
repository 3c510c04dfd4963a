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

/** The records that a statement treats differently, by why; `errors/hints.ts` says how. */
export type StatementGaps = Record<
	| 'noAmount'
	| 'noDate'
	| 'paidOtherwise'
	| 'paidLess'
	| 'noInvoice'
	| 'noCustomer'
	| 'unknownStatus',
	string[]
>;

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
): { statements: Statement[]; gaps: StatementGaps; unassignable: number } {
	const isOwn = (one: IDataObject) => String(customerIdIn(one)) === of.customerId;
	const billed = new Map(
		invoices.filter((one) => isOwn(one) && isBilled(one)).map((one) => [String(one.id), one]),
	);
	const received = payments.filter((payment) => isSettled(payment) && !isOutgoing(payment));
	const assigned = received.filter((payment) => billed.has(String(invoiceIdIn(payment))));
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
	const counted = entries.filter((entry): entry is Entry => entry.amount !== undefined);
	const nameOf = ({ type, number }: PossibleEntry) => `${type} ${number}`;
	const { unassignable, ...ofPayments } = compareWithPaid([...billed.values()], received, isOwn);
	const currencies = new Set(counted.map(({ currency }) => currency));
	if (currencies.size === 0) currencies.add(null);
	return {
		unassignable,
		gaps: {
			noAmount: entries.filter(({ amount }) => !amount).map(nameOf),
			noDate: counted.filter(({ day }) => day === undefined).map(nameOf),
			...ofPayments,
			noCustomer: invoices.filter((one) => isBilled(one) && !showsCustomer(one)).map(invoiceName),
			unknownStatus: [
				...[...billed.values()]
					.filter((invoice) => invoiceStateOf(invoice) === undefined)
					.map((invoice) => `invoice ${invoiceName(invoice)}`),
				...payments
					.filter((one) => !paymentStateOf(one) && billed.has(String(invoiceIdIn(one))))
					.map(({ id }) => `payment ${String(id)}`),
			],
		},
		statements: [...currencies].map((currency) =>
			statementOf(
				currency,
				counted.filter((entry) => entry.currency === currency),
				of,
			),
		),
	};
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

/**
 * Compares what was paid for a customer's invoices with the payments that name them.
 *
 * @returns also `unassignable`: how many payments without an invoice could be of those in `paidOtherwise`
 */
function compareWithPaid(
	invoices: IDataObject[],
	received: IDataObject[],
	isOwn: (record: IDataObject) => boolean,
) {
	const paidBy = new Map<string, Decimal>();
	for (const payment of received) {
		const id = String(invoiceIdIn(payment));
		paidBy.set(id, plus(paidBy.get(id) ?? ZERO, toAmount(payment.amount) ?? ZERO));
	}
	const excess = (invoice: IDataObject) => {
		const paid = amountPaidOf(invoice);
		const known = paidBy.get(String(invoice.id)) ?? ZERO;
		// Where BildOut does not say how much was paid, any payment may be missing.
		return paid ? compare(paid, known) : Number(invoiceStateOf(invoice) !== 'sent');
	};
	const paidOtherwise = invoices.filter((invoice) => excess(invoice) > 0).map(invoiceName);
	const without = received.filter((payment) => isNothing(invoiceIdIn(payment)));
	const own = without.filter(isOwn);
	const possible = without.filter((payment) => isNothing(customerIdIn(payment)));
	return {
		paidOtherwise,
		paidLess: invoices.filter((invoice) => excess(invoice) < 0).map(invoiceName),
		noInvoice: own.map(({ id }) => `payment ${String(id)}`),
		unassignable: paidOtherwise.length > 0 ? own.length + possible.length : 0,
	};
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
