import { setTimeout as wait } from 'node:timers/promises';
import { account } from '../support/account.cts';
import { bildOut, type NodeOptions } from '../support/bildout.cts';
import { setNodeClock } from '../support/clock.cts';
import { CONTINUING, locator, newInvoice, onOne, op } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/** That a write changes the record that is meant, and keeps what is the user's own. */
const bildout = bildOut();
const server = scriptedServer();

const person = (id: string, more: JsonObject = {}): JsonObject => ({
	...{ id, name: id.toUpperCase(), email: `${id}@ace.example` },
	...more,
});

const OPTIONS = { options: { maxRetries: 0 } };

async function run(world: ReturnType<typeof account>, parameters: object, more: NodeOptions = {}) {
	server.respond(world.respond);
	return await bildout.runAt(server, { ...OPTIONS, ...parameters }, more);
}

describe('an update', () => {
	const phone = { ...onOne('customer update', 'c1', { updateFields: { phone: '1' } }), ...OPTIONS };
	const byEmail = op('customer update', {
		customerId: locator('={{ $json.who }}', 'email'),
		updateFields: { email: '={{ $json.email }}', phone: '={{ $json.phone }}' },
	});

	it('changes the record that has the email by then', async () => {
		const world = account({ customers: [person('a'), person('c')] });
		const { error } = await run(world, byEmail, {
			items: [
				{ who: 'a@ace.example', email: 'gone@ace.example', phone: '1' },
				{ who: 'c@ace.example', email: 'a@ace.example', phone: '2' },
				{ who: 'a@ace.example', email: 'a@ace.example', phone: '3' },
			],
		});
		expect(error).toBeUndefined();
		expect(world.records.customers.map((one) => one.phone)).toEqual(['1', '3']);
	});

	it('changes nothing where the record has lost the email since the list was read', async () => {
		const world = account({ customers: [person('a', { email: 'other@ace.example' })] });
		world.lists((record) => ({ ...record, email: 'a@ace.example' }));
		const items = [{ who: 'a@ace.example', email: 'x@ace.example', phone: '1' }];
		const { error } = await run(world, byEmail, { items });
		expect(error?.message).toMatch(/no customer has the email 'a@ace.example'/);
		expect(world.writes).toEqual([]);
	});

	it('keeps every field that is not certainly the server’s', async () => {
		const own = {
			...{ url: 'https://ace.example', user_id: 'U-7', object: 'crane', created_by: 'Ann' },
			...{ org_id: 'O-1', project: 'Roof', customer: 'Ace', payments: 'monthly' },
			...{ deleted_at: null, paid_at: 'later' },
		};
		const line = { name: 'Labor', quantity: 1, unit_price: 75, total: 'own' };
		const invoice = {
			...{ id: 'i1', client_id: 'c1', total: 75, ...own, client: { id: 'c1' } },
			line_items: [{ id: 'l1', ...line, amount: 75 }],
		};
		const world = account({ invoices: [invoice] });
		await run(world, onOne('invoice update', 'i1', { updateFields: { notes: 'n' } }));
		expect(world.writes).toEqual([
			['PUT /invoices/i1', { client_id: 'c1', ...own, line_items: [line], notes: 'n' }],
		]);
	});

	it.each<[string, number, Json | undefined]>([
		['no body', 200, undefined],
		['no record', 200, { data: null }],
		['a list', 200, { data: [] }],
		['an empty record', 200, { data: {} }],
		['a record in an envelope of another name', 200, { client: { id: 'c1', name: 'Ace' } }],
		['two records', 200, { data: [{ id: 'c1' }, { id: 'c2' }] }],
		['a server error', 500, { error: { message: 'Oh no' } }],
		['a web page', 200, '<html>'],
	])('writes nothing over a record for which BildOut returns %s', async (_, status, body) => {
		server.respond(() =>
			body === '<html>' ? [status, body, { 'content-type': 'text/html' }] : [status, body],
		);
		const { error } = await bildout.runAt(server, phone);
		expect(error?.message).toMatch(/did not return the customer 'c1'|Oh no|web page instead/);
		expect(server.requests).toEqual(['GET /customers/c1']);
	});

	it.each<[string, (record: Json) => Json]>([
		['under the name of the resource', (customer) => ({ customer })],
		['under both', (customer) => ({ data: { customer } })],
		['alone in a list', (customer) => ({ data: [customer] })],
		['bare, with a field of the user that is called data', (customer) => customer],
	])('finds the record %s', async (_, wrap) => {
		const record = { id: 'c1', name: 'Ace', data: { crm: 7 } };
		server.respond((__, ___, text) => [
			200,
			wrap(text === '' ? record : { ...(JSON.parse(text) as JsonObject), id: 'c1' }),
		]);
		const { json } = await bildout.runAt(server, { ...phone, simplify: false });
		expect(json).toEqual([{ ...record, phone: '1' }]);
		expect(server.seen[1]).toEqual([
			'PUT /customers/c1',
			{ name: 'Ace', data: { crm: 7 }, phone: '1' },
		]);
	});

	it.each(['invoice', 'project'])(
		'keeps the customer that BildOut shows in the %s',
		async (kind) => {
			const shown = { id: 'x1', name: 'Roof', line_items: [], client: { id: 'c1', name: 'Ace' } };
			server.respond(() => [200, { data: shown }]);
			const updateFields = { customFields: { field: [{ name: 'po', value: 'P' }] } };
			await bildout.runAt(server, onOne(`${kind} update`, 'x1', { updateFields }));
			const { id: _, client, ...rest } = shown;
			const body = { ...rest, client_id: client.id, po: 'P' };
			expect(server.seen[1]).toEqual([`PUT /${kind}s/x1`, body]);
		},
	);

	it('moves an invoice to another customer wherever BildOut shows the customer', async () => {
		const shown = { id: 'x1', customer_id: 'c1', line_items: [] };
		server.respond(() => [200, { data: shown }]);
		await bildout.runAt(
			server,
			onOne('invoice update', 'x1', { updateFields: { customerId: locator('c2') } }),
		);
		const body = { customer_id: 'c2', line_items: [], client_id: 'c2' };
		expect(server.seen[1]).toEqual(['PUT /invoices/x1', body]);
	});

	it.each([
		['changes another field', { updateFields: { notes: 'n' } }],
		[
			'adds lines',
			{
				lineItemsInput: 'addJson',
				lineItemsJson: '[{"name": "Roof", "quantity": 1, "unit_price": 1}]',
			},
		],
	])('that %s writes no invoice of which BildOut leaves out the lines', async (_, more) => {
		const invoice = { id: 'i1', client_id: 'c1', due_date: '2025-02-15' };
		server.respond(() => [200, { data: invoice }]);
		const { error } = await bildout.runAt(server, onOne('invoice update', 'i1', more));
		expect(error?.message).toMatch(/line items of the invoice 'i1'.*would remove them/);
		expect(error?.description).toMatch(/^Nothing was changed\. .*'Change Line Items'/);
		expect(server.requests).toEqual(['GET /invoices/i1']);
	});

	it('writes such an invoice where it has new lines, and reads them to compare them', async () => {
		const line = { name: 'Labor', quantity: 1, unit_price: 75 };
		const invoice = { id: 'i1', client_id: 'c1', due_date: '2025-02-15' };
		server.respond(() => [200, { data: invoice }]);
		const lines = { lineItemsInput: 'json', lineItemsJson: JSON.stringify([line]) };
		await bildout.runAt(server, onOne('invoice update', 'i1', lines));
		expect(server.seen).toEqual([
			['GET /invoices/i1'],
			['PUT /invoices/i1', { client_id: 'c1', due_date: '2025-02-15', line_items: [line] }],
			['GET /invoices/i1'],
		]);
	});

	it('keeps an address that BildOut has as one text', async () => {
		server.respond(() => [200, { data: { id: 'c1', address: '1200 Larimer Street, Denver' } }]);
		const updateFields = { address: { zip: '80202' } };
		const { error } = await bildout.runAt(server, { ...phone, updateFields });
		expect(error?.message).toMatch(/stores this address as a single string/);
		expect(error?.description).toMatch(/'1200 Larimer Street, Denver'/);
		expect(server.requests).toEqual(['GET /customers/c1']);
	});

	it('writes a number back as it was, though JavaScript cannot hold it', async () => {
		const type = { 'content-type': 'application/json; charset=utf-8' };
		const digits = '12345678901234567890';
		let written = '';
		server.respond((request, _, text) => {
			if (request.startsWith('PUT')) written = text;
			return [200, `{"data":{"id":"c1","name":"Ace","account":${digits}}}`, type];
		});
		const { json } = await bildout.runAt(server, { ...phone, simplify: false });
		expect(written).toBe(`{"name":"Ace","account":${digits},"phone":"1"}`);
		expect(json).toEqual([{ id: 'c1', name: 'Ace', account: digits }]);
	});

	it('gives what it wrote where BildOut says no more than that it was done', async () => {
		const record = { id: 'c1', name: 'Ace' };
		server.respond((request) => (request.startsWith('GET') ? [200, { data: record }] : [204]));
		const { json } = await bildout.runAt(server, phone);
		expect(json).toEqual([{ ...record, phone: '1' }]);
	});
});

