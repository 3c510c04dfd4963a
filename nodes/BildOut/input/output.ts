import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../api/json';
import { linkedIdIn } from '../assumptions';
import type { InputItem } from './inputItem';
import { capitalized, fieldsFor, type ParentRecord, type RecordType } from '../records/recordType';
import { readSwitch, readNames } from './values';

/**
 * What makes of a record what the user chose: simplified to the ten fields that people look for ('Simplify'), as
 * BildOut sent it, or, as a tool of an AI agent, selected fields ('Output', n8n's UX guidelines, section
 * Simplify). Nested fields are written with an underscore: `address.city` becomes `address_city`. The name of
 * the record that it belongs to stands beside that record's ID: in a simplified record where BildOut sends it
 * along, and in any where the user wants it included.
 *
 * The parameters are read once, because each read is slow in n8n and a list may have 50,000 records.
 *
 * @throws NodeOperationError for a switch that is neither on nor off
 */
export function outputShaper(
	item: InputItem,
	type: RecordType,
): (record: IDataObject) => Promise<IDataObject> {
	const output = chosenOutput(item);
	const fields = chosenFields(item, type, output);
	const extra = output === 'simplified' ? (type.extraFields ?? []) : [];
	const shape = (record: IDataObject) =>
		fields ? { ...pick(record, fields), ...present(record, extra) } : record;
	const { parent: linked } = type;
	if (!linked) return async (record) => shape(record);
	const isWanted = isNameWanted(item, linked);
	return async (record) => {
		const sent = linked.nameIn(record);
		if (isWanted) {
			const name = sent ?? (await nameInList(item, linked, record)) ?? null;
			return withName(shape(record), linked, name);
		}
		return output === 'simplified' && sent ? withName(shape(record), linked, sent) : shape(record);
	};
}

/** Undefined where the record stays as BildOut sent it. */
function chosenFields(item: InputItem, type: RecordType, output: unknown): string[] | undefined {
	if (output === 'raw') return undefined;
	return output === 'simplified'
		? simplifiedFields(type)
		: readNames(item.param('outputFields', []));
}

/** What the user wants of a record: `simplified`, `raw`, or as a tool `selectedFields`. */
export function chosenOutput(item: InputItem): unknown {
	if (item.isTool) return item.param('output', 'simplified');
	return readSwitch(item, 'Simplify', item.param('simplify', true)) ? 'simplified' : 'raw';
}

/** The fields that people look for, those inside an object with a dot. */
export function simplifiedFields(type: RecordType): string[] {
	return fieldsFor(type, 'simplify').flatMap(
		({ api, simplifiedParts }) => simplifiedParts?.map((part) => `${api}.${part}`) ?? api,
	);
}

/** The record with the fields that people look for. */
export function simplified(record: IDataObject, type: RecordType): IDataObject {
	return { ...pick(record, simplifiedFields(type)), ...present(record, type.extraFields ?? []) };
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

function present(record: IDataObject, fields: readonly string[]): IDataObject {
	const there = fields.filter((field) => record[field] !== undefined && record[field] !== null);
	return Object.fromEntries(there.map((field) => [field, record[field]]));
}

/** The name of the option that includes the name of the linked record, e.g. `includeCustomer`. */
export function includeOption({ type }: ParentRecord): string {
	return `include${capitalized(type.name)}`;
}

function isNameWanted(item: InputItem, linked: ParentRecord): boolean {
	const label = `Include ${capitalized(linked.type.name)}`;
	return readSwitch(item, label, item.collection('options')[includeOption(linked)]);
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
