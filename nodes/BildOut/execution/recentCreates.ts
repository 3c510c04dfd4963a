import type { IDataObject } from 'n8n-workflow';

import { Queues } from '../api/concurrency';
import { getConnection } from '../api/connection';
import { ApiFailure } from '../api/errors';
import type { InputItem } from '../input/inputItem';
import { normalized } from '../input/text';
import type { RecordType } from '../records/recordType';
import { TtlCache } from '../ttlCache';
import { fingerprint } from './writeJournal';

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
export const SETTLED_MS = 10 * 60_000;

const recentCreates = new TtlCache<RecentCreate>({ ttlMs: 60 * 60_000, maxWeight: 10_000 });

/** For each body, the items whose create of it may have been processed or not. */
const unconfirmed = new TtlCache<Set<string>>({ ttlMs: 60 * 60_000, maxWeight: 10_000 });

const locks = new Queues();

/**
 * Does the work when all earlier work of this process, for the same credential and a record of the kind with
 * the same email or name, has ended.
 */
export async function withRecordLock<T>(
	item: InputItem,
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

/** The latest create, in this process, of a record of the kind that has the value in the field. */
export async function findRecentCreate(
	item: InputItem,
	type: Described,
	field: string,
	value: unknown,
): Promise<RecentCreate | undefined> {
	return recentCreates.get(await keyOf(item, type, field, value));
}

/** Lets all executions of this process know of a create that was done, or may have been. */
export async function publishCreate(
	item: InputItem,
	type: Described,
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
	const owners = await unconfirmedOwners(item, type, body);
	if (record) owners.delete(owner);
	else owners.add(owner);
}

/** The items, in all executions of this process, whose create of the same may have been processed or not. */
export async function unconfirmedOwners(
	item: InputItem,
	type: Described,
	body: IDataObject,
): Promise<Set<string>> {
	const key = await keyOf(item, type, 'body', fingerprint(body));
	const owners = unconfirmed.get(key) ?? new Set();
	unconfirmed.set(key, owners);
	return owners;
}

/** Whether another item of this process created the record. */
export async function isOthers(
	item: InputItem,
	type: Described,
	record: IDataObject,
): Promise<boolean> {
	const create = await findRecentCreate(item, type, 'id', record.id);
	return create !== undefined && create.owner !== item.run.journal.owner(item.index);
}

/**
 * Ends an item that would create a record while another one may be about to exist.
 *
 * @throws NodeOperationError when the create of another item, with the same email or name, may have been
 *   processed although BildOut does not list the record yet
 */
export async function refuseWhileUnconfirmed(
	item: InputItem,
	type: Described,
	fields: IDataObject,
): Promise<void> {
	for (const [field, value] of lookupValues(type, fields)) {
		const create = await findRecentCreate(item, type, field, value);
		const isOpen = create && !create.record && create.owner !== item.run.journal.owner(item.index);
		if (!isOpen || Date.now() - create.at > SETTLED_MS) continue;
		item.fail(
			`A ${type.name} with the ${field} '${String(value)}' may have been created a moment ago, and BildOut does not list it yet`,
			`Nothing was sent, so that there are not two. Look in BildOut whether the ${type.name} exists, or run this item again in 10 minutes.`,
		);
	}
}

/** What people know a record by, and its name. */
function lookupValues(type: Described, fields: IDataObject): Array<[string, unknown]> {
	return type.lookupKeys
		.map(({ field }): [string, unknown] => [field, fields[field]])
		.filter(([, value]) => normalized(value) !== '');
}

async function keyOf(
	item: InputItem,
	{ path }: Described,
	field: string,
	value: unknown,
): Promise<string> {
	const { key } = await getConnection(item.run.node);
	return [key, path, field, normalized(value)].join('|');
}
