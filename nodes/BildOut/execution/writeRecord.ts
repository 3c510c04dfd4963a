import type { IDataObject } from 'n8n-workflow';

import { IDEMPOTENCY_HEADER } from '../assumptions';
import { mayHaveSucceeded, apiDetails, statusOf } from '../api/errors';
import { isObject } from '../api/json';
import type { InputItem } from '../input/inputItem';
import { listed } from '../input/resourceLocators';
import { recoverAddedRows, recoverCreate } from './recovery';
import { withKeyLock } from './recentCreates';
import { fingerprint, type WriteEntry } from './writeJournal';
import { getRecord, recordFrom } from './readRecord';
import { hasId, normalized } from './recordIndex';
import { type RecordType, targetOf } from '../records/recordType';
import { dropRejectedFields } from './rejectedFields';
import { readSwitch } from '../input/values';

/** Creates a record, unless an earlier try of the same did. */
export async function createRecord(
	item: InputItem,
	type: RecordType,
	body: IDataObject,
): Promise<IDataObject> {
	const progress = item.run.beginWrite(item, 'create', type.name, body);
	return progress.output?.[0] ?? (await create(item, type, body, progress));
}

/** BildOut can tell a repeated request by its Idempotency-Key, but may not do so. */
async function create(
	item: InputItem,
	type: RecordType,
	body: IDataObject,
	progress: WriteEntry,
): Promise<IDataObject> {
	const index = item.run.index(type);
	const lost = progress.unconfirmedSince
		? await recoverCreate(item, type, body, progress)
		: undefined;
	if (lost) {
		await index.created(item, body, lost);
		return lost;
	}
	const sentAt = Date.now();
	const request = item.request({
		method: 'POST',
		path: [type.path],
		body,
		headers: { [IDEMPOTENCY_HEADER]: item.run.idempotencyKey(item) },
		target: targetOf(type),
	});
	const answer = await request.catch(async (error: Error) => {
		if (mayHaveSucceeded(error)) {
			progress.unconfirmedSince = sentAt;
			await index.created(item, body, undefined);
		}
		throw error;
	});
	const record = recordFrom(body, answer);
	await index.created(item, body, hasId(record) ? record : undefined);
	return record;
}

