import type { INodeProperties } from 'n8n-workflow';
import { updateDisplayOptions } from 'n8n-workflow';

import { type FieldTable, readChanges, readFields } from '../operations/fields';
import type { FilterTable } from '../operations/filters';
import type { Item } from '../operations/item';
import type { Operation } from '../operations/operation';
import { getManyRecords } from '../operations/list';
import { locate } from '../operations/locators';
import type { LookupField } from '../operations/recordIndex';
import { shapeOutput } from '../operations/output';
import {
	createRecord,
	deleteRecord,
	getRecord,
	updateRecord,
	upsertRecord,
} from '../operations/records';
import type { RecordName } from '../operations/recordTypes';
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
	record: RecordName,
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
		properties: shownFor(record, 'create', [name, additionalFields, requestOptions]),
		writes: true,
		inOrder: true,
		async execute(item) {
			const fields = {
				...item.collection('additionalFields'),
				name: item.required('name', name.displayName),
			};
			return await createRecord(item, record, await readFields(item, fields, table));
		},
	};
}

export function upsertOperation(
	record: RecordName,
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
		properties: shownFor(record, 'upsert', [matchBy, email, name, additionalFields, updateOptions]),
		writes: true,
		inOrder: true,
		async execute(item) {
			const field: LookupField = item.param('matchBy', 'email') === 'name' ? 'name' : 'email';
			const fields = {
				...item.collection('additionalFields'),
				name: item.required('name', name.displayName),
			};
			if (field === 'email') {
				Object.assign(fields, { email: item.required('email', email.displayName) });
			}
			return await upsertRecord(item, record, field, await readFields(item, fields, table));
		},
	};
}

export function getOperation(
	record: RecordName,
	locator: INodeProperties,
	outputFields: INodeProperties,
): Operation {
	return {
		properties: shownFor(record, 'get', [
			locator,
			simplify,
			toolOutput,
			outputFields,
			requestOptions,
		]),
		async execute(item) {
			const id = await locatedBy(item, record, locator);
			return shapeOutput(item, record, await getRecord(item, record, id));
		},
	};
}

export function getManyOperation(
	record: RecordName,
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
		properties: shownFor(record, 'getAll', [
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
			const records = await getManyRecords(item, record, table);
			return records.map((found) => shapeOutput(item, record, found));
		},
	};
}

export function updateOperation(
	record: RecordName,
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
		properties: shownFor(record, 'update', [locator, updateFields, clearFields, updateOptions]),
		writes: true,
		async execute(item) {
			const changes = await readChanges(item, table);
			const id = await locatedBy(item, record, locator);
			return await updateRecord(item, record, id, changes);
		},
	};
}

export function deleteOperation(record: RecordName, locator: INodeProperties): Operation {
	return {
		properties: shownFor(record, 'delete', [locator, requestOptions]),
		writes: true,
		async execute(item) {
			return await deleteRecord(item, record, await locatedBy(item, record, locator));
		},
	};
}

/** The parameters, shown for one operation of one resource. */
export function shownFor(
	record: RecordName,
	operation: string,
	properties: INodeProperties[],
): INodeProperties[] {
	return updateDisplayOptions({ show: { resource: [record], operation: [operation] } }, properties);
}

/** The ID of the record that the item's locator names. */
export async function locatedBy(
	item: Item,
	record: RecordName,
	locator: INodeProperties,
): Promise<string> {
	return await locate(item, item.param(locator.name, ''), record, locator.displayName);
}
