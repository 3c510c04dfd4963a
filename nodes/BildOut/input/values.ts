import { inexactNumberIn, isDecimal, isExact, isUnsafe, unsafeNumberIn } from './decimals';
import type { InputItem } from './inputItem';

/**
 * How values that people, spreadsheets and AI agents give become what BildOut takes. `what` is the
 * parameter as errors name it, e.g. `'Budget'` or `Line 3: 'quantity'`. Every function that takes an
 * item throws a NodeOperationError for a value that it cannot read.
 */

const HOW_TO_WRITE_NUMBERS =
	'Write it with digits and a decimal point only, e.g. 1250.50, without a currency sign, percent sign or thousands separator.';

/** What else a number has to be. */
export interface NumberRule {
	/** The range in words, e.g. `greater than 0`. */
	range?: string;
	isInRange?: (value: number) => boolean;
	/** What to do about a number that is out of range or not given. */
	hint?: string;
	/** The unit is percent, so `8.5%` is 8.5. */
	isPercent?: boolean;
}

/** Text, or anything that is plainly written as one. */
export function asText(item: InputItem, what: string, value: unknown): string {
	if (typeof value === 'object' || value === undefined) {
		item.fail(
			`${what} must be text, got ${formatValue(value)}`,
			'Choose a single field of the input item, not a group of fields or a list.',
		);
	}
	if (typeof value === 'number' && !Number.isFinite(value)) {
		item.fail(
			`${what} must be text, got ${value}`,
			'The expression computes with something that is no number. Check the fields it names.',
		);
	}
	if (typeof value === 'number' && isUnsafe(value)) {
		item.fail(
			`${what} must be text, got the number ${value}, which may have lost digits`,
			'A number has 15 reliable digits. Have the node or spreadsheet that it comes from give it as text.',
		);
	}
	return String(value);
}

/** A name: text without spaces around it, and not empty. */
export function readName(item: InputItem, what: string, value: unknown): string {
	const name = asText(item, what, value).trim();
	if (name === '') {
		item.fail(
			`${what} is empty`,
			'Enter a value, or remove the field to keep what BildOut has. If it is an expression, check that the input item has the field it names.',
		);
	}
	return name;
}

/** An email address as it is written to BildOut: of a link, the address. An empty text stays empty. */
export function readEmail(item: InputItem, what: string, value: unknown): string {
	const email = plainEmail(asText(item, what, value));
	if (email !== '' && !/^[^\s@,;<>]+@[^\s@,;<>]+$/.test(email)) {
		item.fail(
			`${what} must be one email address, got ${formatValue(value)}`,
			'Write the address alone, e.g. office@summitroofing.com, without a name, a space or a second address.',
		);
	}
	return email;
}

/** An email address without the spaces around it and without the `mailto:` that links put before it. */
export function plainEmail(text: string): string {
	return text.trim().replace(/^mailto:\s*/i, '');
}

export function readPhone(item: InputItem, what: string, value: unknown): string {
	const phone = asText(item, what, value).trim();
	if (/^\d([.,]\d+)?e\+?\d+$/i.test(phone)) {
		item.fail(
			`${what} must be a phone number, got ${formatValue(value)}`,
			'The spreadsheet has shortened the number. Format its column as plain text there, and enter the number again.',
		);
	}
	return phone;
}

/**
 * Numbers come from fields in the panel, and as text from spreadsheets and AI agents. A plain number
 * in text passes; what a person would have to interpret (`1,200`, `$5`) does not, nor what would be
 * sent with other digits.
 */
export function readNumber(
	item: InputItem,
	what: string,
	value: unknown,
	rule: NumberRule = {},
): number {
	const given = rule.isPercent && typeof value === 'string' ? value.replace(/\s*%\s*$/, '') : value;
	const number = parseNumber(given);
	if (number === undefined || rule.isInRange?.(number) === false) {
		failForNumber(item, what, value, number !== undefined, rule);
	}
	if (typeof given === 'string' ? !isExact(given) : isUnsafe(number)) {
		item.fail(
			`${what} has more digits than can be sent unchanged, got ${formatValue(value)}`,
			'Round it to 15 digits at most.',
		);
	}
	return number;
}

