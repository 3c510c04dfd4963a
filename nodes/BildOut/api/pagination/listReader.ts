import type { IDataObject } from 'n8n-workflow';

import { mapConcurrently } from '../concurrency';
import { incompleteList, statusOf } from '../errors';
import type { ApiContext, RequestSettings } from '../client';
import { DistinctRecords } from './distinctRecords';
import { type PageRequest, readPage } from './page';
import {
	detectStyle,
	hasNextPage,
	isFull,
	type Page,
	expectedTotal,
	type Position,
	positionAfter,
	positionAt,
	claimsMore,
	queryAfter,
	START,
	UNKNOWN_STYLE,
} from './pageStyle';
import { ListLength } from './listLength';

/** A server may make up pages for ever. A million records are more than any account has. */
const MOST_PAGES = 10_000;

/** How many empty pages may come one after the other where each promises more. */
const MOST_EMPTY_PAGES = 10;

/** What is wanted of a list. */
export interface ListOptions {
	/** How many records; Infinity for all. */
	wanted: number;
	/** Which records count. */
	keep: (record: IDataObject) => boolean;
	pageSize: number;
}

/** One reading of a list, from its first page to its end or to as many records as are wanted. */
export class ListReader {
	private readonly found: DistinctRecords;

	private readonly length = new ListLength();

	private pagesRead = 0;

	constructor(
		private readonly context: ApiContext,
		private readonly request: PageRequest,
		private readonly wish: ListOptions,
		private readonly settings?: RequestSettings,
	) {
		this.found = new DistinctRecords(wish.keep);
	}

	get records(): IDataObject[] {
		return this.found.kept.slice(0, this.wish.wanted);
	}

	/**
	 * @param ahead whether pages may be read side by side
	 * @returns false when the list changed meanwhile, so that a record may have been missed
	 * @throws ApiFailure when the list cannot be read to its end
	 */
	async read(ahead: boolean): Promise<boolean> {
		const first = await this.readPage(START);
		this.found.add(first.records);
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
		return this.found.kept.length >= this.wish.wanted;
	}

	/**
	 * Reads the pages after the first side by side, as far as the list says that it goes.
	 *
	 * @returns the last of them; undefined where they are not as long as they should be, or where the
	 *   list says another length than before
	 */
	private async readAhead(first: Page): Promise<Page | undefined> {
		const size = first.records.length;
		const end = Math.min(expectedTotal(first), this.wish.wanted);
		this.settings?.onPlanned?.(Math.ceil((end - size) / size));
		let isOver = false;
		const arrived = new DistinctRecords(() => false);
		arrived.add(first.records);
		const starts = function* () {
			for (let start = size; start < end && !isOver; start += size) yield start;
		};
		const pages = await mapConcurrently(starts(), async (start) => {
			const page = await this.readPage(positionAt(first, start));
			isOver ||= arrived.add(page.records) === 0;
			return page;
		});
		const { total = Infinity } = first.facts;
		let fits = this.length.isSteady;
		for (const page of pages) {
			const fresh = this.found.add(page.records);
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
			if (this.found.hasNew(skipped.records)) return this.accept(skipped);
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
		return records.length > 0 && !this.found.hasNew(records);
	}

	private accept(page: Page): Page {
		this.found.add(page.records);
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
			else if (claimsMore(page.facts) && this.found.count !== page.facts.total) empty += 1;
			else return page;
		}
		if (!this.isEnough) throw incompleteList(this.context.getNode(), 'stuck');
		return page;
	}

	/** Whether nothing was missed: as many records are there as are wanted, or as the list has. */
	private isWhole(last: Page): boolean {
		if (this.length.hasShrunk) return false;
		if (this.isEnough) return true;
		if (hasNextPage(last) && this.found.count !== last.facts.total) {
			throw incompleteList(this.context.getNode(), 'short');
		}
		return this.found.count >= this.length.firstTotal;
	}

	private async readPage(position: Position): Promise<Page> {
		this.pagesRead += 1;
		if (this.pagesRead > MOST_PAGES) throw incompleteList(this.context.getNode(), 'endless');
		const { context, request, settings } = this;
		const page = await readPage(context, request, this.wish.pageSize, position, settings);
		this.length.note(page.facts);
		return page;
	}

	private repeatedPageError(): Error {
		return incompleteList(this.context.getNode(), 'repeated');
	}
}
