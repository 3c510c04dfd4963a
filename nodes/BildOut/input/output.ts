import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../api/json';
import { linkedIdIn } from '../assumptions';
import type { InputItem } from './inputItem';
import { capitalized, fieldsFor, type ParentRecord, type RecordType } from '../records/recordType';
import { readSwitch, readNames } from './values';

/**
 * What makes of a record what the user chose: simplified to the ten fields that people look for, as BildOut sent
 * it, or, as a tool of an AI agent, selected fields (n8n's UX guidelines, section Simplify). `address.city`
 * becomes `address_city`. The name of the record that it belongs to stands behind that record's ID: in a
 * simplified record where BildOut sends it along, and in any where the user wants it included.
 *
 * The parameters are read once, because each read is slow in n8n and a list may have 50,000 records.
 */
export function outputShaper(
	item: InputItem,
	type: RecordType,
): (record: IDataObject) => Promise<IDataObject> {
	const output = chosenOutput(item);
	const simplify = simplifier(type);
	const shape = (record: IDataObject) => {
		if (output === 'raw') return record;
		return output === 'simplified' ? simplify(record) : pick(record, output);
	};
	const { parent } = type;
	if (!parent) return async (record) => shape(record);
	const label = `Include ${capitalized(parent.type.name)}`;
	const isWanted = readSwitch(item, label, item.collection('options')[includeOption(parent)]);
	return async (record) => {
		const sent = parent.nameIn(record);
		if (isWanted) {
			const name = sent ?? (await nameInList(item, parent, record)) ?? null;
			return withName(shape(record), parent, name);
		}
		return output === 'simplified' && sent ? withName(shape(record), parent, sent) : shape(record);
	};
}

/** What makes of an item that the node computes what the user chose of it, and whether it has whole records. */
export function summaryShape(item: InputItem): {
	isRaw: boolean;
	shape: (summary: IDataObject) => IDataObject;
} {
	const output = chosenOutput(item);
	const shape = (summary: IDataObject) =>
		typeof output === 'string'
			? summary
			: Object.fromEntries(Object.entries(summary).filter(([field]) => output.includes(field)));
	return { isRaw: output === 'raw', shape };
}

/** What the user wants of a record; for a tool also the names of fields. */
function chosenOutput(item: InputItem): 'simplified' | 'raw' | string[] {
	if (!item.isTool) {
		return readSwitch(item, 'Simplify', item.param('simplify', true)) ? 'simplified' : 'raw';
	}
	const output = item.param('output', 'simplified');
	if (output === 'simplified' || output === 'raw') return output;
	return readNames(item.param('outputFields', []));
}

/** The fields that people look for, those inside an object with a dot. */
export function simplifiedFields(type: RecordType): string[] {
	return fieldsFor(type, 'simplify').flatMap(
		({ api, simplifiedParts }) => simplifiedParts?.map((part) => `${api}.${part}`) ?? api,
	);
}

/** What leaves of a record the fields that people look for, and the texts that some BildOuts send with it. */
export function simplifier(type: RecordType): (record: IDataObject) => IDataObject {
	const fields = simplifiedFields(type);
	const { extraFields = [] } = type;
	return (record) => {
		const extra = extraFields.filter((field) => (record[field] ?? null) !== null);
		return pick(record, [...fields, ...extra]);
	};
}

function pick(record: IDataObject, paths: readonly string[]): IDataObject {
	const picked: IDataObject = {};
	for (const path of paths) {
		const [field, part] = path.split('.');
		const value = linkedIdIn(record, field);
		if (!part) picked[field] = value ?? null;
		else if (isObject(value)) picked[`${field}_${part}`] = value[part] ?? null;
		// An address that BildOut has as one text has no parts.
		else if (value !== undefined && value !== null && value !== '') picked[field] = value;
		else picked[`${field}_${part}`] = null;
	}
	return picked;
}

/** The name of the option that includes the name of the linked record, e.g. `includeCustomer`. */
export function includeOption({ type }: ParentRecord): string {
	return `include${capitalized(type.name)}`;
}

/** One reading of the list serves all items of a run. */
async function nameInList(
	item: InputItem,
	{ type, field }: ParentRecord,
	record: IDataObject,
): Promise<IDataObject[string]> {
	const id = linkedIdIn(record, field);
	if (id === undefined || id === null) return null;
	const [found] = await item.run.index(type).find(item, 'id', id);
	return found?.name;
}

/** The record with the name right behind the ID. */
function withName(
	record: IDataObject,
	{ field, nameField }: ParentRecord,
	name: IDataObject[string],
): IDataObject {
	if (!(field in record)) return { ...record, [nameField]: name };
	return Object.fromEntries(
		Object.entries(record).flatMap((entry) =>
			entry[0] === field ? [entry, [nameField, name]] : entry[0] === nameField ? [] : [entry],
		),
	);
}
