import type { IDataObject } from 'n8n-workflow';

import type { PageInfo } from './pageInfo';

/** Which page is asked for, and what came before it. Plain data, so that a chooser can keep it. */
export interface Position {
	/** Query parameters, none for the first page. */
	query: IDataObject;
	pagesBefore: number;
	recordsBefore: number;
	/** The ID of the record before the page. */
	lastId?: string;
}

export const START: Position = { query: {}, pagesBefore: 0, recordsBefore: 0 };

/** One page as BildOut handed it out. */
export interface Page {
	records: IDataObject[];
	facts: PageInfo;
	/** How many records were asked for. */
	limit: number;
	position: Position;
}

/** A way in which a list lets its pages be asked for. */
export interface PageStyle {
	/** Whether the list that the page is of has this form. */
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
 * The form of a list that says nothing of how its pages are asked for: by number and by offset at once,
 * of which a server obeys the one that it knows.
 */
export const UNKNOWN_STYLE: PageStyle = {
	isOf: ({ position: { query } }) => query.page !== undefined && query.offset !== undefined,
	after: (page) => ({ ...PAGE_NUMBER.after(page), ...OFFSET.after(page) }),
};

/** In the order in which they are taken where an answer speaks several. */
const FORMS = [UNKNOWN_STYLE, CURSOR, OFFSET, PAGE_NUMBER, LINK];

export function detectStyle(page: Page): PageStyle {
	return FORMS.find((form) => form.isOf(page)) ?? UNKNOWN_STYLE;
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

/** Whether an answer says that there is more, whatever it counts. */
export function claimsMore({ hasMore, cursor, link }: PageInfo): boolean {
	return hasMore ?? (cursor !== undefined || link !== undefined);
}

/** The query of the page after this one; undefined when the list has ended, or does not tell. */
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

export function lastId(records: IDataObject[]): string | undefined {
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
