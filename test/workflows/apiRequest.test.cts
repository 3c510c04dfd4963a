import { join } from 'node:path';
import type { BinaryDataService } from 'n8n-core';
import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import { scriptedServer } from '../support/scripted-server.cts';

const bildout = bildOut();
const byHand = scriptedServer();

const send = (method: string, path: string, more: object = {}) =>
	op('apiRequest send', { method, path, ...more });

const query = (...parameter: object[]) => ({ queryParameters: { parameter } });

describe('a read', () => {
	it('gives a record out of its envelope, at the path with or without the part that all share', async () => {
		const made = await bildout.create('/customers', { name: 'Ace Roofing' });
		for (const start of ['/', '', '/api/v1/', 'api/v1/']) {
			const { json } = await bildout.succeed(send('GET', `${start}customers/${made.id}`));
			expect([start, json]).toEqual([start, [made]]);
		}
		expect(await bildout.wire()).toEqual(Array(4).fill([`GET /customers/${made.id}`]));
	});

	it('gives one response as it is, with the query that was asked for', async () => {
		const two = query({ name: 'limit', value: '2' });
		const { json } = await bildout.run(send('GET', '/customers', two));
		const one = expect.anything();
		expect(json).toEqual([{ data: [one, one], pagination: one }]);
		expect(await bildout.wire()).toEqual([['GET /customers?limit=2']]);
	});

	it('joins the values of a name that is given twice', async () => {
		byHand.respond(() => [200, { data: { id: 'i1' } }]);
		const twice = query({ name: 'status', value: 'sent' }, { name: 'status', value: 'over due' });
		await bildout.runAt(byHand, send('GET', '/invoices', twice));
		expect(byHand.seen).toEqual([['GET /invoices?status=sent%2Cover%20due']]);
	});

	it('gives the entries of a bare list as items', async () => {
		byHand.respond(() => [200, [{ id: 'a' }, 'b']]);
		const { json } = await bildout.runAt(byHand, send('GET', '/tags'));
		expect(json).toEqual([{ id: 'a' }, { value: 'b' }]);
	});
});

describe('a list', () => {
	const list = (more: object) => send('GET', '/customers', { response: 'list', ...more });

	it('is read page after page, each record an item', async () => {
		await bildout.control.seed({ customers: 130 });
		const whole = op('customer getAll', { returnAll: true, simplify: false });
		const { json: all } = await bildout.run(whole);
		expect(all.length).toBeGreaterThan(130);
		const { json } = await bildout.run(list({ returnAll: true }));
		expect(json).toEqual(all);
		expect((await bildout.run(list({ limit: 3 }))).json).toEqual(all.slice(0, 3));
	});

	it('is found under the name of what the path ends with', async () => {
		byHand.respond(() => [200, { invoices: [{ id: 'i1' }] }]);
		const nested = send('GET', '/projects/p1/invoices', { response: 'list', limit: 1 });
		expect((await bildout.runAt(byHand, nested)).json).toEqual([{ id: 'i1' }]);
	});

	it('takes no query parameter that chooses pages', async () => {
		const message = /^The query parameter 'offset' is set by the node when it reads a list/;
		await bildout.expectRefusal(list(query({ name: 'offset', value: '5' })), message);
	});

	it('says what to choose where there is none', async () => {
		byHand.respond(() => [200, { data: { id: 'c1' } }]);
		const one = send('GET', '/customers/c1', { response: 'list' });
		const { error } = await bildout.runAt(byHand, one);
		expect(`${error?.message}. ${error?.description}`).toMatch(/returned no list\. Choose Single/);
	});
});

const PDF = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0xfe, 0x80]);
const FILE = send('GET', '/invoices/i1/pdf', { response: 'file', options: { maxRetries: 0 } });

