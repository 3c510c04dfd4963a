import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { mayHaveSucceeded } from '../api/errors';
import { isObject } from '../api/json';
import { IDEMPOTENCY_HEADER } from '../assumptions';
import { checkKept, type Kept, refuseWhereDropped, resultCheck } from '../execution/checkResult';
import type { Plan } from '../execution/preview';
import { getRecord, recordFrom, unwrap } from '../execution/readRecord';
import { closeCreate, openCreate } from '../execution/recentCreates';
import { recoverCreate } from '../execution/recovery';
import type { RunItem } from '../execution/run';
import type { WriteEntry } from '../execution/writeJournal';
import { writeNewOnce } from '../execution/writeOnce';
import { failForTwice } from '../input/customFields';
import { forNewRecord, readFields } from '../input/fields';
import { isEmptyLocator, requiredLocator } from '../input/resourceLocators';
import { type RecordType, targetOf, withArticle } from '../records/recordType';
import { writeOptions } from './commonParameters';
import { additionalFields, requiredFields } from './fieldParameters';
import { type Operation, shownFor } from './operation';

/** What a record has besides its fields, such as the lines of an invoice. */
export interface BodyExtension {
	parameters: INodeProperties[];
	/** Reads it for the body; `{}` when it says nothing. */
	read: (item: RunItem) => IDataObject;
	/** Further members of 'Additional Fields' and 'Options', which it reads itself. */
	members?: INodeProperties[];
	options?: INodeProperties[];
	/** The field by which the record must be found again; undefined where it need not. */
	keptField?: (item: RunItem) => string | undefined;
}

export function createOperation(
	type: RecordType,
	{
		description = `Add ${withArticle({ name: type.alias ?? type.name })} to BildOut`,
		extension,
	}: { description?: string; extension?: BodyExtension } = {},
): Operation {
	return {
		option: { name: 'Create', action: `Create ${type.name}`, description },
		properties: shownFor(type, 'create', [
			...requiredFields(type).map(({ parameter }) => parameter),
			...(extension?.parameters ?? []),
			additionalFields(type, extension?.members),
			writeOptions('create', extension?.options),
		]),
		writes: true,
		async execute(item) {
			const body = forNewRecord(type, await readNewRecord(item, type, extension));
			const kept = { keptField: extension?.keptField?.(item) };
			const requestKey = ['create', type.name, body];
			const plan = async (entry: WriteEntry) => await planCreate(item, type, body, entry, kept);
			return await writeNewOnce(item, type, body, requestKey, plan);
		},
	};
}

/** The fields of a record, from the parameters of Create. */
export async function readNewRecord(
	item: RunItem,
	type: RecordType,
	extension?: BodyExtension,
): Promise<IDataObject> {
	const extra = extension?.read(item);
	const values = { ...item.collection('additionalFields') };
	const custom = customNames(values.customFields);
	for (const { api, parameter, kind } of requiredFields(type)) {
		const { name, displayName: label } = parameter;
		// A custom field may give it instead. Each read of a parameter costs n8n as much as the rest of an item.
		if (custom.includes(api) && isEmptyLocator(item.param(name, ''))) continue;
		values[name] =
			typeof kind === 'object'
				? requiredLocator(item, item.param(name, ''), kind.record, label)
				: item.required(name, label);
	}
	return combined(item, await readFields(item, values, type.fields), extra);
}

/** The names of the rows of 'Custom Fields'. */
function customNames(value: unknown): string[] {
	const rows = isObject(value) ? (value.field ?? value) : value;
	return Array.isArray(rows)
		? (rows as unknown[]).map((row) => String(isObject(row) ? row.name : '').trim())
		: [];
}

/** @throws NodeOperationError where a custom field gives what the record has besides its fields */
export function combined(item: RunItem, fields: IDataObject, extra: IDataObject = {}): IDataObject {
	const given = Object.keys(fields).map((name) => name.toLowerCase());
	const twice = Object.keys(extra).find((name) => given.includes(name.toLowerCase()));
	if (twice !== undefined) failForTwice(item, twice);
	return { ...fields, ...extra };
}

/**
 * A create, unless an earlier attempt did it. BildOut can recognize a repeated request by its
 * Idempotency-Key, but may not do so.
 */
export async function planCreate(
	item: RunItem,
	type: RecordType,
	body: IDataObject,
	entry: WriteEntry,
	kept: Kept,
): Promise<Plan> {
	const index = item.run.index(type);
	const checkResult = resultCheck(item, type);
	let returned: IDataObject = {};
	const check = async (output: IDataObject) => {
		await checkKept(item, type, kept, { sent: body, returned, done: 'created' }, output);
		return await checkResult(output, { sent: body, returned, done: 'created' });
	};
	const earlier = await createdEarlier(item, type, body, entry);
	if (earlier) {
		returned = earlier;
		await index.created(item, body, earlier);
		return { output: earlier, check };
	}
	if (kept.keptField !== undefined) refuseWhereDropped(item, kept.keptField, 'created');
	return {
		type,
		request: {
			method: 'POST',
			path: [type.path],
			body,
			headers: { [IDEMPOTENCY_HEADER]: item.run.journal.idempotencyKey(item.index) },
			target: targetOf(type),
		},
		async send(request) {
			await openCreate(item, type, body);
			return await item.request(request).catch(async (error: Error) => {
				if (!mayHaveSucceeded(error)) await closeCreate(item, type);
				throw error;
			});
		},
		async onSuccess(response) {
			returned = unwrap(response, type);
			const record = recordFrom(body, response, type);
			await index.created(item, body, record);
			return record;
		},
		check,
		onLost: async () => await index.created(item, body, undefined),
	};
}

/** The record that an earlier attempt created, as it was noted or, where its response was lost, as it is found. */
async function createdEarlier(
	item: RunItem,
	type: RecordType,
	body: IDataObject,
	entry: WriteEntry,
): Promise<IDataObject | undefined> {
	const id = entry.unchecked === 'created' ? entry.recordPath?.split('/')[1] : undefined;
	if (id !== undefined) return await getRecord(item, type, id);
	if (entry.unconfirmedSince === undefined) return undefined;
	return await recoverCreate(item, type, body, entry);
}
