import type { IDataObject } from 'n8n-workflow';

import { invoiceStateOf } from '../assumptions';
import { type Decimal, minus, plus, toAmount, ZERO } from './money';
import { dayOf, isExactTimestamp, parseTimestamp, today } from '../input/dates';

/** What an invoice or a payment says of money, days and whom it concerns, however BildOut writes it. */

/** What is still to be paid; undefined where BildOut gives no amounts. */
export function amountDueOf(invoice: IDataObject): Decimal | undefined {
	const total = toAmount(invoice.total);
	const paid = toAmount(invoice.amount_paid);
	// Nobody knows how large the part is.
	if (!paid && invoiceStateOf(invoice) === 'partial') return toAmount(invoice.amount_due);
	return toAmount(invoice.amount_due) ?? (total && minus(total, paid ?? ZERO));
}

/** What was billed; undefined where BildOut gives no amounts. */
export function totalOf(invoice: IDataObject): Decimal | undefined {
	const due = toAmount(invoice.amount_due);
	const paid = toAmount(invoice.amount_paid);
	return toAmount(invoice.total) ?? (due && paid && plus(due, paid));
}

/** What was paid so far; undefined where BildOut does not say. */
export function amountPaidOf(invoice: IDataObject): Decimal | undefined {
	const total = toAmount(invoice.total);
	const due = toAmount(invoice.amount_due);
	return toAmount(invoice.amount_paid) ?? (total && due && minus(total, due));
}

/** The code in lower case, as BildOut writes it; null where there is none. */
export function currencyOf({ currency }: IDataObject): string | null {
	return typeof currency === 'string' && currency.trim() !== ''
		? currency.trim().toLowerCase()
		: null;
}

/** What people know the invoice by. */
export function invoiceName({ invoice_number: number, id }: IDataObject): string {
	const isName = (value: unknown) =>
		typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
	return String([number, id].find(isName) ?? 'without a number');
}

/**
 * The calendar day of a date or timestamp, YYYY-MM-DD: the one that is written, or where a moment is given
 * the one that it was in the time zone.
 */
export function calendarDay(value: unknown, timezone: string): string | undefined {
	const written = dayOf(value);
	const hasTime = written === undefined || String(value).trim().length > 10;
	const moment = hasTime && isExactTimestamp(value) ? parseTimestamp(value) : undefined;
	return moment === undefined ? written : today(moment, timezone);
}

/** A day has no time zone, so of a due date the day that is written counts, whatever stands behind it. */
export function dueDay({ due_date: due }: IDataObject, timezone: string): string | undefined {
	return dayOf(due) ?? calendarDay(due, timezone);
}
