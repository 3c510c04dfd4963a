import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { IDEMPOTENCY_HEADER } from '../assumptions';
import { recordFrom } from '../execution/readRecord';
import { withRecordLock } from '../execution/recentCreates';
import { recoverCreate } from '../execution/recovery';
import type { WriteEntry } from '../execution/writeJournal';
import { type Plan, writeOnce } from '../execution/writeOnce';
import { readFields } from '../input/fields';
import type { InputItem } from '../input/inputItem';
import { requiredLocator } from '../input/resourceLocators';
import { type RecordType, targetOf, withArticle } from '../records/recordType';
import { requestOptions } from './commonParameters';
import { additionalFields, requiredFields } from './fieldParameters';
import { type Operation, shownFor } from './operation';

/** What a record has besides its fields, such as the lines of an invoice. */
export interface BodyExtension {
	parameters: INodeProperties[];
	/** Reads it for the body; `{}` when it says nothing. */
	read: (item: InputItem) => IDataObject;
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
			additionalFields(type),
			requestOptions,
		]),
		writes: true,
		async execute(item) {
			const extra = extension?.read(item);
			const values = { ...item.collection('additionalFields') };
			for (const { parameter, kind } of required) {
				const { name, displayName: label } = parameter;
				values[name] =
					typeof kind === 'object'
						? requiredLocator(item, item.param(name, ''), kind.record, label)
						: item.required(name, label);
			}
			const fields = await readFields(item, values, type.fields);
			const body = { ...fields, ...extra };
			return await withRecordLock(
				item,
				type,
				body,
				async () =>
					await writeOnce(
						item,
						['create', type.name, body],
						async (entry) => await planCreate(item, type, body, entry),
					),
			);
		},
	};
}

/**
 * A create, unless an earlier attempt did it. BildOut can recognize a repeated request by its
 * Idempotency-Key, but may not do so.
 */
export async function planCreate(
	item: InputItem,
	type: RecordType,
	body: IDataObject,
	entry: WriteEntry,
): Promise<Plan> {
	const index = item.run.index(type);
	const isLost = entry.unconfirmedSince !== undefined;
	const recovered = isLost ? await recoverCreate(item, type, body, entry) : undefined;
	if (recovered) {
		await index.created(item, body, recovered);
		return { output: recovered };
	}
	return {
		request: {
			method: 'POST',
			path: [type.path],
			body,
			headers: { [IDEMPOTENCY_HEADER]: item.run.journal.idempotencyKey(item.index) },
			target: targetOf(type),
		},
		async onSuccess(response) {
			const record = recordFrom(body, response);
			await index.created(item, body, record);
			return record;
		},
		onLost: async () => await index.created(item, body, undefined),
	};
}