function failForNumber(
	item: InputItem,
	what: string,
	value: unknown,
	isNumber: boolean,
	{ range, hint: wayOut = HOW_TO_WRITE_NUMBERS }: NumberRule,
): never {
	const isMissing = value === undefined || value === null || value === '';
	item.fail(
		`${what} must be a number${range ? ` ${range}` : ''}, got ${formatValue(value)}`,
		isNumber || isMissing ? wayOut : HOW_TO_WRITE_NUMBERS,
	);
}

/** The number that a value plainly is, or undefined. */
export function parseNumber(value: unknown): number | undefined {
	if (typeof value !== 'number' && !(typeof value === 'string' && isDecimal(value))) {
		return undefined;
	}
	const number = Number(value);
	return Number.isFinite(number) ? number : undefined;
}

/** A number of at least `least` that has no fraction; `fallback` where nothing is said. */
export function readWholeNumber(
	item: InputItem,
	label: string,
	value: unknown,
	least: number,
	fallback: number,
): number {
	if (value === undefined || value === '' || value === null) return fallback;
	const number = parseNumber(value);
	if (number === undefined || !Number.isSafeInteger(number) || number < least) {
		item.fail(
			`'${label}' must be a whole number of at least ${least}, got ${formatValue(value)}`,
			'Correct it, or remove it to use the default.',
		);
	}
	return number;
}

/** A switch of the panel, which is off where nothing is said. */
export function readSwitch(item: InputItem, label: string, value: unknown): boolean {
	if (value === undefined || value === null || value === '') return false;
	return readBoolean(item, `'${label}'`, value);
}

/** The ways in which spreadsheets, databases and forms write a switch. */
const SWITCH: Record<string, boolean | undefined> = {
	true: true,
	yes: true,
	'1': true,
	false: false,
	no: false,
	'0': false,
};

export function readBoolean(item: InputItem, what: string, value: unknown): boolean {
	const isPlain = ['boolean', 'number', 'string'].includes(typeof value);
	const read = isPlain ? SWITCH[String(value).trim().toLowerCase()] : undefined;
	if (typeof read === 'boolean') return read;
	return item.fail(
		`${what} must be true or false, got ${formatValue(value)}`,
		'Use the switch, or an expression that yields true or false. Yes and no, and 1 and 0, are understood too.',
	);
}

/**
 * The value of a JSON text. What an expression gives as something else than text is its own value.
 * A number that would lose digits is refused.
 */
export function readJson(item: InputItem, what: string, value: unknown): unknown {
	const lossy =
		typeof value === 'string' ? inexactNumberIn(value) : unsafeNumberIn(value)?.toString();
	const parsed = typeof value === 'string' ? parseJson(item, what, value) : value;
	if (lossy !== undefined) {
		item.fail(
			`${what} has the number ${lossy}, which has more digits than can be sent unchanged`,
			`Write it as text, in quotes: "${lossy}".`,
		);
	}
	return parsed;
}

function parseJson(item: InputItem, what: string, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		return item.fail(
			`${what} is not valid JSON: ${(error as Error).message}`,
			'Check quotes, commas and brackets. In an expression, give the value itself rather than text.',
		);
	}
}

/** What was chosen of a list of names: as a list, or as text with commas between them, or as JSON. */
export function readNames(value: unknown): string[] {
	const list = typeof value === 'string' ? listIn(value) : value;
	const names = Array.isArray(list) ? (list as unknown[]) : String(list ?? '').split(',');
	return names.map((name) => String(name).trim()).filter((name) => name !== '');
}

function listIn(text: string): unknown {
	try {
		const parsed: unknown = JSON.parse(text);
		return Array.isArray(parsed) ? parsed : text;
	} catch {
		return text;
	}
}

/** A value as an error shows it. */
export function formatValue(value: unknown): string {
	if (value === undefined) return 'nothing';
	if (typeof value === 'string') return `'${value}'`;
	const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
	return text.length > 200 ? `${text.slice(0, 200)} …` : text;
}
