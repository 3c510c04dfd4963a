import { type Reply, scriptedServer } from '../support/scripted-server.cts';
import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';

const bildout = bildOut();
const server = scriptedServer();

const run = async (parameters: object) =>
	await bildout.runAt(server, { simplify: false, options: { maxRetries: 0 }, ...parameters });

const of = { resource: 'customer', customerId: locator('c1') };

describe('a server that answers in another way is understood', () => {
	it('a delete without a body', async () => {
		server.respond(() => [204]);
		const { json } = await run({ ...of, operation: 'delete' });
		expect(json).toEqual([{ deleted: true, id: 'c1' }]);
	});

	it('a record without an envelope', async () => {
		server.respond(() => [200, { id: 'c1', name: 'Ace' }]);
		const { json } = await run({ ...of, operation: 'get', simplify: false });
		expect(json).toEqual([{ id: 'c1', name: 'Ace' }]);
	});

	it.each([2, 130])(
		'a list of %d that says nothing of pages and ignores the limit',
		async (many) => {
			const data = Array.from({ length: many }, (_, index) => ({ id: `${index}` }));
			server.respond(() => [200, { data }]);
			const { json } = await run({ ...of, operation: 'getAll', simplify: false, returnAll: true });
			expect(json).toEqual(data);
			expect(server.seen).toHaveLength(2);
		},
	);
});

describe('an answer that is none is an error that helps', () => {
	const page = { 'content-type': 'text/html' };
	const elsewhere = { location: 'https://login.example/' };

	it.each<[string, Reply, string, RegExp, RegExp]>([
		[
			'another address',
			[302, undefined, elsewhere],
			'get',
			/^BildOut redirected the request \(status 302\)$/,
			/Base URL.*https:\/\/login\.example\//,
		],
		[
			'text',
			[200, 'OK', page],
			'get',
			/unexpected content instead of data \(status 200\)/,
			/proxy/,
		],
		['an error in one word', [400, { error: 'nope' }], 'get', /^nope$/, /Check the values/],
		['a web page for a 404', [404, '<html>', page], 'get', /was not found/, /Check the ID/],
		['no list', [200, { data: { id: 1 } }], 'getAll', /returned no list/, /Base URL/],
		['nothing at all', [200], 'getAll', /returned no list/, /Base URL/],
	])('%s', async (_, answer, operation, message, description) => {
		server.respond(() => answer);
		const { error } = await run({ ...of, operation });
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
	});

	it('follows no redirection, so that no other host sees the access token', async () => {
		server.respond((request) =>
			request.includes('c1') ? [307, undefined, { location: '/api/v1/elsewhere' }] : [200, {}],
		);
		await run({ ...of, operation: 'get', simplify: false });
		expect(server.seen).toEqual([['GET /customers/c1']]);
	});
});

it.each<[string, Reply]>([
	['nothing', [204]],
	['an error', [200, { error: { message: 'Not ready' } }]],
])('gives no financials where there are none: %s', async (_, answer) => {
	server.respond(() => answer);
	const { json, error } = await run(onOne('project getFinancials', 'p1'));
	expect(json).toEqual([]);
	expect(error?.message).toMatch(/^Not ready$|^BildOut returned no financials/);
});

describe('a create', () => {
	const create = op('customer create', { name: 'Ace' });

	it.each<[Reply, string, RegExp]>([
		[[422, ['Name is taken']], 'Name is taken', /Correct the values/],
		[
			[403, { error: { code: 'forbidden', message: 'Your plan does not include this' } }],
			'BildOut does not allow this: Your plan does not include this',
			/^The plan of the BildOut account does not include this, or its limit is reached/,
		],
		[
			[422, { error: { message: 'Not valid', details: { client_id: 'must be an ID' } } }],
			'Not valid (client_id: must be an ID)',
			/'client_id' is the customer\.$/,
		],
		[[422, { message: 'Name is taken' }], 'Name is taken', /Correct the values/],
		[[413, undefined], 'BildOut refused this (status 413)', /Nothing/],
		[
			[422, { error: { message: 'Not valid', details: { name: ['is taken'] } } }],
			'Not valid (name: is taken)',
			/fields named above/,
		],
	])('shows the words of an error in whatever shape: %j', async (answer, message, description) => {
		server.respond(() => answer);
		const { error } = await run(create);
		expect(error).toMatchObject({ message, description: expect.stringMatching(description) });
		expect(error?.description).not.toMatch(/may still have been/);
	});

	it('failed where the answer says so, whatever its status', async () => {
		server.respond(() => [200, { error: { message: 'Name is taken', request_id: 'req_7' } }]);
		const { json, error } = await run(create);
		expect(json).toEqual([]);
		expect(error?.message).toBe('Name is taken');
		expect(error?.description).toMatch(/Request ID: req_7\.$/);
	});

	it('certainly was not done where no secure connection could be made', async () => {
		const baseUrl = server.url.replace('http:', 'https:');
		const { error } = await bildout.run(
			{ ...create, options: { maxRetries: 0 } },
			{ credential: await bildout.connect({ baseUrl }) },
		);
		expect(error?.message).toMatch(/^No secure connection to BildOut could be made \(\w+\)$/);
		expect(error?.description).toMatch(/^Nothing was sent\./);
	});
});

describe('numbers that come as text, as databases write decimals', () => {
	const totals = ['9.50', '10.25', '10.5', '-3', null];

	beforeEach(() =>
		server.respond(() => [
			200,
			{ data: totals.map((total, index) => ({ id: index, client_id: index % 2, total })) },
		]),
	);

	it('sort as numbers', async () => {
		const { json } = await run(
			op('invoice getAll', {
				simplify: false,
				sort: { rule: [{ field: 'total', direction: 'asc' }] },
			}),
		);
		expect(json.map(({ total }) => total)).toEqual(['-3', '9.50', '10.25', '10.5', null]);
	});

	it('are compared as numbers, and IDs that are numbers as what they are', async () => {
		const { json } = await run(
			op('invoice getAll', {
				simplify: false,
				filters: { minTotal: 10, customerId: locator('1') },
			}),
		);
		expect(json.map(({ total }) => total)).toEqual(['10.25']);
	});
});
