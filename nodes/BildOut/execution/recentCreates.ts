import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest } from '../api/client';
import { Queues } from '../api/concurrency';
import { getConnection } from '../api/connection';
import { ApiFailure, mayHaveSucceeded } from '../api/errors';
import { normalized } from '../input/text';
import type { RecordType } from '../records/recordType';
import { TtlCache } from '../ttlCache';
import type { RunItem } from './run';

/**
 * What executions of one process know of each other, so that two that create or update at once do not
 * both create: they wait for each other, and each learns what the others created. Executions in other
 * processes are not covered.
 */

/** A kind of record, of which an API request knows only the path, and the item that is about it. */
interface Context {
	item: RunItem;
	type: Pick<RecordType, 'name' | 'path' | 'lookupKeys'>;
}

interface Create extends Context {
	fields: IDataObject;
}

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
export async function withRecordLock<T>(write: Create, work: () => Promise<T>): Promise<T> {
	const names = await Promise.all(
		lookupValues(write).map(async ([field, value]) => await keyOf(write, field, value)),
	);
	const { node } = write.item.run;
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
	context: Context,
	field: string,
	value: unknown,
): Promise<RecentCreate[]> {
	return recentCreates.get(await keyOf(context, field, value)) ?? [];
}

/**
 * Sends a create. Until it is known what became of it, others must not take for theirs what it may have created.
 */
export async function sendCreate(create: Create, request: ApiRequest): Promise<IDataObject> {
	const { item, fields } = create;
	const key = await keyOf(create, 'open');
	const open = openCreates.get(key) ?? new Map<string, IDataObject>();
	openCreates.set(key, open.set(ownerOf(create), fields));
	return await item.request(request).catch((error: Error) => {
		if (!mayHaveSucceeded(error)) open.delete(ownerOf(create));
		throw error;
	});
}

/** What all other items of this process sent to create records of the kind, and nobody knows whether it was done. */
export async function openCreatesOfOthers(context: Context): Promise<IDataObject[]> {
	const open = [...(openCreates.get(await keyOf(context, 'open')) ?? [])];
	return open.filter(([owner]) => owner !== ownerOf(context)).map(([, body]) => body);
}

/** Lets all executions of this process know of a create that was done, or may have been. */
export async function publishCreate(
	create: Create,
	record: IDataObject | undefined,
): Promise<void> {
	const owner = ownerOf(create);
	const values = lookupValues(create);
	if (record) values.push(...lookupValues({ ...create, fields: record }), ['id', record.id]);
	for (const [field, value] of values) {
		const key = await keyOf(create, field, value);
		const others = (recentCreates.get(key) ?? []).filter((other) => other.owner !== owner);
		const recent = { owner, at: Date.now(), record };
		recentCreates.set(key, [...others.slice(-MOST_OF_A_VALUE), recent]);
	}
	if (record) openCreates.get(await keyOf(create, 'open'))?.delete(owner);
}

/** Whether another item of this process created the record. */
export async function isOthers(context: Context, { id }: IDataObject): Promise<boolean> {
	const creates = await findRecentCreates(context, 'id', id);
	return creates.some(({ owner }) => owner !== ownerOf(context));
}

/**
 * @throws NodeOperationError when the create of another item, with the same email or name, may have been
 *   processed although BildOut does not list the record yet
 */
export async function refuseWhileUnconfirmed(write: Create): Promise<void> {
	const { item, type } = write;
	for (const [field, value] of lookupValues(write)) {
		const creates = await findRecentCreates(write, field, value);
		const isOpen = ({ owner, record, at }: RecentCreate) =>
			!record && owner !== ownerOf(write) && Date.now() - at <= VISIBLE_AFTER_MS;
		if (!creates.some(isOpen)) continue;
		item.fail(
			`A ${type.name} with the ${field} '${String(value)}' may have been created a moment ago, and BildOut does not list it yet`,
			`Nothing was sent, so that there are not two. Look in BildOut whether the ${type.name} exists, or run this item again in 10 minutes.`,
		);
	}
}

function ownerOf({ item }: Context): string {
	return item.run.journal.owner(item.index);
}

/** What people know a record by, and its name. */
function lookupValues({ type, fields }: Create): Array<[string, unknown]> {
	return type.lookupKeys
		.map(({ field }): [string, unknown] => [field, fields[field]])
		.filter(([, value]) => normalized(value) !== '');
}

async function keyOf({ item, type }: Context, field: string, value?: unknown): Promise<string> {
	const { key } = await getConnection(item.run.node);
	return [key, type.path, field, normalized(value)].join('|');
}
