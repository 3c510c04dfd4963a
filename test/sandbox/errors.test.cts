import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startSandbox } from '../support/sandbox.cts';
import { type Answer, call, useSandbox } from './client.cts';

const sandbox = useSandbox({ empty: true });
const { api } = sandbox;

/** Every error has BildOut's envelope, and the request's ID in the body and in a header. */
function expectError({ status, headers, body }: Answer, expected: [number, string]) {
	expect([status, body.error.code]).toEqual(expected);
	expect(body.error.message).toEqual(expect.stringMatching(/^[A-Z].+\.$/));
	expect(body.error.request_id).toMatch(/^req_/);
	expect(headers.get('x-request-id')).toBe(body.error.request_id);
}

describe('an error', () => {
	const text = { 'content-type': 'text/plain' };

	it.each([
		['JSON that breaks off', 'POST', '/customers', '{"name":', {}, [400, 'invalid_request']],
		['a list for a record', 'POST', '/customers', [], {}, [400, 'invalid_request']],
		['null for a record', 'PUT', '/customers/1', null, {}, [400, 'invalid_request']],
		['no body', 'POST', '/customers', undefined, {}, [400, 'invalid_request']],
		['a body that is not JSON', 'POST', '/customers', 'name', text, [415, 'invalid_request']],
		['an unknown path', 'GET', '/nothing', undefined, {}, [404, 'not_found']],
		['an unknown ID', 'GET', '/customers/1', undefined, {}, [404, 'not_found']],
		['an ID that is a path', 'GET', '/customers/..%2Fwebhooks', undefined, {}, [404, 'not_found']],
		['a method not taken', 'PATCH', '/customers', {}, {}, [405, 'invalid_request']],
		['writing a payment', 'POST', '/payments', {}, {}, [405, 'invalid_request']],
		['a field that is wrong', 'POST', '/customers', { name: 7 }, {}, [422, 'validation_error']],
		[
			'a parameter that is wrong',
			'GET',
			'/customers?limit=many',
			undefined,
			{},
			[422, 'validation_error'],
		],
	] as Array<[string, string, string, unknown, object, [number, string]]>)(
		'for %s has the documented form',
		async (_, method, path, body, headers, expected) => {
			expectError(await api(method, path, body, headers), expected);
		},
	);

	it('names what is allowed where a method is not', async () => {
		expect((await api('PATCH', '/payments')).headers.get('allow')).toBe('GET');
		expect((await api('POST', '/customers/1', {})).headers.get('allow')).toBe('GET, PUT, DELETE');
	});

	it('says 401 before it says anything about the body', async () => {
		const answer = await api('POST', '/customers', '{', { authorization: 'Bearer no' });
		expectError(answer, [401, 'unauthorized']);
	});

	it('names each field that is wrong, once, in words', async () => {
		const { body } = await api('POST', '/customers', {
			name: '',
			email: 'nobody',
			phone: 5,
			address: 'Tacoma',
		});
		expect(body.error.details).toEqual([
			{ field: 'name', message: 'must not be empty' },
			{ field: 'email', message: 'must be an email address' },
			{ field: 'phone', message: 'must be a string' },
			{ field: 'address', message: 'must be an object' },
		]);
	});

	it('gives each request an ID of its own', async () => {
		const answers = await Promise.all([1, 2, 3].map(async () => await api('GET', '/customers')));
		expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(3);
	});
});

describe('the Idempotency-Key', () => {
	const names = async () =>
		(await api('GET', '/customers')).body.data.map(({ name }: never) => name);
	const key = { 'idempotency-key': 'a-key' };

	it('answers a repeated POST as the first time, and changes nothing', async () => {
		const first = await api('POST', '/customers', { name: 'Once' }, key);
		const again = await api('POST', '/customers', { name: 'Once' }, key);
		expect(first.status).toBe(201);
		expect([again.status, again.body]).toEqual([201, first.body]);
		expect(await names()).toEqual(['Once']);
	});

	it('holds for requests that arrive together', async () => {
		const answers = await Promise.all(
			Array.from(
				{ length: 10 },
				async () => await api('POST', '/customers', { name: 'Once' }, key),
			),
		);
		expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
		expect(await names()).toEqual(['Once']);
	});

	it('is refused with another body', async () => {
		await api('POST', '/customers', { name: 'Once' }, key);
		expectError(await api('POST', '/customers', { name: 'Twice' }, key), [409, 'conflict']);
		expect(await names()).toEqual(['Once']);
	});

	it('is not used up by a request that was refused', async () => {
		expect((await api('POST', '/customers', { name: '' }, key)).status).toBe(422);
		expect((await api('POST', '/customers', { name: 'Better' }, key)).status).toBe(201);
	});

	it('belongs to one kind of record, and another key or none makes another record', async () => {
		await api('POST', '/customers', { name: 'Once' }, key);
		expect((await api('POST', '/vendors', { name: 'Once' }, key)).status).toBe(201);
		await api('POST', '/customers', { name: 'Once' }, { 'idempotency-key': 'another' });
		await api('POST', '/customers', { name: 'Once' });
		expect(await names()).toEqual(['Once', 'Once', 'Once']);
	});
});

it('refuses what cannot be kept or read, in the words of any other error', async () => {
	const deep = { name: 'Ace', tags: JSON.parse(`${'['.repeat(1_100)}${']'.repeat(1_100)}`) };
	expectError(await api('POST', '/customers', deep), [400, 'invalid_request']);
	const form = { 'content-type': 'application/x-www-form-urlencoded' };
	expectError(await api('POST', '/customers', 'name=Ace', form), [415, 'invalid_request']);
	expectError(await api('GET', '/customers/%'), [400, 'invalid_request']);
	expect((await api('GET', '/customers?search=Ace')).body.data).toEqual([]);
});

describe('a database file', () => {
	let folder: string;
	beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'bildout-sandbox-'))));
	afterAll(() => rmSync(folder, { recursive: true }));

	it('keeps records and sign-ins over a restart; an answer that breaks the contract is a 500', async () => {
		const file = join(folder, 'account.db');
		const first = await startSandbox(['--database', file, '--empty']);
		const { access_token } = await first.control.token();
		const authorization = `Bearer ${access_token}`;
		const path = '/api/v1/customers';
		await call('POST', `${first.url}${path}`, { name: 'Kept' }, { authorization });
		await first.stop();

		const database = new DatabaseSync(file);
		const second = await startSandbox(['--database', file, '--empty']);
		try {
			const kept = await call('GET', `${second.url}${path}`, undefined, { authorization });
			expect(kept.body.data).toMatchObject([{ name: 'Kept', email: null }]);

			database.exec(`UPDATE customers SET document = json_set(document, '$.email', 'broken')`);
			const broken = await call('GET', `${second.url}${path}`, undefined, { authorization });
			expectError(broken, [500, 'server_error']);
		} finally {
			database.close();
			await second.stop();
		}
	});
});
