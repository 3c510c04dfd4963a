import type { IDataObject, NodeApiError } from 'n8n-workflow';

import { IDEMPOTENCY_HEADER, SERVER_OWNED_FIELDS } from '../assumptions';
import { isOn } from './values';
import { isObject } from '../transport/json';
import type { Item } from './item';
import { listed } from './locators';
import { forget, keep, type LookupField, normalized, recordsBy, remember } from './recordIndex';
import { RECORD_TYPES, type RecordName } from './recordTypes';

/** Creates a record. BildOut can tell a repeated request by its Idempotency-Key. */
export async function createRecord(
	item: Item,
	name: RecordName,
	body: IDataObject,
): Promise<IDataObject> {
	const answer = await item.request({
		method: 'POST',
		path: [RECORD_TYPES[name].path],
		body,
		headers: { [IDEMPOTENCY_HEADER]: item.run.idempotencyKey(item.index) },
		subject: { what: name },
	});
	return recordOr(body, answer);
}

/** @throws NodeOperationError when BildOut answers with something that is no record */
export async function getRecord(item: Item, name: RecordName, id: string): Promise<IDataObject> {
	const answer = await item.request({
		method: 'GET',
		path: [RECORD_TYPES[name].path, id],
		subject: { what: name, id },
	});
	const record = unwrap(answer);
	if (!isRecord(record)) {
		item.fail(
			`BildOut answered without the ${name} '${id}'`,
			"Check the credential's 'Base URL'. If it is right, BildOut has changed its API.",
		);
	}
	return record;
}

export async function deleteRecord(item: Item, name: RecordName, id: string): Promise<IDataObject> {
	await item.run.exclusively(
		`${name}/${id}`,
		async () =>
			await item.request({
				method: 'DELETE',
				path: [RECORD_TYPES[name].path, id],
				subject: { what: name, id },
			}),
	);
	return { deleted: true, id };
}

/**
 * Changes a record without losing the rest of it. BildOut's PUT replaces the whole record, so the
 * record is read, the given fields are laid over it and the whole is written back.
 * 'Send Only Given Fields' writes just those, for a BildOut whose PUT keeps what is left out.
 */
export async function updateRecord(
	item: Item,
	name: RecordName,
	id: string,
	given: IDataObject,
): Promise<IDataObject> {
	if (Object.keys(given).length === 0) {
		item.fail(
			'There is nothing to change',
			`Add at least one field to 'Update Fields', or choose one in 'Clear Fields'${name === 'invoice' ? ", or change the lines under 'Change Line Items'" : ''}.`,
		);
	}
	return await item.run.exclusively(`${name}/${id}`, async () => {
		const sendOnlyGivenFields = isOn(
			item,
			'Send Only Given Fields',
			item.collection('options').sendOnlyGivenFields,
		);
		const body = sendOnlyGivenFields ? given : await wholeRecord(item, name, id, given);
		const answer = await item.request({
			method: 'PUT',
			path: [RECORD_TYPES[name].path, id],
			body,
			subject: { what: name, id },
		});
		return recordOr({ id, ...body }, answer);
	});
}

/** The record as it is to be written: what BildOut has, with the given fields laid over it. */
async function wholeRecord(
	item: Item,
	name: RecordName,
	id: string,
	given: IDataObject,
): Promise<IDataObject> {
	const record = await getRecord(item, name, id);
	if (typeof record.address === 'string' && record.address.trim() && isObject(given.address)) {
		item.fail(
			`BildOut has the address of the ${name} '${id}' as one text, so parts of it cannot be changed`,
			`Nothing was changed. The text is '${record.address}'. Write the whole of the new one in a custom field with the name 'address'.`,
		);
	}
	const body = layOver(withoutServerOwned(name, record), given);
	if (name === 'invoice' && !Array.isArray(body.line_items)) {
		item.fail(
			`BildOut did not give the line items of the invoice '${id}', so an update would remove them`,
			"Nothing was changed. Give the lines under 'Change Line Items', or turn on 'Send Only Given Fields' under Options if your BildOut keeps what is left out.",
		);
	}
	return body;
}

/**
 * Changes the one record that has the value in the field, or creates a record when none has.
 *
 * @returns the record, with `upsert` telling what was done: `created` or `updated`
 * @throws NodeOperationError when several records have the value
 */
export async function upsertRecord(
	item: Item,
	name: RecordName,
	field: LookupField,
	fields: IDataObject,
): Promise<IDataObject> {
	const value = String(fields[field]);
	const byValue = await recordsBy(item, name, field);
	const matches = byValue.get(normalized(value)) ?? [];
	if (matches.length > 1) {
		item.fail(
			`${matches.length} ${name}s have the ${field} '${value}': ${listed(matches)}`,
			`Nothing was changed. Merge them in BildOut, or use the operation Update with the ID of the right ${name}.`,
		);
	}
	if (matches.length === 1) {
		const updated = await updateRecord(item, name, String(matches[0].id), fields);
		return { ...updated, upsert: 'updated' };
	}
	// A create whose answer is lost may have been done, so the next item has to look again.
	forget(item, name, field);
	const created = await createRecord(item, name, fields).catch((error: NodeApiError) => {
		// Refused for its content, so it certainly was not done and the list still is what it was.
		if (['400', '413', '422'].includes(error.httpCode ?? '')) keep(item, name, field, byValue);
		throw error;
	});
	// Where BildOut did not tell the new record's ID, the next item looks for it.
	if (isRecord(created)) remember(item, name, field, byValue, { ...fields, ...created });
	return { ...created, upsert: 'created' };
}

/** The record inside BildOut's envelope `{ data }`; an answer without one is taken as it is. */
export function unwrap(answer: IDataObject): IDataObject {
	const { data } = answer;
	return typeof data === 'object' && data !== null && !Array.isArray(data)
		? (data as IDataObject)
		: answer;
}

function withoutServerOwned(name: RecordName, record: IDataObject): IDataObject {
	const writable = without(record, RECORD_TYPES[name].serverOwned);
	if (Array.isArray(writable.line_items)) {
		writable.line_items = (writable.line_items as IDataObject[]).map((line) =>
			without(line, SERVER_OWNED_FIELDS.lineItem),
		);
	}
	return writable;
}

function without(record: IDataObject, fields: readonly string[]): IDataObject {
	return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}

/** Lays given fields over a record; of an address, only the given parts change. */
export function layOver(record: IDataObject, given: IDataObject): IDataObject {
	const merged: IDataObject = { ...record, ...given };
	if (isObject(record.address) && isObject(given.address)) {
		merged.address = { ...record.address, ...given.address };
	}
	return merged;
}

/** What BildOut answered, or what was written where it says no more than that it was done. */
function recordOr(written: IDataObject, answer: IDataObject): IDataObject {
	const record = unwrap(answer);
	return isRecord(record) ? record : written;
}

/** Every record of BildOut has an ID; an answer without one is something else. */
function isRecord(record: IDataObject): boolean {
	return typeof record.id === 'string' || typeof record.id === 'number';
}
