import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { mayHaveSucceeded } from '../api/errors';
import { isObject } from '../api/json';
import { IDEMPOTENCY_HEADER } from '../assumptions';
import { checkKept, type Kept, refuseWhereDropped } from '../execution/checkKept';
import { resultCheck } from '../execution/checkResult';
import { getRecord, recordFrom, unwrap } from '../execution/readRecord';
import { closeCreate, openCreate } from '../execution/recentCreates';
import { recoverCreate } from '../execution/recovery';
import type { WriteEntry } from '../execution/writeJournal';
import type { Plan } from '../execution/preview';
import { writeNewOnce } from '../execution/writeOnce';
import { forNewRecord, readFields } from '../input/fields';
import type { RunItem } from '../execution/run';
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
	const required = requiredFields(type);
	return {
		option: { name: 'Create', action: `Create ${type.name}`, description },
		properties: shownFor(type, 'create', [
			...required.map(({ parameter }) => parameter),
			...(extension?.parameters ?? []),
			additionalFields(type, extension?.members),
			writeOptions('create', extension?.options),
		]),
		writes: true,
		async execute(item) {
			const body = forNewRecord(type, await readNewRecord(item, type, extension));
			const kept = { keptField: extension?.keptField?.(item) };
			return await writeNewOnce(
				item,
				type,
				body,
				['create', type.name, body],
				async (entry) => await planCreate(item, type, body, entry, kept),
			);
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
		const value = item.param(name, '');
		if (custom.includes(api) && isEmptyLocator(value)) continue;
		values[name] =
			typeof kind === 'object'
				? requiredLocator(item, value, kind.record, label)
				: item.required(name, label);
	}
	const fields = await readFields(item, values, type.fields);
	return combined(item, fields, extra);
}

/** The names of the rows of 'Custom Fields'. */
function customNames(value: unknown): string[] {
	const rows = isObject(value) ? (value.field ?? value) : value;
	return Array.isArray(rows)
		? (rows as unknown[]).map((row) => String(isObject(row) ? row.name : '').trim())
		: [];
}

/**
 * The fields with what the record has besides.
 *
 * @throws NodeOperationError where a custom field gives that too
 */
export function combined(item: RunItem, fields: IDataObject, extra: IDataObject = {}): IDataObject {
	const given = Object.keys(fields).map((name) => name.toLowerCase());
	const twice = Object.keys(extra).find((name) => given.includes(name.toLowerCase()));
	if (twice !== undefined) {
		item.fail(
			`Custom field '${twice}' is given twice`,
			"Keep one of the two. A field that has a parameter of its own in this node needs no row under 'Custom Fields'.",
		);
	}
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
	kept: Kept = {},
): Promise<Plan> {
	const index = item.run.index(type);
	const checkResult = resultCheck(item, type);
	let returned: IDataObject = {};
	const check = async (output: IDataObject) => {
		await checkKept(item, type, kept, body, returned, output);
		return await checkResult(output, { sent: body, returned, done: 'created' });
	};
	const created = entry.unchecked === 'created' ? entry.record?.split('/')[1] : undefined;
	if (created !== undefined) {
		returned = await getRecord(item, type, created);
		await index.created(item, body, returned);
		return { output: returned, check };
	}
	const isLost = entry.unconfirmedSince !== undefined;
	const recovered = isLost ? await recoverCreate(item, type, body, entry) : undefined;
	if (recovered) {
		await index.created(item, body, recovered);
		returned = recovered;
		return { output: recovered, check };
	}
	if (kept.keptField !== undefined) refuseWhereDropped(item, kept.keptField);
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
