import { isExact, isUnsafe, type ItemContext } from './values';

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
	let isText = false;
	for (const [token] of json.matchAll(/\\.|"|-?\d[\d+.eE-]*/gs)) {
		if (token === '"') isText = !isText;
		else if (!isText && !isExact(token)) return token;
	}
	return undefined;
}

/** The first whole number in a value, at any depth, that may have lost digits already. */
function unsafeNumberIn(value: unknown): number | undefined {
	return memberOf(value, (member) => typeof member === 'number' && isUnsafe(member))
		?.value as number;
}

/**
 * Refuses what JSON does not have and would leave out or send as null: a member for which an expression returned
 * nothing, and a number that is none.
 */
export function refuseGaps(item: ItemContext, what: string, value: unknown): void {
	const gap = memberOf(value, (member) =>
		typeof member === 'number' ? !Number.isFinite(member) : member === undefined,
	);
	if (gap === undefined || item.isTool) return;
	item.fail(
		`${what} has ${gap.value === undefined ? 'no value' : String(gap.value)} at '${gap.path}'`,
		'Check that the input item has the field that the expression names. Give null to empty a field of BildOut, or remove the member.',
	);
}

/** The first member that passes, and its path; of a value that may contain itself. */
function memberOf(whole: unknown, passes: (member: unknown) => boolean) {
	const seen = new Set<unknown>();
	const open = [{ path: '', value: whole }];
	for (let next = open.pop(); next; next = open.pop()) {
		const { path, value } = next;
		if (passes(value)) return next;
		if (typeof value !== 'object' || value === null || seen.has(value)) continue;
		seen.add(value);
		for (const [name, member] of Object.entries(value)) {
			open.push({ path: path === '' ? name : `${path}.${name}`, value: member });
		}
	}
	return undefined;
}
