import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startSandbox } from '../support/sandbox.cts';
import { type ApiResponse, type Body, call, useSandbox } from './client.cts';

/** What the random requests and sequences of the other files do not show: which refusal comes when, and order. */
const sandbox = useSandbox();
const { api, create, read } = sandbox;

/** Every error has BildOut's envelope, and the request's ID in the body and in a header. */
function expectError({ status, headers, body }: ApiResponse, expected: [number, string]) {
	expect([status, body.error.code]).toEqual(expected);
	expect(body.error.message).toEqual(expect.stringMatching(/^[A-Z].+\.$/));
	expect(body.error.request_id).toMatch(/^req_/);
	expect(headers.get('x-request-id')).toBe(body.error.request_id);
}

describe('an error', () => {
	const text = { 'content-type': 'text/plain' };
	const form = { 'content-type': 'application/x-www-form-urlencoded' };
	const nobody = { authorization: 'Bearer nonsense' };
	const invalid: [number, string] = [400, 'invalid_request'];

	it.each<[string, string, string, unknown, object, [number, string]]>([
		['JSON that breaks off', 'POST', '/customers', '{"name":', {}, invalid],
		['a list for a record', 'POST', '/customers', [], {}, invalid],
		['null for a record', 'PUT', '/customers/1', null, {}, invalid],
		['no body', 'POST', '/customers', undefined, {}, invalid],
		['an address that is not encoded', 'GET', '/customers/%', undefined, {}, invalid],
		['no token, before the body is read', 'POST', '/customers', '{', nobody, [401, 'unauthorized']],
		['a body that is not JSON', 'POST', '/customers', 'name', text, [415, 'invalid_request']],
		['a form', 'POST', '/customers', 'name=Ace', form, [415, 'invalid_request']],
		['an unknown path', 'GET', '/nothing', undefined, {}, [404, 'not_found']],
		['an unknown ID', 'GET', '/customers/1', undefined, {}, [404, 'not_found']],
		['an ID that is a path', 'GET', '/customers/..%2Fwebhooks', undefined, {}, [404, 'not_found']],
		['a method not taken', 'PATCH', '/customers', {}, {}, [405, 'invalid_request']],
		['writing a payment', 'POST', '/payments', {}, {}, [405, 'invalid_request']],
	])('for %s has the documented form', async (_, method, path, body, headers, expected) => {
		const response = await api(method, path, body, headers);
		expectError(response, expected);
		if (expected[0] === 405) expect(response.headers.get('allow')).toContain('GET');
	});

	const line = { name: 'Labor', quantity: 1, unit_price: 75 };
	it.each<[string, object, string[]]>([
		['/customers', { name: '', email: 'nobody', phone: 5 }, ['name', 'email', 'phone']],
		['/customers', { name: 'Ace', id: 'mine', created_at: 'now' }, ['created_at', 'id']],
		['/webhooks', { url: 'hook', events: ['invoice.paid', 'some.event'] }, ['events[1]', 'url']],
		['/invoices', { line_items: [line] }, ['client_id']],
		['/invoices', { client_id: randomUUID(), line_items: [line] }, ['client_id']],
		['/invoices', { line_items: [] }, ['client_id', 'line_items']],
		['/invoices', { client_id: 'c', line_items: [{ ...line, id: 'i' }] }, ['line_items[0].id']],
		[
			'/invoices',
			{ client_id: 'c', line_items: [line, { ...line, quantity: 'ten' }] },
			['line_items[1].quantity'],
		],
		['/invoices', { client_id: 'c', line_items: [line], status: 'paid' }, ['status']],
		['/invoices', { client_id: 'c', line_items: [line], discount_total: 76 }, ['discount_total']],
	])('of a POST to %s with %j names each wrong field once', async (path, fields, wrong) => {
		const { id } = await create('/customers', { name: 'Payer' });
		const sent = 'client_id' in fields && fields.client_id === 'c' ? { client_id: id } : {};
		const response = await api('POST', path, { ...fields, ...sent });
		expectError(response, [422, 'validation_error']);
		const named = response.body.error.details.map(({ field }: Body) => field).sort();
		expect(named).toEqual([...wrong].sort());
	});
});

