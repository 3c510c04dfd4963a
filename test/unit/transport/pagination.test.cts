import type { IDataObject } from 'n8n-workflow';
import { readPosition } from '../../../nodes/BildOut/transport/pagination.ts';

const records = (many: number): IDataObject[] =>
	Array.from({ length: many }, (_, index) => ({ id: `record-${index}` }));

describe('where a page stands in its list', () => {
	it('reads page numbers', () => {
		const pagination = { page: 1, limit: 100, total: 250, total_pages: 3 };
		const page = readPosition(records(100), pagination, 100, {});
		expect(page).toMatchObject({ total: 250, size: 100, next: { page: 2 } });
		expect([0, 100, 200].map((start) => page.startingAt!(start))).toEqual([
			{ page: 1 },
			{ page: 2 },
			{ page: 3 },
		]);
	});

	it('reads offsets', () => {
		const page = readPosition(records(100), { offset: 0, limit: 100, total: 250 }, 100, {});
		expect(page).toMatchObject({ total: 250, size: 100, next: { offset: 100 } });
		expect(page.startingAt!(200)).toEqual({ offset: 200 });
	});

	it('reads cursors', () => {
		const page = readPosition(records(100), { next_cursor: 'b', has_more: true }, 100, {});
		expect(page.next).toEqual({ cursor: 'b' });
		expect(page.startingAt).toBeUndefined();
	});

	it.each([
		['page', { page: 3, limit: 100, total: 250, total_pages: 3 }, 50],
		['page, when the last one is full', { page: 3, limit: 100, total: 300, total_pages: 3 }, 100],
		['offset', { offset: 200, limit: 100, total: 250 }, 50],
		['offset, when the last one is full', { offset: 200, limit: 100, total: 300 }, 100],
		['cursor', { next_cursor: null, has_more: false }, 50],
		['cursor, when it says so twice', { next_cursor: 'c', has_more: false }, 100],
		['cursor, when only it says so', { next_cursor: null }, 100],
		['nothing, on a short page', {}, 50],
		['the total alone', { total: 100 }, 100],
		['an empty page', { page: 4, limit: 100 }, 0],
	])('knows the last page by its %s', (_, pagination, many) => {
		expect(readPosition(records(many), pagination as IDataObject, 100, {}).next).toBeUndefined();
	});

	it('counts on the size that the server keeps to, not on the one asked for', () => {
		const pagination = { page: 1, limit: 25, total: 60, total_pages: 3 };
		const page = readPosition(records(25), pagination, 100, {});
		expect(page).toMatchObject({ size: 25, next: { page: 2 } });
		expect(page.startingAt!(50)).toEqual({ page: 3 });
	});

	it('reads numbers that are written as text', () => {
		const pagination = { page: '1', limit: '100', total: '250' };
		expect(readPosition(records(100), pagination, 100, {})).toMatchObject({
			total: 250,
			next: { page: 2 },
		});
	});

	it('goes on after a full page of which nothing is said', () => {
		expect(readPosition(records(100), {}, 100, {}).next).toEqual({ page: 2 });
		expect(readPosition(records(100), {}, 100, { page: 2 }).next).toEqual({ page: 3 });
	});
});
