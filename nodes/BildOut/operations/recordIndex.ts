import type { IDataObject } from 'n8n-workflow';

import { listRecords } from '../transport/pagination';
import type { Item } from './item';
import { type RecordType, subjectOfList } from './recordTypes';

/** The fields by which people know a record. */
export type LookupField = string;

/**
 * All records of a kind by their email or name, without regard to case. BildOut documents no search,
 * so the list is read once in a run of the node, however many items ask.
 */
export async function recordsBy(
	item: Item,
	type: RecordType,
	field: LookupField,
): Promise<Map<string, IDataObject[]>> {
	const { lists } = item.run;
	const key = keyOf(type, field);
	let list = lists.get(key);
	if (!list) {
		list = readAll(item, type).then((records) => {
			const byValue = new Map<string, IDataObject[]>();
			for (const record of records) add(byValue, field, record);
			return byValue;
		});
		lists.set(key, list);
	}
	return await list;
}

/** Makes the next item that asks read the list again. */
export function forget(item: Item, type: RecordType, field: LookupField): void {
	item.run.lists.delete(keyOf(type, field));
}

/** Keeps a look-up with a new record in it, so that later items find what earlier ones created. */
export function remember(
	item: Item,
	type: RecordType,
	field: LookupField,
	byValue: Map<string, IDataObject[]>,
	record: IDataObject,
): void {
	add(byValue, field, record);
	keep(item, type, field, byValue);
}

/** Takes a look-up for what BildOut has. */
export function keep(
	item: Item,
	type: RecordType,
	field: LookupField,
	byValue: Map<string, IDataObject[]>,
): void {
	item.run.lists.set(keyOf(type, field), Promise.resolve(byValue));
}

function add(byValue: Map<string, IDataObject[]>, field: LookupField, record: IDataObject): void {
	const value = normalized(record[field]);
	if (value === '') return;
	byValue.set(value, [...(byValue.get(value) ?? []), record]);
}

function keyOf(type: RecordType, field: LookupField): string {
	return `${type.name}.${field}`;
}

/**
 * Emails, names and what is searched for are compared without regard to case, to spaces around them and
 * to how a letter and its accent are put together (macOS writes file names as two signs).
 */
export function normalized(value: unknown): string {
	return typeof value === 'string' ? value.trim().normalize('NFC').toLowerCase() : '';
}

async function readAll(item: Item, type: RecordType): Promise<IDataObject[]> {
	return await listRecords(
		item.run.node,
		{ path: [type.path], subject: subjectOfList(type), wanted: Infinity },
		item.requestSettings(),
	);
}
