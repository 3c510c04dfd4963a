import type { Item } from './item';

/** How values that people, spreadsheets and AI agents give become what BildOut takes. */

/** Text, or anything that is plainly written as one. */
export function asText(item: Item, label: string, value: unknown): string {
	if (typeof value === 'object') {
		item.fail(
			`'${label}' must be text, got ${JSON.stringify(value)}`,
			'Choose a single field of the input item, not a group of fields or a list.',
		);
	}
	if (typeof value === 'number' && !Number.isFinite(value)) {
		item.fail(
			`'${label}' must be text, got ${value}`,
			'The expression computes with something that is no number. Check the fields it names.',
		);
	}
	return String(value);
}

/**
 * Numbers come from fields in the panel, and as text from spreadsheets and AI agents. A plain number
 * in text passes; what a person would have to interpret (`1,200`, `$5`) does not.
 */
export function readNumber(item: Item, label: string, value: unknown): number {
	const number = parseNumber(value);
	if (number === undefined) {
		item.fail(
			`'${label}' must be a number, got '${String(value)}'`,
			'Write it with digits and a decimal point only, e.g. 1250.50, without a currency sign or thousands separator.',
		);
	}
	return number;
}

/** The number that a value plainly is, or undefined. */
export function parseNumber(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	if (typeof value !== 'string') return undefined;
	const isPlain = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value);
	return isPlain && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** A switch of the panel, which is off where nothing is said. */
export function isOn(item: Item, label: string, value: unknown): boolean {
	if (value === undefined || value === null || value === '') return false;
	return readBoolean(item, label, value);
}

export function readBoolean(item: Item, label: string, value: unknown): boolean {
	if (value === true || value === 'true') return true;
	if (value === false || value === 'false') return false;
	return item.fail(
		`'${label}' must be true or false, got '${String(value)}'`,
		'Use the switch, or an expression that yields true or false.',
	);
}

/** The value that a text is in JSON; what is no JSON is text. */
export function parseJson(value: unknown): unknown {
	if (typeof value !== 'string') return value ?? null;
	try {
		const parsed: unknown = JSON.parse(value);
		// What JavaScript cannot hold as a number, such as a long account number, stays the text it is.
		return typeof parsed === 'number' && Math.abs(parsed) > Number.MAX_SAFE_INTEGER
			? value.trim()
			: parsed;
	} catch {
		return value;
	}
}

/** What was chosen of a list of names: as a list, or as text with commas between them, or as JSON. */
export function readNames(value: unknown): string[] {
	const list = typeof value === 'string' && /^\s*\[/.test(value) ? parseJson(value) : value;
	const names = Array.isArray(list) ? (list as unknown[]) : String(list ?? '').split(',');
	return names.map((name) => String(name).trim()).filter((name) => name !== '');
}
