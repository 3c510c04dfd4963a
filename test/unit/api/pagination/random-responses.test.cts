import fc from 'fast-check';
import {
	type ListResponses,
	readFrom,
	recordsUpTo,
	Status,
} from '../../../support/list-server.cts';

const anything = fc.jsonValue({ maxDepth: 2 });
const records = fc.array(fc.record({ id: fc.oneof(fc.nat({ max: 9 }), anything) }), {
	maxLength: 5,
});
const facts = fc.dictionary(
	fc.constantFrom(
		'page',
		'offset',
		'total',
		'total_pages',
		'has_more',
		'next_cursor',
		'next',
		'links',
	),
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

it('stops asking where a long list gives its last page for every further one', async () => {
	const [first, last] = [recordsUpTo(100), [{ id: 'last' }]];
	const responses: ListResponses = ({ page = 1 }) => ({
		data: Number(page) === 1 ? first : last,
		pagination: { page, limit: 100, total: 20_000, total_pages: 200 },
	});
	const { error, queries } = await readFrom(responses);
	expect(error?.message).toBeDefined();
	expect(queries.length).toBeLessThan(30);
});
