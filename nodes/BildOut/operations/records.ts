import type { IDataObject } from 'n8n-workflow';

import { IDEMPOTENCY_HEADER } from '../assumptions';
import { isOn } from './values';
import { mayBeDone } from '../transport/failure';
import { isObject } from '../transport/json';
import type { Item } from './item';
import { listed } from './locators';
import { oneByOne } from './otherRuns';
import { hasId, normalized } from './recordIndex';
import { type RecordType, subjectOf } from './recordTypes';

/** Creates a record. BildOut can tell a repeated request by its Idempotency-Key. */
export async function createRecord(
	item: Item,
	type: RecordType,
	body: IDataObject,
): Promise<IDataObject> {
	const index = item.run.index(type);
	const request = item.request({
		method: 'POST',
		path: [type.path],
		body,
		headers: { [IDEMPOTENCY_HEADER]: item.run.idempotencyKey(item.index) },
		subject: subjectOf(type),
	});
	const answer = await request.catch(async (error: Error) => {
		if (mayBeDone(error)) await index.created(item, body, undefined);
		throw error;
	});
	const record = recordOr(body, answer);
	await index.created(item, body, hasId(record) ? record : undefined);
	return record;
}

/** @throws NodeOperationError when BildOut answers with something that is no record */
export async function getRecord(item: Item, type: RecordType, id: string): Promise<IDataObject> {
	const answer = await item.request({
		method: 'GET',
		path: [type.path, id],
		subject: subjectOf(type, id),
	});
	const record = unwrap(answer);
	if (!hasId(record)) {
		item.fail(
			`BildOut answered without the ${type.name} '${id}'`,
			"Check the credential's 'Base URL'. If it is right, BildOut has changed its API.",
		);
	}
	return record;
}

export async function deleteRecord(item: Item, type: RecordType, id: string): Promise<IDataObject> {
	await item.run.inTurn(item, `${type.name}/${id}`, async () => {
		await item.request({
			method: 'DELETE',
			path: [type.path, id],
			subject: subjectOf(type, id),
		});
		item.run.index(type).drop(id);
	});
	return { deleted: true, id };
}

/**
 * Changes a record without losing the rest of it. BildOut's PUT replaces the whole record, so the
 * record is read, the given fields are laid over it and the whole is written back.
 * 'Send Only Given Fields' writes just those, for a BildOut whose PUT keeps what is left out.
 *
 * @param merge lays the given fields over the record that was read
 */
export async function updateRecord(
	item: Item,
	type: RecordType,
	id: string,
	given: IDataObject,
	merge = layOver,
): Promise<IDataObject> {
	if (Object.keys(given).length === 0) {
		item.fail(
			'There is nothing to change',
			`Add at least one field to 'Update Fields', or choose one in 'Clear Fields'${type.rows ? `, or change the ${type.rows.name} under '${type.rows.parameter}'` : ''}.`,
		);
	}
	return await item.run.inTurn(item, `${type.name}/${id}`, async () => {
		const sendOnlyGivenFields = isOn(
			item,
			'Send Only Given Fields',
			item.collection('options').sendOnlyGivenFields,
		);
		const body = sendOnlyGivenFields ? given : await wholeRecord(item, type, id, given, merge);
		const answer = await item.request({
			method: 'PUT',
			path: [type.path, id],
			body,
			subject: subjectOf(type, id),
		});
		const record = recordOr({ id, ...body }, answer);
		item.run.index(type).take({ ...body, ...record, id });
		return record;
	});
}

/** The record as it is to be written: what BildOut has, with the given fields laid over it. */
async function wholeRecord(
	item: Item,
	type: RecordType,
	id: string,
	given: IDataObject,
	merge: typeof layOver,
): Promise<IDataObject> {
	const record = await getRecord(item, type, id);
	if (typeof record.address === 'string' && record.address.trim() && isObject(given.address)) {
		item.fail(
			`BildOut has the address of the ${type.name} '${id}' as one text, so parts of it cannot be changed`,
			`Nothing was changed. The text is '${record.address}'. Write the whole of the new one in a custom field with the name 'address'.`,
		);
	}
	const body = merge(withoutServerOwned(type, record), given);
	const { rows } = type;
	if (rows && !Array.isArray(body[rows.field])) {
		item.fail(
			`BildOut did not give the ${rows.name} of the ${type.name} '${id}', so an update would remove them`,
			`Nothing was changed. Give them under '${rows.parameter}', or turn on 'Send Only Given Fields' under Options if your BildOut keeps what is left out.`,
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
	type: RecordType,
	field: string,
	fields: IDataObject,
): Promise<IDataObject> {
	const value = String(fields[field]);
	return await oneByOne(item, type.name, normalized(value), async () => {
		const matches = await item.run.index(type).find(item, field, value);
		if (matches.length > 1) {
			item.fail(
				`${matches.length} ${type.name}s have the ${field} '${value}': ${listed(matches)}`,
				`Nothing was changed. Merge them in BildOut, or use the operation Update with the ID of the right ${type.name}.`,
			);
		}
		if (matches.length === 0) {
			const created = await createRecord(item, type, fields);
			return { ...created, upsert: 'created' };
		}
		const updated = await updateRecord(item, type, String(matches[0].id), fields);
		return { ...updated, upsert: 'updated' };
	});
}

/** The record inside BildOut's envelope `{ data }`; an answer without one is taken as it is. */
export function unwrap(answer: IDataObject): IDataObject {
	const { data } = answer;
	return typeof data === 'object' && data !== null && !Array.isArray(data)
		? (data as IDataObject)
		: answer;
}

function withoutServerOwned(type: RecordType, record: IDataObject): IDataObject {
	const writable = without(record, type.serverOwned);
	const rows = type.rows && writable[type.rows.field];
	if (type.rows && Array.isArray(rows)) {
		const { field, serverOwned } = type.rows;
		writable[field] = (rows as IDataObject[]).map((row) => without(row, serverOwned));
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
	return hasId(record) ? record : written;
}
