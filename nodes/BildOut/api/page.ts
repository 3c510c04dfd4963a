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
	const query = queryAfter(page);
	return { records: page.records, next: query && positionAfter(page, query) };
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

/** A way in which a list lets its pages be asked for. */
export interface PageStyle {
	/** Whether the list that the page is of has this style. */
	isOf(page: Page): boolean;
	/** The query of the page after this one; undefined when this one does not tell. */
	after(page: Page): IDataObject | undefined;
	/** The query of the page that starts at a record, where pages can be chosen freely. */
	startingAt?(first: Page, record: number): IDataObject;
}

const CURSOR: PageStyle = {
	isOf: ({ facts, position }) => facts.cursor !== undefined || position.query.cursor !== undefined,
	after: ({ facts: { cursor } }) => (cursor === undefined ? undefined : { cursor }),
};

export const OFFSET: PageStyle = {
	isOf: ({ facts, position }) => facts.offset !== undefined || position.query.offset !== undefined,
	after: (page) => ({ offset: recordsUpTo(page) }),
	startingAt: (_first, record) => ({ offset: record }),
};

const PAGE_NUMBER: PageStyle = {
	isOf: ({ facts }) => facts.page !== undefined,
	after: (page) => ({ page: firstNumber(page) + page.position.pagesBefore + 1 }),
	startingAt: (first, record) => ({ page: firstNumber(first) + record / first.records.length }),
};

const LINK: PageStyle = {
	isOf: ({ facts }) => facts.link !== undefined,
	after: ({ facts: { link } }) => link,
};

/**
 * The style of a list that says nothing of how its pages are asked for: by number and by offset at once,
 * of which a server obeys the one that it knows.
 */
export const UNKNOWN_STYLE: PageStyle = {
	isOf: ({ position: { query } }) => query.page !== undefined && query.offset !== undefined,
	after: (page) => ({ ...PAGE_NUMBER.after(page), ...OFFSET.after(page) }),
};

/** In the order in which they are taken where a response has several. */
const STYLES = [UNKNOWN_STYLE, CURSOR, OFFSET, PAGE_NUMBER, LINK];

export function detectStyle(page: Page): PageStyle {
	return STYLES.find((style) => style.isOf(page)) ?? UNKNOWN_STYLE;
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

/** The query of the page after this one; undefined when the list has ended, or is not known. */
export function queryAfter(page: Page): IDataObject | undefined {
	return hasNextPage(page) === false ? undefined : detectStyle(page).after(page);
}

/**
 * The position that a query leads to from a page.
 *
 * Where the first page holds fewer records than were asked for, BildOut may put no more on a page. The
 * next ones are then asked for in that size, so that no record falls between two page numbers.
 */
export function positionAfter(page: Page, query: IDataObject): Position {
	const { pagesBefore } = page.position;
	return {
		query: { limit: pagesBefore === 0 ? pageSizeFrom(page) : page.limit, ...query },
		pagesBefore: pagesBefore + 1,
		recordsBefore: recordsUpTo(page),
		lastId: lastId(page.records),
	};
}

/** The position of the page that starts at a record, where pages are as long as the first. */
export function positionAt(first: Page, record: number): Position {
	return {
		...positionAfter(first, detectStyle(first).startingAt!(first, record)),
		pagesBefore: record / first.records.length,
		recordsBefore: record,
	};
}

/** How many records there are in all, by the first page; 0 where it does not say or pages cannot be chosen. */
export function expectedTotal(first: Page): number {
	const { facts, records } = first;
	const end = facts.total ?? (facts.pages ?? 0) * records.length;
	return detectStyle(first).startingAt && records.length > 0 && end > records.length ? end : 0;
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

function pageSizeFrom(first: Page): number {
	return first.records.length === 0 ? first.limit : Math.min(first.limit, first.records.length);
}

/** Some count their pages from 0. Any other number on a first page is no count of pages. */
function firstNumber({ facts, position }: Page): number {
	const number = position.query.page ?? facts.page;
	return number !== undefined && Number(number) === position.pagesBefore ? 0 : 1;
}

/** What a response says about the list that its records are a part of. Every field is optional and untrusted. */
export interface PageInfo {
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
export function recordsOf(body: unknown, resource: string): IDataObject[] | undefined {
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
export function readFacts(body: unknown): PageInfo {
	const places = metadataObjects(body);
	const valueOf = (names: readonly string[]): unknown => {
		for (const place of places) {
			for (const name of names) if (place[name] !== undefined) return place[name];
		}
		return undefined;
	};
	const [cursor, next] = [valueOf(PAGINATION_NAMES.cursor), valueOf(PAGINATION_NAMES.next)];
	const page = asCount(valueOf(PAGINATION_NAMES.page));
	const offset = asCount(valueOf(PAGINATION_NAMES.offset));
	// A list of another style may have a place for a cursor that is always empty.
	const hasCursors = page === undefined && offset === undefined;
	return {
		page,
		offset,
		total: asCount(valueOf(PAGINATION_NAMES.total)),
		pages: asCount(valueOf(PAGINATION_NAMES.pages)),
		hasMore: asFlag(valueOf(PAGINATION_NAMES.hasMore)),
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
