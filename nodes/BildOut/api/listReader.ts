import type { IDataObject } from 'n8n-workflow';

import { MAX_PAGE_SIZE } from '../assumptions';
import type { ApiContext, RequestSettings } from './client';
import { mapConcurrently } from './concurrency';
import { incompleteList, statusOf } from './errors';
import {
	claimsMore,
	detectStyle,
	expectedTotal,
	hasNextPage,
	isFull,
	type Page,
	type PageInfo,
	type PageRequest,
	type Position,
	positionAfter,
	positionAt,
	queryAfter,
	readPage,
	START,
	UNKNOWN_STYLE,
} from './page';

export interface ListRequest extends PageRequest {
	/** How many records are wanted; Infinity for all. */
	wanted: number;
	/** Which records count; all when left out. */
	keep?: (record: IDataObject) => boolean;
	/** Receives the records of each page, before it is known whether the list can be read to its end. */
	onPage?: (records: IDataObject[]) => void;
}

/** How often a list that changes while it is read is read. */
const MOST_READINGS = 3;

/**
 * Reads a list with the fewest requests that can give the result: the pages concurrently where the list
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
	const { wanted, keep, onPage, ...page } = request;
	const pageSize = keep ? MAX_PAGE_SIZE : Math.min(wanted, MAX_PAGE_SIZE);
	const options = { wanted, keep: keep ?? (() => true), pageSize, onPage };
	// How many pages a filter needs shows only page by page.
	const mayReadAhead = !keep || wanted === Infinity;
	for (let readings = 0; readings < MOST_READINGS; readings++) {
		const list = new ListReader(context, page, options, settings);
		const isWhole = await list.read(mayReadAhead && readings === 0);
		if (isWhole) return list.records;
	}
	throw incompleteList(context.getNode(), 'changing');
}

/** A server may make up pages for ever. A million records are more than any account has. */
const MOST_PAGES = 10_000;

/** How many empty pages may come one after the other where each promises more. */
const MOST_EMPTY_PAGES = 10;

type ListOptions = Required<Pick<ListRequest, 'wanted' | 'keep'>> &
	Pick<ListRequest, 'onPage'> & { pageSize: number };

/** One reading of a list, from its first page to its end or to as many records as are wanted. */
class ListReader {
	private readonly list: ListMemory;

	private pagesRead = 0;

	constructor(
		private readonly context: ApiContext,
		private readonly request: PageRequest,
		private readonly options: ListOptions,
		private readonly settings?: RequestSettings,
	) {
		this.list = new ListMemory(options.keep);
	}

	get records(): IDataObject[] {
		return this.list.kept.slice(0, this.options.wanted);
	}

	/**
	 * @param ahead whether pages may be read concurrently
	 * @returns false when the list changed meanwhile, so that a record may have been missed
	 * @throws ApiFailure when the list cannot be read to its end
	 */
	async read(ahead: boolean): Promise<boolean> {
		const first = await this.readPage(START);
		this.list.add(first.records);
		if (this.isEnough || hasNextPage(first) === false) return this.isWhole(first);
		if (ahead && expectedTotal(first) > 0) {
			const last = await this.readAhead(first);
			return last !== undefined && this.isWhole(await this.readRemaining(last));
		}
		const isClear = detectStyle(first) !== UNKNOWN_STYLE && hasNextPage(first) === true;
		if (isClear) return this.isWhole(await this.readRemaining(first));
		const second = await this.findSecondPage(first);
		return this.isWhole(second ? await this.readRemaining(second) : first);
	}

	private get isEnough(): boolean {
		return this.list.kept.length >= this.options.wanted;
	}

	/**
	 * Reads the pages after the first concurrently, as far as the list says that it goes. The second comes alone:
	 * a wrong total shows there, before many pages are asked for.
	 *
	 * @returns the last of them; undefined where they are not as long as they should be, or where the
	 *   list says another length than before
	 */
	private async readAhead(first: Page): Promise<Page | undefined> {
		const size = first.records.length;
		const { total = Infinity } = first.facts;
		const end = Math.min(expectedTotal(first), this.options.wanted);
		this.settings?.onPlanned?.(Math.ceil((end - size) / size));
		let isOver = false;
		const arrived = new ListMemory(() => false);
		arrived.add(first.records);
		const read = async (start: number) => {
			const page = await this.readPage(positionAt(first, start));
			isOver ||= arrived.add(page.records) === 0;
			return page;
		};
		const second = await read(size);
		isOver ||= second.records.length < Math.min(size, total - size);
		const starts = function* () {
			for (let start = 2 * size; start < end && !isOver; start += size) yield start;
		};
		const pages = [second, ...(await mapConcurrently(starts(), read))];
		let fits = this.list.isSteady;
		for (const page of pages) {
			const fresh = this.list.add(page.records);
			if (fresh === 0 && page.records.length > 0 && fits) throw this.repeatedPageError();
			const isLast = page === pages.at(-1);
			const due = Math.min(size, total - page.position.recordsBefore);
			fits &&= page.records.length === fresh && (fresh === due || (isLast && total === Infinity));
		}
		return fits ? pages.at(-1) : undefined;
	}

	/**
	 * Reads the second page of a list that does not say how it is asked for, or whether there is one.
	 *
	 * @returns undefined where there is none
	 */
	private async findSecondPage(first: Page): Promise<Page | undefined> {
		const mustGoOn = hasNextPage(first) === true || isFull(first);
		let second = await this.readAfter(first, detectStyle(first).after(first));
		if (this.repeats(second) && detectStyle(second) !== UNKNOWN_STYLE) {
			second = await this.readAfter(first, UNKNOWN_STYLE.after(first));
		}
		if (this.repeats(second)) {
			if (mustGoOn) throw this.repeatedPageError();
			return undefined;
		}
		const isThere = second.records.length > 0;
		if (detectStyle(second) === UNKNOWN_STYLE && (isThere || mustGoOn)) {
			// Where page 1 is another than the first, pages count from 0, and one was skipped.
			const skipped = await this.readAfter(first, { page: 1 });
			if (this.list.hasNew(skipped.records)) return this.accept(skipped);
		}
		return isThere ? this.accept(second) : undefined;
	}

