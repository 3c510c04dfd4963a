import type { IDataObject } from 'n8n-workflow';

import { Queues } from '../api/concurrency';
import { getConnection } from '../api/connection';
import type { InputItem } from '../input/inputItem';
import type { RecordType } from '../records/recordType';
import { TtlCache } from '../ttlCache';
import { normalized } from './recordIndex';

/**
 * What executions of one process know of each other, so that two that create or update at once do not
 * both create: they wait for each other, and each learns what the others created. Executions in other
 * processes are not covered.
 */

export interface RecentCreate {
	/** The item that created it, in whichever execution. */
	owner: string;
	/** In milliseconds since 1970. */
	at: number;
	/** Undefined where it may have been created or not, or the response did not show it. */
	record?: IDataObject;
}

const recentCreates = new TtlCache<RecentCreate>({ ttlMs: 60 * 60_000, maxWeight: 10_000 });
const locks = new Queues();

/**
 * Does the work when all earlier work of this process, for the same credential and a record of the kind with
 * the same email or name, has ended.
 */
export async function withRecordLock<T>(
	item: InputItem,
	type: RecordType,
	fields: IDataObject,
	work: () => Promise<T>,
): Promise<T> {
	const names = await Promise.all(
		lookupValues(type, fields).map(async ([field, value]) => await keyOf(item, type, field, value)),
	);
	// In one order, so that no two wait for each other.
	const locked = names
		.sort()
		.reduceRight((inner, name) => async () => await locks.run(name, inner), work);
	return await locked();
}

/** The latest create, in this process, of a record of the kind that has the value in the field. */
export async function findRecentCreate(
	item: InputItem,
	type: RecordType,
	field: string,
	value: unknown,
): Promise<RecentCreate | undefined> {
	return recentCreates.get(await keyOf(item, type, field, value));
}

/** Lets all executions of this process know of a create that was done, or may have been. */
export async function publishCreate(
	item: InputItem,
	type: RecordType,
	body: IDataObject,
	record: IDataObject | undefined,
): Promise<void> {
	const owner = item.run.journal.owner(item.index);
	const create: RecentCreate = { owner, at: Date.now(), record };
	const values = [...lookupValues(type, body), ...(record ? lookupValues(type, record) : [])];
	if (record) values.push(['id', record.id]);
	for (const [field, value] of values) {
		recentCreates.set(await keyOf(item, type, field, value), create);
	}
}

/** What people know a record by, and its name. */
function lookupValues(type: RecordType, fields: IDataObject): Array<[string, unknown]> {
	return type.lookupKeys
		.map(({ field }): [string, unknown] => [field, fields[field]])
		.filter(([, value]) => normalized(value) !== '');
}

async function keyOf(
	item: InputItem,
	{ path }: RecordType,
	field: string,
	value: unknown,
): Promise<string> {
	const { key } = await getConnection(item.run.node);
	return [key, path, field, normalized(value)].join('|');
}
