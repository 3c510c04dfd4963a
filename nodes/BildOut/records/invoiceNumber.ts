import type { IDataObject } from 'n8n-workflow';

/** What people write before a number without meaning a part of it. */
const WORDS = ['invoice', 'no', 'nr', 'number'];

/** No number is longer. */
const MAX_LENGTH = 100;

/**
 * The invoices that a number may mean. BildOut's application keeps `00042` and shows it behind a prefix
 * that each company chooses, so `INV-00042`, `00042` and `42` may be the same; `ACME-00042` and
 * `INV-00042` are not. Where an invoice has exactly the number, with its prefix, no other is meant.
 */
export function invoicesByNumber(invoices: readonly IDataObject[], given: string): IDataObject[] {
	const wanted = partsOf(given);
	const matches = invoices
		.map((invoice) => ({ invoice, parts: partsOf(invoice.invoice_number) }))
		.filter(({ parts }) => mayBeSame(wanted, parts));
	const written = (value: unknown) => String(value).trim().toLowerCase();
	const exact = matches.filter(
		({ invoice }) => written(invoice.invoice_number) === written(given) && wanted.length > 1,
	);
	return (exact.length > 0 ? exact : matches).map(({ invoice }) => invoice);
}

/** `INV-2025-00042` as `inv`, `2025` and `42`. */
function partsOf(number: unknown): string[] {
	if (typeof number !== 'string' && typeof number !== 'number') return [];
	const text = String(number).slice(0, MAX_LENGTH).normalize('NFKC').toLowerCase();
	const parts = text.match(/[\p{L}\d]+/gu) ?? [];
	const [, letters, digits] = /^(\p{L}+)(\d+)$/u.exec(parts.at(-1) ?? '') ?? [];
	if (letters !== undefined) parts.splice(-1, 1, letters, digits);
	return parts.filter((part) => !WORDS.includes(part)).map((part) => part.replace(/^0+(?=\d)/, ''));
}

/** Whether two numbers are the same but for a prefix that only one of them has. */
function mayBeSame(one: string[], other: string[]): boolean {
	const [short, long] = one.length < other.length ? [one, other] : [other, one];
	const prefix = long.slice(0, long.length - short.length);
	return (
		/^\d+$/.test(short.at(-1) ?? '') &&
		short.every((part, index) => part === long[prefix.length + index]) &&
		// Another number before it, unless it is a year, makes another invoice of it: 42-1 is not 1.
		prefix.every((part) => !/^\d+$/.test(part) || /^(19|20)\d\d$/.test(part))
	);
}