describe('a file', () => {
	it('is returned byte for byte, with its name and type', async () => {
		const headers = {
			'content-type': 'application/pdf; x=1',
			'content-disposition': 'attachment; filename="../INV-0042.pdf"',
		};
		byHand.respond(() => [200, PDF as never, headers]);
		const invoice = { ...FILE, binaryPropertyName: 'invoice' };
		const { items, error } = await bildout.runAt(byHand, invoice);
		expect(error).toBeUndefined();
		const of = { fileName: 'INV-0042.pdf', mimeType: 'application/pdf' };
		const file = expect.objectContaining({ ...of, data: PDF.toString('base64') });
		const json = { ...of, bytes: PDF.length };
		expect(items).toEqual([{ json, binary: { invoice: file }, pairedItem: { item: 0 } }]);
	});

	it.each([404, 200])('is no error in its place, with status %d', async (status) => {
		const error = { code: 'not_found', message: 'There is no such page of invoice 7.' };
		byHand.respond(() => [status, { error }]);
		const run = await bildout.runAt(byHand, FILE);
		expect(run.error?.message).toMatch(/There is no such page of invoice 7/);
		expect(run.items).toEqual([]);
	});

	it('that is read as data leads to the choice of File', async () => {
		byHand.respond(() => [200, PDF as never, { 'content-type': 'application/pdf' }]);
		const { error } = await bildout.runAt(byHand, { ...FILE, response: 'single' });
		expect(error?.description).toMatch(/choose File under 'Response'/);
	});
});

/** The engine's own modules, of which Jest would load a second copy. */
declare const loadedOnce: (name: string) => {
	Container: { get(type: unknown): BinaryDataService };
	BinaryDataService: unknown;
};

describe('in an n8n that keeps files on disk, as n8n 3 does', () => {
	const FILESYSTEM = 'filesystem-v2';
	/** n8n-core brings a copy of its own of what keeps its services. */
	const N8N_CORE = join(__dirname, '../../node_modules/n8n-core');
	const { Container } = loadedOnce(require.resolve('@n8n/di', { paths: [N8N_CORE] }));
	const files = Container.get(loadedOnce('n8n-core').BinaryDataService);

	beforeAll(async () => await files.init());
	// Other tests of this process keep files in memory.
	afterAll(() => files.setManager(FILESYSTEM, undefined as never));

	it('a file is stored byte for byte', async () => {
		byHand.respond(() => [200, PDF as never, { 'content-type': 'application/pdf' }]);
		const { items } = await bildout.runAt(byHand, FILE);
		const { id, data } = items[0].binary!.data;
		expect(data).toBe(FILESYSTEM);
		expect(await files.getAsBuffer({ id, data, mimeType: 'application/pdf' })).toEqual(PDF);
	});
});

describe('a write', () => {
	it('sends its body, and gives what BildOut returns', async () => {
		const body = '{"name": "Ace Roofing", "phone": "1"}';
		const { json } = await bildout.run(send('POST', '/customers', { body }));
		expect(json).toEqual([await bildout.read(`/customers/${json[0].id}`)]);
		expect(json[0]).toMatchObject({ name: 'Ace Roofing', phone: '1' });
	});

	it('takes an object and a list, and sends no body where none is given', async () => {
		byHand.respond(() => [200, { ok: 1 }]);
		for (const body of ['={{ { note: $json.note } }}', '[{"a": 1}]', '']) {
			const patch = send('PATCH', '/invoices/i1', { body });
			await bildout.runAt(byHand, patch, { items: [{ note: 'n' }] });
		}
		expect(byHand.seen).toEqual([
			['PATCH /invoices/i1', { note: 'n' }],
			['PATCH /invoices/i1', [{ a: 1 }]],
			['PATCH /invoices/i1'],
		]);
	});

	it.each([
		['DELETE', { deleted: true }],
		['POST', { success: true }],
	])('says that it was done where BildOut says nothing: %s', async (method, said) => {
		byHand.respond(() => [204]);
		const { json } = await bildout.runAt(byHand, send(method, '/invoices/i1/send'));
		expect(json).toEqual([said]);
	});
});

