import type { IDataObject } from 'n8n-workflow';

import { isObject } from './json';

/** What BildOut reports of one faulty field. */
export interface FieldError {
	/** The names that lead to it with dots between them, e.g. `line_items.0.org_id`. */
	field: string;
	code?: string;
	message?: string;
}

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
	const isEmpty = body.data === undefined || body.data === null;
	return isEmpty ? hasError(body) || saysFailed(body) : isBareError(body.data);
}

/** What an error in an envelope consists of. */
const OF_ERRORS = ['error', 'errors', 'message', 'code', 'status', 'success', 'ok', 'details'];

function isBareError(data: unknown): boolean {
	return (
		isObject(data) && Object.keys(data).every((name) => OF_ERRORS.includes(name)) && isRefusal(data)
	);
}

/** Whether a response that has the form of a list reports a failure: its records are then not all. */
export function isListRefusal(body: unknown): boolean {
	return isObject(body) && (hasError(body) || body.success === false);
}

function hasError({ error, errors }: IDataObject): boolean {
	return Boolean(error) || (Array.isArray(errors) ? errors.length > 0 : Boolean(errors));
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

/** No field stands deeper than this. */
const MAX_DEPTH = 5;

/**
 * The faulty fields that an error's `details` name: a list of `{ field, code, message }`, as several servers and
 * RFC 9457 and JSON:API write them, or an object with the messages of each field. Plain texts name none.
 */
function readFieldErrors(details: unknown, place: string[] = []): FieldError[] {
	if (Array.isArray(details)) return (details as unknown[]).flatMap((one) => ofDetail(one));
	if (!isObject(details) || place.length > MAX_DEPTH) return [];
	return Object.entries(details).flatMap(([name, said]) => {
		const field = [...place, name];
		return (Array.isArray(said) ? (said as unknown[]) : [said]).flatMap((one) => {
			if (!isObject(one)) return ofDetail({ field: field.join('.'), message: one as string });
			const isDetail = messageIn(one) !== undefined || textOf(one.code) !== undefined;
			return isDetail ? ofDetail({ ...one, field: field.join('.') }) : readFieldErrors(one, field);
		});
	});
}

/** What stands before the names of fields and is none. */
const BODY = /^(?:body|request|data\.attributes|data)\.(?=.)/;

function ofDetail(detail: unknown): FieldError[] {
	if (!isObject(detail)) return [];
	const { field, path, param, property, attribute, propertyName, pointer, loc, keys } = detail;
	const source = isObject(detail.source) ? detail.source : {};
	const message = messageIn(detail);
	const at =
		[field, path, param, property, attribute, propertyName, pointer, loc].find(isThere) ??
		source.pointer ??
		source.parameter ??
		(message === undefined ? undefined : detail.name);
	const code = textOf(detail.code ?? detail.type);
	// A list of keys names several fields at one place.
	const names = Array.isArray(keys) ? (keys as unknown[]).map((key) => [at, key]) : [[at]];
	return names
		.map((parts) => ({ field: dotted(parts).replace(BODY, ''), code, message }))
		.filter((error) => error.field !== '');
}

function isThere(value: unknown): boolean {
	return value !== undefined && value !== null;
}

/** Where servers put what they say, the plainest words first. */
const MESSAGES = [
	'message',
	'msg',
	'error_description',
	'detail',
	'description',
	'reason',
	'title',
];

/** The words of an error, or of one of its details. */
function messageIn(said: IDataObject): string | undefined {
	return MESSAGES.map((name) => textOf(said[name])).find((text) => text?.trim());
}

/** The names with dots between them, also where brackets, slashes or a list part them, e.g. `/line_items/0/org_id`. */
function dotted(parts: unknown[]): string {
	return parts
		.flat()
		.filter((part) => typeof part === 'string' || typeof part === 'number')
		.join('.')
		.split(/[.[\]/$'"\s]+/)
		.filter((name) => name !== '')
		.join('.');
}

function textOf(value: IDataObject[string]): string | undefined {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
