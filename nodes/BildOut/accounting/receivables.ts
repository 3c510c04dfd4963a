import type { IDataObject } from 'n8n-workflow';

import { customerIdIn, customerNameIn, invoiceStateOf, showsCustomer } from '../assumptions';
import { compare, type Decimal, sum, toOutput } from './money';
import { daysBetween } from '../input/dates';
import { amountDueOf, currencyOf, dueDay, invoiceName } from './invoiceAmounts';

/** The columns of an aging report, by the days overdue up to which they reach. */
const BUCKETS: Array<[name: string, upTo: number]> = [
	['current', 0],
	['days_1_30', 30],
	['days_31_60', 60],
	['days_61_90', 90],
	['days_over_90', Infinity],
];

/** An invoice of which something is still to be paid. */
export interface OpenInvoice extends Age {
	record: IDataObject;
	amountDue: Decimal;
	customerId: unknown;
	currency: string | null;
}

interface Age {
	dueDate: string | null;
	/** 0 where it is not overdue. */
	daysOverdue: number;
	bucket: string;
}

/** Open invoices, and by what is unusual about them the names of some. */
export interface OpenInvoices {
	/** The most overdue first, those without a due date last. */
	open: OpenInvoice[];
	noDueDate: string[];
	/** They are left out. */
	noAmount: string[];
	/** They do not show whose they are: among the invoices of one customer they are left out. */
	noCustomer: string[];
	unknownStatus: string[];
}

/** The day on which days overdue are counted, YYYY-MM-DD. */
export interface AgeClock {
	asOf: string;
	timezone: string;
}

/** The invoices that customers, or one of them, still owe: not draft, void or paid, and more than 0 due. */
export function openInvoices(
	invoices: readonly IDataObject[],
	clock: AgeClock,
	customerId?: string,
): OpenInvoices {
	// Thousands of invoices are due on the same few days.
	const ages = new Map<unknown, Age>();
	const result: OpenInvoices = {
		open: [],
		noDueDate: [],
		noAmount: [],
		noCustomer: [],
		unknownStatus: [],
	};
	for (const record of invoices) {
		const isHidden = !showsCustomer(record);
		const isAnothers = customerId !== undefined && String(customerIdIn(record)) !== customerId;
		if (isAnothers && !isHidden) continue;
		const state = invoiceStateOf(record);
		if (state === 'draft' || state === 'void' || state === 'paid') continue;
		const amountDue = amountDueOf(record);
		if (amountDue && amountDue.units <= 0n) continue;
		if (isHidden) result.noCustomer.push(invoiceName(record));
		if (isAnothers) continue;
		if (!amountDue) {
			result.noAmount.push(invoiceName(record));
			continue;
		}
		if (state === undefined) result.unknownStatus.push(invoiceName(record));
		const age = ages.get(record.due_date) ?? ageOf(record, clock);
		ages.set(record.due_date, age);
		if (age.dueDate === null) result.noDueDate.push(invoiceName(record));
		result.open.push({
			record,
			amountDue,
			customerId: customerIdIn(record) ?? null,
			currency: currencyOf(record),
			...age,
		});
	}
	result.open.sort(byDueDate);
	return result;
}

function ageOf(record: IDataObject, { asOf, timezone }: AgeClock): Age {
	const dueDate = dueDay(record, timezone) ?? null;
	const daysOverdue = dueDate === null ? 0 : Math.max(0, daysBetween(dueDate, asOf));
	return { dueDate, daysOverdue, bucket: BUCKETS.find(([, upTo]) => daysOverdue <= upTo)![0] };
}

type NameOf = (customerId: unknown) => string | null;

/** One item for each invoice, where raw with the whole record, the most overdue first. */
export function receivableInvoices(
	open: readonly OpenInvoice[],
	nameOf: NameOf,
	isRaw: boolean,
): IDataObject[] {
	return open.map((invoice) => {
		const { id, invoice_number, ...fields } = invoiceFields(invoice, false);
		return {
			...(isRaw ? invoice.record : {}),
			id,
			invoice_number,
			customer_id: invoice.customerId as IDataObject[string],
			customer_name: customerNameIn(invoice.record) ?? nameOf(invoice.customerId),
			currency: invoice.currency,
			...fields,
			bucket: invoice.bucket,
		};
	});
}

/**
 * One item for each customer and currency, the most overdue first. Amounts in several currencies are never
 * added; an invoice without a currency counts as one of a currency of its own. A customer of whom BildOut shows
 * only the name is distinguished by it.
 */
export function receivableCustomers(
	open: readonly OpenInvoice[],
	nameOf: NameOf,
	isRaw: boolean,
): IDataObject[] {
	const groups = new Map<string, OpenInvoice[]>();
	for (const invoice of open) {
		const { customerId, currency, record } = invoice;
		const customer = customerId === null ? [customerNameIn(record)] : String(customerId);
		const key = JSON.stringify([customer, currency]);
		const group = groups.get(key);
		if (group) group.push(invoice);
		else groups.set(key, [invoice]);
	}
	return [...groups.values()].map((invoices) => groupOf(invoices, nameOf, isRaw)).sort(byAge);
}

function groupOf(invoices: OpenInvoice[], nameOf: NameOf, isRaw: boolean): IDataObject {
	const [first] = invoices;
	const name = invoices.map(({ record }) => customerNameIn(record)).find(Boolean);
	const totalOf = (some: OpenInvoice[]) => toOutput(sum(some.map(({ amountDue }) => amountDue)));
	return {
		customer_id: first.customerId as IDataObject[string],
		customer_name: name ?? nameOf(first.customerId),
		currency: first.currency,
		invoice_count: invoices.length,
		total_due: totalOf(invoices),
		...Object.fromEntries(
			BUCKETS.map(([bucket]) => [bucket, totalOf(invoices.filter((one) => one.bucket === bucket))]),
		),
		oldest_due_date: first.dueDate,
		days_overdue: first.daysOverdue,
		invoices: invoices.map((invoice) => invoiceFields(invoice, isRaw)),
	};
}

function invoiceFields(
	{ record, dueDate, daysOverdue, amountDue }: OpenInvoice,
	isRaw: boolean,
): IDataObject {
	return {
		...(isRaw ? record : {}),
		id: record.id,
		invoice_number: record.invoice_number ?? null,
		due_date: dueDate,
		days_overdue: daysOverdue,
		amount_due: toOutput(amountDue),
		status: record.status ?? null,
	};
}

function byDueDate(a: OpenInvoice, b: OpenInvoice): number {
	if (a.dueDate !== b.dueDate) {
		if (a.dueDate === null || b.dueDate === null) return a.dueDate === null ? 1 : -1;
		return a.dueDate < b.dueDate ? -1 : 1;
	}
	return compare(b.amountDue, a.amountDue);
}

const collator = new Intl.Collator('en');

/** The groups come in the order of their oldest invoices; those of one day by name. */
function byAge(a: IDataObject, b: IDataObject): number {
	const [aOldest, bOldest] = [a, b].map(({ oldest_due_date: day }) => String(day ?? '9999'));
	if (aOldest !== bOldest) return aOldest < bOldest ? -1 : 1;
	return collator.compare(String(a.customer_name), String(b.customer_name));
}
