import type { IDataObject } from 'n8n-workflow';

import { isNothing, isObject } from '../api/json';
import {
	absolute,
	compare,
	currencyDigits,
	type Decimal,
	digitsOf,
	isEqual,
	minus,
	plus,
	toAmount,
	toText,
	whole,
	ZERO,
} from './money';
import { formatValue, normalized } from '../input/text';
import { linesIn } from '../assumptions';
import { explainTotal, type PricedLine, totalBy, totalRules } from './invoiceTotals';

/** What BildOut has made of an invoice that was written. */
export type Comparison =
	/** The response shows neither lines nor a total, or no lines were sent. */
	| { kind: 'unknown' | 'same' }
	/** All that was sent is there, in the smallest unit of the currency: prices and total alike. */
	| { kind: 'minorUnits' }
	/** Lines are missing or different: what BildOut has, to follow "but BildOut has". */
	| { kind: 'lines'; has: string }
	| { kind: 'amounts'; sent: Decimal; billed: Decimal; hasLines: boolean };

/** The fields of a line that are compared. */
const COMPARED = ['name', 'quantity', 'unit_price', 'tax_rate'] as const;
type LineField = (typeof COMPARED)[number];

/** How a field of a line came back; of a whole line, the worst of its fields. */
type Likeness = 'same' | 'rounded' | 'different';
type Compare = (sent: IDataObject, billed: IDataObject, field?: LineField) => Likeness;

/** A line that was sent, and the one that BildOut has of it. */
interface LinePair {
	sent: IDataObject;
	billed?: IDataObject;
}

/**
 * Compares an invoice as BildOut returns it with the body that was sent: its lines in any order, and its total
 * by every rule that BildOut may have. Only what the response shows is compared.
 */
export function compareInvoice(sent: IDataObject, returned: IDataObject): Comparison {
	const comparison = compareAmounts(sent, returned);
	if (comparison.kind !== 'lines' && comparison.kind !== 'amounts') return comparison;
	const inMainUnits = fromMinorUnits(returned, sent.currency ?? returned.currency);
	const isSame = inMainUnits && compareAmounts(sent, inMainUnits).kind === 'same';
	return isSame ? { kind: 'minorUnits' } : comparison;
}

/** The fields of an invoice and its lines that are amounts of money. */
const AMOUNTS = ['total', 'subtotal', 'tax_total', 'discount_total', 'unit_price'];

/** The invoice as it would be if all its amounts were in cents; undefined where that cannot be. */
function fromMinorUnits(invoice: IDataObject, currency: unknown): IDataObject | undefined {
	const digits = currencyDigits(currency);
	if (digits === 0 || !toAmount(invoice.total)) return undefined;
	const scaled = (record: IDataObject): IDataObject => {
		const amounts = AMOUNTS.map((field) => [field, toAmount(record[field])] as const);
		const there = amounts.filter(([, amount]) => amount !== undefined);
		const inMain = there.map(([field, amount]) => [
			field,
			toText({ units: amount!.units, scale: amount!.scale + digits }),
		]);
		return { ...record, ...(Object.fromEntries(inMain) as IDataObject) };
	};
	return { ...scaled(invoice), line_items: linesIn(invoice)?.map(scaled) };
}

function compareAmounts(sent: IDataObject, returned: IDataObject): Comparison {
	if (!areLines(sent.line_items)) return { kind: 'same' };
	const lines = sent.line_items;
	const shownLines = linesIn(returned);
	const total = toAmount(returned.total);
	if (!shownLines && !total) return { kind: 'unknown' };
	const currency = sent.currency ?? returned.currency;
	const discount = discountOf(sent, returned);
	const priced = pricedLines(lines);
	const isTotalAsSent = total && priced && explainTotal(total, priced, discount, currency).isExact;
	const billedLines = isTotalAsSent ? shownLines?.map(withoutOwnRate) : shownLines;
	const likeness = likenessIn(currencyDigits(currency));
	const pairs = pairLines(lines, billedLines ?? [], likeness);
	const has = billedLines && differenceOf(pairs, billedLines, likeness);
	if (has !== undefined) return { kind: 'lines', has };
	const isRounded = pairs.some(
		(pair) => pair.billed && likeness(pair.sent, pair.billed) === 'rounded',
	);
	const totals = compareTotals(pairs, returned, discount, currency, isRounded);
	return totals.kind === 'amounts' ? { ...totals, hasLines: billedLines !== undefined } : totals;
}

/** Where the total has the tax, a line may show its rate as a fraction, or not at all. */
function withoutOwnRate(line: IDataObject): IDataObject {
	const { tax_rate, ...others } = line;
	const rate = toAmount(tax_rate ?? 0);
	return rate && compare(rate, whole(1)) < 0 ? others : line;
}

function discountOf(sent: IDataObject, returned: IDataObject): Decimal {
	const given = 'discount_total' in sent ? sent.discount_total : returned.discount_total;
	return toAmount(given ?? 0) ?? ZERO;
}

function areLines(value: unknown): value is IDataObject[] {
	return Array.isArray(value) && value.every(isObject);
}

