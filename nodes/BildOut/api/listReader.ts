import type { IDataObject } from 'n8n-workflow';

import { MAX_PAGE_SIZE } from '../assumptions';
import type { ApiContext, RequestSettings } from './client';
import { mapConcurrently } from './concurrency';
import { incompleteList, type IncompleteReason, statusOf } from './errors';
import {
	claimsMore,
	expectedTotal,
	hasNextPage,
	isFull,
	type Page,
	type PageRequest,
	type Position,
	positionAfter,
	readPage,
	START,
	styleOf,
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
	const { wanted, keep } = request;
	// How many pages a filter needs shows only page by page.
	const mayReadAhead = !keep || wanted === Infinity;
	for (let readings = 0; readings < MOST_READINGS; readings++) {
		const list = new ListReader(context, request, settings);
		const isWhole = await list.read(mayReadAhead && readings === 0);
		if (isWhole) return list.kept.slice(0, wanted);
	}
	throw incompleteList(context.getNode(), 'changing');
}

/** A server may make up pages for ever. A million records are more than any account has. */
const MOST_PAGES = 10_000;

/** How many empty pages may come one after the other where each promises more. */
const MOST_EMPTY_PAGES = 10;

/**
 * One reading of a list, from its first page to its end or to as many records as are wanted.
 *
 * A record is known by its ID; those without one only as a page that is repeated as a whole. When a record is
 * removed, those behind it move up, and one of them slips between two pages: the length in the next page tells.
 */
class ListReader {
	/** The records that count, each once, in the order in which they came. */
	readonly kept: IDataObject[] = [];

	/** How many records came, whether they count or not. */
	private count = 0;

	/** What all records that came are known by. */
	private readonly seen = new Set<unknown>();

	/** The lengths that the pages reported: in records where the first page counts these, else in pages. */
	private readonly lengths: number[] = [];

	private hasTotal?: boolean;

	private pagesRead = 0;

	constructor(
		private readonly context: ApiContext,
		private readonly request: ListRequest,
		private readonly settings?: RequestSettings,
	) {}

	/**
	 * @param ahead whether pages may be read concurrently
	 * @returns false when the list changed meanwhile, so that a record may have been missed
	 * @throws ApiFailure when the list cannot be read to its end
	 */
	async read(ahead: boolean): Promise<boolean> {
		const first = await this.readPage(START);
		this.add(this.remember(first));
		if (!ahead || this.isEnough || expectedTotal(first) === 0) {
			return this.isWhole(await this.readRemaining(first));
		}
		const last = await this.readAhead(first);
		return last !== undefined && this.isWhole(await this.readRemaining(last));
	}