it.each(['POST', 'PUT', 'DELETE'])(
	'a write may have been done whose response was lost: %s',
	async (method) => {
		await bildout.control.fault({ kind: 'drop_before', path: '^/api/', times: 1 });
		const path = method === 'POST' ? '/customers' : '/customers/c1';
		const { error } = await bildout.run(send(method, path));
		expect(error?.message).toBe(
			'The connection to BildOut broke before the response arrived: the request may still have been processed',
		);
		expect(error?.description).toMatch(/^Check in BildOut whether the request was processed/);
	},
);

describe('before anything is sent', () => {
	it('refuses a body of all input items where each of them would send it', async () => {
		const body = '={{ { name: $input.all().map(({ json }) => json.name).join(" and ") } }}';
		const items = [{ name: 'Ace' }, { name: 'Best' }];
		const post = send('POST', '/customers', { body });
		const each = await bildout.run(post, { items });
		expect(each.error?.message).toMatch(/^'Body' reads all 2 input items, .*'Execute Once'/);
		expect(await bildout.wire()).toEqual([]);
		await bildout.run(post, { items, node: { executeOnce: true } });
		expect(await bildout.wire()).toEqual([['POST /customers', { name: 'Ace and Best' }]]);
	});

	// All paths are in test/unit/actions/path.
	it.each([
		['https://evil.example/api/v1/customers', 'must not be a whole web address'],
		['/customers/../invoices', "must not have '.' or '..'"],
		['/customers/%2e%2E/invoices', 'may have only letters, digits'],
		['=/customers/{{ $json.missing }}', 'has an empty segment'],
		['=/customers/{{ String($json.missing) }}', 'has a part without a value'],
	])('a path that could lead elsewhere is an error: %s', async (path, message) => {
		await bildout.expectRefusal(send('DELETE', path), new RegExp(`^'Path' ${message}`));
	});

	it.each<[string, object, RegExp]>([
		['no path', { path: ' ' }, /^'Path' is empty/],
		['a body that is no JSON', { body: '{' }, /^'Body' is not valid JSON/],
		['a body that is no object', { body: '5' }, /^'Body' must be a JSON object/],
		['a number that loses digits', { body: '{"a": 12345678901234567890}' }, /more digits than/],
		[
			'a member without a value',
			{ body: '={{ ({ a: $json.no }) }}' },
			/'Body: a' returned no value$/,
		],
		[
			'a nested member without a value',
			{ body: '={{ ({ a: { b: $json.no } }) }}' },
			/^'Body' has no value at 'a.b'$/,
		],
		['a number that is none', { body: '={{ ({ a: [1, 0 / 0] }) }}' }, /^'Body' has NaN at 'a.1'$/],
		['a query value without a name', query({ name: '', value: 'x' }), /but no name$/],
		['a query name without a value', query({ name: 'q', value: '' }), /'q' has no value$/],
		['a method that is none', { method: 'TRACE' }, /^'Method' must be one of GET/],
	])('%s is an error', async (_, more, message) => {
		await bildout.expectRefusal({ ...send('POST', '/customers'), ...more }, message);
	});
});

describe('what BildOut refuses', () => {
	it.each([
		[403, /turn 'Custom Scopes' off \(or add what is missing/],
		[404, /^Check 'Path' and each ID in it/],
		[400, /'Query Parameters' and 'Body'/],
		[409, /^It conflicts with what BildOut has already/],
	])('says what to do in this panel: %d', async (status, wayOut) => {
		await bildout.control.fault({ kind: 'status', status, path: '^/api/', times: 1 });
		const { error } = await bildout.run(send('POST', '/customers'));
		expect(error?.description).toMatch(wayOut);
		expect(error?.message).not.toMatch(/may still have been/);
	});
});

it('is paced like every other request', async () => {
	await bildout.control.config({ announcedLimit: 100 });
	const items = Array.from({ length: 40 }, () => ({}));
	await bildout.succeed(send('GET', '/customers'), { items, credential: await bildout.connect() });
	expect((await bildout.calls()).map(({ status }) => status)).toEqual(items.map(() => 200));
});
