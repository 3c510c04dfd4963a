import type { IDataObject } from 'n8n-workflow';

import { parseNumber } from '../input/values';

/** How people know a record, for the choosers. Parts that are missing are left out. */

export function contactLabel({ name, email }: IDataObject): string {
	return email ? `${text(name)} (${text(email)})` : text(name);
}

export function projectLabel({ name, status }: IDataObject): string {
	return status ? `${text(name)} (${text(status)})` : text(name);
}

export function invoiceLabel(invoice: IDataObject, customerName?: string): string {
	const { invoice_number: number, id, total, currency, status } = invoice;
	return joined([text(number ?? id), customerName, money(total, currency), text(status)]);
}

export function paymentLabel(payment: IDataObject): string {
	const { id, direction, amount, currency, status, method, created_at: created } = payment;
	const label = joined([
		money(amount, currency),
		text(direction),
		text(method),
		text(status),
		text(created).slice(0, 10),
	]);
	return label === '' ? text(id) : label;
}

function joined(parts: Array<string | undefined>): string {
	return parts.filter(Boolean).join(' · ');
}

function money(amount: unknown, currency: unknown): string | undefined {
	const number = parseNumber(amount);
	if (number === undefined) return undefined;
	const code = text(currency) || 'usd';
	if (!/^[a-z]{3}$/i.test(code)) return String(number);
	return new Intl.NumberFormat('en-US', { style: 'currency', currency: code }).format(number);
}

function text(value: unknown): string {
	return value === undefined || value === null ? '' : String(value);
}
