import type { IDataObject } from 'n8n-workflow';

import {
	LIST_PLACES,
	PAGINATION_NAMES,
	PAGINATION_PLACES,
	SMALLER_PAGE_SIZES,
} from '../assumptions';
import { type ApiContext, type ApiRequest, apiRequest, type RequestSettings } from './client';
import { isListRefusal, readErrorBody } from './errorBody';
import { ApiFailure, incompleteList } from './errors';
import { isObject } from './json';

export type PageRequest = Omit<ApiRequest, 'method' | 'body'>;

/**
 * One page for a person who scrolls through a list. A list that ignores which page is asked for ends
 * there, so that nobody scrolls through the same records for ever.
 *
 * @returns the records, and where the next page stands; `next` is missing after the last
 * @throws ApiFailure when BildOut returns an error, or no list
 */
export async function fetchPage(
	context: ApiContext,
	request: PageRequest,
	pageSize: number,
	position: Position,
	settings?: RequestSettings,
): Promise<{ records: IDataObject[]; next?: Position }> {
	const page = await readPage(context, request, pageSize, position, settings);
	const last = lastId(page.records);
	if (last !== undefined && last === position.lastId) return { records: [] };
	return { records: page.records, next: positionAfter(page) };
}

/**
 * Reads one page. Where BildOut refuses the `limit` as too high, smaller ones are tried.
 *
 * @throws ApiFailure when BildOut returns an error, or no list
 */
export async function readPage(
	context: ApiContext,
	request: PageRequest,
	pageSize: number,
	position: Position,
	settings?: RequestSettings,
): Promise<Page> {
	const resource = request.path.at(-1) ?? '';
	const asked = Number(position.query.limit) || pageSize;
	const query = { limit: asked, ...request.query, ...position.query };
	const smaller = SMALLER_PAGE_SIZES.filter((size) => size < asked);
	for (let limit = asked; ; limit = smaller.shift()!) {
		const body: unknown = await apiRequest(
			context,
			{ ...request, method: 'GET', query: { ...query, limit } },
			settings,
		).catch((error) => {
			if (smaller.length > 0 && refusesLimit(error)) return undefined;
			throw error;
		});
		if (body === undefined) continue;
		if (isListRefusal(body)) {
			throw incompleteList(context.getNode(), 'error', readErrorBody(body)?.message);
		}
		const records = recordsOf(body, resource);
		if (!records) throw new ApiFailure(context.getNode(), { kind: 'noList' });
		return { records, facts: readFacts(body), limit, position };
	}
}

function refusesLimit(error: unknown): boolean {
	if (!(error instanceof ApiFailure)) return false;
	const { status = 0, apiError } = error.facts;
	const words = [apiError?.code, apiError?.message, ...(apiError?.details ?? [])].join(' ');
	return [400, 422].includes(status) && /\blimit\b/i.test(words);
}

/** Which page is asked for, and what came before it. Plain data, so that a resource locator can keep it. */
export interface Position {
	/** Query parameters, none for the first page. */
	query: IDataObject;
	pagesBefore: number;
	recordsBefore: number;
	/** The ID of the record before the page. */
	lastId?: string;
}

export const START: Position = { query: {}, pagesBefore: 0, recordsBefore: 0 };

/** One page as BildOut returned it. */
export interface Page {
	records: IDataObject[];
	facts: PageInfo;
	/** How many records were asked for. */
	limit: number;
	position: Position;
}

/** How a list lets its pages be asked for: the first that a page shows counts. */
type PageStyle = 'unknown' | 'cursor' | 'offset' | 'page' | 'link';

export function styleOf({ facts, position: { query } }: Page): PageStyle {
	if (query.page !== undefined && query.offset !== undefined) return 'unknown';
	if (facts.cursor !== undefined || query.cursor !== undefined) return 'cursor';
	if (facts.offset !== undefined || query.offset !== undefined) return 'offset';
	if (facts.page !== undefined) return 'page';
	return facts.link === undefined ? 'unknown' : 'link';
}

/**
 * Whether a page follows, by what this one says: the promise of more counts first, then the total, then the
 * number of pages. A total or a number of pages that is exceeded already says nothing.
 *
 * @returns undefined when nothing tells
 */
export function hasNextPage(page: Page): boolean | undefined {
	const { facts, position } = page;
	const records = recordsUpTo(page);
	if (claimsMore(facts)) return true;
	if (facts.total !== undefined && facts.total >= records) return facts.total > records;
	const pages = position.pagesBefore + 1;
	if (facts.pages !== undefined && facts.pages >= pages) return facts.pages > pages;
	const isLast = facts.hasMore === false || facts.isLast || page.records.length === 0;
	return isLast ? false : undefined;
}

/** Whether a response says that there is more, whatever it counts. */
export function claimsMore({ hasMore, cursor, link }: PageInfo): boolean {
	return hasMore ?? (cursor !== undefined || link !== undefined);
}

/**
 * Where the page after this one stands, or a page further on, where all are as long as this one.
 *
 * Where the first page holds fewer records than were asked for, BildOut may put no more on a page. The
 * next ones are then asked for in that size, so that no record falls between two page numbers.
 *
 * @param style how it is asked for
 * @param skip how many pages lie between
 * @returns undefined when the list has ended, or this page does not tell
 */
