import type { IDataObject } from 'n8n-workflow';

/** Parts of `JSON` in every Node.js that n8n runs on, which TypeScript's library does not know yet. */
const { parse, rawJSON } = JSON as unknown as {
	parse(
		text: string,
		reviver: (this: object, key: string, value: unknown, context: { source?: string }) => unknown,
	): unknown;
	rawJSON(text: string): unknown;
};

/** Sixteen digits or more: only where a text has them is each number looked at. */
const LONG_NUMBER = /\d[\d.]{15}/;

/** Of objects that `parseJson` made: which of their members are long numbers. */
const longNumbers = new WeakMap<object, Set<string>>();

export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a record has no value in a field: it is missing, null or an empty text. */
export function isNothing(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

/**
 * Parses JSON without losing a digit: a number beyond 2^53 that JavaScript cannot hold becomes the text of
 * its digits.
 *
 * @returns the text itself where it is no JSON
 */
export function parseJson(text: string): unknown {
	try {
		return LONG_NUMBER.test(text) ? parse(text, keepDigits) : JSON.parse(text);
	} catch {
		return text;
	}
}

function keepDigits(
	this: object,
	key: string,
	value: unknown,
	{ source }: { source?: string },
): unknown {
	if (typeof value !== 'number' || source === undefined || !isLossy(value, source)) return value;
	const known = longNumbers.get(this);
	if (known) known.add(key);
	else longNumbers.set(this, new Set([key]));
	return source;
}

function isLossy(number: number, source: string): boolean {
	if (Math.abs(number) <= Number.MAX_SAFE_INTEGER || String(number) === source) return false;
	return !Number.isInteger(number) || !/^-?\d+$/.test(source) || BigInt(source) !== BigInt(number);
}

/**
 * What to send so that long numbers of a record that was read are written back as the numbers they were.
 *
 * @param read the record as `parseJson` gave it
 * @returns `written` itself where it has none of them, else its JSON
 */
export function withLongNumbers(written: IDataObject, read: IDataObject): IDataObject | string {
	const raw = withRawNumbers(written, read);
	return raw === written ? written : JSON.stringify(raw);
}

/** A copy with raw JSON for the long numbers that are as they were read; the same object where there are none. */
function withRawNumbers(written: unknown, read: unknown): unknown {
	if (!isContainer(written) || !isContainer(read)) return written;
	const known = longNumbers.get(read);
	let copy: IDataObject | undefined;
	for (const [key, value] of Object.entries(written)) {
		const isKept = known?.has(key) === true && value === read[key];
		const raw = isKept ? rawJSON(String(value)) : withRawNumbers(value, read[key]);
		if (raw === value) continue;
		copy ??= (Array.isArray(written) ? [...(written as unknown[])] : { ...written }) as IDataObject;
		copy[key] = raw as IDataObject[string];
	}
	return copy ?? written;
}

/** Whether a value has members: an object or a list. */
function isContainer(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null;
}