export async function deleteRecord(
	item: InputItem,
	type: RecordType,
	id: string,
): Promise<IDataObject> {
	const progress = item.run.beginWrite(item, 'delete', type.name, id);
	if (progress.output) return progress.output[0];
	await item.run.serialize(item, `${type.name}/${id}`, async () => {
		const sentAt = Date.now();
		const request = item.request({
			method: 'DELETE',
			path: [type.path, id],
			target: targetOf(type, id),
		});
		await request.catch((error: Error) => {
			// What an earlier try may have deleted is gone, as it should be.
			if (progress.unconfirmedSince && [404, 410].includes(statusOf(error) ?? 0)) return;
			if (mayHaveSucceeded(error)) progress.unconfirmedSince = sentAt;
			throw error;
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
	item: InputItem,
	type: RecordType,
	id: string,
	given: IDataObject,
	merge = mergeFields,
): Promise<IDataObject> {
	if (Object.keys(given).length === 0) {
		item.fail(
			'There is nothing to change',
			`Add at least one field to 'Update Fields', or choose one in 'Clear Fields'${type.rows ? `, or change the ${type.rows.name} under '${type.rows.parameter}'` : ''}.`,
		);
	}
	const progress = item.run.beginWrite(item, 'update', type.name, id, given, merge !== mergeFields);
	return progress.output?.[0] ?? (await update(item, type, id, given, progress, merge));
}

async function update(
	item: InputItem,
	type: RecordType,
	id: string,
	given: IDataObject,
	progress: WriteEntry,
	merge = mergeFields,
): Promise<IDataObject> {
	const name = `${type.name}/${id}`;
	// What adds to a record must not be done twice, so it does not follow an earlier change once more.
	const adds = merge !== mergeFields;
	if (!adds) progress.record = name;
	return await item.run.serialize(item, name, async () => {
		const sendOnlyGivenFields = readSwitch(
			item,
			'Send Only Given Fields',
			item.collection('options').sendOnlyGivenFields,
		);
		const read = sendOnlyGivenFields ? {} : await getRecord(item, type, id);
		const body = sendOnlyGivenFields ? given : buildPutBody(item, type, read, given, merge);
		const lost = adds ? await recoverAddedRows(item, type, id, given, body, progress) : undefined;
		if (lost) return lost;
		progress.body = fingerprint(body);
		const sentAt = Date.now();
		const answer = await put(item, type, id, body, read)
			.catch(async (error: Error) => {
				const isRefused = [400, 422].includes(statusOf(error) ?? 0);
				const writable = isRefused
					? dropRejectedFields(type, body, given, apiDetails(error))
					: undefined;
				if (!writable) throw error;
				return await put(item, type, id, writable, read);
			})
			.catch((error: Error) => {
				if (mayHaveSucceeded(error)) progress.unconfirmedSince = sentAt;
				throw error;
			});
		const record = recordFrom({ id, ...body }, answer);
		if (!sendOnlyGivenFields) {
			const before = fingerprint(withoutServerOwned(type, read));
			item.run.stats.updated(fingerprint(body) !== before);
		}
		item.run.index(type).take({ ...body, ...record, id });
		return record;
	});
}

async function put(
	item: InputItem,
	type: RecordType,
	id: string,
	body: IDataObject,
	read: IDataObject,
): Promise<IDataObject> {
	return await item.request({
		method: 'PUT',
		path: [type.path, id],
		body,
		madeOf: read,
		target: targetOf(type, id),
	});
}

/** The record as it is to be written: what BildOut has, with the given fields laid over it. */
function buildPutBody(
	item: InputItem,
	type: RecordType,
	record: IDataObject,
	given: IDataObject,
	merge: typeof mergeFields,
): IDataObject {
	const { id } = record;
	if (typeof record.address === 'string' && record.address.trim() && isObject(given.address)) {
		item.fail(
			`BildOut has the address of the ${type.name} '${String(id)}' as one text, so parts of it cannot be changed`,
			`Nothing was changed. The text is '${record.address}'. Write the whole of the new one in a custom field with the name 'address'.`,
		);
	}
	const body = merge(withoutServerOwned(type, record), given);
	const { rows } = type;
	if (rows && !Array.isArray(body[rows.field])) {
		item.fail(
			`BildOut did not give the ${rows.name} of the ${type.name} '${String(id)}', so an update would remove them`,
			`Nothing was changed. Give them under '${rows.parameter}', or turn on 'Send Only Given Fields' under Options if your BildOut keeps what is left out.`,
		);
	}
	return body;
}

/** How an upsert tells whether the record exists, and what it does when it does. */
export interface Upsert {
	/** The field that tells records apart. */
	field: string;
	ifExists: 'update' | 'leave';
}

/**
 * Changes the one record that has the value in the field, or leaves it as it is, or creates a record when
 * none has.
 *
 * @returns the record, with `upsert` telling what was done: `created`, `updated` or `found`
 * @throws NodeOperationError when several records have the value
 */
export async function upsertRecord(
	item: InputItem,
	type: RecordType,
	{ field, ifExists }: Upsert,
	fields: IDataObject,
): Promise<IDataObject> {
	const progress = item.run.beginWrite(item, 'upsert', type.name, field, ifExists, fields);
	if (progress.output) return progress.output[0];
	return await withKeyLock(item, type.name, normalized(fields[field]), async () => {
		const id = await existing(item, type, field, fields);
		if (id === undefined) {
			return { ...(await create(item, type, fields, progress)), upsert: 'created' };
		}
		if (ifExists === 'leave') return { ...(await getRecord(item, type, id)), upsert: 'found' };
		return { ...(await update(item, type, id, fields, progress)), upsert: 'updated' };
	});
}

/** The ID of the record that has the same value as the fields, and belongs to the same record as they do. */
async function existing(
	item: InputItem,
	type: RecordType,
	field: string,
	fields: IDataObject,
): Promise<string | undefined> {
	let matches = await item.run.index(type).find(item, field, fields[field]);
	const owner = type.nameScope ? fields[type.nameScope] : undefined;
	if (type.nameScope && owner !== undefined && owner !== null) {
		const owners = await Promise.all(
			matches.map(async (match) => {
				// Nothing says that lists carry whole records.
				const whole =
					type.nameScope! in match ? match : await getRecord(item, type, String(match.id));
				return whole[type.nameScope!];
			}),
		);
		matches = matches.filter((_, index) => String(owners[index]) === String(owner));
	}
	if (matches.length > 1) {
		item.fail(
			`${matches.length} ${type.name}s have the ${field} '${String(fields[field])}': ${listed(matches, type)}`,
			`Nothing was changed. Merge them in BildOut, or use the operation Update with the ID of the right ${type.name}.`,
		);
	}
	return matches.length === 1 ? String(matches[0].id) : undefined;
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
export function mergeFields(record: IDataObject, given: IDataObject): IDataObject {
	const merged: IDataObject = { ...record, ...given };
	if (isObject(record.address) && isObject(given.address)) {
		merged.address = { ...record.address, ...given.address };
	}
	return merged;
}
