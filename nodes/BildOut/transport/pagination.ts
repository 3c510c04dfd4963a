import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { MAX_PAGE_SIZE } from '../assumptions';
import { isObject } from './json';
import { mapConcurrently } from './concurrency';
import { type ApiContext, type ApiRequest, apiRequest, type RequestSettings } from './request';

export interface ListRequest extends Omit<ApiRequest, 'method' | 'body'> {
	/** How many records are wanted; Infinity for all. */
	wanted: number;
	/** Which records count; all when left out. */
	keep?: (record: IDataObject) => boolean;
}

/** One page as BildOut hands it out. */
export interface Page {
	records: IDataObject[];
	/** How the next page is asked for; undefined after the last. */
	next?: IDataObject;
	/** Page-numbered and offset lists tell the total; pages then need not be read one after the other. */
	total?: number;
	/** The total in the server's own words, where it is not worked out from a number of pages. */
	counted?: number;
	/** How the page that starts at the given record is asked for, where pages can be chosen; `size` is that of its pages. */
	startingAt?: (record: number, size?: number) => IDataObject;
	/** How many records BildOut puts on a page. */
	size: number;
}

/**
 * Reads a list with the fewest requests that can give the result.
 *
 * BildOut does not document what is inside `pagination`, so page-numbered, offset and cursor forms are
 * all understood. Records come once each. A page that fails is an error, never a shorter result; a list
 * that shrinks while it is read is read again.
 *
 * @returns the records in BildOut's order, at most `wanted` of them
 * @throws NodeApiError when a page fails, when BildOut hands out the same page again, or when the list
 *   does not stop shrinking
 */
export async function listRecords(
	context: ApiContext,
	request: ListRequest,
	settings?: RequestSettings,
): Promise<IDataObject[]> {
	for (let reading = 1; ; reading++) {
		const { records, shrank } = await readList(context, request, settings);
		// A record that was removed meanwhile moves all after it, and one of them slips between two pages.
		if (!shrank) return records;
		if (reading === MOST_READINGS) {
			throw listError(
				context,
				'The list in BildOut keeps changing while it is read',
				'Records are being removed, so some of the others could be missed. Run the node again later.',
			);
		}
	}
}

/** How often a list that shrinks while it is read is read. */
const MOST_READINGS = 3;

async function readList(
	context: ApiContext,
	request: ListRequest,
	settings?: RequestSettings,
): Promise<{ records: IDataObject[]; shrank: boolean }> {
	const { wanted, keep = () => true } = request;
	const filtered = request.keep !== undefined;
	const pageSize = filtered ? MAX_PAGE_SIZE : Math.min(wanted, MAX_PAGE_SIZE);
	const found = new Records();

	let limit = pageSize;
	let most = 0;
	let shrank = false;
	const readPage = async (position: IDataObject) => {
		const read = await fetchPage(context, request, limit, position, settings);
		if (read.counted !== undefined) {
			shrank ||= read.counted < most;
			most = Math.max(most, read.counted);
		}
		return read;
	};

	let page = await readPage({});
	found.add(page.records, keep);
	let { size } = page;
	// A server may name one size and hand out pages of another. What it hands out is true.
	if (page.next && page.startingAt && page.records.length < size) {
		size = page.records.length;
		limit = size;
	}

	if (page.startingAt && page.total !== undefined && (!filtered || wanted === Infinity)) {
		const { startingAt } = page;
		const end = Math.min(page.total, wanted);
		const starts: number[] = [];
		for (let start = page.records.length; start < end; start += size) starts.push(start);
		const pages = await mapConcurrently(
			starts,
			async (start) => await readPage(startingAt(start, size)),
		);
		for (const [index, later] of pages.entries()) {
			if (found.add(later.records, keep) === 0 && later.records.length > 0) {
				throw samePageError(context);
			}
			if (index === pages.length - 1) page = later;
		}
	}

	while (page.next && found.kept.length < wanted) {
		const asked = page.next;
		page = await readPage(asked);
		const isRepeated = asked.cursor !== undefined && asked.cursor === page.next?.cursor;
		if (isRepeated || (found.add(page.records, keep) === 0 && page.records.length > 0)) {
			throw samePageError(context);
		}
	}
	return { records: found.kept.slice(0, wanted), shrank };
}

