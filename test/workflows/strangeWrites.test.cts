import type { INodeCredentialsDetails } from 'n8n-workflow';
import { answersByHand } from '../support/answers.cts';
import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import { setNodeClock } from '../support/clock.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();
const server = answersByHand();

const run = async (parameters: object) =>
	await bildout.runAt(server, { simplify: false, options: { maxRetries: 0 }, ...parameters });

const update = onOne('customer update', 'c1', { updateFields: { phone: '1' } });

describe('an update', () => {
	it.each<[string, Json | undefined]>([
		['no body', undefined],
		['no record', { data: null }],
		['a list', { data: [] }],
		['an empty record', { data: {} }],
		['the record in an envelope of another name', { client: { id: 'c1', name: 'Ace' } }],
		['two records', { data: [{ id: 'c1' }, { id: 'c2' }] }],
	])('writes nothing over a record that it could not read: %s', async (_, body) => {
		server.answer((request) => [200, request.startsWith('GET') ? body : { data: { id: 'c1' } }]);
		const { error } = await run(update);
		expect(error?.message).toBe("BildOut did not return the customer 'c1'");
		expect(server.seen).toEqual([['GET /customers/c1']]);
	});

	it.each<[string, (record: Json) => Json]>([
		['under the name of the resource', (customer) => ({ customer })],
		['under both', (customer) => ({ data: { customer } })],
		['alone in a list', (customer) => ({ data: [customer] })],
		['bare, with a field of the user that is called data', (customer) => customer],
	])('finds the record %s', async (_, wrap) => {
		const record = { id: 'c1', name: 'Ace', data: { crm: 7 } };
		server.answer((__, ___, text) => [
			200,
			wrap(text === '' ? record : { ...(JSON.parse(text) as JsonObject), id: 'c1' }),
		]);
		expect((await run(update)).json).toEqual([{ ...record, phone: '1' }]);
		expect(server.seen[1]).toEqual([
			'PUT /customers/c1',
			{ name: 'Ace', data: { crm: 7 }, phone: '1' },
		]);
	});

	it.each(['invoice', 'project'])(
		'keeps the customer that BildOut shows in the %s',
		async (resource) => {
			const shown = { id: 'x1', name: 'Roof', line_items: [], client: { id: 'c1', name: 'Ace' } };
			server.answer(() => [200, { data: shown }]);
			const of = { resource, operation: 'update', [`${resource}Id`]: locator('x1') };
			await run({ ...of, updateFields: { customFields: { field: [{ name: 'po', value: 'P' }] } } });
			const { id: _, client, ...rest } = shown;
			expect(server.seen[1]).toEqual([
				`PUT /${resource}s/x1`,
				{ ...rest, client_id: client.id, po: 'P' },
			]);
		},
	);

	it('writes no invoice whose lines it was not given, unless it has new ones', async () => {
		server.answer(() => [200, { data: { id: 'i1', client_id: 'c1', due_date: '2025-02-15' } }]);
		const invoice = onOne('invoice update', 'i1');
		const { error } = await run({ ...invoice, updateFields: { notes: 'n' } });
		expect(error?.message).toMatch(/line items of the invoice 'i1'.*would remove them/);
		expect(error?.description).toMatch(/^Nothing was changed\. .*'Change Line Items'/);
		expect(server.seen).toEqual([['GET /invoices/i1']]);

		const line = { name: 'Labor', quantity: 1, unit_price: 75 };
		await run({ ...invoice, lineItemsInput: 'json', lineItemsJson: JSON.stringify([line]) });
		// The last one reads the lines that the response leaves out, to compare them.
		expect(server.seen.slice(1)).toEqual([
			['GET /invoices/i1'],
			['PUT /invoices/i1', { client_id: 'c1', due_date: '2025-02-15', line_items: [line] }],
			['GET /invoices/i1'],
		]);
	});

	it('keeps an address that BildOut has as one text', async () => {
		server.answer(() => [200, { data: { id: 'c1', address: '1200 Larimer Street, Denver' } }]);
		const { error } = await run({ ...update, updateFields: { address: { zip: '80202' } } });
		expect(error?.message).toMatch(/stores this address as a single string/);
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

it.each([
	['0', 2, 1_000 + 2_000],
	['Wed, 01 Jan 2020 00:00:00 GMT', 1, 1_000],
])('does not hammer a server that says to try again after %s', async (after, times, leastMs) => {
	let refusals = times;
	server.answer((request) =>
		refusals-- > 0
			? [429, { error: { message: 'Slow down' } }, { 'retry-after': after }]
			: [200, { data: { id: 'c1', ...(request.startsWith('PUT') && { phone: '1' }) } }],
	);
	const started = Date.now();
	await run({ ...update, options: {} });
	expect(server.seen).toHaveLength(times + 2);
	expect(Date.now() - started).toBeGreaterThanOrEqual(leastMs);
});

describe('an upsert', () => {
	const upsert = op('customer upsert', { matchBy: 'email', name: 'Ace' });
	const going = async (
		parameters: object,
		items: Array<{ email: string }>,
		credential?: INodeCredentialsDetails,
	) =>
		await bildout.run(
			{ ...upsert, email: '={{ $json.email }}', options: { maxRetries: 0 }, ...parameters },
			{
				items,
				node: { onError: 'continueRegularOutput' },
				credential: credential ?? (await bildout.connect({ baseUrl: server.url })),
			},
		);
	afterEach(() => jest.restoreAllMocks());
	const asked = () => server.seen.map(([request]) => request.replace(/\?.*/, ''));

	it('creates nothing again that BildOut neither returned nor lists', async () => {
		server.answer((request) => (request.startsWith('GET') ? [200, { data: [] }] : [204]));
		const { json } = await going({}, [{ email: 'a@ace.example' }, { email: 'a@ace.example' }]);
		expect(asked()).toEqual(['GET /customers', 'POST /customers', 'GET /customers']);
		expect(json[1].error).toMatch(
			/^A customer with the email .* may have been created a moment ago/,
		);
	});

	it('creates it where it is still not listed after ten minutes', async () => {
		server.answer((request) => (request.startsWith('GET') ? [200, { data: [] }] : [204]));
		const credential = await bildout.connect({ baseUrl: server.url });
		const again = async () => await going({}, [{ email: 'a@ace.example' }], credential);
		await again();
		for (const [minutes, writes] of [
			[9, 1],
			[11, 2],
		]) {
			setNodeClock((now) => now + minutes * 60_000);
			await again();
			jest.restoreAllMocks();
			expect(asked().filter((request) => request === 'POST /customers')).toHaveLength(writes);
		}
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

	it('finds the project of a customer whom BildOut shows in it', async () => {
		const project = { id: 'p1', name: 'Roof', client: { id: 'c1', name: 'Ace' } };
		server.answer((request) => [200, { data: request.endsWith('s') ? [project] : project }]);
		const of = { resource: 'project', name: 'Roof', customerId: locator('c1') };
		const { json, run: done } = await going(of, [{ email: '' }]);
		expect(json).toMatchObject([{ id: 'p1', upsert: 'updated' }]);
		// The check finds the customer there, too.
		expect(done.data.resultData.runData.BildOut[0].hints?.map(({ message }) => message)).toEqual([
			'The update changed nothing, because BildOut had these values already.',
		]);
		expect(asked()).toEqual([
			'GET /projects',
			'GET /projects',
			'GET /projects/p1',
			'PUT /projects/p1',
		]);
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
		op('customer upsert', { matchBy: 'email', email: 'office@ace.example', name: 'Ace' }),
		{ items: [{}, {}, {}], node: { onError: 'continueErrorOutput' } },
	);
	expect(errorItems).toHaveLength(1);
	expect(json.map(({ upsert }) => upsert)).toEqual(['updated', 'updated']);
	expect(await bildout.list('/customers?search=office@ace.example')).toHaveLength(1);
});
