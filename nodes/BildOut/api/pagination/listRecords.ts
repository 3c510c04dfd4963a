import type { IDataObject } from 'n8n-workflow';

import { MAX_PAGE_SIZE } from '../../assumptions';
import type { ApiContext, RequestSettings } from '../client';
import { incompleteList } from '../errors';
import { type PageRequest } from './page';
import { ListReader } from './listReader';

export interface ListRequest extends PageRequest {
	/** How many records are wanted; Infinity for all. */
	wanted: number;
	/** Which records count; all when left out. */
	keep?: (record: IDataObject) => boolean;
}

/** How often a list that changes while it is read is read. */
const MOST_READINGS = 3;

/**
 * Reads a list with the fewest requests that can give the result: the pages side by side where the list
 * says how long it is, else one after the other until nothing more comes.
 *
 * A list has ended when it says so and nothing contradicts, or when a page beyond its end brings
 * nothing. Fewer records than were wanted are given only then: a caller may take what is not among them
 * for absent. A list that changed between two pages is read again, page by page.
 *
 * @returns the records in BildOut's order, each once, at most `wanted` of them
 * @throws ApiFailure when a page fails, when pages repeat themselves, when fewer records come than
 *   the list says it has, and when it does not stop changing
 */
export async function listRecords(
	context: ApiContext,
	request: ListRequest,
	settings?: RequestSettings,
): Promise<IDataObject[]> {
	const { wanted, keep, ...page } = request;
	const pageSize = keep ? MAX_PAGE_SIZE : Math.min(wanted, MAX_PAGE_SIZE);
	const wish = { wanted, keep: keep ?? (() => true), pageSize };
	// How many pages a filter needs shows only page by page.
	const mayReadAhead = !keep || wanted === Infinity;
	for (let readings = 0; readings < MOST_READINGS; readings++) {
		const list = new ListReader(context, page, wish, settings);
		const isWhole = await list.read(mayReadAhead && readings === 0);
		if (isWhole) return list.records;
	}
	throw incompleteList(context.getNode(), 'changing');
}