/** Reads one page. Used by itself where a person scrolls through a list. */
export async function fetchPage(
	context: ApiContext,
	request: Omit<ListRequest, 'wanted' | 'keep'>,
	pageSize: number,
	position: IDataObject,
	settings?: RequestSettings,
): Promise<Page> {
	const body = await apiRequest(
		context,
		{
			method: 'GET',
			path: request.path,
			subject: request.subject,
			query: { limit: pageSize, ...request.query, ...position },
		},
		settings,
	);
	const records = body.data as IDataObject[];
	if (!Array.isArray(records) || !records.every((record) => isObject(record))) {
		throw listError(
			context,
			'BildOut answered without a list',
			"Check the credential's 'Base URL'. If it is right, BildOut has changed its API.",
		);
	}
	return readPosition(records, (body.pagination ?? {}) as IDataObject, pageSize, position);
}

/** Reads where a page stands in its list from whichever form of `pagination` the server speaks. */
export function readPosition(
	records: IDataObject[],
	pagination: IDataObject,
	pageSize: number,
	position: IDataObject,
): Page {
	const received = records.length;
	const cursor = pagination.next_cursor;
	if (typeof cursor === 'number' || (typeof cursor === 'string' && cursor !== '')) {
		const next = pagination.has_more === false ? undefined : { cursor };
		return { records, size: received, next };
	}
	const page = asCount(pagination.page ?? pagination.current_page);
	const offset = asCount(pagination.offset);
	const size = asCount(pagination.limit ?? pagination.per_page) || received || pageSize;
	const counted = asCount(pagination.total ?? pagination.total_count);
	const total = counted ?? asTotal(pagination.total_pages ?? pagination.last_page, size);

	if (offset !== undefined) {
		const end = offset + received;
		const more = goesOn(pagination, received, size, end, total);
		const startingAt = (record: number) => ({ offset: record });
		return { records, size, total, counted, startingAt, next: more ? { offset: end } : undefined };
	}
	if (page !== undefined) {
		const more = goesOn(pagination, received, size, page * size, total);
		const startingAt = (record: number, step = size) => ({ page: Math.floor(record / step) + 1 });
		return {
			records,
			size,
			total,
			counted,
			startingAt,
			next: more ? { page: page + 1 } : undefined,
		};
	}
	const at = asCount(position.page) ?? 1;
	const more = received > 0 && hasMore(pagination, received, pageSize, at * received, total);
	return { records, size, next: more ? { page: at + 1 } : undefined };
}

/** Whether a list that says where its page stands goes on. Whatever says that it does counts. */
function goesOn(
	{ has_more: hasMore }: IDataObject,
	received: number,
	size: number,
	read: number,
	total: number | undefined,
): boolean {
	if (received === 0) return false;
	if (hasMore === true) return true;
	return total === undefined ? hasMore !== false && received >= size : read < total;
}

/** Whether a list that says neither page nor offset goes on. What it does say is taken at its word. */
function hasMore(
	pagination: IDataObject,
	received: number,
	pageSize: number,
	read: number,
	total: number | undefined,
): boolean {
	if (typeof pagination.has_more === 'boolean') return pagination.has_more;
	if ('next_cursor' in pagination) return false;
	if (total !== undefined) return read < total;
	// A full page may have a successor; a server that has none repeats itself.
	return received === pageSize;
}

/** Records without repetition, in the order in which they came. */
class Records {
	readonly kept: IDataObject[] = [];

	private readonly seen = new Set<unknown>();

	/** @returns how many of them had not been seen */
	add(records: IDataObject[], keep: (record: IDataObject) => boolean): number {
		let fresh = 0;
		for (const record of records) {
			const id = record.id ?? record;
			if (this.seen.has(id)) continue;
			this.seen.add(id);
			fresh += 1;
			if (keep(record)) this.kept.push(record);
		}
		return fresh;
	}
}

function samePageError(context: ApiContext): NodeApiError {
	return listError(
		context,
		'BildOut handed out the same page of the list twice',
		"The list cannot be read to its end, and part of it is not returned as if it were all. Choose a 'Limit' of at most 100; for invoices, a filter on a single 'Status' helps too.",
	);
}

function listError(context: ApiContext, message: string, description: string): NodeApiError {
	return new NodeApiError(context.getNode(), {}, { message, description });
}

function asCount(value: unknown): number | undefined {
	const count = typeof value === 'string' ? Number(value) : value;
	return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : undefined;
}

function asTotal(pages: unknown, size: number): number | undefined {
	const count = asCount(pages);
	return count === undefined ? undefined : count * size;
}
