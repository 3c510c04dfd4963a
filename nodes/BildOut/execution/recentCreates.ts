import type { IDataObject } from 'n8n-workflow';

import { Queues } from '../api/concurrency';
import { getConnection } from '../api/connection';
import { ApiFailure } from '../api/errors';
import { normalized } from '../input/text';
import type { RecordType } from '../records/recordType';
import { TtlCache } from '../ttlCache';
import type { RunItem } from './run';

/**
 * What executions of one process know of each other, so that two that create or update at once do not
 * both create: they wait for each other, and each learns what the others created. Executions in other
 * processes are not covered.
 */

type Described = Pick<RecordType, 'name' | 'path' | 'lookupKeys'>;

export interface RecentCreate {
	/** The item that created it, in whichever execution. */
	owner: string;
	/** In milliseconds since 1970. */
	at: number;
	/** Undefined where it may have been created or not, or the response did not show it. */
	record?: IDataObject;
}

/** No request is still under way after this time, so what is not there by then was not done. */
export const VISIBLE_AFTER_MS = 10 * 60_000;

const MEMORY = { ttlMs: 60 * 60_000, maxWeight: 10_000 };

/** By a value that people know the record by. Projects of two customers, for example, may share a name. */
const recentCreates = new TtlCache<RecentCreate[]>({ ...MEMORY, weightOf: ({ length }) => length });

/** What was sent to create records, by the list that they would appear in, and by the item that sent it. */
const openCreates = new TtlCache<Map<string, IDataObject>>({
	...MEMORY,
	weightOf: ({ size }) => size,
});

/** Records with the same name: the oldest are forgotten. */
const MOST_OF_A_VALUE = 100;

const locks = new Queues();

/**
 * Does the work when all earlier work of this process, for the same credential and a record of the kind with
 * the same email or name, has ended.
 */
export async function withRecordLock<T>(
	item: RunItem,
	type: Described,
	fields: IDataObject,
	work: () => Promise<T>,
): Promise<T> {
	const names = await Promise.all(
		lookupValues(type, fields).map(async ([field, value]) => await keyOf(item, type, field, value)),
	);
	const { node } = item.run;
	const cancel = node.getExecutionCancelSignal();
	// In one order, so that no two wait for each other.
	const locked = names
		.sort()
		.reduceRight((inner, name) => async () => await locks.run(name, inner, cancel), work);
	return await locked().catch(async (error: Error) => {
		const wasWaiting = cancel?.aborted && error === cancel.reason;
		return await Promise.reject(
			wasWaiting ? new ApiFailure(node.getNode(), { kind: 'cancelled' }) : error,
		);
	});
}

/** The creates, in this process, of records of the kind that have the value in the field. */
export async function findRecentCreates(
	item: RunItem,
	type: Described,
	field: string,
	value: unknown,
): Promise<RecentCreate[]> {
	return recentCreates.get(await keyOf(item, type, field, value)) ?? [];
}

/** Notes before it is sent that the item creates a record, which others must not take for theirs. */
export async function openCreate(item: RunItem, type: Described, body: IDataObject): Promise<void> {
	const key = await keyOf(item, type, 'open');
	const open = openCreates.get(key) ?? new Map<string, IDataObject>();
	openCreates.set(key, open.set(ownerOf(item), body));
}

/** Notes that the item's create was processed and is known, or certainly was not processed. */
export async function closeCreate(item: RunItem, type: Described): Promise<void> {
	openCreates.get(await keyOf(item, type, 'open'))?.delete(ownerOf(item));
}

/** What all other items of this process sent to create records of the kind, and nobody knows whether it was done. */
export async function openCreatesOfOthers(item: RunItem, type: Described): Promise<IDataObject[]> {
	const open = [...(openCreates.get(await keyOf(item, type, 'open')) ?? [])];
	return open.filter(([owner]) => owner !== ownerOf(item)).map(([, body]) => body);
}

/** Lets all executions of this process know of a create that was done, or may have been. */
export async function publishCreate(
	item: RunItem,
	type: Described,
	body: IDataObject,
	record: IDataObject | undefined,
): Promise<void> {
	const owner = ownerOf(item);
	const create: RecentCreate = { owner, at: Date.now(), record };
	const values = [...lookupValues(type, body), ...(record ? lookupValues(type, record) : [])];
	if (record) values.push(['id', record.id]);
	for (const [field, value] of values) {
		const key = await keyOf(item, type, field, value);
		const others = (recentCreates.get(key) ?? []).filter((other) => other.owner !== owner);
		recentCreates.set(key, [...others.slice(-MOST_OF_A_VALUE), create]);
	}
	if (record) await closeCreate(item, type);
}

/** Whether another item of this process created the record. */
export async function isOthers(item: RunItem, type: Described, { id }: IDataObject) {
	const creates = await findRecentCreates(item, type, 'id', id);
	return creates.some(({ owner }) => owner !== ownerOf(item));
}

/**
 * @throws NodeOperationError when the create of another item, with the same email or name, may have been
 *   processed although BildOut does not list the record yet
 */
export async function refuseWhileUnconfirmed(
	item: RunItem,
	type: Described,
	fields: IDataObject,
): Promise<void> {
	for (const [field, value] of lookupValues(type, fields)) {
		const creates = await findRecentCreates(item, type, field, value);
		const isOpen = ({ owner, record, at }: RecentCreate) =>
			!record && owner !== ownerOf(item) && Date.now() - at <= VISIBLE_AFTER_MS;
		if (!creates.some(isOpen)) continue;
		item.fail(
			`A ${type.name} with the ${field} '${String(value)}' may have been created a moment ago, and BildOut does not list it yet`,
			`Nothing was sent, so that there are not two. Look in BildOut whether the ${type.name} exists, or run this item again in 10 minutes.`,
		);
	}
}

function ownerOf({ run, index }: RunItem): string {
	return run.journal.owner(index);
}

/** What people know a record by, and its name. */
function lookupValues(type: Described, fields: IDataObject): Array<[string, unknown]> {
	return type.lookupKeys
		.map(({ field }): [string, unknown] => [field, fields[field]])
		.filter(([, value]) => normalized(value) !== '');
}

async function keyOf(item: RunItem, { path }: Described, field: string, value?: unknown) {
	const { key } = await getConnection(item.run.node);
	return [key, path, field, normalized(value)].join('|');
}
