import { type Answer, answersByHand } from '../support/answers.cts';
import { bildOut, locator } from '../support/bildout.cts';
import type { Json } from '../support/sandbox.cts';

const bildout = bildOut();
const server = answersByHand();

const run = async (parameters: object) =>
	await bildout.run(
		{ simplify: false, options: { maxRetries: 0 }, ...parameters },
		{ credential: await bildout.connect({ baseUrl: server.url }) },
	);

const of = { resource: 'customer', customerId: locator('c1') };

const update = {
	...of,
	operation: 'update',
	updateFields: { phone: '1' },
};

describe('an update', () => {
	it.each<[string, Json | undefined]>([
		['no body', undefined],
		['no record', { data: null }],
		['a list', { data: [] }],
		['an empty record', { data: {} }],
		['the record in an envelope of another name', { customer: { id: 'c1', name: 'Ace' } }],
	])('writes nothing over a record that it could not read: %s', async (_, body) => {
		server.answer((request) => [200, request.startsWith('GET') ? body : { data: { id: 'c1' } }]);
		const { error } = await run(update);
		expect(error?.message).toBe("BildOut answered without the customer 'c1'");
		expect(server.seen).toEqual([['GET /customers/c1']]);
	});

	it('writes no invoice whose lines it was not given, unless it has new ones', async () => {
		server.answer(() => [200, { data: { id: 'i1', client_id: 'c1', due_date: '2025-02-15' } }]);
		const invoice = { resource: 'invoice', operation: 'update', invoiceId: locator('i1') };
		const { error } = await run({ ...invoice, updateFields: { notes: 'n' } });
		expect(error?.message).toMatch(/line items of the invoice 'i1'.*would remove them/);
		expect(error?.description).toMatch(/^Nothing was changed\. .*'Change Line Items'/);
		expect(server.seen).toEqual([['GET /invoices/i1']]);

		const line = { name: 'Labor', quantity: 1, unit_price: 75 };
		await run({ ...invoice, lineItemsInput: 'json', lineItemsJson: JSON.stringify([line]) });
		expect(server.seen.at(-1)).toEqual([
			'PUT /invoices/i1',
			{ client_id: 'c1', due_date: '2025-02-15', line_items: [line] },
		]);
	});

	it('keeps an address that BildOut has as one text', async () => {
		server.answer(() => [200, { data: { id: 'c1', address: '1200 Larimer Street, Denver' } }]);
		const { error } = await run({ ...update, updateFields: { address: { zip: '80202' } } });
		expect(error?.message).toMatch(/has the address of the customer 'c1' as one text/);
		expect(error?.description).toMatch(/'1200 Larimer Street, Denver'/);
		expect(server.seen).toEqual([['GET /customers/c1']]);
	});

	it('writes a number back as it was, though JavaScript cannot hold it', async () => {
		const json = { 'content-type': 'application/json; charset=utf-8' };
		let written = '';
		const digits = '12345678901234567890';
		server.answer((request, _, text) => {
			if (request.startsWith('PUT')) written = text;
			return [200, `{"data":{"id":"c1","name":"Ace","account":${digits}}}`, json];
		});
		const { json: output } = await run(update);
		expect(written).toBe(`{"name":"Ace","account":${digits},"phone":"1"}`);
		expect(output).toEqual([{ id: 'c1', name: 'Ace', account: digits }]);
	});

	it('gives what it wrote where BildOut says no more than that it was done', async () => {
		server.answer((request) =>
			request.startsWith('GET') ? [200, { data: { id: 'c1', name: 'Ace' } }] : [204],
		);
		const { json } = await run(update);
		expect(json).toEqual([{ id: 'c1', name: 'Ace', phone: '1' }]);
	});
});

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
		expect(error?.message).toBe('BildOut handed out the same page of the list twice');
	});

	it('is an error where it is a list of something else', async () => {
		server.answer(() => [200, { data: [null, 'a'] }]);
		const { error } = await run(list);
		expect(error?.message).toBe('BildOut answered without a list');
	});
});

describe('a server that answers in another way is understood', () => {
	it('a delete without a body', async () => {
		server.answer(() => [204]);
		const { json } = await run({ ...of, operation: 'delete' });
		expect(json).toEqual([{ deleted: true, id: 'c1' }]);
	});

	it('a record without an envelope', async () => {
		server.answer(() => [200, { id: 'c1', name: 'Ace' }]);
		const { json } = await run({ ...of, operation: 'get', simplify: false });
		expect(json).toEqual([{ id: 'c1', name: 'Ace' }]);
	});

	it.each([2, 130])(
		'a list of %d that says nothing of pages and ignores the limit',
		async (many) => {
			const data = Array.from({ length: many }, (_, index) => ({ id: `${index}` }));
			server.answer(() => [200, { data }]);
			const { json } = await run({ ...of, operation: 'getAll', simplify: false, returnAll: true });
			expect(json).toEqual(data);
			expect(server.seen).toHaveLength(2);
		},
	);
});

