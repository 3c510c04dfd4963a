import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { MAX_PAGE_SIZE, SEARCH_PARAMETER, webPathsOf } from '../assumptions';
import { listAt, type ParentRecord, type RecordType } from '../records/recordType';
import { searchMethodName } from '../records/resourceLocator';
import { getConnection } from '../api/connection';
import { DEFAULT_SETTINGS } from '../api/client';
import { type Position, START, fetchPage } from '../api/page';
import { LOCATOR_AUDIENCE } from '../errors/audiences';
import { withNodeErrors } from '../errors/toNodeError';

/** How many records a chooser shows before the user scrolls on. */
const SHOWN_AT_ONCE = 50;

/** How many pages are looked through for a text that BildOut's own search did not find. */
const PAGES_SEARCHED = 10;

/** A method as n8n's choosers ask it, for the records of one kind. */
type SearchMethod = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** The methods that the resource locators of these records name. */
export function searchMethods(types: RecordType[]): Record<string, SearchMethod> {
	const methodOf = (type: RecordType): SearchMethod =>
		async function (filter, token) {
			return await withNodeErrors(
				LOCATOR_AUDIENCE,
				this.getNode(),
				async () => await searchList(this, type, filter?.trim() ?? '', token),
			);
		};
	return Object.fromEntries(types.map((type) => [searchMethodName(type), methodOf(type)]));
}

/** Where a chooser goes on when the user scrolls; its token as text. */
interface Place {
	position: Position;
	/** Whether BildOut was asked to search. */
	isSearch: boolean;
}

/**
 * One page of a chooser. BildOut documents no search, so it is asked to search and what it returns is
 * searched again by label; if that finds nothing, the list itself is looked through.
 */
async function searchList(
	context: ILoadOptionsFunctions,
	type: RecordType,
	text: string,
	token: string | undefined,
): Promise<INodeListSearchResult> {
	const from = token === undefined ? undefined : (JSON.parse(token) as Place);
	const labels = recordLabels(context, type, text);
	const { baseUrl } = await getConnection(context);
	/** Reads pages until one has a match; the token says where to go on when the user scrolls. */
	const readResults = async (isSearch: boolean): Promise<INodeListSearchResult> => {
		const query = isSearch ? { [SEARCH_PARAMETER]: text } : {};
		const request = { ...listAt(type), query };
		const most = text === '' ? 1 : PAGES_SEARCHED;
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
			if (results.length > 0 || !next || read >= most) {
				const place: Place | undefined = next && { position: next, isSearch };
				return { results, paginationToken: place && JSON.stringify(place) };
			}
			position = next;
		}
	};
	if (text === '' || from?.isSearch === false) return await readResults(false);
	const found = await readResults(true);
	return found.results.length > 0 || token !== undefined ? found : await readResults(false);
}

/** The labels of records, each with the name of the record that it belongs to, where that can be had. */
function recordLabels(
	context: ILoadOptionsFunctions,
	{ parent, label }: RecordType,
	text: string,
): (records: IDataObject[]) => Promise<string[]> {
	if (!parent) return async (records) => records.map((record) => label(record));
	let names: Promise<Map<string, string>> | undefined;
	return async (records) => {
		const needsNames = records.some((record) => record[parent.field] && !parent.nameIn(record));
		if (needsNames) names ??= parentNames(context, parent, text);
		const known = await names;
		return records.map((record) =>
			label(record, parent.nameIn(record) ?? known?.get(String(record[parent.field]))),
		);
	};
}

/** People do not wait for a name. */
const NAME_SETTINGS = { ...DEFAULT_SETTINGS, timeoutMs: 10_000, maxRetries: 0 };

/**
 * Names by ID, from one page of their list: a list that people open must not use up the rate limit. Where
 * they look for a name, that page has the records of that name. Empty where the list cannot be read, for
 * example without its scope: the record can be chosen without the name.
 */
async function parentNames(
	context: ILoadOptionsFunctions,
	{ type }: ParentRecord,
	text: string,
): Promise<Map<string, string>> {
	const isName = text !== '' && !/\d/.test(text);
	const request = { ...listAt(type), query: isName ? { [SEARCH_PARAMETER]: text } : {} };
	const page = await fetchPage(context, request, MAX_PAGE_SIZE, START, NAME_SETTINGS).catch(
		() => undefined,
	);
	const named = page?.records.filter(({ name }) => typeof name === 'string' && name !== '') ?? [];
	return new Map(named.map(({ id, name }) => [String(id), name as string]));
}
