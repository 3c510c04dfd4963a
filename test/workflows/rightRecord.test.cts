import { setTimeout as wait } from 'node:timers/promises';
import type { Forms } from '../support/account.cts';
import { bildOut } from '../support/bildout.cts';
import { setNodeClock } from '../support/clock.cts';
import { CONTINUING, LABOR, locator, newInvoice, onOne, op } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/** That a write changes the record that is meant, and keeps what is the user's own. */
const server = scriptedServer();
const bildout = bildOut(server);

const NO_RETRY = { maxRetries: 0 };
const person = (id: string, more: JsonObject = {}): JsonObject => ({
	...{ id, name: id.toUpperCase(), email: `${id}@ace.example` },
	...more,
});

describe('an update', () => {
	const phone = onOne('customer update', 'c1', { updateFields: { phone: '1' }, options: NO_RETRY });
	const byEmail = op('customer update', {
		customerId: locator('={{ $json.who }}', 'email'),
		updateFields: { email: '={{ $json.email }}', phone: '={{ $json.phone }}' },
	});
	const shows = (data: Json) => server.respond(() => [200, { data }]);

	it('changes the record that has the email by then', async () => {
		const { records } = server.holds({ customers: [person('a'), person('c')] });
		await bildout.succeed(byEmail, {
			items: [
				{ who: 'a@ace.example', email: 'gone@ace.example', phone: '1' },
				{ who: 'c@ace.example', email: 'a@ace.example', phone: '2' },
				{ who: 'a@ace.example', email: 'a@ace.example', phone: '3' },
			],
		});
		expect(records.customers.map((one) => one.phone)).toEqual(['1', '3']);
	});

	it('changes nothing where the record has lost the email since the list was read', async () => {
		const customers = [person('a', { email: 'other@ace.example' })];
		server.holds({ customers }, { listed: (one) => ({ ...one, email: 'a@ace.example' }) });
		const items = [{ who: 'a@ace.example', email: 'x@ace.example', phone: '1' }];
		const { error } = await bildout.run(byEmail, { items });
		expect(error?.message).toMatch(/no customer has the email 'a@ace.example'/);
		expect(server.writes).toEqual([]);
	});

	it('keeps every field that is not certainly the server’s', async () => {
		const own = {
			...{ url: 'https://ace.example', user_id: 'U-7', object: 'crane', created_by: 'Ann' },
			...{ org_id: 'O-1', project: 'Roof', customer: 'Ace', payments: 'monthly' },
			...{ deleted_at: null, paid_at: 'later' },
		};
		const line = { ...LABOR, total: 'own' };
		const invoice = {
			...{ id: 'i1', client_id: 'c1', total: 75, ...own, client: { id: 'c1' } },
			line_items: [{ id: 'l1', ...line, amount: 75 }],
		};
		const { writes } = server.holds({ invoices: [invoice] });
		await bildout.run(onOne('invoice update', 'i1', { updateFields: { notes: 'n' } }));
		expect(writes).toEqual([
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
		const { error } = await bildout.run(phone);
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
		const { json } = await bildout.run({ ...phone, simplify: false });
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
			shows(shown);
			const updateFields = { customFields: { field: [{ name: 'po', value: 'P' }] } };
			await bildout.run(onOne(`${kind} update`, 'x1', { updateFields }));
			const { id: _, client, ...rest } = shown;
			const body = { ...rest, client_id: client.id, po: 'P' };
			expect(server.seen[1]).toEqual([`PUT /${kind}s/x1`, body]);
		},
	);

	it('moves an invoice to another customer wherever BildOut shows the customer', async () => {
		const shown = { id: 'x1', customer_id: 'c1', line_items: [] };
		shows(shown);
		await bildout.run(
			onOne('invoice update', 'x1', { updateFields: { customerId: locator('c2') } }),
		);
		const body = { customer_id: 'c2', line_items: [], client_id: 'c2' };
		expect(server.seen[1]).toEqual(['PUT /invoices/x1', body]);
	});

	const INVOICE = { id: 'i1', client_id: 'c1', due_date: '2025-02-15' };
	const lines = (lineItemsInput: string) =>
		onOne('invoice update', 'i1', { lineItemsInput, lineItemsJson: JSON.stringify([LABOR]) });

	it.each([
		['changes another field', onOne('invoice update', 'i1', { updateFields: { notes: 'n' } })],
		['adds lines', lines('addJson')],
	])('that %s writes no invoice of which BildOut leaves out the lines', async (_, parameters) => {
		shows(INVOICE);
		const { error } = await bildout.run(parameters);
		expect(error?.message).toMatch(/line items of the invoice 'i1'.*would remove them/);
		expect(error?.description).toMatch(/^Nothing was changed\. .*'Change Line Items'/);
		expect(server.requests).toEqual(['GET /invoices/i1']);
	});

	it('writes such an invoice where it has new lines, and reads them to compare them', async () => {
		shows(INVOICE);
		await bildout.run(lines('json'));
		expect(server.seen).toEqual([
			['GET /invoices/i1'],
			['PUT /invoices/i1', { client_id: 'c1', due_date: '2025-02-15', line_items: [LABOR] }],
			['GET /invoices/i1'],
		]);
	});

	it('keeps an address that BildOut has as one text', async () => {
		shows({ id: 'c1', address: '1200 Larimer Street, Denver' });
		const updateFields = { address: { zip: '80202' } };
		const { error } = await bildout.run({ ...phone, updateFields });
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
		const { json } = await bildout.run({ ...phone, simplify: false });
		expect(written).toBe(`{"name":"Ace","account":${digits},"phone":"1"}`);
		expect(json).toEqual([{ id: 'c1', name: 'Ace', account: digits }]);
	});

	it('gives what it wrote where BildOut says no more than that it was done', async () => {
		const record = { id: 'c1', name: 'Ace' };
		server.respond((request) => (request.startsWith('GET') ? [200, { data: record }] : [204]));
		const { json } = await bildout.run(phone);
		expect(json).toEqual([{ ...record, phone: '1' }]);
	});
});

describe('an upsert', () => {
	const upsert = op('vendor upsert', {
		options: NO_RETRY,
		matchBy: '={{ $json.by ?? "email" }}',
		email: '={{ $json.email }}',
		name: '={{ $json.name }}',
		additionalFields: { email: '={{ $json.email }}' },
	});
	const ace = { name: 'Ace', email: 'a@ace.example' };
	const listing = (status: number, body?: Json) =>
		server.respond((request) => (request.startsWith('GET') ? [200, { data: [] }] : [status, body]));

	afterEach(() => jest.restoreAllMocks());

	const without = ({ email: _, ...record }: JsonObject) => record;

	it.each<[string, Forms['listed']]>([
		['every record', without],
		['some records', (record) => (record.id === 'a' ? without(record) : record)],
	])('finds what a list does not show, where it leaves the email out of %s', async (_, listed) => {
		const { records } = server.holds({ vendors: [person('a'), person('b')] }, { listed });
		const { json } = await bildout.run(upsert, { items: [ace] });
		expect(json).toMatchObject([{ id: 'a', upsert: 'updated' }]);
		expect(records.vendors).toHaveLength(2);
	});

	it('creates nothing where that would take too many requests', async () => {
		const vendors = Array.from({ length: 101 }, (_, n) => person(`v${n}`));
		server.holds({ vendors }, { listed: without });
		const { error } = await bildout.run(upsert, { items: [ace] });
		expect(error?.message).toMatch(/^BildOut's list leaves out the email of 101 vendors/);
		expect(server.writes).toEqual([]);
	});

	it('creates nothing again that BildOut neither returned nor lists', async () => {
		listing(204);
		const { json } = await bildout.run(upsert, { items: [ace, ace], node: CONTINUING });
		expect(server.requests).toEqual(['GET /vendors', 'POST /vendors', 'GET /vendors']);
		expect(json[1].error).toMatch(/^A vendor with the email .* may have been created a moment ago/);
	});

	it.each([
		['is there', 200, ['created', 'updated'], ['POST /vendors', 'PUT /vendors/v1']],
		['was deleted since', 404, ['created', 'created'], ['POST /vendors', 'POST /vendors']],
	])(
		'looks up by its ID what an earlier execution created and no list shows, which %s',
		async (_, status, upserts, writes) => {
			server.respond((request) =>
				request === 'GET /vendors'
					? [200, { data: [] }]
					: [request.startsWith('POST') ? 201 : status, { data: { id: 'v1', ...ace } }],
			);
			const again = async () => (await bildout.run(upsert, { items: [ace] })).json[0].upsert;
			expect([await again(), await again()]).toEqual(upserts);
			expect(server.writes).toEqual(writes);
		},
	);

	it('gives no hint that records without an ID are one', async () => {
		listing(202);
		const items = ['a', 'b'].map((name) => ({ name, email: `${name}@ace.example` }));
		const { hints, json } = await bildout.run(upsert, { items });
		expect(json).toMatchObject([{ upsert: 'created' }, { upsert: 'created' }]);
		expect(hints).toEqual([]);
	});

	it('creates it again where it is still not listed after ten minutes', async () => {
		listing(204);
		const creates = [];
		for (const minutes of [0, 9, 11]) {
			setNodeClock((now) => now + minutes * 60_000);
			await bildout.run(upsert, { items: [ace] });
			jest.restoreAllMocks();
			creates.push(server.writes.length);
		}
		expect(creates).toEqual([1, 1, 2]);
	});

	it('reads the list once, though BildOut refuses some of the creates', async () => {
		listing(422, { error: { message: 'No' } });
		const items = [1, 2, 3].map((number) => ({ name: 'Ace', email: `${number}@ace.example` }));
		await bildout.run(upsert, { items, node: CONTINUING });
		expect(server.requests).toEqual(['GET /vendors', ...Array<string>(3).fill('POST /vendors')]);
	});

	it('finds the project of a customer whom BildOut shows in it', async () => {
		const project = { id: 'p1', name: 'Roof', client: { id: 'c1', name: 'Ace' } };
		server.respond((request) => [200, { data: request.endsWith('s') ? [project] : project }]);
		const roof = op('project upsert', { name: 'Roof', customerId: locator('c1') });
		const { json, hints } = await bildout.run(roof);
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
		server.holds({ vendors: [person('a', { name: 'Jos\u00e9 Roofing' })] });
		const items = [{ by: 'name', name: 'Jose\u0301 Roofing', email: 'a@ace.example' }];
		const { json } = await bildout.run(upsert, { items });
		expect(json).toMatchObject([{ id: 'a', upsert: 'updated' }]);
	});

	it('ends at once when it is cancelled while another execution is at the same record', async () => {
		await bildout.control.fault({ kind: 'slow', delayMs: 1_500, method: 'GET', times: 1 });
		const credential = await bildout.connect({ baseUrl: bildout.sandbox.url });
		const first = bildout.start(upsert, { items: [ace], credential });
		while ((await bildout.calls()).length === 0) await wait(10);
		const second = bildout.start(upsert, { items: [ace], credential });
		await wait(200);
		second.cancel();
		let firstEnded = false;
		void first.done.then(() => (firstEnded = true));
		expect((await second.done).run.status).toBe('canceled');
		expect(firstEnded).toBe(false);
		expect((await first.done).json).toMatchObject([{ upsert: 'created' }]);
	});

	it('gives a hint where two names of a run share an email', async () => {
		server.holds({ vendors: [] });
		const { hints } = await bildout.run(upsert, {
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

	let all: ReturnType<typeof server.holds>;
	beforeEach(() => {
		all = server.holds({ invoices: [] });
	});

	it('takes no lines twice', async () => {
		const { error } = await bildout.run(newInvoice('c1', custom('line_items', 'json', '[]')));
		expect(error?.message).toBe("Custom field 'line_items' is given twice");
		expect(server.seen).toEqual([]);
	});

	it('takes the customer from a custom field where Customer is empty', async () => {
		await bildout.succeed(newInvoice('={{ "" }}', custom('client_id', 'text', 'c9')));
		expect(all.records.invoices).toMatchObject([{ client_id: 'c9' }]);
	});
});

describe('an item that fails', () => {
	const create = op('customer create', { name: '={{ $json.name }}' });
	const items = ['A', 'B', 'C'].map((name) => ({ name }));

	it('says how many were written before it where it ends the run', async () => {
		server.holds({ customers: [] }).fate('"C"', 422);
		const { error } = await bildout.run(create, { items });
		expect(error?.description).toMatch(/ 2 items were written before this one\. .*use Retry/);
		expect(error?.description).toMatch(/'On Error' set to 'Continue'/);
	});

	it('is an error item by the rule of n8n 2.30', async () => {
		server.holds({ customers: [] }).fate('"B"', 422);
		const { items: output } = await bildout.run(create, { items, node: CONTINUING });
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
