import type { IDataObject } from 'n8n-workflow';

import { isEqual, toAmount, toDecimal } from '../accounting/money';
import { isNothing, isObject } from '../api/json';
import { linkedIdIn } from '../assumptions';
import { dayOf } from '../input/dates';
import { normalized } from '../input/text';
import { parseNumber } from '../input/values';

/**
 * Whether two values of a field mean the same. What else passes depends on the question:
 *
 * | | question | besides another notation, such as `"12.50"` for 12.5 |
 * |---|---|---|
 * | `isSameValue` | Would a write change the field? | nothing |
 * | `isStoredAs` | Did BildOut keep what was sent? | other case, other signs in a phone number, more parts, the default of an emptied field |
 * | `couldBeStoredAs` | May the record come from a request whose response was lost? | other case, quotes and spaces, more parts, a rounded number |
 *
 * Lines of invoices are compared in `accounting/compareInvoice.ts`, which tells rounded from different.
 */
export function isSameValue(one: unknown, other: unknown): boolean {
	if (isNothing(one) || isNothing(other)) return isNothing(one) && isNothing(other);
	if (typeof one === 'object' || typeof other === 'object') {
		return JSON.stringify(one) === JSON.stringify(other);
	}
	if (one === other) return true;
	if (typeof one === 'boolean' || typeof other === 'boolean') return false;
	if (typeof one === 'number' || typeof other === 'number') return isSameNumber(one, other);
	// A day may come back with a time of day.
	const [short, long] = [String(one), String(other)].sort((a, b) => a.length - b.length);
	return short.length === 10 && dayOf(short) === short && dayOf(long) === short;
}

/** Text with a leading zero, such as a ZIP code, is no number. */
function isSameNumber(one: unknown, other: unknown): boolean {
	if ([one, other].some((value) => /^\s*[+-]?0\d/.test(String(value)))) return false;
	const [a, b] = [toDecimal(one), toDecimal(other)];
	return a !== undefined && b !== undefined && isEqual(a, b);
}

export function isStoredAs(sent: unknown, returned: unknown): boolean {
	if (isSameValue(sent, returned)) return true;
	// An emptied field may have a default.
	if (isNothing(sent)) return returned === false || toAmount(returned)?.units === 0n;
	if (isObject(sent)) {
		const parts = isNothing(returned) ? {} : returned;
		return (
			isObject(parts) && Object.keys(sent).every((part) => isStoredAs(sent[part], parts[part]))
		);
	}
	const [a, b] = [sent, returned].map((value) =>
		typeof value === 'string' ? value.toLowerCase().replace(/[\s().+-]/g, '') : value,
	);
	return typeof a === 'string' && a !== '' && a === b;
}

/** BildOut keeps money and quantities with two decimals. */
const HALF_A_CENT = 0.005;

export function couldBeStoredAs(sent: unknown, returned: unknown): boolean {
	if (isSameValue(sent, returned)) return true;
	if (isNothing(sent) || isNothing(returned)) return false;
	if (Array.isArray(sent)) {
		if (!Array.isArray(returned) || returned.length !== sent.length) return false;
		return sent.every((entry, index) => couldBeStoredAs(entry, (returned as unknown[])[index]));
	}
	if (isObject(sent)) return isObject(returned) && couldHaveFields(returned, sent);
	if (typeof sent === 'boolean') return false;
	const [a, b] = [parseNumber(sent), parseNumber(returned)];
	if (a !== undefined && b !== undefined) return Math.abs(a - b) <= HALF_A_CENT;
	return normalized(sent) === normalized(returned);
}

/** Whether a record could have all fields of a body that was sent. */
export function couldHaveFields(record: IDataObject, body: IDataObject): boolean {
	return Object.entries(body).every(([field, sent]) =>
		couldBeStoredAs(sent, linkedIdIn(record, field)),
	);
}
