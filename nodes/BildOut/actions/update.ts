import type { IDataObject } from 'n8n-workflow';

import { fieldErrorsOf, statusOf } from '../api/errors';
import type { ApiRequest } from '../api/client';
import { isObject } from '../api/json';
import { customerIdIn } from '../assumptions';
import { checkKept, type Kept, resultCheck, type Written } from '../execution/checkResult';
import { getRecord, recordFrom, unwrap, withoutServerOwned } from '../execution/readRecord';
import { recoverAddedRows } from '../execution/recovery';
import { dropFields, rejectedFields } from '../execution/rejectedFields';

import { fingerprint, type WriteEntry } from '../execution/writeJournal';
import type { Plan } from '../execution/preview';
import { writeOnce } from '../execution/writeOnce';
import { readChanges } from '../input/fields';
import type { RunItem } from '../execution/run';
import { readSwitch } from '../input/values';
import { type RecordType, targetOf, withArticle } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';
import { writeOptions } from './commonParameters';
import { type BodyExtension, combined } from './create';
import { clearFields, updateFields } from './fieldParameters';
import { chosenRecord, type Operation, shownFor } from './operation';

/** What an update gives besides fields, such as lines that are added to an invoice. */
export interface ChangesExtension extends BodyExtension {
	/** How the changes are merged into the record that was read; field by field by default. */
	mergeStrategy: (item: RunItem) => MergeStrategy;
}

/** Merges changes into a record. */
export type MergeStrategy = (record: IDataObject, changes: IDataObject) => IDataObject;

export function updateOperation(type: RecordType, extension?: ChangesExtension): Operation {
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
			const changes = combined(item, await readChanges(item, type), extra);
			const merge = extension?.mergeStrategy(item) ?? mergeFields;
			const id = await chosenRecord(item, type);
			if (Object.keys(changes).length === 0) {
				item.fail(
					'No fields to update',
					`Add at least one field to 'Update Fields', or choose one in 'Clear Fields'${type.rows ? `, or change the ${type.rows.name} under '${type.rows.parameter}'` : ''}.`,
				);
			}
			const requestKey = ['update', type.name, id, changes, merge !== mergeFields];
			return await writeOnce(item, requestKey, async (entry) => {
				const plan = await planUpdate(item, type, id, changes, entry, { merge });
				await confirmLookup(item, type, id, async () => await chosenRecord(item, type));
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
	item: RunItem,
	type: RecordType,
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
export async function planUpdate(
	item: RunItem,
	type: RecordType,
	id: string,
	changes: IDataObject,
	entry: WriteEntry,
	{ merge = mergeFields, ...kept }: { merge?: MergeStrategy } & Kept = {},
): Promise<Plan> {
	const checkResult = resultCheck(item, type);
	const isPartial = sendsOnlyGivenFields(item);
	const current = isPartial ? {} : await getRecord(item, type, id);
	if (!isPartial) item.run.index(type).upsert(current);
	const body = isPartial ? changes : buildPutBody(item, type, current, changes, merge);
	const hashBefore = fingerprint(withoutServerOwned(type, current));
	const adds = merge !== mergeFields;
	const mayBeAdded = entry.unconfirmedSince !== undefined || entry.unchecked === 'updated';
	if (adds && mayBeAdded && entry.hashBefore !== hashBefore) {
		return { output: recoverAddedRows(item, type, changes, current) };
	}
	let returned: IDataObject = {};
	return {
		type,
		current: isPartial ? undefined : current,
		request: {
			method: 'PUT',
			path: [type.path, id],
			body,
			madeOf: current,
			target: targetOf(type, id),
		},
		recordPath: `${type.path}/${id}`,
		hashBefore: adds ? hashBefore : undefined,
		replacesRows: !adds && type.rows !== undefined && type.rows.field in changes,
		send: async (request) => await sendWithoutRejected(item, type, request, body, changes),
		async onSuccess(response) {
			returned = unwrap(response, type);
			const record = recordFrom({ id, ...body }, response, type);
			if (!isPartial) item.run.stats.countUpdate(fingerprint(body) !== hashBefore);
			item.run.index(type).upsert({ ...body, ...record, id });
			return record;
		},
		async check(output) {
			const sent = type.rows ? body : changes;
			const written: Written = { sent, given: changes, returned, done: 'updated' };
			await checkKept(item, type, kept, written, output);
			return await checkResult(output, written);
		},
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
	item: RunItem,
	type: RecordType,
	request: ApiRequest,
	body: IDataObject,
	changes: IDataObject,
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
	item: RunItem,
	type: RecordType,
	record: IDataObject,
	changes: IDataObject,
	merge: MergeStrategy,
): IDataObject {
	const { id } = record;
	if (typeof record.address === 'string' && record.address.trim() && isObject(changes.address)) {
		item.fail(
			'BildOut stores this address as a single string, so its parts cannot be updated separately',
			`Nothing was changed. The address of the ${type.name} '${String(id)}' is '${record.address}'. Write the whole of the new one in a custom field with the name 'address'.`,
		);
	}
	const body = merge(withoutServerOwned(type, record), changes);
	// A record may show its customer under two names.
	const isShownTwice = 'client_id' in changes && record.customer_id === customerIdIn(record);
	if (isShownTwice && 'customer_id' in body && !('customer_id' in changes)) {
		body.customer_id = body.client_id;
	}
	const { rows } = type;
	if (rows && !Array.isArray(body[rows.field])) {
		item.fail(
			`BildOut did not return the ${rows.name} of the ${type.name} '${String(id)}', so an update would remove them`,
			`Nothing was changed. Give them under '${rows.parameter}', or turn on 'Send Only Given Fields' under Options if your BildOut keeps what is left out.`,
		);
	}
	return body;
}

/** Merges changes into a record; of an address, only the given parts change. */
export function mergeFields(record: IDataObject, changes: IDataObject): IDataObject {
	const merged: IDataObject = { ...record, ...changes };
	if (isObject(record.address) && isObject(changes.address)) {
		merged.address = { ...record.address, ...changes.address };
	}
	return merged;
}
