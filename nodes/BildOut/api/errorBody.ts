import type { IDataObject } from 'n8n-workflow';

import { type FieldError, messageIn, readFieldErrors } from './fieldErrors';
import { isObject } from './json';

/** What the body of a response says of an error, whatever form it has. */

/** What a response says went wrong. */
export interface ErrorBody {
	code?: string;
	message?: string;
	/** One for each faulty field, e.g. `email: must be an email address`. */
	details: string[];
	/** The faulty fields, where the details name them apart from their messages. */
	fields?: FieldError[];
	requestId?: string;
}

/** A proxy may put a whole log into its response. */
const LONGEST_TEXT = 300;
const MOST_DETAILS = 20;

/**
 * Reads the error out of a response's body: `{ error: { code, message, details, request_id } }`
 * (section Error Handling of BildOut's developer page), or whatever words there are in its place.
 *
 * @returns undefined when the body says nothing, or is a web page
 */
export function readErrorBody(body: unknown): ErrorBody | undefined {
	if (isWebPage(body)) return undefined;
	if (!isObject(body)) {
		const isList = Array.isArray(body) && body.some(isObject);
		return fromParts(isList ? [{ errors: body as IDataObject[] }] : [{ message: words(body) }]);
	}
	const { error, errors } = body;
	const parts = Array.isArray(error)
		? [{ errors: error }, body]
		: isObject(error)
			? [error, body]
			: [body];
	const said = fromParts(
		parts,
		[error, errors].find((text) => typeof text === 'string'),
	);
	return (
		said ??
		(isRefusal(body)
			? { message: 'BildOut reported a failure without a reason', details: [] }
			: undefined)
	);
}

/**
 * Whether a response says that it is an error, whatever its status: a record has an ID, and a list has data.
 * Besides `error`, servers say so with `success: false` and with a list of `errors`.
 */
export function isRefusal(body: unknown): boolean {
	if (!isObject(body) || body.id !== undefined || saysDone(body)) return false;
	if (body.success === false || body.ok === false) return true;
	const { errors } = body;
	const hasErrors = Array.isArray(errors) ? errors.length > 0 : Boolean(errors);
	const isEmpty = body.data === undefined || body.data === null;
	return isEmpty && (Boolean(body.error) || hasErrors || saysFailed(body));
}

/** Whether a response calls itself a success: an `error` beside that is a remark. */
function saysDone(body: IDataObject): boolean {
	return ['success', 'ok', 'status', 'result'].some((name) =>
		/^(?:true|ok|success(?:ful)?|succeeded|created|updated|deleted|done|1|20\d)$/i.test(
			String(body[name]),
		),
	);
}

function saysFailed({ status, result }: IDataObject): boolean {
	return [status, result].some((word) => /^(?:error|fail(?:ed|ure)?)$/i.test(String(word)));
}

/** Whether a response that has the form of a list reports a failure: its records are then not all. */
export function isListRefusal(body: unknown): boolean {
	if (!isObject(body)) return false;
	const { error, errors, success } = body;
	const hasErrors = Array.isArray(errors) ? errors.length > 0 : Boolean(errors);
	return Boolean(error) || hasErrors || success === false;
}

export function isWebPage(body: unknown): boolean {
	return typeof body === 'string' && /^\s*</.test(body);
}

/** Where servers put what is wrong with each field. */
const DETAILS = ['details', 'errors', 'issues', 'violations', 'invalid-params', 'detail'];

/**
 * @param parts objects in which something is said, the first before the others
 * @param otherwise what is said where no part has words
 */
function fromParts(parts: IDataObject[], otherwise?: unknown): ErrorBody | undefined {
	const code = parts.map((part) => words(part.code)).find(Boolean);
	const texts = parts.map((part) => words(part.message) ?? messageIn(part));
	const message = words(texts.find(Boolean) ?? otherwise);
	const list =
		parts
			.flatMap((part) => DETAILS.map((name) => part[name]))
			.find((one) => typeof one === 'object' && readDetails(one).length > 0) ?? parts[0].details;
	const details = readDetails(list);
	const requestId = parts.map((part) => words(part.request_id)).find(Boolean);
	// Texts alone are the message.
	if (message === undefined && Array.isArray(list) && !list.some(isObject)) {
		return { code, message: words(list), details: [], requestId };
	}
	if (message === undefined && code === undefined && details.length === 0) return undefined;
	return { code, message, details, fields: readFieldErrors(list), requestId };
}

/** A list of `{ field, message }`; of texts; or an object with the messages of each field. */
function readDetails(details: unknown): string[] {
	const list = Array.isArray(details)
		? (details as unknown[]).map((detail) => {
				const message = isObject(detail) ? messageIn(detail) : undefined;
				const [named] = readFieldErrors([detail]);
				// The name as BildOut writes it, where that is plain.
				const field = isObject(detail) ? (words(detail.field) ?? named?.field) : undefined;
				return message === undefined
					? words(detail)
					: [field, words(message)].filter(Boolean).join(': ');
			})
		: isObject(details)
			? byField(readFieldErrors(details))
			: [words(details)];
	const said = list.filter((detail) => detail !== undefined && detail !== '') as string[];
	const left = said.length - MOST_DETAILS;
	return left > 0 ? [...said.slice(0, MOST_DETAILS), `and ${left} more`] : said;
}

function byField(errors: FieldError[]): string[] {
	const said = new Map<string, string[]>();
	for (const { field, message, code } of errors) {
		const text = words(message ?? code);
		if (text !== undefined) said.set(field, [...(said.get(field) ?? []), text]);
	}
	return [...said].map(([field, texts]) => `${field}: ${words(texts)}`);
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
