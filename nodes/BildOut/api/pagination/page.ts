import type { IDataObject } from 'n8n-workflow';

import { SMALLER_PAGE_SIZES } from '../../assumptions';
import { ApiFailure, incompleteList, isListRefusal, readErrorBody } from '../errors';
import { type ApiContext, type ApiRequest, apiRequest, type RequestSettings } from '../client';
import { lastId, type Page, type Position, positionAfter, queryAfter } from './pageStyle';
import { readFacts, recordsOf } from './pageInfo';

export type PageRequest = Omit<ApiRequest, 'method' | 'body'>;

/**
 * One page for a person who scrolls through a list. A list that ignores which page is asked for ends
 * there, so that nobody scrolls through the same records for ever.
 *
 * @returns the records, and where the next page stands; `next` is missing after the last
 * @throws ApiFailure when BildOut answers with an error, or without a list
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
 * @throws ApiFailure when BildOut answers with an error, or without a list
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
	const { status = 0, apiError: said } = error.facts;
	const words = [said?.code, said?.message, ...(said?.details ?? [])].join(' ');
	return [400, 422].includes(status) && /\blimit\b/i.test(words);
}
