import { answersByHand } from '../support/answers.cts';
import { bildOut, locator } from '../support/bildout.cts';
import type { Json } from '../support/sandbox.cts';

const bildout = bildOut();
const server = answersByHand();

const run = async (parameters: object) =>
	await bildout.run(
		{ simplify: false, options: { maxRetries: 0 }, ...parameters },
		{ credential: await bildout.connect({ baseUrl: server.url }) },
	);

describe('a list is read to its end', () => {
	const records = Array.from({ length: 250 }, (_, index) => ({ id: index }));
	const list = { resource: 'customer', operation: 'getAll', simplify: false, returnAll: true };

	it.each<[string, (query: URLSearchParams) => Json]>([
		[
			'cursors that are numbers',
			(query) => {
				const from = Number(query.get('cursor') ?? 0);
				const next = from + 100 < 250 ? from + 100 : null;
				return { data: records.slice(from, from + 100), pagination: { next_cursor: next } };
			},
		],
		[
			'smaller pages, and only whether there are more',
			(query) => {
				const page = Number(query.get('page') ?? 1);
				const data = records.slice((page - 1) * 40, page * 40);
				return { data, pagination: { has_more: page * 40 < 250 } };
			},
		],
		[
			'smaller pages, and only how many there are',
			(query) => {
				const page = Number(query.get('page') ?? 1);
				return { data: records.slice((page - 1) * 40, page * 40), pagination: { total: '250' } };
			},
		],
		[
			'offsets with smaller pages than they say, and a total',
			(query) => {
				const offset = Number(query.get('offset') ?? 0);
				const limit = Number(query.get('limit'));
				const data = records.slice(offset, offset + 40);
				return { data, pagination: { offset, limit, total: 250 } };
			},
		],
		[
			'offsets with smaller pages than they say, and whether there are more',
			(query) => {
				const offset = Number(query.get('offset') ?? 0);
				const pagination = { offset, limit: Number(query.get('limit')), has_more: offset < 210 };
				return { data: records.slice(offset, offset + 40), pagination };
			},
		],
		[
			'page numbers with smaller pages than they say, and a total',
			(query) => {
				const page = Number(query.get('page') ?? 1);
				const data = records.slice((page - 1) * 40, page * 40);
				return { data, pagination: { page, limit: Number(query.get('limit')), total: 250 } };
			},
		],
		[
			'page numbers with smaller pages than they say, and whether there are more',
			(query) => {
				const page = Number(query.get('page') ?? 1);
				const pagination = { page, limit: Number(query.get('limit')), has_more: page < 7 };
				return { data: records.slice((page - 1) * 40, page * 40), pagination };
			},
		],
		[
			'page numbers under the names that Laravel gives them',
			(query) => {
				const page = Number(query.get('page') ?? 1);
				const data = records.slice((page - 1) * 40, page * 40);
				const pagination = { current_page: page, per_page: 40, last_page: 7, total_count: 250 };
				return { data, pagination };
			},
		],
		[
			'page numbers with a first page that lacks some',
			(query) => {
				const page = Number(query.get('page') ?? 1);
				const limit = Number(query.get('limit'));
				const from = (page - 1) * limit;
				const data = records.slice(from, page === 1 ? 97 : from + limit);
				return { data, pagination: { page, limit, total: 250 } };
			},
		],
	])('%s', async (_, body) => {
		server.answer((_request, query) => [200, body(query)]);
		const { json } = await run(list);
		expect(json).toEqual(records);
	});

	/** A list of page numbers that loses its first record each time that `loses` says so. */
	const shrinking = (loses: (requests: number) => boolean) => {
		let left = records;
		server.answer((_request, query) => {
			const page = Number(query.get('page') ?? 1);
			const data = left.slice((page - 1) * 100, page * 100);
			const total = left.length;
			if (loses(server.seen.length)) left = left.slice(1);
			return [200, { data, pagination: { page, limit: 100, total } }];
		});
	};

	it('is read again when a record was removed meanwhile, so that no other slips through', async () => {
		shrinking((requests) => requests === 1);
		const { json } = await run(list);
		expect(json).toEqual(records.slice(1));
		expect(server.seen).toHaveLength(6);
	});

	it('is an error where it never holds still', async () => {
		shrinking(() => true);
		const { json, error } = await run(list);
		expect(json).toEqual([]);
		expect(error?.message).toBe('The list in BildOut keeps changing while it is read');
	});

	it('is an error where the same cursor comes back with an empty page', async () => {
		server.answer(() =>
			server.seen.length > 9
				? [400]
				: [200, { data: [], pagination: { next_cursor: 'same', has_more: true } }],
		);
		const { error } = await run(list);
		expect(error?.message).toBe('BildOut returned the same page twice');
	});

	it('is an error where it is a list of something else', async () => {
		server.answer(() => [200, { data: [null, 'a'] }]);
		const { error } = await run(list);
		expect(error?.message).toBe('BildOut returned no list');
	});
});

describe('numbers that come as text, as databases write decimals', () => {
	const totals = ['9.50', '10.25', '10.5', '-3', null];

	beforeEach(() =>
		server.answer(() => [
			200,
			{ data: totals.map((total, index) => ({ id: index, client_id: index % 2, total })) },
		]),
	);

	it('sort as numbers', async () => {
		const { json } = await run({
			resource: 'invoice',
			operation: 'getAll',
			simplify: false,
			sort: { rule: [{ field: 'total', direction: 'asc' }] },
		});
		expect(json.map(({ total }) => total)).toEqual(['-3', '9.50', '10.25', '10.5', null]);
	});

	it('are compared as numbers, and IDs that are numbers as what they are', async () => {
		const { json } = await run({
			resource: 'invoice',
			operation: 'getAll',
			simplify: false,
			filters: { minTotal: 10, customerId: locator('1') },
		});
		expect(json.map(({ total }) => total)).toEqual(['10.25']);
	});
});
