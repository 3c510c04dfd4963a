import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { readChanges, readFields } from '../input/fields';
import type { InputItem } from '../input/inputItem';
import { getManyRecords } from './getManyRecords';
import { locate, requiredLocator } from '../input/resourceLocators';
import { outputShaper } from '../input/output';
import {
	createRecord,
	deleteRecord,
	mergeFields,
	type Upsert,
	updateRecord,
	upsertRecord,
} from '../execution/writeRecord';
import { getRecord } from '../execution/readRecord';
import { type RecordType, withArticle } from '../records/recordType';
import { resourceLocator } from '../records/resourceLocator';
import {
	limit,
	requestOptions,
	returnAll,
	simplify,
	toolOutput,
	updateOptions,
} from './commonParameters';
import {
	additionalFields,
	clearFields,
	filtersOf,
	filtersParameter,
	outputFields,
	readOptions,
	requiredFields,
	sortParameter,
	updateFields,
} from './fieldParameters';
import type { OfferedOperation } from './types';
import { matchedBy, upsertParameters } from './upsertParameters';

/** The operations that most resources have, made from what is known of their records. */

/** All of them, for records that people know by their name. */
export function allOperations(type: RecordType): Record<string, OfferedOperation> {
	return {
		create: createOperation(type),
		upsert: upsertOperation(type),
		get: getOperation(type),
		getAll: getManyOperation(type),
		update: updateOperation(type),
		delete: deleteOperation(type),
	};
}

/** What a record has besides its fields, such as the lines of an invoice. */
export interface MoreOfBody {
	parameters: INodeProperties[];
	/** Reads them for the body; `{}` when they say nothing. */
	read: (item: InputItem) => IDataObject;
	/** How an update lays what was given over the record that was read; over its fields by default. */
	mergeOf?: (item: InputItem) => typeof mergeFields;
}

export function createOperation(
	type: RecordType,
	{
		description = `Add ${withArticle({ name: type.alias ?? type.name })} to BildOut`,
		more,
	}: CreateSettings = {},
): OfferedOperation {
	const required = requiredFields(type);
	return {
		option: { name: 'Create', action: `Create ${type.name}`, description },
		properties: shownFor(type, 'create', [
			...required.map(({ parameter }) => parameter),
			...(more?.parameters ?? []),
			additionalFields(type),
			requestOptions,
		]),
		writes: true,
		inOrder: true,
		async execute(item) {
			const extra = more?.read(item);
			const values = { ...item.collection('additionalFields') };
			for (const { parameter, kind } of required) {
				const { name, displayName: label } = parameter;
				values[name] =
					typeof kind === 'object'
						? requiredLocator(item, item.param(name, ''), kind.record, label)
						: item.required(name, label);
			}
			const fields = await readFields(item, values, type.fields);
			return await createRecord(item, type, { ...fields, ...extra });
		},
	};
}

interface CreateSettings {
	description?: string;
	more?: MoreOfBody;
}

function upsertOperation(type: RecordType): OfferedOperation {
	return {
		option: {
			name: 'Create or Update',
			action: `Create or update ${type.name}`,
			description: 'Create a new record, or update the current one if it already exists (upsert)',
		},
		properties: shownFor(type, 'upsert', [...upsertParameters(type), updateOptions]),
		writes: true,
		inOrder: true,
		async execute(item) {
			const { email, owner } = matchedBy(type);
			const isByEmail = email !== undefined && item.param('matchBy', 'email') !== 'name';
			const values = {
				...item.collection('additionalFields'),
				...(owner ? { [owner.name]: item.param(owner.name, '') } : {}),
				...(isByEmail ? { email: item.required('email', 'Email') } : {}),
				name: item.required('name', 'Name'),
			};
			const upsert: Upsert = { field: isByEmail ? 'email' : 'name', ifExists: readIfExists(item) };
			return await upsertRecord(item, type, upsert, await readFields(item, values, type.fields));
		},
	};
}

function readIfExists(item: InputItem): Upsert['ifExists'] {
	const value = item.param('ifExists', 'update');
	if (value === 'update' || value === 'leave') return value;
	return item.fail(
		`'If It Exists' must be 'update' or 'leave', got '${String(value)}'`,
		'Choose from the list, or correct the expression.',
	);
}

export function getOperation(
	type: RecordType,
	description = `Read one ${type.name}`,
): OfferedOperation {
	return {
		option: { name: 'Get', action: `Get ${type.name}`, description },
		properties: shownFor(type, 'get', [resourceLocator(type), ...outputParameters(type)]),
		async execute(item) {
			const shape = outputShaper(item, type);
			return await shape(await getRecord(item, type, await chosenRecord(item, type)));
		},
	};
}

export function getManyOperation(
	type: RecordType,
	description = `Read a list of ${type.name}s`,
): OfferedOperation {
	const filters = filtersOf(type);
	return {
		option: { name: 'Get Many', action: `Get many ${type.name}s`, description },
		properties: shownFor(type, 'getAll', [
			returnAll,
			limit,
			filtersParameter(filters),
			sortParameter(type),
			...outputParameters(type),
		]),
		async execute(item) {
			const shape = outputShaper(item, type);
			return await Promise.all((await getManyRecords(item, type, filters)).map(shape));
		},
	};
}

/** How much of what is read is put out. */
function outputParameters(type: RecordType): INodeProperties[] {
	return [simplify, toolOutput, outputFields(type), readOptions(type)];
}

export function updateOperation(
	type: RecordType,
	{ more }: { more?: MoreOfBody } = {},
): OfferedOperation {
	return {
		option: {
			name: 'Update',
			action: `Update ${type.name}`,
			description: `Change ${withArticle(type)} and keep everything that you do not change`,
		},
		properties: shownFor(type, 'update', [
			resourceLocator(type),
			...(more?.parameters ?? []),
			updateFields(type),
			clearFields(type),
			updateOptions,
		]),
		writes: true,
		async execute(item) {
			const extra = more?.read(item);
			const changes = { ...(await readChanges(item, type)), ...extra };
			const id = await chosenRecord(item, type);
			return await updateRecord(item, type, id, changes, more?.mergeOf?.(item));
		},
	};
}

export function deleteOperation(type: RecordType): OfferedOperation {
	return {
		option: {
			name: 'Delete',
			action: `Delete ${type.name}`,
			description: `Remove ${withArticle(type)} from BildOut for good`,
		},
		properties: shownFor(type, 'delete', [resourceLocator(type), requestOptions]),
		writes: true,
		async execute(item) {
			return await deleteRecord(item, type, await chosenRecord(item, type));
		},
	};
}

/** The parameters, shown for one operation of one resource. */
export function shownFor(
	{ name }: Pick<RecordType, 'name'>,
	operation: string,
	properties: INodeProperties[],
): INodeProperties[] {
	return updateDisplayOptions({ show: { resource: [name], operation: [operation] } }, properties);
}

/** The ID of the record that the item's chooser names. */
export async function chosenRecord(item: InputItem, type: RecordType): Promise<string> {
	const { name, displayName } = resourceLocator(type);
	return await locate(item, item.param(name, ''), type, displayName);
}
