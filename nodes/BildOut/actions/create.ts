import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isObject } from '../api/json';
import { IDEMPOTENCY_HEADER } from '../assumptions';
import { resultCheck } from '../execution/checkResult';
import { refuseWhereDropped } from '../execution/externalId';
import type { Plan } from '../execution/preview';
import { getRecord, hasId, unwrap } from '../execution/readRecord';
import { publishCreate, sendCreate } from '../execution/recentCreates';
import { recoverCreate } from '../execution/recovery';
import type { RecordContext, RecordWrite, RunItem } from '../execution/run';
import type { WriteEntry } from '../execution/writeJournal';
import { writeNewOnce } from '../execution/writeOnce';
import { customRows, failForTwice } from '../input/customFields';
import { forNewRecord, readFields } from '../input/fields';
import { isEmptyLocator, requiredLocator } from '../input/resourceLocators';
import { type RecordType, recordAt, withArticle } from '../records/recordType';
import { writeOptions } from './commonParameters';
import { additionalFields, optionalParameters, requiredFields } from './fieldParameters';
import { type Operation, shownFor } from './operation';

/** What an item gives of a record: all that there is to a write of it. */
export type Given = Omit<RecordWrite, keyof RecordContext>;

/** The parameters of what a record has besides its fields, such as the lines of an invoice. */
export interface Extension {
	parameters: INodeProperties[];
	/** Further members of 'Additional Fields' and of 'Options'. */
	members?: INodeProperties[];
	options?: INodeProperties[];
	read: (item: RunItem) => Given;
}

export function createOperation(
	type: RecordType,
	{
		description = `Add ${withArticle({ name: type.alias ?? type.name })} to BildOut`,
		extension,
	}: { description?: string; extension?: Extension } = {},
): Operation {
	return {
		option: { name: 'Create', action: `Create ${type.name}`, description },
		properties: shownFor(type, 'create', [
			...requiredFields(type).map(({ parameter }) => parameter),
			...(extension?.parameters ?? []),
			additionalFields([...optionalParameters(type), ...(extension?.members ?? [])]),
			writeOptions('create', extension?.options),
		]),
		writes: true,
		async execute(item) {
			const given = await readNewRecord({ item, type }, extension);
			const write = { ...given, item, type, fields: forNewRecord(type, given.fields) };
			const requestKey = ['create', type.name, write.fields];
			return await writeNewOnce(write, requestKey, async (entry) => await planCreate(write, entry));
		},
	};
}

/** What the parameters of Create give. */
export async function readNewRecord(
	{ item, type }: RecordContext,
	extension?: Extension,
): Promise<Given> {
	const extra = extension?.read(item);
	const values = { ...item.collection('additionalFields') };
	const custom = (customRows(values.customFields) ?? []).map((row) =>
		String(isObject(row) ? row.name : '').trim(),
	);
	for (const { api, parameter, kind } of requiredFields(type)) {
		const { name, displayName: label } = parameter;
		// A custom field may give it instead.
		if (custom.includes(api) && isEmptyLocator(item.param(name, ''))) continue;
		values[name] =
			typeof kind === 'object'
				? requiredLocator({ item, type: kind.record, label }, item.param(name, ''))
				: item.required(name, label);
	}
	return withFields(item, await readFields(item, values, type.fields), extra);
}

/** @throws NodeOperationError where a custom field gives what the record has besides its fields */
export function withFields(item: RunItem, fields: IDataObject, extra?: Given): Given {
	const given = Object.keys(fields).map((name) => name.toLowerCase());
	const twice = Object.keys(extra?.fields ?? {}).find((name) => given.includes(name.toLowerCase()));
	if (twice !== undefined) failForTwice(item, twice);
	return { ...extra, fields: { ...fields, ...extra?.fields } };
}

/**
 * A create, unless an earlier attempt did it. BildOut can recognize a repeated request by its
 * Idempotency-Key, but may not do so.
 */
export async function planCreate(write: RecordWrite, entry: WriteEntry): Promise<Plan> {
	const { item, type, fields } = write;
	const checkResult = resultCheck(write);
	let returned: IDataObject = {};
	const check = async (output: IDataObject) =>
		await checkResult(output, { done: 'created', sent: fields, returned });
	const earlier = await createdEarlier(write, entry);
	if (earlier) {
		returned = earlier;
		await publish(write, earlier);
		return { output: earlier, check };
	}
	refuseWhereDropped(write, 'created');
	return {
		type,
		request: {
			method: 'POST',
			...recordAt(type),
			body: fields,
			headers: { [IDEMPOTENCY_HEADER]: item.run.journal.idempotencyKey(item.index) },
		},
		send: async (request) => await sendCreate(write, request),
		async onSuccess(response) {
			returned = unwrap(response, type);
			await publish(write, returned);
			return hasId(returned) ? returned : fields;
		},
		check,
		onLost: async () => await publish(write, {}),
	};
}

/** Lets later items and other executions know of a create; a record without an ID is one that may be there. */
async function publish(write: RecordWrite, returned: IDataObject): Promise<void> {
	const index = write.item.run.index(write.type);
	// What a response leaves out is as it was sent.
	const record = hasId(returned) ? { ...write.fields, ...returned } : undefined;
	if (record) index.upsert(record);
	else index.forget();
	await publishCreate(write, record);
}

/** The record that an earlier attempt created, as it was noted or, where its response was lost, as it is found. */
async function createdEarlier(
	write: RecordWrite,
	entry: WriteEntry,
): Promise<IDataObject | undefined> {
	const id = entry.unchecked === 'created' ? entry.recordPath?.split('/')[1] : undefined;
	if (id !== undefined) return await getRecord(write, id);
	return entry.unconfirmedSince === undefined ? undefined : await recoverCreate(write, entry);
}
