import type { IDataObject } from 'n8n-workflow';

import { isObject } from './json';

/** What BildOut reports of one faulty field. */
export interface FieldError {
	/** The names that lead to it with dots between them, e.g. `line_items.0.org_id`. */
	field: string;
	code?: string;
	message?: string;
}

/**
 * The faulty fields that an error's `details` name: a list of `{ field, code, message }`, or an object with
 * the messages of each field. Plain texts name none.
 */
export function readFieldErrors(details: unknown): FieldError[] {
	if (Array.isArray(details)) return (details as unknown[]).flatMap(ofDetail);
	if (!isObject(details)) return [];
	return Object.entries(details).flatMap(([field, messages]) =>
		(Array.isArray(messages) ? (messages as unknown[]) : [messages]).flatMap((message) =>
			ofDetail(isObject(message) ? { ...message, field } : { field, message }),
		),
	);
}

function ofDetail(detail: unknown): FieldError[] {
	if (!isObject(detail)) return [];
	const { field, path, param, property, pointer, loc, keys } = detail;
	const at = field ?? path ?? param ?? property ?? pointer ?? loc;
	const code = textOf(detail.code ?? detail.type);
	const message = textOf(detail.message ?? detail.msg);
	// A list of keys names several fields at one place.
	const names = Array.isArray(keys) ? (keys as unknown[]).map((key) => [at, key]) : [[at]];
	return names
		.map((parts) => ({ field: dotted(parts), code, message }))
		.filter((error) => error.field !== '');
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
