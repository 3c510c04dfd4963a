import type { IDataObject } from 'n8n-workflow';
import {
	START,
	expectedTotal,
	hasNextPage,
	positionAfter,
	positionAt,
	queryAfter,
	readFacts,
	recordsOf,
} from '../../../../nodes/BildOut/api/page.ts';
import { isListRefusal } from '../../../../nodes/BildOut/api/errorBody.ts';
import { recordsUpTo } from '../../../support/list-server.cts';

const pageOf = (many: number, pagination: IDataObject, position = START) => ({
	records: recordsUpTo(many),
	facts: readFacts({ data: [], pagination }),
	limit: 100,
	position,
});
const nextQuery = (many: number, pagination: IDataObject) => {
	const page = pageOf(many, pagination);
	const query = queryAfter(page);
	return query && positionAfter(page, query).query;
};

describe('the page after a first one', () => {
	it.each<[string, number, IDataObject, IDataObject]>([
		['a page number', 100, { page: 1, total: 250 }, { limit: 100, page: 2 }],
		['a page number that counts from 0', 100, { page: 0, total: 250 }, { limit: 100, page: 1 }],
		['an offset', 100, { offset: 0, total: 250 }, { limit: 100, offset: 100 }],
		['a cursor', 100, { next_cursor: 'b' }, { limit: 100, cursor: 'b' }],
		['a number as cursor', 100, { next_cursor: 7 }, { limit: 100, cursor: 7 }],
		['a link', 100, { next: 'https://any.example/x?after=b' }, { limit: 100, after: 'b' }],
		['a link without a host', 100, { next: '/x?page=2&limit=40' }, { limit: '40', page: '2' }],
		['the number of the next page', 100, { next_page: 2 }, { limit: 100, page: 2 }],
		['nothing', 100, {}, { limit: 100, page: 2, offset: 100 }],
		['the size of what came, where that is less', 25, { page: 1 }, { limit: 25, page: 2 }],
		['the size that was asked for, where more came', 130, {}, { limit: 100, page: 2, offset: 130 }],
	])('is asked for by %s', (_, many, pagination, query) => {
		expect(nextQuery(many, pagination)).toEqual(query);
	});

	it.each<[string, number, IDataObject]>([
		['the total', 50, { page: 1, total: 50 }],
		['the total as text', 50, { page: 1, total: '50' }],
		['the number of pages', 12, { page: 1, limit: 100, total_pages: 1 }],
		['no cursor', 100, { next_cursor: null }],
		['no link', 100, { page: 1, next_page_url: null }],
		['has_more', 100, { has_more: false }],
		['has_more, beside a cursor', 100, { next_cursor: 'c', has_more: false }],
		['having no record', 0, { page: 1 }],
	])('is not there, by %s', (_, many, pagination) => {
		expect(hasNextPage(pageOf(many, pagination))).toBe(false);
		expect(nextQuery(many, pagination)).toBeUndefined();
	});

	it.each<[string, number, IDataObject, boolean | undefined]>([
		['nothing', 12, {}, undefined],
		['a total that is less than what came', 30, { page: 1, total: 10 }, undefined],
		['a cursor that other forms leave empty', 100, { page: 1, next_cursor: null }, undefined],
		['a total beside an empty cursor', 100, { next_cursor: null, total: 250 }, true],
		['has_more beside a total that was reached', 50, { total: 50, has_more: true }, true],
		['has_more as text', 50, { has_more: 'true' }, true],
	])('is there or not, by %s', (_, many, pagination, expected) => {
		expect(hasNextPage(pageOf(many, pagination))).toBe(expected);
	});
});

it('plans the pages that a list of a known length has, each as long as the first', () => {
	const byPage = pageOf(40, { page: 0, total: 100 });
	expect(expectedTotal(byPage)).toBe(100);
	expect(positionAt(byPage, 80)).toMatchObject({
		query: { limit: 40, page: 2 },
		pagesBefore: 2,
		recordsBefore: 80,
	});
	expect(positionAt(pageOf(40, { offset: 0, total: 100 }), 80).query).toEqual({
		limit: 40,
		offset: 80,
	});
	expect(expectedTotal(pageOf(40, { next_cursor: 'c', total: 100 }))).toBe(0);
	expect(expectedTotal(pageOf(0, { page: 1, total: 100 }))).toBe(0);
});

describe('an answer', () => {
	const records = recordsUpTo(2);

	it.each<[string, unknown]>([
		['under data', { data: records }],
		['by itself', records],
		["under the resource's name", { customers: records }],
		['under data and the name', { data: { customers: records } }],
		['under data twice', { data: { data: records, total: 2 } }],
	])('holds its records %s', (_, body) => {
		expect(recordsOf(body, 'customers')).toEqual(records);
	});

	it.each<[string, unknown]>([
		['one record', { data: { id: 1 } }],
		['a list of something else', { data: [null, 'a'] }],
		['nothing', {}],
		['another list', { vendors: records }],
	])('holds no list where it holds %s', (_, body) => {
		expect(recordsOf(body, 'customers')).toBeUndefined();
	});

	it.each<[string, IDataObject]>([
		['pagination', { pagination: { total: 7 } }],
		['meta', { meta: { total: 7 } }],
		['pagination in meta', { meta: { pagination: { total: 7 } } }],
		['the answer itself', { total: 7 }],
		['data', { data: { data: [], total: 7 } }],
	])('says how long the list is in %s', (_, body) => {
		expect(readFacts(body).total).toBe(7);
	});

	it('has failed where it says so, whatever else it holds', () => {
		expect(isListRefusal({ data: [], error: { message: 'No' } })).toBe(true);
		expect(isListRefusal({ data: [], errors: ['No'] })).toBe(true);
		expect(isListRefusal({ data: [], success: false })).toBe(true);
		expect(isListRefusal({ data: [], errors: [], error: null, success: true })).toBe(false);
	});
});
