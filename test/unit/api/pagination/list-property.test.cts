import fc from 'fast-check';
import {
	paged,
	type Paging,
	readFrom,
	recordsUpTo,
	Status,
} from '../../../support/list-server.cts';

/** Beyond one request for each page: for the end of the list, and for finding out how pages are asked for. */
const MORE_REQUESTS = 3;

const subset = (...facts: NonNullable<Paging['says']>) => fc.subarray(facts);
const ways = fc.oneof(
	fc.record({
		by: fc.constantFrom('page', 'pageFromZero', 'offset'),
		says: subset('total', 'pages', 'hasMore').map((facts) => ['position' as const, ...facts]),
	}),
	fc.record({
		by: fc.constantFrom('page', 'pageFromZero', 'offset', 'cursor', 'link', 'nothing'),
		says: subset('total', 'pages', 'hasMore'),
	}),
);
const paging = fc
	.record({
		way: ways,
		cap: fc.oneof(fc.constantFrom(10, 50, 100, 1_000), fc.integer({ min: 3, max: 150 })),
		tells: fc.constantFrom('asked', 'given', 'default', 'none'),
		numbersAsText: fc.boolean(),
		names: fc.constantFrom('snake', 'camel', 'laravel'),
		place: fc.constantFrom('pagination', 'meta', 'meta.pagination', 'body'),
		envelope: fc.constantFrom('data', 'customers'),
	})
	.map(({ way, ...more }) => ({ ...way, ...more }) as Paging)
	// Of pages that count from 0 and are never numbered in a response, the second of two small ones cannot be found.
	.filter(({ by, says, cap }) => by !== 'pageFromZero' || says!.includes('position') || cap >= 100);
const many = fc.oneof(
	fc.constantFrom(0, 1, 12, 50, 99, 100, 101, 200, 250),
	fc.integer({ min: 0, max: 400 }),
);

const upTo = (max: number) => fc.integer({ min: 1, max });

const pagesOf = ({ by, cap }: Paging, records: number) =>
	by === 'nothing' ? 1 : Math.max(1, Math.ceil(records / Math.min(cap, 100)));

it('gives exactly the list, whatever its length, its form and the size of its pages', async () => {
	await fc.assert(
		fc.asyncProperty(many, paging, async (length, form) => {
			const all = recordsUpTo(length);
			const { records, error, queries } = await readFrom(paged(all, form));
			// A list of exactly as many as were asked for, which says nothing and knows no pages, may go on.
			if (form.by === 'nothing' && length === 100) return;
			expect(error).toBeUndefined();
			expect(records).toEqual(all);
			expect(queries.length).toBeLessThanOrEqual(pagesOf(form, length) + MORE_REQUESTS);
		}),
		{ numRuns: 800 },
	);
});

it('gives exactly as many as are wanted, and asks for no page more', async () => {
	await fc.assert(
		fc.asyncProperty(many, paging, upTo(300), async (length, form, wanted) => {
			fc.pre(form.by !== 'nothing');
			const all = recordsUpTo(length);
			const { records, queries } = await readFrom(paged(all, form), { wanted });
			expect(records).toEqual(all.slice(0, wanted));
			const size = Math.min(form.cap, 100, wanted);
			const pages = Math.ceil(Math.min(wanted, Math.max(length, 1)) / size);
			expect(queries.length).toBeLessThanOrEqual(pages + MORE_REQUESTS);
			if (wanted <= Math.min(length, form.cap, 100)) expect(queries).toHaveLength(1);
		}),
		{ numRuns: 500 },
	);
});

it('gives what a filter keeps of the whole list', async () => {
	await fc.assert(
		fc.asyncProperty(many, paging, upTo(60), async (length, form, wanted) => {
			fc.pre(form.by !== 'nothing' || length !== 100);
			const keep = ({ id }: { id?: unknown }) => String(id).endsWith('7');
			const kept = recordsUpTo(length).filter(keep);
			const { records } = await readFrom(paged(recordsUpTo(length), form), { wanted, keep });
			expect(records).toEqual(kept.slice(0, wanted));
		}),
		{ numRuns: 300 },
	);
});

const anything = fc.jsonValue({ maxDepth: 2 });
const record = fc.record({ id: fc.oneof(fc.nat({ max: 9 }), anything) });
const records = fc.array(record, { maxLength: 5 });
const names = 'page offset total total_pages has_more next_cursor next links'.split(' ');
const facts = fc.dictionary(
	fc.constantFrom(...names),
	fc.oneof(fc.nat({ max: 300 }), fc.boolean(), fc.constantFrom('a', '/x?after=b', null), anything),
);
const body = fc.oneof(
	anything,
	fc.record({ data: fc.oneof(records, anything), pagination: fc.oneof(facts, anything) }),
);
const respond = fc.oneof(
	{ weight: 4, arbitrary: body },
	fc
		.tuple(fc.constantFrom(204, 302, 400, 404, 422, 500), body)
		.map(([code, said]) => new Status(code, said)),
);

it('ends in a list or a clear error within few requests, whatever is returned', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(respond, { minLength: 1, maxLength: 4 }), async (responses) => {
			const { error, queries } = await readFrom(
				(_, request) => responses[request % responses.length],
			);
			expect(queries.length).toBeLessThanOrEqual(100);
			if (!error) return;
			expect(error.name).toBe('NodeApiError');
			expect(error.message).toBeTruthy();
			expect(error.description).toBeTruthy();
		}),
		{ numRuns: 1_000, examples: [[[new Status(400, '.')]]] },
	);
});
