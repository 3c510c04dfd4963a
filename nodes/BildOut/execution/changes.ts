import type { IDataObject } from 'n8n-workflow';

import { isNothing, isObject } from '../api/json';
import { isEqual, toDecimal } from '../accounting/money';
import { dayOf } from '../input/dates';

/** One field that a write changes. */
export interface Change {
	/** Its path, such as `address.city` or `line_items[2].unit_price`. */
	field: string;
	/** Null where there was nothing, or will be nothing. */
	before: unknown;
	after: unknown;
}

/**
 * What differs between two states of a record. Rows are compared by position; one that is added or removed
 * is shown whole. Values that only look different, such as `"12.50"` and `12.5`, are the same.
 */
export function changesBetween(before: IDataObject, after: IDataObject): Change[] {
	return membersDiffer('', before, after);
}

function membersDiffer(path: string, before: IDataObject, after: IDataObject): Change[] {
	const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
	return names.flatMap((name) =>
		valuesDiffer(path === '' ? name : `${path}.${name}`, before[name], after[name]),
	);
}

function valuesDiffer(field: string, before: unknown, after: unknown): Change[] {
	if (isSameValue(before, after)) return [];
	const [was, is] = [before, after].map((value) => (isNothing(value) ? undefined : value));
	if (areRows(was) && areRows(is)) {
		const longest = Math.max(was?.length ?? 0, is?.length ?? 0);
		return Array.from({ length: longest }, (_, index) => {
			const [row, other] = [was?.[index], is?.[index]];
			const place = `${field}[${index}]`;
			return row && other
				? membersDiffer(place, row, other)
				: [{ field: place, before: row ?? null, after: other ?? null }];
		}).flat();
	}
	if ((isObject(was) || was === undefined) && (isObject(is) || is === undefined)) {
		return membersDiffer(field, (was ?? {}) as IDataObject, (is ?? {}) as IDataObject);
	}
	return [{ field, before: before ?? null, after: after ?? null }];
}

/** A list of objects, or nothing. */
function areRows(value: unknown): value is IDataObject[] | undefined {
	return value === undefined || (Array.isArray(value) && value.every(isObject));
}

/** Whether two values of a field mean the same, however each is written. */
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