	/** Reads the page that a query leads to from another. Where nothing says that it exists, 404 is its absence. */
	private async readAfter(before: Page, query: IDataObject = {}): Promise<Page> {
		const position = positionAfter(before, query);
		return await this.readPage(position).catch((error) => {
			if (statusOf(error) !== 404 || hasNextPage(before)) throw error;
			return { records: [], facts: { isLast: true }, limit: before.limit, position };
		});
	}

	/** Whether all records of a page were there already. */
	private repeats({ records }: Page): boolean {
		return records.length > 0 && !this.list.hasNew(records);
	}

	private accept(page: Page): Page {
		this.list.add(page.records);
		return page;
	}

	/**
	 * Reads one page after the other until the list has ended, or enough records are there.
	 *
	 * @returns the last page
	 */
	private async readRemaining(from: Page): Promise<Page> {
		const asked = new Set<string>();
		let page = from;
		for (let empty = 0; !this.isEnough && empty < MOST_EMPTY_PAGES; ) {
			const query = queryAfter(page);
			if (!query) return page;
			if (asked.has(JSON.stringify(query))) throw this.repeatedPageError();
			asked.add(JSON.stringify(query));

			const next = await this.readAfter(page, query);
			if (this.repeats(next)) {
				if (hasNextPage(page) || isFull(page)) throw this.repeatedPageError();
				// Nothing says that the list goes on: beyond its end, its last page comes again.
				return page;
			}
			page = this.accept(next);
			if (page.records.length > 0) empty = 0;
			else if (claimsMore(page.facts) && this.list.count !== page.facts.total) empty += 1;
			else return page;
		}
		if (!this.isEnough) throw incompleteList(this.context.getNode(), 'stuck');
		return page;
	}

	/** Whether nothing was missed: as many records are there as are wanted, or as the list has. */
	private isWhole(last: Page): boolean {
		if (this.list.hasShrunk) return false;
		if (this.isEnough) return true;
		if (hasNextPage(last) && this.list.count !== last.facts.total) {
			throw incompleteList(this.context.getNode(), 'short');
		}
		return this.list.count >= this.list.firstTotal;
	}

	private async readPage(position: Position): Promise<Page> {
		this.pagesRead += 1;
		if (this.pagesRead > MOST_PAGES) throw incompleteList(this.context.getNode(), 'endless');
		const { context, request, settings } = this;
		const page = await readPage(context, request, this.options.pageSize, position, settings);
		this.list.noteLength(page.facts);
		this.options.onPage?.(page.records);
		return page;
	}

	private repeatedPageError(): Error {
		return incompleteList(this.context.getNode(), 'repeated');
	}
}

/**
 * The records of a list, each once, in the order in which they came, and what its pages say of its length. A
 * record is known by its ID; those without one only as a page that is repeated as a whole. When a record is
 * removed, those behind it move up, and one of them slips between two pages: the length in the next page tells.
 */
class ListMemory {
	/** How many records there are, kept or not. */
	count = 0;

	readonly kept: IDataObject[] = [];

	/** A page reported a shorter list than a page before it. */
	hasShrunk = false;

	/** How many records there were at the beginning; 0 where the list does not say. */
	firstTotal = 0;

	private hasGrown = false;

	private measure?: 'total' | 'pages';

	private longest = 0;

	private readonly seen = new Set<string | number>();

	/** @param keep which of the records are wanted */
	constructor(private readonly keep: (record: IDataObject) => boolean) {}

	/** Whether every page reported the same length. */
	get isSteady(): boolean {
		return !this.hasShrunk && !this.hasGrown;
	}

	/** Notes what a page says of the list's length. */
	noteLength(facts: PageInfo): void {
		if (this.measure === undefined) {
			this.measure = facts.total === undefined ? 'pages' : 'total';
			this.firstTotal = facts.total ?? 0;
			this.longest = facts[this.measure] ?? 0;
			return;
		}
		const length = facts[this.measure];
		if (length === undefined) return;
		this.hasShrunk ||= length < this.longest;
		this.hasGrown ||= length > this.longest;
		this.longest = Math.max(this.longest, length);
	}

	/** @returns how many of the records are new */
	add(records: IDataObject[]): number {
		const page = pageKey(records);
		if (page !== undefined && this.seen.has(page)) return 0;
		if (page !== undefined) this.seen.add(page);
		let added = 0;
		for (const record of records) {
			const id = idOf(record);
			if (id !== undefined && this.seen.has(id)) continue;
			if (id !== undefined) this.seen.add(id);
			added += 1;
			if (this.keep(record)) this.kept.push(record);
		}
		this.count += added;
		return added;
	}

	/** Whether any of the records is new; remembers nothing. */
	hasNew(records: IDataObject[]): boolean {
		const page = pageKey(records);
		if (page !== undefined && this.seen.has(page)) return false;
		return records.some((record) => {
			const id = idOf(record);
			return id === undefined || !this.seen.has(id);
		});
	}
}

function idOf({ id }: IDataObject): string | number | undefined {
	return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** What a page is known by of which some records have no ID. */
function pageKey(records: IDataObject[]): string | undefined {
	const isKnownById = records.every((record) => idOf(record) !== undefined);
	return isKnownById ? undefined : `page ${JSON.stringify(records)}`;
}
