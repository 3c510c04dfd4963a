import type { IDataObject } from 'n8n-workflow';

import { LIST_PLACES, PAGINATION_NAMES, PAGINATION_PLACES } from '../../assumptions';
import { isObject } from '../json';

/** What an answer says about the list that its records are a part of. All of it may be missing or wrong. */
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
 * The records of an answer: under `data`, under the resource's own name, or the answer itself.
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

/** Reads what an answer says about its list, under whichever names and in whichever place. */
export function readFacts(body: unknown): PageInfo {
	const places = metadataObjects(body);
	const said = (names: readonly string[]): unknown => {
		for (const place of places) {
			for (const name of names) if (place[name] !== undefined) return place[name];
		}
		return undefined;
	};
	const [cursor, next] = [said(PAGINATION_NAMES.cursor), said(PAGINATION_NAMES.next)];
	const page = asCount(said(PAGINATION_NAMES.page));
	const offset = asCount(said(PAGINATION_NAMES.offset));
	// A list of another form may have a place for a cursor that is always empty.
	const hasCursors = page === undefined && offset === undefined;
	return {
		page,
		offset,
		total: asCount(said(PAGINATION_NAMES.total)),
		pages: asCount(said(PAGINATION_NAMES.pages)),
		hasMore: asFlag(said(PAGINATION_NAMES.hasMore)),
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

/** Of an address, only the query is taken: where requests go is not for an answer to say. */
function asQuery(next: unknown): IDataObject | undefined {
	const link = isObject(next) ? (next.href ?? next.url) : next;
	if (asCount(link) !== undefined) return { page: asCount(link) };
	if (typeof link !== 'string' || !URL.canParse(link, 'https://any.example')) return undefined;
	const query = Object.fromEntries(new URL(link, 'https://any.example').searchParams);
	return Object.keys(query).length > 0 ? query : undefined;
}