describe('an upsert', () => {
	const upsert = op('vendor upsert', {
		matchBy: '={{ $json.by ?? "email" }}',
		email: '={{ $json.email }}',
		name: '={{ $json.name }}',
		additionalFields: { email: '={{ $json.email }}' },
	});
	const ace = { name: 'Ace', email: 'a@ace.example' };
	const listing = (status: number, body?: Json) =>
		server.respond((request) => (request.startsWith('GET') ? [200, { data: [] }] : [status, body]));

	afterEach(() => jest.restoreAllMocks());

	it.each([
		['every record', () => true],
		['some records', ({ id }: JsonObject) => id === 'a'],
	])('finds what a list does not show, where it leaves the email out of %s', async (_, lacks) => {
		const world = account({ vendors: [person('a'), person('b')] });
		world.lists(({ email, ...record }) => (lacks(record) ? record : { ...record, email }));
		const { json } = await run(world, upsert, { items: [ace] });
		expect(json).toMatchObject([{ id: 'a', upsert: 'updated' }]);
		expect(world.records.vendors).toHaveLength(2);
	});

	it('creates nothing where that would take too many requests', async () => {
		const world = account({ vendors: Array.from({ length: 101 }, (_, n) => person(`v${n}`)) });
		world.lists(({ email: _, ...record }) => record);
		const { error } = await run(world, upsert, { items: [ace] });
		expect(error?.message).toMatch(/^BildOut's list leaves out the email of 101 vendors/);
		expect(world.writes).toEqual([]);
	});

	it('creates nothing again that BildOut neither returned nor lists', async () => {
		listing(204);
		const options = { items: [ace, ace], node: CONTINUING };
		const { json } = await bildout.runAt(server, { ...upsert, ...OPTIONS }, options);
		expect(server.requests).toEqual(['GET /vendors', 'POST /vendors', 'GET /vendors']);
		expect(json[1].error).toMatch(/^A vendor with the email .* may have been created a moment ago/);
	});

	it.each([
		['is there', 200, ['created', 'updated'], 1],
		['was deleted since', 404, ['created', 'created'], 2],
	])(
		'looks up by its ID what an earlier execution created and no list shows, which %s',
		async (_, status, upserts, creates) => {
			server.respond((request) =>
				request === 'GET /vendors'
					? [200, { data: [] }]
					: [request.startsWith('POST') ? 201 : status, { data: { id: 'v1', ...ace } }],
			);
			const credential = await bildout.connect({ baseUrl: server.url });
			const again = async () =>
				(await bildout.run({ ...upsert, ...OPTIONS }, { items: [ace], credential })).json[0].upsert;
			expect([await again(), await again()]).toEqual(upserts);
			const writes = server.requests.filter((line) => line === 'POST /vendors');
			expect(writes).toHaveLength(creates);
		},
	);

	it('gives no hint that records without an ID are one', async () => {
		listing(202);
		const items = ['a', 'b'].map((name) => ({ name, email: `${name}@ace.example` }));
		const { hints, json } = await bildout.runAt(server, { ...upsert, ...OPTIONS }, { items });
		expect(json).toMatchObject([{ upsert: 'created' }, { upsert: 'created' }]);
		expect(hints).toEqual([]);
	});

	it('creates it again where it is still not listed after ten minutes', async () => {
		listing(204);
		const credential = await bildout.connect({ baseUrl: server.url });
		for (const [minutes, writes] of [
			[0, 1],
			[9, 1],
			[11, 2],
		]) {
			setNodeClock((now) => now + minutes * 60_000);
			await bildout.run({ ...upsert, ...OPTIONS }, { items: [ace], credential });
			jest.restoreAllMocks();
			expect(server.requests.filter((line) => line === 'POST /vendors')).toHaveLength(writes);
		}
	});

	it('reads the list once, though BildOut refuses some of the creates', async () => {
		listing(422, { error: { message: 'No' } });
		const items = [1, 2, 3].map((number) => ({ name: 'Ace', email: `${number}@ace.example` }));
		await bildout.runAt(server, { ...upsert, ...OPTIONS }, { items, node: CONTINUING });
		expect(server.requests).toEqual(['GET /vendors', ...Array<string>(3).fill('POST /vendors')]);
	});

	it('finds the project of a customer whom BildOut shows in it', async () => {
		const project = { id: 'p1', name: 'Roof', client: { id: 'c1', name: 'Ace' } };
		server.respond((request) => [200, { data: request.endsWith('s') ? [project] : project }]);
		const { json, hints } = await bildout.runAt(
			server,
			op('project upsert', { name: 'Roof', customerId: locator('c1') }),
		);
		expect(json).toMatchObject([{ id: 'p1', upsert: 'updated' }]);
		// The check finds the customer there, too.
		expect(hints).toEqual([
			'The update changed nothing, because BildOut had these values already.',
		]);
		expect(server.requests).toEqual([
			...['GET /projects', 'GET /projects', 'GET /projects/p1', 'PUT /projects/p1'],
		]);
	});

	it('knows a name again, however its accents are put together', async () => {
		const world = account({ vendors: [person('a', { name: 'Jos\u00e9 Roofing' })] });
		const items = [{ by: 'name', name: 'Jose\u0301 Roofing', email: 'a@ace.example' }];
		const { json } = await run(world, upsert, { items });
		expect(json).toMatchObject([{ id: 'a', upsert: 'updated' }]);
	});

	it('ends at once when it is cancelled while another execution is at the same record', async () => {
		await bildout.control.fault({ kind: 'slow', delayMs: 1_500, method: 'GET', times: 1 });
		const first = bildout.start(upsert, { items: [ace] });
		while ((await bildout.calls()).length === 0) await wait(10);
		const second = bildout.start(upsert, { items: [ace] });
		await wait(200);
		second.cancel();
		let firstEnded = false;
		void first.done.then(() => (firstEnded = true));
		expect((await second.done).run.status).toBe('canceled');
		expect(firstEnded).toBe(false);
		expect((await first.done).json).toMatchObject([{ upsert: 'created' }]);
	});

	it('gives a hint where two names of a run share an email', async () => {
		const { hints } = await run(account({ vendors: [] }), upsert, {
			items: [ace, { ...ace, name: 'Bay' }, { name: 'Cliff', email: 'c@ace.example' }],
		});
		expect(hints).toEqual([
			expect.stringMatching(/^One record has several names in this run.*: 'Ace' and 'Bay'\./),
		]);
	});
});

describe('a create of an invoice', () => {
	const custom = (name: string, type: string, value: string) => ({
		additionalFields: { customFields: { field: [{ name, type, value }] } },
	});

	it('takes no lines twice', async () => {
		const world = account({ invoices: [] });
		const { error } = await run(world, newInvoice('c1', custom('line_items', 'json', '[]')));
		expect(error?.message).toBe("Custom field 'line_items' is given twice");
		expect(world.writes).toEqual([]);
	});

	it('takes the customer from a custom field where Customer is empty', async () => {
		const world = account({ invoices: [] });
		const { error } = await run(world, newInvoice('={{ "" }}', custom('client_id', 'text', 'c9')));
		expect(error).toBeUndefined();
		expect(world.records.invoices).toMatchObject([{ client_id: 'c9' }]);
	});
});

describe('an item that fails', () => {
	const create = op('customer create', { name: '={{ $json.name }}' });
	const items = ['A', 'B', 'C'].map((name) => ({ name }));

	it('says how many were written before it where it ends the run', async () => {
		const world = account({ customers: [] });
		world.fate('"C"', 422);
		const { error } = await run(world, create, { items });
		expect(error?.description).toMatch(/ 2 items were written before this one\. .*use Retry/);
		expect(error?.description).toMatch(/'On Error' set to 'Continue'/);
	});

	it('is an error item by the rule of n8n 2.30', async () => {
		const world = account({ customers: [] });
		world.fate('"B"', 422);
		const { items: output } = await run(world, create, { items, node: CONTINUING });
		const isError = output.map(({ json, error }) => {
			const keys = Object.keys(json).sort().join();
			const alone = Boolean(json.error) && keys === 'error';
			const pair = Boolean(json.error && json.message && keys === 'error,message');
			return Boolean(error) || alone || pair;
		});
		expect(isError).toEqual([false, true, false]);
		expect(output[1].json.message).toMatch(/run it again/);
	});
});
