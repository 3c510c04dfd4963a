import type { IDataObject } from 'n8n-workflow';

/** A text in JSON, or a number with sixteen digits or more: what `parseJson` looks at more closely. */
const TEXT_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.]{15,}(?:[eE][+-]?\d+)?/g;
const LONG_NUMBER = /\d[\d.]{15}/;

/** Stands before the digits while they are on their way through `JSON.parse` and `JSON.stringify`. */
const MARK = '\u0000long number ';
const MARKED = /(?<!\\)"\\u0000long number ([-+\d.eE]+)"/g;

/** Of objects that `parseJson` made: which of their members are long numbers. */
const longNumbers = new WeakMap<object, Set<string>>();

export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses JSON without losing a digit: a number beyond 2^53 that JavaScript cannot hold becomes the text of
 * its digits.
 *
 * @returns the text itself where it is no JSON
 */
export function parseJson(text: string): unknown {
	try {
		if (!LONG_NUMBER.test(text)) return JSON.parse(text);
		const marked = text.replace(TEXT_OR_LONG_NUMBER, (token) =>
			isLost(token) ? JSON.stringify(MARK + token) : token,
		);
		return JSON.parse(marked, unmark);
	} catch {
		return text;
	}
}

/**
 * What to send so that long numbers of a record that was read are written back as the numbers they were.
 *
 * @param read the record as `parseJson` gave it
 * @returns `written` itself where it has none of them, else its JSON
 */
export function withLongNumbers(written: IDataObject, read: IDataObject): IDataObject | string {
	const marked = mark(written, read);
	return marked === written ? written : JSON.stringify(marked).replace(MARKED, '$1');
}

function isLost(token: string): boolean {
	if (token.startsWith('"')) return false;
	const number = Number(token);
	if (Math.abs(number) <= Number.MAX_SAFE_INTEGER || String(number) === token) return false;
	return !Number.isInteger(number) || !/^-?\d+$/.test(token) || BigInt(token) !== BigInt(number);
}

function unmark(this: object, key: string, value: unknown): unknown {
	if (typeof value !== 'string' || !value.startsWith(MARK)) return value;
	const known = longNumbers.get(this);
	if (known) known.add(key);
	else longNumbers.set(this, new Set([key]));
	return value.slice(MARK.length);
}

/** Whether a value has members: an object or a list. */
function isContainer(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null;
}

/** A copy with marks at the long numbers that are as they were read; the same object where there are none. */
function mark(written: unknown, read: unknown): unknown {
	if (!isContainer(written) || !isContainer(read)) return written;
	const known = longNumbers.get(read);
	const was = read;
	let copy: IDataObject | undefined;
	for (const [key, value] of Object.entries(written)) {
		const isKept = known?.has(key) === true && value === was[key];
		const marked = isKept ? `${MARK}${String(value)}` : mark(value, was[key]);
		if (marked === value) continue;
		copy ??= (Array.isArray(written) ? [...(written as unknown[])] : { ...written }) as IDataObject;
		copy[key] = marked as IDataObject[string];
	}
	return copy ?? written;
}
