import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { isNothing, parseJson } from '../api/json';
import { cleanText, formatValue, isEmptyCell, normalized, oneLine, withPlainHyphens } from './text';

/** What the reading of a value needs to know of the item that it is for. */
export interface ItemContext {
	/** Whether an AI agent gave the values. */
	readonly isTool: boolean;
	/** The value of a parameter, with its expression resolved for the item. */
	param(name: string, fallback?: unknown): unknown;
	/** @throws NodeOperationError that ends the item */
	fail(message: string, description?: string): never;
}

/**
 * How values that people, spreadsheets and AI agents give become what BildOut takes. `what` is the
 * parameter as errors name it, e.g. `'Budget'` or `Line 3: 'quantity'`. Every function that takes an
 * item throws a NodeOperationError for a value that it cannot read.
 */

/** No number, date or email is longer. */
const MAX_LENGTH = 1000;

const HOW_TO_WRITE_NUMBERS =
	'Write it with digits and a decimal point only, e.g. 1250.50, without a currency sign, percent sign or thousands separator.';

/** JavaScript keeps about 16 digits of a number. */
const DECIMAL = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:e([+-]?\d+))?$/i;

/** What formulas of spreadsheets give when they fail, in the languages that Excel and Google Sheets write them in. */
const SPREADSHEET_ERROR =
	/^#(?:¡|¿)?(?:REF|BEZUG|RIF|VERW|ADR|REFERENS|ССЫЛКА|VALUE|WERT|VALEUR|VALOR|VALORE|WAARDE|ARG|VÄRDEFEL|ЗНАЧ|NAME|NOM|NOMBRE|NOME|NAAM|NAZWA|NAMN|ИМЯ|DIV\/0|DEEL\/0|DZIEL\/0|DIVISION\/0|ДЕЛ\/0|NULL|NUL|NULO|NULLO|LEEG|ZERO|SKÄRNING|ПУСТО|NUM|ZAHL|NOMBRE|NÚM|GETAL|LICZBA|OGILTIGT|ЧИСЛО|SPILL|ÜBERLAUF|PROPAGATION|DESBORDAMIENTO|CALC|KALK|CALCUL|FIELD|BLOCKED|CONNECT|UNKNOWN|BUSY|PYTHON|EXTERNAL|ERROR|N\/A|N\/D|N\/B|NV|Н\/Д|SAKNAS|GETTING_DATA)[!?]?$/iu;

/** What models write into a parameter that they have to fill in where they know nothing. */
const PLACEHOLDER =
	/^(null|none|nil|nan|undefined|unknown|empty|blank|missing|na|n\/a|n\.a|n\/d|n\.d|tbd|tba|tbc|to be determined|not (applicable|available|given|known|provided|specified|set)|no (value|data)|unspecified|nothing)$/;

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

/**
 * Whether a value is no value: an empty cell, or from an AI agent, which has to fill in every parameter, a
 * placeholder such as `N/A`.
 */
export function saysNothing({ isTool }: Pick<ItemContext, 'isTool'>, value: unknown): boolean {
	if (isEmptyCell(value)) return true;
	if (!isTool || typeof value !== 'string' || value.length > 100) return false;
	if (cleanText(value).startsWith('#')) return false;
	const [word] = /[\p{L}\p{N}\p{So}](?:.*[\p{L}\p{N}\p{So}])?/u.exec(normalized(value)) ?? [];
	return word === undefined || PLACEHOLDER.test(word);
}

/** Text, or anything that is plainly written as one. */
export function asText(item: ItemContext, what: string, value: unknown): string {
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
	refuseSpreadsheetError(item, what, value);
	return String(value);
}

/** A name: text without spaces around it, and not empty. */
export function readName(item: ItemContext, what: string, value: unknown): string {
	const name = oneLine(asText(item, what, value));
	if (name === '') {
		item.fail(
			`${what} is empty`,
			'Enter a value, or remove the field to keep what BildOut has. If it is an expression, check that the input item has the field it names.',
		);
	}
	return name;
}

/** An email address as it is written to BildOut: of a link, the address. An empty text stays empty. */
export function readEmail(item: ItemContext, what: string, value: unknown): string {
	refuseLong(item, what, value);
	const email = plainEmail(asText(item, what, value));
	if (email !== '' && !/^[^\s@,;<>]+@[^\s@,;<>]+$/.test(email)) {
		item.fail(
			`${what} must be one email address, got ${formatValue(value)}`,
			'Write the address alone, e.g. office@summitroofing.com, without a name, a space or a second address.',
		);
	}
	return email;
}

