import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { type FieldTable, readChanges, readFields } from '../operations/fields';
import type { FilterTable } from '../operations/filters';
import type { Item } from '../operations/item';
import type { Operation } from '../operations/operation';
import { getManyRecords } from '../operations/list';
import { locate } from '../operations/locators';
import { shapeOutput } from '../operations/output';
import {
	createRecord,
	deleteRecord,
	getRecord,
	updateRecord,
	upsertRecord,
} from '../operations/records';
import type { RecordType } from '../operations/recordTypes';
import {
	limit,
	requestOptions,
	returnAll,
	simplify,
	toolOutput,
	updateOptions,
} from './commonParameters';

/**
 * The operations that most resources have, made from a resource's own parameters. The parameters
 * themselves are literals in the resource's folder, where n8n's lint reads them.
 */

export function createOperation(
	type: RecordType,
	{
		name,
		additionalFields,
		table,
	}: {
		name: INodeProperties;
		additionalFields: INodeProperties;
		table: FieldTable;
	},
): Operation {
	return {
		properties: shownFor(type, 'create', [name, additionalFields, requestOptions]),
		writes: true,
		inOrder: true,
		async execute(item) {
			const fields = {
				...item.collection('additionalFields'),
				name: item.required('name', name.displayName),
			};
			return await createRecord(item, type, await readFields(item, fields, table));
		},
	};
}

export function upsertOperation(
	type: RecordType,
	{
		matchBy,
		email,
		name,
		additionalFields,
		table,
	}: {
		matchBy: INodeProperties;
		email: INodeProperties;
		name: INodeProperties;
		additionalFields: INodeProperties;
		table: FieldTable;
	},
): Operation {
	return {
		properties: shownFor(type, 'upsert', [matchBy, email, name, additionalFields, updateOptions]),
		writes: true,
		inOrder: true,
		async execute(item) {
			const field = item.param('matchBy', 'email') === 'name' ? 'name' : 'email';
			const fields = {
				...item.collection('additionalFields'),
				name: item.required('name', name.displayName),
			};
			if (field === 'email') {
				Object.assign(fields, { email: item.required('email', email.displayName) });
			}
			return await upsertRecord(item, type, field, await readFields(item, fields, table));
		},
	};
}

export function getOperation(
	type: RecordType,
	locator: INodeProperties,
	outputFields: INodeProperties,
): Operation {
	return {
		properties: shownFor(type, 'get', [
			locator,
			simplify,
			toolOutput,
			outputFields,
			requestOptions,
		]),
		async execute(item) {
			const id = await locatedBy(item, type, locator);
			return shapeOutput(item, type, await getRecord(item, type, id));
		},
	};
}

export function getManyOperation(
	type: RecordType,
	{
		filters,
		sort,
		outputFields,
		table,
	}: {
		filters: INodeProperties;
		sort: INodeProperties;
		outputFields: INodeProperties;
		table: FilterTable;
	},
): Operation {
	return {
		properties: shownFor(type, 'getAll', [
			returnAll,
			limit,
			filters,
			sort,
			simplify,
			toolOutput,
			outputFields,
			requestOptions,
		]),
		async execute(item) {
			const records = await getManyRecords(item, type, table);
			return records.map((found) => shapeOutput(item, type, found));
		},
	};
}

export function updateOperation(
	type: RecordType,
	locator: INodeProperties,
	{
		updateFields,
		clearFields,
		table,
	}: {
		updateFields: INodeProperties;
		clearFields: INodeProperties;
		table: FieldTable;
	},
): Operation {
	return {
		properties: shownFor(type, 'update', [locator, updateFields, clearFields, updateOptions]),
		writes: true,
		async execute(item) {
			const changes = await readChanges(item, table);
			const id = await locatedBy(item, type, locator);
			return await updateRecord(item, type, id, changes);
		},
	};
}

export function deleteOperation(type: RecordType, locator: INodeProperties): Operation {
	return {
		properties: shownFor(type, 'delete', [locator, requestOptions]),
		writes: true,
		async execute(item) {
			return await deleteRecord(item, type, await locatedBy(item, type, locator));
		},
	};
}

/** The parameters, shown for one operation of one resource. */
export function shownFor(
	type: RecordType,
	operation: string,
	properties: INodeProperties[],
): INodeProperties[] {
	return updateDisplayOptions(
		{ show: { resource: [type.name], operation: [operation] } },
		properties,
	);
}

/** The ID of the record that the item's locator names. */
export async function locatedBy(
	item: Item,
	type: RecordType,
	locator: INodeProperties,
): Promise<string> {
	return await locate(item, item.param(locator.name, ''), type, locator.displayName);
}
