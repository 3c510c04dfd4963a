import type { IDataObject } from 'n8n-workflow';
import { type ListRequest, listRecords } from '../../nodes/BildOut/api/listReader.ts';
import { ACTION_AUDIENCE } from '../../nodes/BildOut/errors/audiences.ts';
import { withNodeErrors } from '../../nodes/BildOut/errors/toNodeError.ts';
import { apiContext } from './api-context.cts';

/** The query of a request, and how many came before it; returns a body, or a status and a body. */
export type ListResponses = (query: IDataObject, request: number) => unknown;

export class Status {
	constructor(
		readonly code: number,
		readonly body: unknown,
	) {}
}

export const recordsUpTo = (many: number): IDataObject[] =>
	Array.from({ length: many }, (_, index) => ({ id: `record-${index}` }));

/** n8n's context, in which `respond` returns the response to every request. Nothing waits for the rate limit. */
function listContext(respond: ListResponses) {
	const queries: IDataObject[] = [];
	const { context } = apiContext(async ({ qs = {} }) => {
		const response = respond(qs, queries.push(qs) - 1);
		const { code, body } = response instanceof Status ? response : new Status(200, response);
		return {
			statusCode: code,
			body,
			headers: {
				'x-ratelimit-limit': '1000000',
				'x-ratelimit-remaining': '1000000',
				'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 60),
			},
		};
	});
	return { context, queries };
}

export interface ListOutcome {
	records: IDataObject[];
	error?: Error & { description?: string };
	queries: IDataObject[];
}

/** Reads the list that `respond` returns. */
export async function readFrom(
	respond: ListResponses,
	wish: Partial<ListRequest> = {},
): Promise<ListOutcome> {
	const { context, queries } = listContext(respond);
	const request = { path: ['customers'], target: { resource: 'customer list' }, wanted: Infinity };
	try {
		const records = await withNodeErrors(
			ACTION_AUDIENCE,
			{ name: 'BildOut' } as never,
			async () =>
				await listRecords(context, { ...request, ...wish }, { timeoutMs: 5_000, maxRetries: 0 }),
		);
		return { records, queries };
	} catch (error) {
		return { records: [], error: error as Error, queries };
	}
}

/** How a list is paged, and what its responses say of that. */
export interface Paging {
	/** By what a page is chosen. */
	by: 'page' | 'pageFromZero' | 'offset' | 'cursor' | 'link' | 'nothing';
	/** The most records on a page. */
	cap: number;
	/** The page size where no limit is asked for. */
	size?: number;
	/** Which facts are given, besides what the next page needs. */
	says?: Array<'position' | 'total' | 'pages' | 'hasMore'>;
	/** Which `limit` the response shows. */
	tells?: 'asked' | 'given' | 'default' | 'none';
	numbersAsText?: boolean;
	/** Under which names. */
	names?: 'snake' | 'camel' | 'laravel';
	/** Where the facts stand. */
	place?: 'pagination' | 'meta' | 'meta.pagination' | 'body';
	/** Under what the records stand; '' for a bare list. */
	envelope?: 'data' | 'customers' | '';
	/** Overrides what the response says. */
	lies?: (facts: IDataObject, query: IDataObject) => IDataObject;
}

const NAMES: Record<string, Record<string, string>> = {
	snake: {},
	camel: { total_pages: 'totalPages', has_more: 'hasMore', next_cursor: 'nextCursor' },
	laravel: { page: 'current_page', limit: 'per_page', total_pages: 'last_page' },
};

/** A server that returns `all`, as `paging` says. */
export function paged(all: IDataObject[], paging: Paging): ListResponses {
	return (query) => {
		const asked = Number(query.limit ?? paging.size ?? 20);
		const given = Math.min(asked, paging.cap);
		const from = startOf(paging, query, given);
		const records = paging.by === 'nothing' ? all : all.slice(from, from + given);
		const facts = factsOf(paging, {
			from,
			asked,
			given,
			many: all.length,
			received: records.length,
		});
		return envelope(paging, records, paging.lies?.(facts, query) ?? facts);
	};
}

function startOf({ by }: Paging, query: IDataObject, given: number): number {
	if (by === 'page') return (Number(query.page ?? 1) - 1) * given;
	if (by === 'pageFromZero') return Number(query.page ?? 0) * given;
	if (by === 'offset') return Number(query.offset ?? 0);
	return Number(String(query.cursor ?? query.after ?? 'c0').slice(1));
}

interface Position {
	from: number;
	asked: number;
	given: number;
	many: number;
	received: number;
}

function factsOf(paging: Paging, at: Position): IDataObject {
	const { says = [], tells = 'none', numbersAsText, names = 'snake' } = paging;
	const isLast = at.from + at.received >= at.many;
	const facts: IDataObject = says.includes('position') ? positionIn(paging, at) : {};
	const limit = { asked: at.asked, given: at.given, default: 20, none: undefined }[tells];
	if (limit !== undefined) facts.limit = limit;
	if (says.includes('total')) facts.total = at.many;
	if (says.includes('pages')) facts.total_pages = pagesIn(paging, at);
	if (says.includes('hasMore')) facts.has_more = !isLast;
	Object.assign(facts, nextIn(paging, isLast ? undefined : at.from + at.received));
	return Object.fromEntries(
		Object.entries(facts).map(([name, value]) => [
			NAMES[names][name] ?? name,
			numbersAsText && typeof value === 'number' ? String(value) : value,
		]),
	);
}

function positionIn({ by }: Paging, { from, given }: Position): IDataObject {
	if (by === 'offset') return { offset: from };
	if (by === 'page') return { page: Math.floor(from / given) + 1 };
	return by === 'pageFromZero' ? { page: Math.floor(from / given) } : {};
}

function pagesIn({ by }: Paging, { many, given }: Position): number {
	return by === 'nothing' ? 1 : Math.ceil(many / given);
}

/** @param next the first record of the next page, if there is one */
function nextIn({ by }: Paging, next: number | undefined): IDataObject {
	const cursor = next === undefined ? null : `c${next}`;
	if (by === 'cursor') return { next_cursor: cursor };
	if (by !== 'link') return {};
	return { next: cursor && `https://bildout.com/api/v1/customers?after=${cursor}` };
}

function envelope(
	{ place = 'pagination', envelope: name = 'data' }: Paging,
	records: IDataObject[],
	facts: IDataObject,
): unknown {
	if (name === '') return records;
	const list = { [name]: records };
	if (place === 'body') return { ...list, ...facts };
	if (place === 'meta.pagination') return { ...list, meta: { pagination: facts } };
	return { ...list, [place]: facts };
}