/** An email address without what nobody sees in it and without the `mailto:` that links put before it. */
export function plainEmail(text: string): string {
	return cleanText(text).replace(/^mailto:\s*/i, '');
}

export function readPhone(item: ItemContext, what: string, value: unknown): string {
	const phone = withPlainHyphens(asText(item, what, value));
	if (phone.length < 100 && /^\d([.,]\d+)?e\+?\d+$/i.test(phone)) {
		item.fail(
			`${what} must be a phone number, got ${formatValue(value)}`,
			'The spreadsheet has shortened the number. Format its column as plain text there, and enter the number again.',
		);
	}
	return phone;
}

/**
 * One of a menu, by its label or its value, in any case and with spaces, hyphens or underscores. What the
 * menu does not have goes out in the spelling of the API, since BildOut may know more.
 */
export function choiceIn(options: readonly INodePropertyOptions[], text: string): string {
	const folded = normalized(text).replace(/[\s_-]+/g, '_');
	const joined = (name: unknown) => normalized(String(name)).replace(/[\s_-]+/g, '');
	const known = options.find(({ name, value }) => [name, value].map(joined).includes(joined(text)));
	return known ? String(known.value) : folded;
}

/**
 * What a menu of the panel is set to, by the value or the label of the choice, in any case.
 *
 * @param value where the menu is a member of a collection
 * @throws NodeOperationError for anything else that an expression gives; nothing from an agent is the default
 */
export function readMenu(
	item: ItemContext,
	{ displayName, name, default: initial, options = [] }: INodeProperties,
	value: unknown = item.param(name, initial),
): string {
	if (item.isTool && saysNothing(item, value)) return String(initial);
	const choices = options as INodePropertyOptions[];
	const chosen = choiceIn(choices, String(value));
	const known = choices.find((choice) => choice.value === chosen);
	if (known) return chosen;
	return item.fail(
		`'${displayName}' must be one of ${choices.map((choice) => choice.value).join(', ')}, got ${formatValue(value)}`,
		'Choose from the list, or correct the expression.',
	);
}

/**
 * Numbers come from fields in the panel, and as text from spreadsheets and AI agents. A plain number
 * in text passes; what a person would have to interpret (`1,200`, `$5`) does not, nor what would be
 * sent with other digits.
 */
export function readNumber(
	item: ItemContext,
	what: string,
	value: unknown,
	rule: NumberRule = {},
): number {
	refuseBroken(item, what, value);
	const text = typeof value === 'string' ? withPlainHyphens(value) : undefined;
	const given = rule.isPercent && text?.endsWith('%') ? text.slice(0, -1).trim() : (text ?? value);
	const number = parseNumber(given);
	if (number === undefined || rule.isInRange?.(number) === false) {
		const { range, hint = HOW_TO_WRITE_NUMBERS } = rule;
		item.fail(
			`${what} must be a number${range ? ` ${range}` : ''}, got ${formatValue(value)}`,
			number !== undefined || isEmptyCell(value) ? hint : howToWriteNumber(value),
		);
	}
	if (typeof given === 'string' ? !isExact(given) : isUnsafe(number)) {
		item.fail(
			`${what} has more digits than can be sent unchanged, got ${formatValue(value)}`,
			'Round it to 15 digits at most.',
		);
	}
	return number;
}

/** Accounting writes a negative amount in parentheses, or with the sign behind it. */
function howToWriteNumber(value: unknown): string {
	const text = typeof value === 'string' ? withPlainHyphens(value) : '';
	const isNegative = /^\(.*\)$|-$/s.test(text);
	const amount = text.replace(/[^\d.]/g, '');
	if (!isNegative || !isDecimal(amount)) return HOW_TO_WRITE_NUMBERS;
	return `Write a credit, or any other negative amount, with a minus sign before it: -${amount}. ${HOW_TO_WRITE_NUMBERS}`;
}

/** The number that a value plainly is, or undefined. */
export function parseNumber(value: unknown): number | undefined {
	if (typeof value === 'string' && value.length > MAX_LENGTH) return undefined;
	const text = typeof value === 'string' ? withPlainHyphens(value) : undefined;
	const isNumeric = text === undefined ? typeof value === 'number' : isDecimal(text);
	const number = isNumeric ? Number(text ?? value) : NaN;
	return Number.isFinite(number) ? number : undefined;
}

