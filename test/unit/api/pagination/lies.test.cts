import type { IDataObject } from 'n8n-workflow';
import fc from 'fast-check';
import {
	type ListResponses,
	paged,
	type Paging,
	readFrom,
	recordsUpTo,
	Status,
} from '../../../support/list-server.cts';

const says: Paging['says'] = ['position', 'total', 'pages'];
const numbered: Paging = { by: 'page', cap: 100, says, tells: 'given' };
const byOffset: Paging = { ...numbered, by: 'offset' };
const lying = (said: IDataObject): Paging => ({
	...numbered,
	lies: (facts) => ({ ...facts, ...said }),
});
const unsaid: Paging = { by: 'page', cap: 50, says: ['position'], tells: 'asked' };

describe('a list that is described wrongly or in part is read to its end', () => {
	it.each<[string, number, Paging, number]>([
		['12, by the number of pages', 12, { ...numbered, says: ['position', 'pages'] }, 1],
		['12, by the last page', 12, { ...numbered, says: ['position', 'pages'], names: 'laravel' }, 1],
		['366, with the default as limit', 366, { ...numbered, tells: 'default' }, 4],
		['80 by 50, with what was asked for as limit', 80, { ...numbered, cap: 50, tells: 'asked' }, 2],
		['120, at most 50 on a page, without a total', 120, unsaid, 4],
		['120 of which nothing is said', 120, { by: 'page', cap: 50 }, 5],
		['5,000', 5_000, numbered, 50],
		['5,000 by offset', 5_000, byOffset, 50],
		['5,000 by the number of pages', 5_000, { ...numbered, says: ['position', 'pages'] }, 50],
		['a total that is too low', 130, { ...lying({ total: 30 }), says: ['position'] }, 3],
		['has_more for ever, with a total', 230, lying({ has_more: true }), 4],
		['a list without an envelope', 230, { ...numbered, envelope: '' }, 5],
	])('%s', async (_, many, paging, requests) => {
		const all = recordsUpTo(many);
		const { records, error, queries } = await readFrom(paged(all, paging));
		expect(error).toBeUndefined();
		expect(records).toEqual(all);
		expect(queries).toHaveLength(requests);
	});

	it('250 whose first page lacks some', async () => {
		const all = recordsUpTo(250);
		const { records } = await readFrom((query) => {
			const [page, limit] = [Number(query.page ?? 1), Number(query.limit)];
			const from = (page - 1) * limit;
			const data = all.slice(from, page === 1 ? 97 : from + limit);
			return { data, pagination: { page, limit, total: 250 } };
		});
		expect(records).toEqual(all);
	});

	it('130,000 on one page', async () => {
		const all = recordsUpTo(130_000);
		const list = { data: all, pagination: { total: 130_000 } };
		const { records, error } = await readFrom(() => list);
		expect(error).toBeUndefined();
		expect(records).toHaveLength(130_000);
	});

	it.each([
		[50, 'limit must be at most 50'],
		[20, 'limit is too high'],
	])('by pages of %d, where a higher limit is refused', async (most, message) => {
		const all = recordsUpTo(120);
		const responses = paged(all, { ...numbered, cap: most });
		const { records, queries } = await readFrom((query, request) =>
			Number(query.limit) > most
				? new Status(422, { error: { code: 'validation_error', message } })
				: responses(query, request),
		);
		expect(records).toEqual(all);
		const accepted = queries.filter(({ limit }) => Number(limit) <= most);
		expect(accepted).toHaveLength(Math.ceil(120 / most));
	});
});