/** The line of the same position where it is alike, else any other: the order may change. */
function pairLines(sent: IDataObject[], billed: IDataObject[], likeness: Compare): LinePair[] {
	const free = new Set(billed.keys());
	const pairs: LinePair[] = sent.map((line) => ({ sent: line }));
	const search = (accepted: Likeness[], places: (index: number) => Iterable<number>) => {
		for (const [index, pair] of pairs.entries()) {
			if (pair.billed) continue;
			const isAlike = (at: number) =>
				free.has(at) && accepted.includes(likeness(pair.sent, billed[at]));
			const place = [...places(index)].find(isAlike);
			if (place === undefined) continue;
			free.delete(place);
			pair.billed = billed[place];
		}
	};
	for (const accepted of [['same'], ['same', 'rounded']] as Likeness[][]) {
		search(accepted, (index) => [index]);
		search(accepted, () => free);
	}
	return pairs;
}

/** @param digits of amounts in the currency, after the point */
function likenessIn(digits: number): Compare {
	const ofField = (sent: IDataObject, billed: IDataObject, field: LineField): Likeness => {
		// What was not sent, BildOut decides; what it does not return is not compared.
		if (sent[field] === undefined || !(field in billed)) return 'same';
		if (field === 'name') {
			return normalized(sent.name) === normalized(billed.name) ? 'same' : 'different';
		}
		const [a, b] = [sent, billed].map((line) => toAmount(line[field] ?? 0));
		if (!a || !b) return 'different';
		if (isEqual(a, b)) return 'same';
		// BildOut may keep two decimals, or those of the currency.
		const kept = Math.max(Math.min(2, digits), digitsOf(b));
		const isCut = compare(absolute(minus(a, b)), { units: 1n, scale: kept }) < 0;
		return kept < digitsOf(a) && isCut ? 'rounded' : 'different';
	};
	return (sent, billed, field) => {
		const all = (field ? [field] : COMPARED).map((one) => ofField(sent, billed, one));
		return (['different', 'rounded'] as const).find((one) => all.includes(one)) ?? 'same';
	};
}

/** What BildOut has instead of the lines; undefined where it has them. */
function differenceOf(pairs: LinePair[], billed: IDataObject[], likeness: Compare) {
	const count = pairs.length;
	const missing = pairs.filter((pair) => !pair.billed).length;
	if (missing === 0 && billed.length === count) return undefined;
	if (missing === 0) return `${billed.length} line items instead of ${count}`;
	const index = pairs.findIndex((pair) => !pair.billed);
	const { sent } = pairs[index];
	const field =
		billed.length === count
			? COMPARED.find((one) => likeness(sent, billed[index], one) === 'different')
			: undefined;
	// A line that another one took the place of has no single field that differs.
	if (!field) return `${count - missing} of its ${count} line items`;
	const was = billed[index][field] ?? null;
	return `${formatValue(was)} instead of ${formatValue(sent[field])} as '${field}' of line ${index + 1}`;
}

function compareTotals(
	pairs: LinePair[],
	returned: IDataObject,
	discount: Decimal,
	currency: unknown,
	isRounded: boolean,
): { kind: 'same' } | { kind: 'amounts'; sent: Decimal; billed: Decimal } {
	// Where BildOut decides the tax of a line and shows only the sum, the totals without tax are compared.
	const decidedTax = pairs.some(isTaxHidden) ? taxOf(returned, discount) : undefined;
	const tax = decidedTax ?? ZERO;
	const priced = (all: IDataObject[]) =>
		pricedLines(decidedTax ? all.map((line) => ({ ...line, tax_rate: 0 })) : all);
	const asSent = priced(pairs.map(({ sent: line, billed }) => withTaxOf(line, billed)));
	const asBilled = priced(pairs.map(({ sent: line, billed }) => ({ ...line, ...billed })));
	if (!asSent || !asBilled) return { kind: 'same' };
	const total = toAmount(returned.total);
	const net = total && minus(total, tax);
	const own = net && explainTotal(net, asBilled, discount, currency);
	const rule = own?.isExact ? own.rule : totalRules(currency)[0];
	const billed = net ?? totalBy(rule, asBilled, discount);
	const explained = explainTotal(billed, asSent, discount, currency);
	if (explained.isExact && !isRounded) return { kind: 'same' };
	const computed =
		!explained.isExact && own?.isExact ? totalBy(rule, asSent, discount) : explained.total;
	return { kind: 'amounts', sent: plus(computed, tax), billed: plus(billed, tax) };
}

/** The tax of an invoice, also where BildOut returns it only as part of the total. */
function taxOf({ tax_total, total, subtotal }: IDataObject, discount: Decimal) {
	const [gross, net] = [total, subtotal].map(toAmount);
	return toAmount(tax_total) ?? (gross && net && minus(plus(gross, discount), net));
}

function isTaxHidden({ sent, billed }: LinePair): boolean {
	return isNothing(sent.tax_rate) && !(billed && 'tax_rate' in billed);
}

/** The line with the tax that BildOut decided where none was sent. */
function withTaxOf(line: IDataObject, billed: IDataObject | undefined): IDataObject {
	return isNothing(line.tax_rate) ? { ...line, tax_rate: billed?.tax_rate } : line;
}

/** The lines of an invoice with their prices; undefined where one has none. */
export function pricedLines(lines: unknown): PricedLine[] | undefined {
	if (!areLines(lines)) return undefined;
	const priced = lines.map(({ quantity, unit_price, tax_rate }) => {
		const [count, price, rate] = [quantity, unit_price, tax_rate ?? 0].map(toAmount);
		return count && price && rate && { quantity: count, unitPrice: price, taxRate: rate };
	});
	return priced.every((line) => line !== undefined) ? priced : undefined;
}
