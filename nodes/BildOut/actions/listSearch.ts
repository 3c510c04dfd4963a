import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { SEARCH_PARAMETER, webPathsOf } from '../assumptions';
import { type RecordType, listTarget } from '../records/recordType';
import { getConnection } from '../api/connection';
import { fetchPage } from '../api/pagination/page';
import { type Position, START } from '../api/pagination/pageStyle';
import { LOCATOR_AUDIENCE } from '../errors/resourceLocator';
import { withNodeErrors } from '../errors/toNodeError';
import { ParentNames } from './parentNames';

/** How many records a chooser shows before the user scrolls on. */
const SHOWN_AT_ONCE = 50;

/** How many pages are looked through for a text that BildOut's own search did not find. */
const PAGES_SEARCHED = 10;

type Labels = (records: IDataObject[]) => Promise<string[]>;

/** A method as n8n's choosers ask it, for the records of one kind. */
export type SearchMethod = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

export function searchMethod(type: RecordType): SearchMethod {
	return async function (filter, paginationToken) {
		return await withNodeErrors(
			LOCATOR_AUDIENCE,
			this.getNode(),
			async () => await searchList(this, type, filter, paginationToken),
		);
	};
}

/**
 * One page of a chooser. BildOut documents no search, so it is asked to search and what it answers is
 * searched again by label; if that finds nothing, the list itself is looked through.
 */
async function searchList(
	context: ILoadOptionsFunctions,
	type: RecordType,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const from = readToken(paginationToken);
	const text = filter.trim();
	const labels = labelsOf(context, type, text);
	if (text === '') return await readResults(context, type, labels, {}, from, '', 1);
	if (from?.isSearch !== false) {
		const query = { [SEARCH_PARAMETER]: text };
		const found = await readResults(context, type, labels, query, from, text, PAGES_SEARCHED);
		if (found.results.length > 0 || paginationToken !== undefined) return found;
	}
	return await readResults(context, type, labels, {}, from, text, PAGES_SEARCHED);
}

/** Reads pages until one has a match; the token says where to go on when the user scrolls. */
async function readResults(
	context: ILoadOptionsFunctions,
	type: RecordType,
	labels: Labels,
	query: IDataObject,
	from: Place | undefined,
	text: string,
	pages: number,
): Promise<INodeListSearchResult> {
	const request = { path: [type.path], target: listTarget(type), query };
	const { baseUrl } = await getConnection(context);
	let position = from?.position ?? START;
	for (let read = 1; ; read++) {
		const { records, next } = await fetchPage(context, request, SHOWN_AT_ONCE, position);
		const shown = await labels(records);
		const results = records
			.map(({ id }, index) => ({
				name: shown[index],
				value: String(id),
				url: `${baseUrl}/${webPathsOf(type.path)[0]}/${encodeURIComponent(String(id))}`,
			}))
			.filter((entry) => entry.name.toLowerCase().includes(text.toLowerCase()));
		if (results.length > 0 || !next || read >= pages) {
			const place: Place | undefined = next && {
				position: next,
				isSearch: SEARCH_PARAMETER in query,
			};
			return { results, paginationToken: place && JSON.stringify(place) };
		}
		position = next;
	}
}

/** Where a chooser goes on when the user scrolls; its token as text. */
interface Place {
	position: Position;
	/** Whether BildOut was asked to search. */
	isSearch: boolean;
}

function readToken(token: string | undefined): Place | undefined {
	return token === undefined ? undefined : (JSON.parse(token) as Place);
}

/** The labels of records, each with the name of the record that it belongs to. */
function labelsOf(context: ILoadOptionsFunctions, type: RecordType, text: string): Labels {
	const { parent: linked, label } = type;
	if (!linked) return async (records) => records.map((record) => label(record));
	const names = new ParentNames(context, linked.type, text);
	return async (records) => {
		await names.learn(records.map((record) => record[linked.field]));
		return records.map((record) => label(record, names.nameOf(record[linked.field])));
	};
}