describe('a list in a form of its own is read to its end', () => {
	const all = recordsUpTo(250);
	const from = (start: unknown, size = 100) => all.slice(Number(start), Number(start) + size);

	it.each<[string, ListResponses, number]>([
		[
			'with numbers as cursors',
			({ cursor = 0 }) => ({
				data: from(cursor),
				pagination: { next_cursor: cursor === 200 ? null : Number(cursor) + 100 },
			}),
			3,
		],
		[
			'with the number of the next page',
			({ page = 1 }) => ({
				data: from((Number(page) - 1) * 100),
				pagination: { next_page: page === 3 ? null : Number(page) + 1 },
			}),
			3,
		],
		[
			'with addresses that have no host',
			({ after = 0 }) => ({
				data: from(after),
				links: { next: after === '200' ? null : `/customers?after=${Number(after) + 100}` },
			}),
			3,
		],
		[
			'with more on a page than was asked for',
			({ offset = 0 }) => ({ data: from(offset, 130), pagination: { offset } }),
			3,
		],
		[
			"under data and the resource's name",
			() => ({ data: { customers: all }, pagination: { total: 250 } }),
			1,
		],
		['under data twice, with its total', () => ({ data: { data: all, total: 250 } }), 1],
		[
			'ended by has_more, beside a cursor',
			() => ({ data: all, pagination: { next_cursor: 'c', has_more: false } }),
			1,
		],
		[
			'with an empty cursor beside a total',
			({ page = 1 }) => ({
				data: from((Number(page) - 1) * 100),
				pagination: { page, next_cursor: null, total: 250 },
			}),
			3,
		],
	])('%s', async (_, responses, requests) => {
		const { records, error, queries } = await readFrom(responses);
		expect(error).toBeUndefined();
		expect(records).toEqual(all);
		expect(queries).toHaveLength(requests);
	});
});

describe('a list that cannot be read to its end is an error', () => {
	const cursors = (query: IDataObject) => (query.cursor === 'a' ? 'b' : 'a');

	it.each<[string, ListResponses, RegExp, number]>([
		[
			'a total of 250, and nothing beyond 200',
			paged(recordsUpTo(200), lying({ total: 250 })),
			/fewer records/,
			6,
		],
		[
			'a total of 250, and an empty page that says nothing',
			({ page = 1 }) => (page === 1 ? { data: recordsUpTo(100), total: 250 } : { data: [] }),
			/fewer records/,
			3,
		],
		['a huge total', paged(recordsUpTo(150), lying({ total: 2 ** 50 })), /fewer records/, 6],
		['pages ignored, without IDs', () => ({ data: Array(100).fill({ a: 1 }) }), /same page/, 3],
		[
			'pages ignored, by a list without a total',
			() => ({ data: recordsUpTo(100), pagination: { page: 1 } }),
			/same page/,
			3,
		],
		[
			'its last page for every further one',
			({ page = 1 }) => ({
				data: page === 1 ? recordsUpTo(100) : [{ id: 'last' }],
				pagination: { page, limit: 100, total: 20_000, total_pages: 200 },
			}),
			/same page/,
			30,
		],
		[
			'offsets ignored',
			() => ({ data: recordsUpTo(100), pagination: { offset: 0, total: 35_000 } }),
			/same page/,
			4,
		],
		['the same cursor', () => ({ data: [], pagination: { next_cursor: 'a' } }), /same page/, 2],
		[
			'two cursors by turns, with empty pages',
			(query) => ({ data: [], pagination: { next_cursor: cursors(query), has_more: true } }),
			/same page/,
			3,
		],
		[
			'ever new cursors, with empty pages',
			(_, request) => ({ data: [], pagination: { next_cursor: `c${request}` } }),
			/reports more records but returns none/,
			12,
		],
		[
			'has_more for ever',
			paged(recordsUpTo(150), { ...lying({ has_more: true }), says: ['position'] }),
			/reports more records but returns none/,
			13,
		],
		[
			'more, without a way to it',
			() => ({ data: recordsUpTo(100), pagination: { next_cursor: null, has_more: true } }),
			/same page/,
			4,
		],
		['a failure as an empty list', () => ({ data: [], success: false }), /reported a failure/, 1],
		['an error beside records', () => ({ data: recordsUpTo(2), error: 'No' }), /: No$/, 1],
		['a list of errors beside records', () => ({ data: recordsUpTo(2), errors: ['No'] }), /No$/, 1],
		['one record', () => ({ data: { id: 1 } }), /no list/, 1],
		['a list of something else', () => ({ data: [null, 'a'] }), /no list/, 1],
		['another list', () => ({ vendors: recordsUpTo(2) }), /no list/, 1],
		[
			'a limit that is refused, whatever it is',
			() => new Status(422, { error: { message: 'limit is wrong' } }),
			/limit is wrong/,
			4,
		],
	])('%s', async (_, responses, message, mostRequests) => {
		const { error, queries } = await readFrom(responses);
		expect(error?.message).toMatch(message);
		expect(error?.description).toBeTruthy();
		expect(queries.length).toBeLessThanOrEqual(mostRequests);
	});

	it('gives up a list that is made up for ever', async () => {
		const { error, queries } = await readFrom((_, request) => ({
			data: [{ id: request }],
			pagination: { next_cursor: `c${request}` },
		}));
		expect(error?.message).toBe('The list in BildOut does not end');
		expect(queries).toHaveLength(10_000);
	});
});