describe('an answer that is none is an error that helps', () => {
	const page = { 'content-type': 'text/html' };
	const elsewhere = { location: 'https://login.example/' };

	it.each<[string, Answer, string, RegExp, RegExp]>([
		[
			'another address',
			[302, undefined, elsewhere],
			'get',
			/^BildOut sent the request on to another address \(status 302\)$/,
			/Base URL.*https:\/\/login\.example\//,
		],
		['text', [200, 'OK', page], 'get', /something instead of data \(status 200\)/, /proxy/],
		['an error in one word', [400, { error: 'nope' }], 'get', /^nope$/, /Check the values/],
		['a web page for a 404', [404, '<html>', page], 'get', /was not found/, /Check the ID/],
		['no list', [200, { data: { id: 1 } }], 'getAll', /without a list/, /Base URL/],
		['nothing at all', [200], 'getAll', /without a list/, /Base URL/],
	])('%s', async (_, answer, operation, message, description) => {
		server.answer(() => answer);
		const { error } = await run({ ...of, operation });
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
	});

	it('follows no redirection, so that no other host sees the access token', async () => {
		server.answer((request) =>
			request.includes('c1') ? [307, undefined, { location: '/api/v1/elsewhere' }] : [200, {}],
		);
		await run({ ...of, operation: 'get', simplify: false });
		expect(server.seen).toEqual([['GET /customers/c1']]);
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

describe('a create', () => {
	const create = { resource: 'customer', operation: 'create', name: 'Ace' };

	it.each<[Answer, string, RegExp]>([
		[[422, ['Name is taken']], 'Name is taken', /Correct the values/],
		[
			[403, { error: { code: 'forbidden', message: 'Your plan does not include this' } }],
			'BildOut does not allow this: Your plan does not include this',
			/'Custom Scopes' off.*'customers:write'.*may not have the permission/,
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
		server.answer(() => answer);
		const { error } = await run(create);
		expect(error).toMatchObject({ message, description: expect.stringMatching(description) });
		expect(error?.description).not.toMatch(/may have been/);
	});

	it('failed where the answer says so, whatever its status', async () => {
		server.answer(() => [200, { error: { message: 'Name is taken', request_id: 'req_7' } }]);
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

it.each(['0', 'Wed, 01 Jan 2020 00:00:00 GMT'])(
	'does not hammer a server that says to try again after %s',
	async (after) => {
		let refusals = 2;
		server.answer(() =>
			refusals-- > 0
				? [429, { error: { message: 'Slow down' } }, { 'retry-after': after }]
				: [200, { data: { id: 'c1' } }],
		);
		const started = Date.now();
		await run({ ...update, options: {} });
		expect(server.seen).toHaveLength(4);
		expect(Date.now() - started).toBeGreaterThanOrEqual(1_000 + 2_000);
	},
);

it.each<[string, Answer]>([
	['nothing', [204]],
	['an error', [200, { error: { message: 'Not ready' } }]],
])('gives no financials where there are none: %s', async (_, answer) => {
	server.answer(() => answer);
	const { json, error } = await run({
		resource: 'project',
		operation: 'getFinancials',
		projectId: locator('p1'),
	});
	expect(json).toEqual([]);
	expect(error?.message).toMatch(/^Not ready$|^BildOut answered without the financials/);
});

describe('an upsert', () => {
	const upsert = { resource: 'customer', operation: 'upsert', matchBy: 'email', name: 'Ace' };
	const going = async (parameters: object, items: Array<{ email: string }>) =>
		await bildout.run(
			{ ...upsert, email: '={{ $json.email }}', options: { maxRetries: 0 }, ...parameters },
			{
				items,
				node: { onError: 'continueRegularOutput' },
				credential: await bildout.connect({ baseUrl: server.url }),
			},
		);
	const asked = () => server.seen.map(([request]) => request.replace(/\?.*/, ''));

	it('looks for what was created just before without being told its ID', async () => {
		server.answer((request) => (request.startsWith('GET') ? [200, { data: [] }] : [204]));
		await going({}, [{ email: 'a@ace.example' }, { email: 'a@ace.example' }]);
		expect(asked()).toEqual([
			'GET /customers',
			'POST /customers',
			'GET /customers',
			'POST /customers',
		]);
	});

	it('reads the list once, though BildOut refuses some of the creates', async () => {
		server.answer((request) =>
			request.startsWith('GET') ? [200, { data: [] }] : [422, { error: { message: 'No' } }],
		);
		await going(
			{},
			[1, 2, 3].map((number) => ({ email: `${number}@ace.example` })),
		);
		expect(asked()).toEqual(['GET /customers', ...Array<string>(3).fill('POST /customers')]);
	});

	it('knows a name again, however its accents are put together', async () => {
		const name = 'Jos\u00e9 Roofing';
		server.answer((request) => [
			200,
			{ data: request.endsWith('s') ? [{ id: 'c1', name }] : { id: 'c1', name } },
		]);
		const { json } = await going({ matchBy: 'name', name: name.normalize('NFD') }, [{ email: '' }]);
		expect(json).toMatchObject([{ id: 'c1', upsert: 'updated' }]);
	});
});

it('looks again after an upsert whose create got no answer, and makes nothing twice', async () => {
	await bildout.control.fault({ kind: 'drop_after', method: 'POST', times: 1 });
	const { json, errorItems } = await bildout.run(
		{
			resource: 'customer',
			operation: 'upsert',
			matchBy: 'email',
			email: 'office@ace.example',
			name: 'Ace',
		},
		{ items: [{}, {}, {}], node: { onError: 'continueErrorOutput' } },
	);
	expect(errorItems).toHaveLength(1);
	expect(json.map(({ upsert }) => upsert)).toEqual(['updated', 'updated']);
	expect(await bildout.list('/customers?search=office@ace.example')).toHaveLength(1);
});