describe('a list', () => {
	const ids = (records: Body[]): string[] => records.map(({ id }) => id);

	it.each(['customers', 'vendors', 'projects'])('of %s is sorted by name', async (list) => {
		const names = (await read(`/${list}?limit=100`)).map(({ name }: Body) => name.toLowerCase());
		expect(names.length).toBeGreaterThanOrEqual(24);
		expect(names).toEqual([...names].sort());
	});

	it.each(['customers', 'vendors', 'projects', 'payments', 'webhooks'])(
		'of %s ignores a parameter that it does not have',
		async (list) => {
			const { body } = await api('GET', `/${list}?status=paid&colour=red`);
			expect(body).toEqual((await api('GET', `/${list}`)).body);
		},
	);

	it.each(['page', 'offset', 'cursor'] as const)(
		'by %s has 20 records by default and never more than the maximum, and can ignore the page',
		async (pagination) => {
			await sandbox.control.config({ pagination });
			expect(await read('/invoices')).toHaveLength(20);
			await sandbox.control.config({ maxLimit: 30, ignorePage: true });
			const first = (await api('GET', '/invoices?limit=100')).body;
			expect(first.data).toHaveLength(30);
			const next = `page=2&offset=5&cursor=${first.pagination.next_cursor ?? ''}`;
			expect(ids(await read(`/invoices?limit=100&${next}`))).toEqual(ids(first.data));
		},
	);

	it('has a cursor that stays in its place when records come in before it', async () => {
		await sandbox.control.config({ pagination: 'cursor' });
		const first = (await api('GET', '/customers?limit=10')).body;
		await create('/customers', { name: 'AAA comes first' });
		const second = await read(`/customers?limit=10&cursor=${first.pagination.next_cursor}`);
		expect(ids(second).filter((id) => ids(first.data).includes(id))).toEqual([]);
	});

	const cursorOf = (position: unknown[]) =>
		`cursor=${Buffer.from(JSON.stringify(position)).toString('base64url')}`;
	it.each([
		...['limit=0', 'limit=-1', 'limit=ten', 'page=0', 'offset=-1', 'offset=1e999'],
		...['cursor=bm9uc2Vuc2U', cursorOf([1]), cursorOf([{ name: 'A' }, 1]), cursorOf(['A', 1.5])],
	])('is refused with %s', async (query) => {
		if (query.startsWith('cursor')) await sandbox.control.config({ pagination: 'cursor' });
		const { status, body } = await api('GET', `/customers?${query}`);
		expect([status, body.error.details[0].field]).toEqual([422, query.split('=')[0]]);
	});

	it.each(['page=1e30', 'page=9007199254740993'])('is empty beyond its end: %s', async (query) => {
		expect(await read(`/customers?${query}`)).toEqual([]);
	});

	it('is searched by names, emails and numbers, case aside, taking every character for itself', async () => {
		const customer = { name: '100%_Ögren & Söhne', email: 'Ada@Ogren.example' };
		const made = await create('/customers', customer);
		const line_items = [{ name: 'Work', quantity: 1, unit_price: 1 }];
		const invoice = await create('/invoices', { client_id: made.id, line_items });
		const found = async (path: string, text: string) =>
			ids(await read(`${path}?search=${encodeURIComponent(text)}`));
		for (const text of ['100%_', 'GREN & S', 'ÖGREN & SÖHNE', 'ada@OGREN', '%']) {
			expect([text, await found('/customers', text)]).toEqual([text, [made.id]]);
		}
		expect(await found('/customers', "'; DROP TABLE customers --")).toEqual([]);
		for (const text of [invoice.invoice_number.toLowerCase(), 'gren &']) {
			expect(await found('/invoices', text)).toEqual([invoice.id]);
		}
	});
});

it('keeps records and sign-ins in a file; a response that breaks the contract is a 500', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'bildout-sandbox-'));
	const file = join(folder, 'account.db');
	const path = '/api/v1/customers';
	const first = await startSandbox(['--database', file, '--empty']);
	const authorization = `Bearer ${(await first.control.token()).access_token}`;
	await call('POST', `${first.url}${path}`, { name: 'Kept' }, { authorization });
	await first.stop();

	const database = new DatabaseSync(file);
	const second = await startSandbox(['--database', file, '--empty']);
	try {
		const list = async () => await call('GET', second.url + path, undefined, { authorization });
		expect((await list()).body.data).toMatchObject([{ name: 'Kept', email: null }]);
		database.exec(`UPDATE customers SET document = json_set(document, '$.email', 'broken')`);
		expectError(await list(), [500, 'server_error']);
	} finally {
		database.close();
		await second.stop();
		rmSync(folder, { recursive: true });
	}
});