describe('a list that changes while it is read', () => {
	/** Returns pages of `list`, which `change` alters after each request. */
	const changing = (
		paging: Paging,
		change: (list: IDataObject[], request: number) => IDataObject[],
	) => {
		let list = recordsUpTo(450);
		return (query: IDataObject, request: number) => {
			const respond = paged(list, paging)(query, request);
			list = change(list, request);
			return respond;
		};
	};
	const shrinking = () =>
		changing(numbered, (list, request) => (request === 0 ? list.slice(1) : list));

	it.each([numbered, byOffset])('loses none when it grows at its start: %j', async (paging) => {
		const { records } = await readFrom(
			changing(paging, (list, request) => [{ id: `new-${request}` }, ...list]),
		);
		const ids = new Set(records.map(({ id }) => id));
		expect(recordsUpTo(450).filter(({ id }) => !ids.has(id as string))).toEqual([]);
		expect(ids.size).toBe(records.length);
	});

	it('is read again when a record was removed, so that no other slips through', async () => {
		const { records, queries } = await readFrom(shrinking());
		expect(records).toEqual(recordsUpTo(450).slice(1));
		expect(queries).toHaveLength(10);
	});

	it('is read again too where fewer are wanted than it has', async () => {
		const { records } = await readFrom(shrinking(), { wanted: 250, keep: () => true });
		expect(records).toEqual(recordsUpTo(251).slice(1));
	});

	it('is an error where it never holds still', async () => {
		const { error } = await readFrom(changing(numbered, (list) => list.slice(1)));
		expect(error?.message).toBe('The list in BildOut keeps changing while it is read');
	});

	it('is read again when a record came twice, and another not at all', async () => {
		const moved = (list: IDataObject[]) => [...list.slice(0, 99), ...list.slice(100), list[99]];
		const { records, queries } = await readFrom(
			changing(numbered, (list, request) => (request === 0 ? moved(list) : list)),
		);
		expect(new Set(records.map(({ id }) => id)).size).toBe(450);
		expect(queries.length).toBeGreaterThan(5);
	});
});

/** What a response may say wrongly, and a reader can notice. */
const lie = fc.constantFrom<(facts: IDataObject, query: IDataObject) => IDataObject>(
	(facts) => (facts.total === undefined ? facts : { ...facts, total: Number(facts.total) + 50 }),
	(facts) => ({ ...facts, total: 2 ** 40 }),
	(facts) => ({ ...facts, total: 1 }),
	(facts) => ({ ...facts, has_more: true }),
	(facts) => ({ ...facts, total_pages: 900 }),
	(facts) => ({ ...facts, page: 1, offset: undefined }),
	(facts) => ({ ...facts, page: 7 }),
	(facts) => ({ ...facts, offset: 0 }),
	(facts) => ({ ...facts, limit: 1 }),
	(facts) => ({ ...facts, next_cursor: 'c0' }),
	(facts, { cursor }) => ({ ...facts, next_cursor: cursor === 'c1' ? 'c2' : 'c1' }),
	(facts) => ({ ...facts, next: '/customers?after=c0' }),
	(facts) => ({ ...facts, total: 'many', total_pages: null, has_more: 'perhaps' }),
);

it('gives exactly the list or an error, within few requests, whatever is said of it', async () => {
	const paging = fc.record({
		by: fc.constantFrom<Paging['by']>('page', 'offset', 'cursor', 'link'),
		cap: fc.constantFrom(7, 20, 50, 100),
		says: fc.subarray<NonNullable<Paging['says']>[number]>([...says, 'hasMore']),
		lies: lie,
	});
	const many = fc.integer({ min: 0, max: 320 });
	await fc.assert(
		fc.asyncProperty(many, paging, fc.boolean(), async (length, form, isIgnored) => {
			const all = recordsUpTo(length);
			const responses = paged(all, form as Paging);
			const { records, error, queries } = await readFrom((query, request) =>
				responses(isIgnored ? { limit: query.limit } : query, request),
			);
			const pages = Math.ceil(length / form.cap);
			expect(queries.length).toBeLessThanOrEqual(3 * pages + 30);
			if (error) expect(error.name).toBe('NodeApiError');
			else if (!isIgnored || length <= form.cap) expect(records).toEqual(all);
		}),
		{ numRuns: 800 },
	);
});
