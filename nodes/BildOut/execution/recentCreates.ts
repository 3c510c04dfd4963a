import type { IDataObject } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import { Queues } from '../api/concurrency';
import { getConnection } from '../api/connection';
import type { InputItem } from '../input/inputItem';

/**
 * What executions of one process know of each other, so that two that create or update at once do not
 * both create: they wait for each other, and each learns what the others created. Executions in other
 * processes are not covered.
 */

export interface Creation {
	/** Counts up over all reads of lists and all creates of this process. */
	moment: number;
	/** Undefined where the answer got lost or did not tell the record. */
	record?: IDataObject;
}

const creations = new TtlCache<Creation>({ ttlMs: 60 * 60_000, maxWeight: 10_000 });
const queues = new Queues();
let moments = 0;

/** Does the work when all earlier work for the same credential, kind and value is done. */
export async function withKeyLock<T>(
	item: InputItem,
	kind: string,
	value: string,
	work: () => Promise<T>,
): Promise<T> {
	return await queues.run(await keyOf(item, kind, value), work);
}

/** A number that is higher than that of everything that happened before. */
export function now(): number {
	return ++moments;
}

/** The latest create, in this process, of a record of the kind that has the value in one of its fields. */
export async function findRecentCreate(
	item: InputItem,
	kind: string,
	value: string,
): Promise<Creation | undefined> {
	return creations.get(await keyOf(item, kind, value));
}

/** Tells all executions of this process of a create that was done, or may have been. */
export async function publishCreate(
	item: InputItem,
	kind: string,
	values: string[],
	record: IDataObject | undefined,
): Promise<Creation> {
	const creation = { moment: now(), record };
	for (const value of values) creations.set(await keyOf(item, kind, value), creation);
	return creation;
}

async function keyOf(item: InputItem, kind: string, value: string): Promise<string> {
	const { key } = await getConnection(item.run.node);
	return [key, kind, value].join('|');
}