	private get isEnough(): boolean {
		return this.kept.length >= this.request.wanted;
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
		const pageCount = Math.ceil(Math.min(expectedTotal(first), this.request.wanted) / size);
		this.settings?.onPlanned?.(pageCount - 1);
		let isOver = false;
		const read = async (pagesBefore: number) => {
			const page = await this.readPage(positionAfter(first, { skip: pagesBefore - 1 })!);
			const fresh = this.remember(page);
			isOver ||= fresh.length === 0;
			return { page, fresh };
		};
		const second = await read(1);
		isOver ||= second.page.records.length < Math.min(size, total - size);
		const further = function* () {
			for (let index = 2; index < pageCount && !isOver; index++) yield index;
		};
		const pages = [second, ...(await mapConcurrently(further(), read))];
		const last = pages.at(-1)!.page;
		let fits = new Set(this.lengths).size === 1;
		for (const { page, fresh } of pages) {
			if (fresh.length === 0 && page.records.length > 0 && fits) throw this.incomplete('repeated');
			this.add(fresh);
			const due = Math.min(size, total - page.position.recordsBefore);
			const isLong = fresh.length === due || (page === last && total === Infinity);
			fits &&= isLong && page.records.length === fresh.length;
		}
		return fits ? last : undefined;
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
			const position = positionAfter(page);
			if (!position) return page;
			const isFirst = page.position === START;
			const isClear = !isFirst || (styleOf(page) !== 'unknown' && hasNextPage(page) === true);
			const query = JSON.stringify(position.query);
			if (isClear && asked.has(query)) throw this.incomplete('repeated');
			if (isClear) asked.add(query);

			const next = isClear ? await this.readAfter(page, position) : await this.findSecond(page);
			if (this.repeats(next)) {
				if (hasNextPage(page) || isFull(page)) throw this.incomplete('repeated');
				// Nothing says that the list goes on: beyond its end, its last page comes again.
				return page;
			}
			if (!isClear && next.records.length === 0) return page;
			page = next;
			this.add(this.remember(page));
			if (page.records.length > 0) empty = 0;
			else if (claimsMore(page.facts) && this.count !== page.facts.total) empty += 1;
			else return page;
		}
		if (!this.isEnough) throw this.incomplete('stuck');
		return page;
	}

	/**
	 * Reads the second page of a list that does not say how it is asked for, or whether there is one.
	 *
	 * @returns a page without new records where there is none
	 */
	private async findSecond(first: Page): Promise<Page> {
		let second = await this.readAfter(first, positionAfter(first)!);
		if (this.repeats(second) && styleOf(second) !== 'unknown') {
			second = await this.readAfter(first, positionAfter(first, { style: 'unknown' })!);
		}
		const mayGoOn = second.records.length > 0 || hasNextPage(first) === true || isFull(first);
		if (this.repeats(second) || styleOf(second) !== 'unknown' || !mayGoOn) return second;
		// Where page 1 is another than the first, pages count from 0, and one was skipped.
		const { limit } = second.position.query;
		const skipped = await this.readAfter(first, { ...second.position, query: { limit, page: 1 } });
		return skipped.records.length > 0 && !this.repeats(skipped) ? skipped : second;
	}

	/** Reads a page after another. Where nothing says that it exists, 404 is its absence. */
	private async readAfter(before: Page, position: Position): Promise<Page> {
		return await this.readPage(position).catch((error) => {
			if (statusOf(error) !== 404 || hasNextPage(before)) throw error;
			return { records: [], facts: { isLast: true }, limit: before.limit, position };
		});
	}

	private async readPage(position: Position): Promise<Page> {
		this.pagesRead += 1;
		if (this.pagesRead > MOST_PAGES) throw this.incomplete('endless');
		const { keep, wanted, onPage, ...request } = this.request;
		const pageSize = keep ? MAX_PAGE_SIZE : Math.min(wanted, MAX_PAGE_SIZE);
		const page = await readPage(this.context, request, pageSize, position, this.settings);
		this.hasTotal ??= page.facts.total !== undefined;
		const length = this.hasTotal ? page.facts.total : page.facts.pages;
		if (length !== undefined) this.lengths.push(length);
		onPage?.(page.records);
		return page;
	}

	/** Whether all records of a page were there already. */
	private repeats({ records }: Page): boolean {
		return records.length > 0 && keysOf(records).every((key) => this.seen.has(key));
	}

	/** @returns the records of a page that did not come before, each once */
	private remember({ records }: Page): IDataObject[] {
		const keys = keysOf(records);
		const fresh = records.filter(({ id }, index) => {
			const isNew = !this.seen.has(keys[index]);
			if (isId(id)) this.seen.add(id);
			return isNew;
		});
		for (const key of keys) this.seen.add(key);
		return fresh;
	}

	private add(fresh: IDataObject[]): void {
		const { keep } = this.request;
		this.count += fresh.length;
		for (const record of fresh) if (!keep || keep(record)) this.kept.push(record);
	}

	/** Whether nothing was missed: as many records are there as are wanted, or as the list has. */
	private isWhole(last: Page): boolean {
		const hasShrunk = this.lengths.some((length, index) => length < this.lengths[index - 1]);
		if (hasShrunk) return false;
		if (this.isEnough) return true;
		if (hasNextPage(last) && this.count !== last.facts.total) throw this.incomplete('short');
		return !this.hasTotal || this.count >= this.lengths[0];
	}

	private incomplete(reason: IncompleteReason): Error {
		return incompleteList(this.context.getNode(), reason);
	}
}

function isId(id: unknown): boolean {
	return typeof id === 'string' || typeof id === 'number';
}

/** What each record is known by: its ID, or where it has none the whole of its page. */
function keysOf(records: IDataObject[]): unknown[] {
	const page = records.every(({ id }) => isId(id)) ? '' : `page ${JSON.stringify(records)}`;
	return records.map(({ id }) => (isId(id) ? id : page));
}
