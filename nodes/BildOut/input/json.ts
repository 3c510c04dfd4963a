import type { ItemContext } from './itemContext';
import { isExact, isUnsafe } from './values';

/**
 * The value of a JSON text. What an expression gives as something else than text is its own value.
 * A number that would lose digits is refused.
 */
export function readJson(item: ItemContext, what: string, value: unknown): unknown {
	const parsed = typeof value === 'string' ? parseJson(item, what, value) : value;
	const lossy =
		typeof value === 'string' ? inexactNumberIn(value) : unsafeNumberIn(value)?.toString();
	if (lossy !== undefined) {
		const number = lossy.length > 100 ? `${lossy.slice(0, 100)} …` : lossy;
		item.fail(
			`${what} has the number ${number}, which has more digits than can be sent unchanged`,
			`Write it as text, in quotes: "${number}".`,
		);
	}
	return parsed;
}

function parseJson(item: ItemContext, what: string, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		return item.fail(
			`${what} is not valid JSON: ${(error as Error).message}`,
			'Check quotes, commas and brackets. In an expression, give the value itself rather than text.',
		);
	}
}

/** What to do about JSON that is not of the form that is wanted; a text that holds JSON was encoded twice. */
export function jsonHint(value: unknown, hint: string): string {
	const isJsonText = typeof value === 'string' && /^\s*[[{]/.test(value);
	return isJsonText
		? 'It is JSON inside a JSON text. Remove the quotes around it, or leave JSON.stringify out of the expression.'
		: hint;
}

/** The first number in valid JSON text that would lose digits. */
export function inexactNumberIn(json: string): string | undefined {
	for (let at = 0; at < json.length; at += 1) {
		if (json[at] === '"') {
			at = endOfJsonText(json, at);
		} else if (isPartOfNumber(json[at]) && json[at] !== 'e' && json[at] !== 'E') {
			const start = at;
			while (isPartOfNumber(json[at + 1])) at += 1;
			const number = json.slice(start, at + 1);
			if (!isExact(number)) return number;
		}
	}
	return undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Where a text ends that begins at a quotation mark. */
function endOfJsonText(json: string, start: number): number {
	let at = start + 1;
	for (
		let sign = json.charCodeAt(at);
		at < json.length && sign !== QUOTE;
		sign = json.charCodeAt(at)
	) {
		at += sign === BACKSLASH ? 2 : 1;
	}
	return at;
}

function isPartOfNumber(sign: string | undefined): boolean {
	return sign !== undefined && '0123456789-+.eE'.includes(sign);
}

/** The first whole number in a value, at any depth, that may have lost digits already. */
function unsafeNumberIn(value: unknown): number | undefined {
	const seen = new Set<unknown>();
	const open = [value];
	while (open.length > 0) {
		const next = open.pop();
		if (typeof next === 'number' && isUnsafe(next)) return next;
		if (typeof next !== 'object' || next === null || seen.has(next)) continue;
		seen.add(next);
		for (const member of Object.values(next)) open.push(member);
	}
	return undefined;
}

/**
 * Refuses what JSON does not have and would leave out or send as null: a member for which an expression returned
 * nothing, and a number that is none.
 */
export function refuseGaps(item: ItemContext, what: string, value: unknown): void {
	const gap = gapIn(value);
	if (gap === undefined || item.isTool) return;
	item.fail(
		`${what} has ${gap.value === undefined ? 'no value' : String(gap.value)} at '${gap.path}'`,
		'Check that the input item has the field that the expression names. Give null to empty a field of BildOut, or remove the member.',
	);
}

function gapIn(value: unknown): { path: string; value: unknown } | undefined {
	const seen = new Set<unknown>();
	const open = [{ path: '', value }];
	for (let next = open.pop(); next; next = open.pop()) {
		const isNoNumber = typeof next.value === 'number' && !Number.isFinite(next.value);
		if (next.value === undefined || isNoNumber) return next;
		if (typeof next.value !== 'object' || next.value === null || seen.has(next.value)) continue;
		seen.add(next.value);
		for (const [name, member] of Object.entries(next.value)) {
			open.push({ path: next.path === '' ? name : `${next.path}.${name}`, value: member });
		}
	}
	return undefined;
}