export function positionAfter(
	page: Page,
	{ style = styleOf(page), skip = 0 }: { style?: PageStyle; skip?: number } = {},
): Position | undefined {
	const { facts, limit, position, records } = page;
	const pagesBefore = position.pagesBefore + 1 + skip;
	const recordsBefore = recordsUpTo(page) + skip * records.length;
	const byNumber = { page: firstNumber(page) + pagesBefore };
	const byOffset = { offset: recordsBefore };
	const queries: Record<PageStyle, IDataObject | undefined> = {
		// A server obeys the one that it knows.
		unknown: { ...byNumber, ...byOffset },
		cursor: facts.cursor === undefined ? undefined : { cursor: facts.cursor },
		offset: byOffset,
		page: byNumber,
		link: facts.link,
	};
	const query = queries[style];
	if (!query || hasNextPage(page) === false) return undefined;
	const isShort = position.pagesBefore === 0 && records.length > 0 && records.length < limit;
	return {
		query: { limit: isShort ? records.length : limit, ...query },
		pagesBefore,
		recordsBefore,
		lastId: lastId(records),
	};
}

/** How many records there are in all, by the first page; 0 where it does not say or pages cannot be chosen. */
export function expectedTotal(first: Page): number {
	const { facts, records } = first;
	if (!['page', 'offset'].includes(styleOf(first))) return 0;
	const end = facts.total ?? (facts.pages ?? 0) * records.length;
	return records.length > 0 && end > records.length ? end : 0;
}

/** Whether the first page holds exactly as many records as were asked for: there may well be more. */
export function isFull({ records, limit, position }: Page): boolean {
	return position.pagesBefore === 0 && records.length === limit;
}

function lastId(records: IDataObject[]): string | undefined {
	const id = records.at(-1)?.id;
	return id === undefined || id === null ? undefined : String(id);
}

function recordsUpTo({ position, records }: Page): number {
	return position.recordsBefore + records.length;
}

/** Some count their pages from 0. Any other number on a first page is no count of pages. */
function firstNumber({ facts, position }: Page): number {
	const number = position.query.page ?? facts.page;
	return number !== undefined && Number(number) === position.pagesBefore ? 0 : 1;
}

/** What a response says about the list that its records are a part of. Every field is optional and untrusted. */
interface PageInfo {
	/** The number of this page. */
	page?: number;
	/** How many records stand before this page. */
	offset?: number;
	/** How many records there are in all. */
	total?: number;
	/** How many pages there are in all. */
	pages?: number;
	hasMore?: boolean;
	/** What stands for the next page. */
	cursor?: string | number;
	/** The query of the next page, from its address. */
	link?: IDataObject;
	/** The place for the next page's address, or for its cursor, is there and empty. */
	isLast: boolean;
}

/**
 * The records of a response: under `data`, under the resource's own name, or the response itself.
 *
 * @returns undefined when there is no list of records
 */
function recordsOf(body: unknown, resource: string): IDataObject[] | undefined {
	const list = listWithin(body, resource) ?? (isObject(body) && listWithin(body.data, resource));
	return list && list.every(isObject) ? (list as IDataObject[]) : undefined;
}

function listWithin(body: unknown, resource: string): unknown[] | undefined {
	if (Array.isArray(body)) return body as unknown[];
	if (!isObject(body)) return undefined;
	const place = [...LIST_PLACES, resource].find((name) => Array.isArray(body[name]));
	return place === undefined ? undefined : (body[place] as unknown[]);
}

/** Reads what a response says about its list, under whichever names and in whichever place. */
function readFacts(body: unknown): PageInfo {
	const places = metadataObjects(body);
	const valueOf = (fact: keyof typeof PAGINATION_NAMES): unknown =>
		places
			.flatMap((place) => PAGINATION_NAMES[fact].map((name) => place[name]))
			.find((value) => value !== undefined);
	const [cursor, next] = [valueOf('cursor'), valueOf('next')];
	const [page, offset] = [asCount(valueOf('page')), asCount(valueOf('offset'))];
	// A list of another style may have a place for a cursor that is always empty.
	const hasCursors = page === undefined && offset === undefined;
	return {
		page,
		offset,
		total: asCount(valueOf('total')),
		pages: asCount(valueOf('pages')),
		hasMore: asFlag(valueOf('hasMore')),
		cursor: isToken(cursor) ? cursor : undefined,
		link: asQuery(next),
		isLast: isEmpty(next) || (hasCursors && isEmpty(cursor)),
	};
}

/** The objects in which facts about a list may stand, the likeliest first. */
function metadataObjects(body: unknown): IDataObject[] {
	if (!isObject(body)) return [];
	const envelopes = [body, body.data].filter(isObject);
	const named = envelopes.flatMap((at) => PAGINATION_PLACES.map((name) => at[name]));
	const nested = named.filter(isObject).map((at) => at.pagination);
	return [...named, ...nested, ...envelopes].filter(isObject);
}

function isEmpty(value: unknown): boolean {
	return value === null || value === '' || value === false;
}

function isToken(value: unknown): value is string | number {
	return typeof value === 'number' || (typeof value === 'string' && value !== '');
}

function asCount(value: unknown): number | undefined {
	const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function asFlag(value: unknown): boolean | undefined {
	if ([true, 'true', 1, '1'].includes(value as string)) return true;
	return [false, 'false', 0, '0'].includes(value as string) ? false : undefined;
}

/** Of an address, only the query is taken: where requests go is not for a response to say. */
function asQuery(next: unknown): IDataObject | undefined {
	const link = isObject(next) ? (next.href ?? next.url) : next;
	if (asCount(link) !== undefined) return { page: asCount(link) };
	if (typeof link !== 'string' || !URL.canParse(link, 'https://any.example')) return undefined;
	const query = Object.fromEntries(new URL(link, 'https://any.example').searchParams);
	return Object.keys(query).length > 0 ? query : undefined;
}
