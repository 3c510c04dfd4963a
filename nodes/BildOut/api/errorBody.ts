import type { IDataObject } from 'n8n-workflow';

import { isObject } from './json';

/** What an answer says went wrong. */
export interface ErrorBody {
	code?: string;
	message?: string;
	/** One for each faulty field, e.g. `email: must be an email address`. */
	details: string[];
	requestId?: string;
}

/** A proxy may put a whole log into its answer. */
const LONGEST_TEXT = 300;
const MOST_DETAILS = 20;

/**
 * Reads the error out of an answer's body: `{ error: { code, message, details, request_id } }`
 * (section Error Handling of BildOut's developer page), or whatever words there are in its place.
 *
 * @returns undefined when the body says nothing, or is a web page
 */
export function readErrorBody(body: unknown): ErrorBody | undefined {
	if (isWebPage(body)) return undefined;
	if (!isObject(body)) return fromWords({}, words(body));
	const { error } = body;
	if (isObject(error)) return fromWords(error, words(error.message));
	const said = fromWords(body, words(body.message) ?? words(error) ?? words(body.errors));
	return (
		said ??
		(isRefusal(body)
			? { message: 'BildOut says that this failed, and gives no reason', details: [] }
			: undefined)
	);
}

/**
 * Whether an answer says that it is an error, whatever its status: a record has an ID, and a list has data.
 * Besides `error`, servers say so with `success: false` and with a list of `errors`.
 */
export function isRefusal(body: unknown): boolean {
	if (!isObject(body) || body.id !== undefined) return false;
	if (body.success === false) return true;
	const { errors } = body;
	const hasErrors = Array.isArray(errors) ? errors.length > 0 : Boolean(errors);
	const isEmpty = body.data === undefined || body.data === null;
	return isEmpty && (Boolean(body.error) || hasErrors);
}

export function isWebPage(body: unknown): boolean {
	return typeof body === 'string' && /^\s*</.test(body);
}

function fromWords(error: IDataObject, message: string | undefined): ErrorBody | undefined {
	const code = words(error.code);
	const details = readDetails(error.details);
	if (message === undefined && code === undefined && details.length === 0) return undefined;
	return { code, message, details, requestId: words(error.request_id) };
}

/** A list of `{ field, message }`; of texts; or an object with the messages of each field. */
function readDetails(details: unknown): string[] {
	const list = Array.isArray(details)
		? (details as unknown[]).map((detail) =>
				isObject(detail) && (detail.field !== undefined || detail.message !== undefined)
					? [words(detail.field), words(detail.message)].filter(Boolean).join(': ')
					: words(detail),
			)
		: isObject(details)
			? Object.entries(details).map(([field, said]) => `${field}: ${words(said) ?? ''}`)
			: [words(details)];
	const said = list.filter((detail) => detail !== undefined && detail !== '') as string[];
	const left = said.length - MOST_DETAILS;
	return left > 0 ? [...said.slice(0, MOST_DETAILS), `and ${left} more`] : said;
}

function words(value: unknown): string | undefined {
	if (value === undefined || value === null) return undefined;
	const isList = Array.isArray(value) && value.every((entry) => typeof entry !== 'object');
	const said = isList
		? value.join(', ')
		: typeof value === 'object'
			? JSON.stringify(value)
			: String(value);
	const text = said.trim().slice(0, LONGEST_TEXT);
	return text === '' || text === '{}' ? undefined : text;
}