/** Whether a text is a number in digits, with a point and an exponent at most. */
function isDecimal(text: string): boolean {
	return text.length <= MAX_LENGTH && DECIMAL.test(text);
}

/** Whether the number that is made of a decimal has the same value, digit for digit. */
export function isExact(decimal: string): boolean {
	return isDecimal(decimal) && canonical(decimal) === canonical(String(Number(decimal)));
}

/** One form for all spellings of a decimal: 3.10, 3.1 and 31e-1 are `31e-1`. */
function canonical(text: string): string | undefined {
	const [, sign, mantissa, exponent = '0'] = DECIMAL.exec(text) ?? [];
	if (mantissa === undefined) return undefined;
	const [whole, fraction = ''] = mantissa.split('.');
	const digits = `${whole}${fraction}`.replace(/^0+/, '');
	const significant = /^.*[1-9]/.exec(digits)?.[0];
	if (significant === undefined) return '0';
	const power = Number(exponent) - fraction.length + digits.length - significant.length;
	return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

/** Such as an account number of 19 digits, which would be sent as another number. */
export function isUnsafe(number: number): boolean {
	return Number.isInteger(number) && !Number.isSafeInteger(number);
}

/** A number of at least `least` that has no fraction; `fallback` where nothing is given. */
export function readWholeNumber(
	item: ItemContext,
	label: string,
	value: unknown,
	least: number,
	fallback: number,
): number {
	if (isNothing(value)) return fallback;
	const number = parseNumber(value);
	if (number === undefined || !Number.isSafeInteger(number) || number < least) {
		item.fail(
			`'${label}' must be a whole number of at least ${least}, got ${formatValue(value)}`,
			'Correct it, or remove it to use the default.',
		);
	}
	return number;
}

/** A switch of the panel, which is off where nothing is given. */
export function readSwitch(item: ItemContext, label: string, value: unknown): boolean {
	if (isEmptyCell(value)) return false;
	return readBoolean(item, `'${label}'`, value);
}

/** In any of the ways in which spreadsheets, databases and forms write a switch. */
export function readBoolean(item: ItemContext, what: string, value: unknown): boolean {
	refuseSpreadsheetError(item, what, value);
	const text = typeof value === 'object' ? '' : normalized(String(value));
	if (['true', 'yes', '1'].includes(text)) return true;
	if (['false', 'no', '0'].includes(text)) return false;
	return item.fail(
		`${what} must be true or false, got ${formatValue(value)}`,
		'Use the switch, or an expression that yields true or false. Yes and no, and 1 and 0, are understood too.',
	);
}

/** Refuses what is no number, day or moment, whatever their form. */
export function refuseBroken(item: ItemContext, what: string, value: unknown): void {
	refuseLong(item, what, value);
	refuseSpreadsheetError(item, what, value);
}

/** A value longer than any real one of its kind. */
function refuseLong(item: ItemContext, what: string, value: unknown): void {
	if (typeof value !== 'string' || value.length <= MAX_LENGTH) return;
	item.fail(
		`${what} has ${value.length} characters, got ${formatValue(value)}`,
		`It can have ${MAX_LENGTH} at most. Check that the expression takes the right field of the input item.`,
	);
}

export function refuseSpreadsheetError(item: ItemContext, what: string, value: unknown): void {
	if (typeof value !== 'string' || value.length > 100) return;
	const text = cleanText(value);
	if (!text.startsWith('#') || !SPREADSHEET_ERROR.test(text)) return;
	item.fail(
		`${what} has the error ${formatValue(text)} of a spreadsheet formula`,
		'Correct the formula in the spreadsheet, or empty the cell.',
	);
}

/** What was chosen of a list of names: as a list, or as text with commas between them, or as JSON. */
export function readNames(value: unknown): string[] {
	const list = typeof value === 'string' ? parseJson(value) : value;
	const names = Array.isArray(list) ? (list as unknown[]) : String(value ?? '').split(',');
	return names.map((name) => cleanText(String(name))).filter((name) => name !== '');
}

/** What n8n gives for a resource locator: the chosen mode and the value. */
export function isLocator(locator: unknown): locator is { mode?: string; value?: unknown } {
	return (
		typeof locator === 'object' && locator !== null && ('mode' in locator || 'value' in locator)
	);
}
