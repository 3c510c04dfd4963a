import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest } from '../api/client';
import { fieldErrorsOf, statusOf } from '../api/errors';
import { isObject } from '../api/json';
import { resultCheck } from '../execution/checkResult';
import type { Plan } from '../execution/preview';
import {
	getRecord,
	hasId,
	unwrap,
	withBothCustomerIds,
	withoutServerOwned,
} from '../execution/readRecord';
import { recoverAddedRows } from '../execution/recovery';
import { dropFields, rejectedFields } from '../execution/rejectedFields';
import type { RecordContext, RecordWrite, RunItem } from '../execution/run';
import { fingerprint, type WriteEntry } from '../execution/writeJournal';
import { writeOnce } from '../execution/writeOnce';
import { readChanges } from '../input/fields';
import { readSwitch } from '../input/values';
import { type RecordType, recordAt, withArticle } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';
import { writeOptions } from './commonParameters';
import { type Extension, withFields } from './create';
import { clearFields, updateFields } from './fieldParameters';
import { chosenRecord, type Operation, shownFor } from './operation';

export function updateOperation(type: RecordType, extension?: Extension): Operation {
	return {
		option: {
			name: 'Update',
			action: `Update ${type.name}`,
			description: `Change ${withArticle(type)} and keep everything that you do not change`,
		},
		properties: shownFor(type, 'update', [
			resourceLocator(type),
			...(extension?.parameters ?? []),
			updateFields(type),
			clearFields(type),
			writeOptions('update'),
		]),
		writes: true,
		async execute(item) {
			const extra = extension?.read(item);
			const given = withFields(item, await readChanges(item, type), extra);
			const { fields, addsRows = false } = given;
			const write = { ...given, item, type };
			const id = await chosenRecord(write);
			if (Object.keys(fields).length === 0) {
				item.fail(
					'No fields to update',
					`Add at least one field to 'Update Fields', or choose one in 'Clear Fields'${type.rows ? `, or change the ${type.rows.name} under '${type.rows.parameter}'` : ''}.`,
				);
			}
			const requestKey = ['update', type.name, id, fields, addsRows];
			return await writeOnce(item, requestKey, async (entry) => {
				const plan = await planUpdate(write, entry, id);
				await confirmLookup(write, id, async () => await chosenRecord(write));
				return plan;
			});
		},
	};
}

/**
 * Looks a record up again once it was read: the list may have been out of date. Usually that needs no request.
 *
 * @throws NodeOperationError when the value by which it was found belongs to it no more
 */
export async function confirmLookup(
	{ item, type }: RecordContext,
	id: string,
	lookUp: () => Promise<string | undefined>,
): Promise<void> {
	if (!item.run.index(type).isLoaded || (await lookUp()) === id) return;
	item.fail(
		`The ${type.name} '${id}' was changed in BildOut while this run was under way: it no longer has the value that it was found by`,
		'Nothing was changed. Run this item again.',
	);
}

/**
 * Changes a record without losing the rest of it: BildOut's PUT replaces the whole record. 'Send Only Given
 * Fields' writes just the changes, for a BildOut whose PUT keeps what is left out.
 */
export async function planUpdate(write: RecordWrite, entry: WriteEntry, id: string): Promise<Plan> {
	const { item, type, fields: changes, addsRows = false } = write;
	const checkResult = resultCheck(write);
	const isPartial = sendsOnlyGivenFields(item);
	const current = isPartial ? {} : await getRecord(write, id);
	if (!isPartial) item.run.index(type).upsert(current);
	const body = isPartial ? changes : buildPutBody(write, current);
	const hashBefore = fingerprint(withoutServerOwned(type, current));
	const mayBeAdded = entry.unconfirmedSince !== undefined || entry.unchecked === 'updated';
	if (addsRows && mayBeAdded && entry.hashBefore !== hashBefore) {
		return { output: recoverAddedRows(write, current) };
	}
	let returned: IDataObject = {};
	return {
		type,
		current: isPartial ? undefined : current,
		request: { method: 'PUT', ...recordAt(type, id), body, madeOf: current },
		hashBefore: addsRows ? hashBefore : undefined,
		replacesRows: !addsRows && type.rows !== undefined && type.rows.field in changes,
		send: async (request) => await sendWithoutRejected(write, request, body),
		async onSuccess(response) {
			returned = unwrap(response, type);
			const record = hasId(returned) ? returned : { id, ...body };
			if (!isPartial) item.run.stats.countUpdate(fingerprint(body) !== hashBefore);
			item.run.index(type).upsert({ ...body, ...record, id });
			return record;
		},
		check: async (output) =>
			await checkResult(output, { done: 'updated', sent: type.rows ? body : changes, returned }),
		onLost: async () => item.run.index(type).forget(),
	};
}

export function sendsOnlyGivenFields(item: RunItem): boolean {
	return readSwitch(item, 'Send Only Given Fields', item.collection('options').sendOnlyGivenFields);
}

/** BildOut may name one field at a time. */
const MAX_REJECTIONS = 10;

/**
 * Sends an update, and again without the fields that BildOut refused because they may not be written. Later
 * updates of the run leave them out from the start.
 */
async function sendWithoutRejected(
	{ item, type, fields: changes }: RecordWrite,
	request: ApiRequest,
	body: IDataObject,
): Promise<IDataObject> {
	const rejected = item.run.rejectedFields(type);
	for (let round = 0; ; round++) {
		const left = dropFields(type, body, changes, rejected);
		try {
			return await item.request({ ...request, body: left });
		} catch (error) {
			const isRefused = [400, 422].includes(statusOf(error) ?? 0) && round < MAX_REJECTIONS;
			const errors = isRefused ? fieldErrorsOf(error) : [];
			const fields = rejectedFields(type, left, changes, errors);
			if (!fields) return await Promise.reject(error as Error);
			rejected.push(...fields);
		}
	}
}

/** The record as it is to be written: what BildOut has, with the changes merged into it. */
function buildPutBody(
	{ item, type, fields: changes, addsRows }: RecordWrite,
	record: IDataObject,
): IDataObject {
	const { id, address } = record;
	if (typeof address === 'string' && address.trim() && isObject(changes.address)) {
		item.fail(
			'BildOut stores this address as a single string, so its parts cannot be updated separately',
			`Nothing was changed. The address of the ${type.name} '${String(id)}' is '${address}'. Write the whole of the new one in a custom field with the name 'address'.`,
		);
	}
	const before = withoutServerOwned(type, record);
	const body = { ...before, ...withBothCustomerIds(record, changes) };
	if (isObject(address) && isObject(changes.address)) {
		// Of an address, only the given parts change.
		body.address = { ...address, ...changes.address };
	}
	const { rows } = type;
	if (rows && addsRows) {
		const there = before[rows.field];
		const given = changes[rows.field] as IDataObject[];
		body[rows.field] = Array.isArray(there) ? [...(there as IDataObject[]), ...given] : undefined;
	}
	if (rows && !Array.isArray(body[rows.field])) {
		item.fail(
			`BildOut did not return the ${rows.name} of the ${type.name} '${String(id)}', so an update would remove them`,
			`Nothing was changed. Give them under '${rows.parameter}', or turn on 'Send Only Given Fields' under Options if your BildOut keeps what is left out.`,
		);
	}
	return body;
}
