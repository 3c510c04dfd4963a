import { isObject } from '../api/json';
import { isExact } from '../input/values';

/**
 * Exact decimals for amounts of money: a whole number of 10^-scale. Binary floating point has no 0.1, so a
 * sum of prices in it can be off by a cent.
 */
export interface Decimal {
	readonly units: bigint;
	/** Digits after the point, 0 or more. */
	readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;

/** No amount is this long; an exponent in a response could otherwise fill the memory with zeros. */
const MAX_DIGITS = 60;

/** Below it, no two amounts of whole cents are the same number. */
const MAX_CENTS = 1e15;

/** The number that a value is, as a JSON number or as text such as `"12.50"`; undefined for anything else. */
export function toDecimal(value: unknown): Decimal | undefined {
	if (typeof value === 'number') {
		// Nearly every amount has whole cents, which need no text.
		const cents = Math.round(value * 100);
		if (Math.abs(cents) < MAX_CENTS && cents / 100 === value) return inCents(cents);
	}
	if (typeof value !== 'number' && typeof value !== 'string') return undefined;
	const [, sign, whole = '', fraction = '', exponent = '0'] =
		DECIMAL.exec(String(value).trim()) ?? [];
	if (sign === undefined || whole + fraction === '') return undefined;
	const scale = fraction.length - Number(exponent);
	if (Math.max(whole.length + fraction.length, Math.abs(scale)) > MAX_DIGITS) return undefined;
	const zeros = '0'.repeat(Math.max(0, -scale));
	const digits = BigInt(`${whole}${fraction}${zeros}`);
	return { units: sign === '-' ? -digits : digits, scale: Math.max(0, scale) };
}

function inCents(cents: number): Decimal {
	return cents % 100 === 0
		? { units: BigInt(cents / 100), scale: 0 }
		: { units: BigInt(cents), scale: 2 };
}

/** How amounts are written for people: with a sign or a code of the currency, and with thousands separated. */
const WRITTEN = /^([+-]?)[^\d.,+()-]{0,5}([+-]?)(\d[\d.,' \u00a0\u202f]*)[^\d.,+()-]{0,5}$/u;

/** Thousands separated by one sign, then what stands behind the decimal point or comma. */
const GROUPED = /^(\d{1,3}(?:([,.' \u00a0\u202f])\d{3}(?:\2\d{3})*)?|\d+)(?:([.,])(\d+))?$/u;

/**
 * The amount of money that BildOut returned: as `toDecimal` reads it, as people write it (`$1,322.51`,
 * `1.322,51 €`), or in an object such as `{ amount, currency }`.
 *
 * @returns undefined where it can be read in two ways, such as `$1,322` or `1.322 €`
 */
export function toAmount(value: unknown): Decimal | undefined {
	const plain = toDecimal(value);
	if (plain) return plain;
	if (isObject(value)) return toDecimal(value.amount ?? value.value);
	if (typeof value !== 'string' || value.length > MAX_DIGITS) return undefined;
	const [, sign, innerSign, digits] = WRITTEN.exec(value.trim()) ?? [];
	const [, whole, separator, point, fraction = ''] = GROUPED.exec(digits?.trim() ?? '') ?? [];
	if (whole === undefined) return undefined;
	// Three digits behind a single point or comma may be a fraction or thousands.
	const isUnclear =
		separator === undefined
			? fraction.length === 3
			: separator === point || (point === undefined && /[.,]/.test(separator));
	return isUnclear
		? undefined
		: toDecimal(`${sign || innerSign}${whole.replace(/\D/g, '')}.${fraction}`);
}

/** A whole number such as 100. */
export function whole(value: number): Decimal {
	return { units: BigInt(value), scale: 0 };
}

export function plus(a: Decimal, b: Decimal): Decimal {
	const scale = Math.max(a.scale, b.scale);
	return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function minus(a: Decimal, b: Decimal): Decimal {
	return plus(a, { units: -b.units, scale: b.scale });
}

export function times(a: Decimal, b: Decimal): Decimal {
	return { units: a.units * b.units, scale: a.scale + b.scale };
}

export function sum(amounts: readonly Decimal[]): Decimal {
	return amounts.reduce(plus, ZERO);
}

/** -1, 0 or 1, as an order of `a` and `b`. */
export function compare(a: Decimal, b: Decimal): number {
	const scale = Math.max(a.scale, b.scale);
	const [one, other] = [unitsAt(a, scale), unitsAt(b, scale)];
	return one < other ? -1 : Number(one > other);
}

export function isEqual(a: Decimal, b: Decimal): boolean {
	return compare(a, b) === 0;
}

export function absolute(a: Decimal): Decimal {
	return a.units < 0n ? { units: -a.units, scale: a.scale } : a;
}

/** To so many digits after the point, half away from zero, as databases round a numeric column. */
export function rounded(a: Decimal, digits: number): Decimal {
	return quotient(a, whole(1), digits);
}

/** `a` divided by `b`, rounded once, as `rounded` does; `b` is not zero. */
export function quotient(a: Decimal, b: Decimal, digits: number): Decimal {
	const dividend = a.units * 10n ** BigInt(digits + b.scale);
	const divisor = b.units * 10n ** BigInt(a.scale);
	const isNegative = dividend < 0n !== divisor < 0n;
	const [above, below] = [dividend, divisor].map((value) => (value < 0n ? -value : value));
	const units = (2n * above + below) / (2n * below);
	return { units: isNegative ? -units : units, scale: digits };
}

/** How many digits after the point a decimal needs: 1.50 needs one. */
export function digitsOf({ units, scale }: Decimal): number {
	let digits = scale;
	for (let rest = units; digits > 0 && rest % 10n === 0n; rest /= 10n) digits -= 1;
	return digits;
}

/** In plain digits, with at least two after the point, as people write money: `1234.50`. */
export function toText(amount: Decimal): string {
	const digits = Math.max(2, digitsOf(amount));
	const text = String(absolute({ units: unitsAt(amount, digits), scale: digits }).units);
	const padded = text.padStart(digits + 1, '0');
	return `${amount.units < 0n ? '-' : ''}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/** Fifteen digits, which a number always keeps. */
const SHORT = 10n ** 15n;

/** For the output: a number, or text where a number would lose digits. */
export function toOutput(amount: Decimal): number | string {
	const { units, scale } = amount;
	// A number holds both exactly, so their quotient is the number that is nearest to the decimal.
	if (units < SHORT && units > -SHORT && scale <= 22) return Number(units) / 10 ** scale;
	const text = toText(amount);
	return isExact(text) ? Number(text) : text;
}

/** Only called with a scale of at least that of the decimal, save for digits that are zero. */
function unitsAt({ units, scale }: Decimal, wanted: number): bigint {
	if (wanted === scale) return units;
	return wanted >= scale
		? units * 10n ** BigInt(wanted - scale)
		: units / 10n ** BigInt(scale - wanted);
}

/** How many digits after the point amounts in a currency have, e.g. 2 for usd and 0 for jpy. */
export function currencyDigits(currency: unknown): number {
	try {
		const format = { style: 'currency', currency: String(currency) } as const;
		return new Intl.NumberFormat('en', format).resolvedOptions().maximumFractionDigits ?? 2;
	} catch {
		return 2;
	}
}
