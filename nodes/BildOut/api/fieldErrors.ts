import type { IDataObject } from 'n8n-workflow';

import { isObject } from './json';

/** What BildOut reports of one faulty field. */
export interface FieldError {
	/** The names that lead to it with dots between them, e.g. `line_items.0.org_id`. */
	field: string;
	code?: string;
	message?: string;
}

/** No field stands deeper than this. */
const MAX_DEPTH = 5;

/**
 * The faulty fields that an error's `details` name: a list of `{ field, code, message }`, as several servers and
 * RFC 9457 and JSON:API write them, or an object with the messages of each field. Plain texts name none.
 */
export function readFieldErrors(details: unknown, place: string[] = []): FieldError[] {
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
export function messageIn(said: IDataObject): string | undefined {
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
