import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { call, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, raw } = sandbox;

const root = resolve(__dirname, '../..');
const main = async (...args: string[]) => {
	const child: ChildProcess = spawn(process.execPath, ['sandbox/main.mts', ...args], { cwd: root });
	let said = '';
	child.stdout!.on('data', (text) => (said += text));
	child.stderr!.on('data', (text) => (said += text));
	const url = new Promise<string>((found) =>
		child.stdout!.on('data', () => {
			const [, address] = /^BildOut sandbox: (\S+)\n.+\n/.exec(said) ?? [];
			if (address) found(address);
		}),
	);
	return { child, url, said: () => said };
};

const names = async (): Promise<string[]> =>
	(await api('GET', '/customers?limit=100&search=fault')).body.data.map(
		({ name }: { name: string }) => name,
	);
const create = async (name: string) => await api('POST', '/customers', { name });

describe('the command', () => {
	it('has no control interface unless asked, says where it is and what to enter in n8n, and stops on SIGTERM', async () => {
		const { child, url, said } = await main('--port', '0', '--empty');
		const address = await url;
		for (const path of ['/__control/requests', '/__control/tokens', '/__control']) {
			expect((await call('GET', `${address}${path}`)).status).toBe(404);
			expect((await call('POST', `${address}${path}`, {})).status).toBe(404);
		}
		const news = await fetch(`${address}/page/news`);
		expect(said()).toBe(
			`BildOut sandbox: ${address}\nIn n8n's credential: Base URL ${address}, Client ID n8n-sandbox, Client Secret n8n-sandbox-secret\n`,
		);
		child.kill('SIGTERM');
		expect(await once(child, 'close')).toEqual([0, null]);
		await news.body?.cancel().catch(() => {});
	});

	it.each([
		['--pagination', 'pages'],
		['--rate-limit', '0'],
		['--port', 'http'],
		['--speed', '9'],
	])('refuses %s %s and says how to use it', async (...args) => {
		const { child, said } = await main(...args);
		expect(await once(child, 'close')).toEqual([2, null]);
		expect(said()).toContain(args[0]);
		expect(said()).toContain('Usage:');
	});

	it('tells of its options in the form in which npm takes them', async () => {
		const { child, said } = await main('--help');
		expect(await once(child, 'close')).toEqual([0, null]);
		expect(said()).toMatch(/^Usage: npm run sandbox -- \[options\]\n/);
	});

	it('says so when its port is taken', async () => {
		const { port } = new URL(sandbox.url);
		const { child, said } = await main('--port', port);
		expect(await once(child, 'close')).toEqual([1, null]);
		expect(said()).toBe(
			`Port ${port} is in use. Choose another one: npm run sandbox -- --port ${Number(port) + 1}\n`,
		);
	});
});

describe('faults', () => {
	it('answer a status in place of the work, as often as ordered, on the requests that match', async () => {
		await sandbox.control.fault({
			kind: 'status',
			method: 'POST',
			path: '/customers$',
			times: 2,
			status: 422,
			message: 'The name is taken.',
			details: [{ field: 'name', message: 'is taken' }],
			headers: { 'retry-after': '3' },
		});
		expect((await api('POST', '/vendors', { name: 'Fault 0' })).status).toBe(201);
		for (const name of ['Fault 1', 'Fault 2']) {
			const { status, body, headers } = await create(name);
			expect([status, headers.get('retry-after')]).toEqual([422, '3']);
			expect(body.error).toEqual({
				code: 'validation_error',
				message: 'The name is taken.',
				details: [{ field: 'name', message: 'is taken' }],
				request_id: headers.get('x-request-id'),
			});
			expect(headers.get('x-ratelimit-limit')).toBe('1000000');
		}
		expect((await create('Fault 3')).status).toBe(201);
		expect(await names()).toEqual(['Fault 3']);
	});

	it.each([
		[400, 'invalid_request'],
		[401, 'unauthorized'],
		[403, 'insufficient_scope'],
		[404, 'not_found'],
		[409, 'conflict'],
		[429, 'rate_limit_exceeded'],
		[500, 'server_error'],
		[503, 'server_error'],
	])('know the code of %i', async (status, code) => {
		await sandbox.control.fault({ kind: 'status', status });
		const answer = await api('GET', '/customers');
		expect([answer.status, answer.body.error.code]).toEqual([status, code]);
	});

	it('answer a proxy’s page in place of JSON', async () => {
		await sandbox.control.fault({ kind: 'html', status: 503 });
		const { status, headers, body } = await create('Fault 1');
		expect([status, headers.get('content-type')]).toEqual([503, 'text/html']);
		expect(body).toContain('<h1>503</h1>');
		expect(await names()).toEqual([]);
	});

	it('drop the connection before the work, so that nothing was done', async () => {
		await sandbox.control.fault({ kind: 'drop_before', method: 'POST' });
		await expect(create('Fault 1')).rejects.toThrow('fetch failed');
		expect(await names()).toEqual([]);
	});

	it('drop the connection after the work, so that it was done; the key tells', async () => {
		await sandbox.control.fault({ kind: 'drop_after', method: 'POST' });
		const key = { 'idempotency-key': 'lost-answer' };
		const lost = api('POST', '/customers', { name: 'Fault 1' }, key);
		await expect(lost).rejects.toThrow('fetch failed');
		expect(await names()).toEqual(['Fault 1']);
		expect((await api('POST', '/customers', { name: 'Fault 1' }, key)).status).toBe(201);
		expect(await names()).toEqual(['Fault 1']);
	});

	it('send the body slowly, and whole', async () => {
		await sandbox.control.fault({ kind: 'slow', delayMs: 1_000 });
		const started = Date.now();
		const answer = await fetch(`${sandbox.url}/api/v1/customers?limit=2`, {
			headers: { authorization: `Bearer ${sandbox.token}` },
		});
		const headersAfter = Date.now() - started;
		expect(((await answer.json()) as { data: unknown[] }).data).toHaveLength(2);
		expect(Date.now() - started).toBeGreaterThanOrEqual(990);
		expect(headersAfter).toBeLessThan(990);
	});

	it('can be called off', async () => {
		await sandbox.control.fault({ kind: 'status', status: 500, times: 9 });
		await sandbox.control.clearFaults();
		expect((await api('GET', '/customers')).status).toBe(200);
	});

	it('strike the token endpoint too', async () => {
		await sandbox.control.fault({ kind: 'status', status: 500, path: '^/oauth/token$' });
		expect((await raw('POST', '/oauth/token')).status).toBe(500);
		expect((await raw('POST', '/oauth/token')).status).toBe(400);
	});
});

describe('the request log', () => {
	it('tells each call of the API and of OAuth as it went over the wire', async () => {
		await sandbox.control.clearRequests();
		const body = '{ "name": "Logged",  "budget": 1e3 }';
		const key = { 'idempotency-key': 'a-key' };
		await api('POST', '/projects', body, key);
		await api('GET', '/customers?limit=2&search=x%20y');
		await raw('POST', '/oauth/token', 'grant_type=refresh_token&refresh_token=r', {
			'content-type': 'application/x-www-form-urlencoded',
		});
		await raw('GET', '/');
		const log = await sandbox.control.requests();
		expect(log).toMatchObject([
			{
				method: 'POST',
				path: '/api/v1/projects',
				query: {},
				headers: { authorization: `Bearer ${sandbox.token}`, ...key },
				body,
				json: { name: 'Logged', budget: 1000 },
				status: 201,
				responseHeaders: { 'x-ratelimit-limit': '1000000' },
				inFlight: 1,
			},
			{
				method: 'GET',
				path: '/api/v1/customers',
				query: { limit: '2', search: 'x y' },
				body: '',
				json: null,
				status: 200,
			},
			{
				method: 'POST',
				path: '/oauth/token',
				body: 'grant_type=refresh_token&refresh_token=r',
				json: { grant_type: 'refresh_token', refresh_token: 'r' },
				status: 400,
			},
		]);
		for (const { startedAt, finishedAt } of log) {
			expect(Math.abs(Date.now() - startedAt)).toBeLessThan(10_000);
			expect(finishedAt).toBeGreaterThanOrEqual(startedAt);
		}
	});

	it('has the body of a call that was refused, and no status for one that was dropped', async () => {
		await sandbox.control.clearRequests();
		await sandbox.control.fault({ kind: 'drop_before' });
		await create('Fault 1').catch(() => {});
		await api('POST', '/customers', { name: 'Fault 2' }, { authorization: 'Bearer no' });
		expect(await sandbox.control.requests()).toMatchObject([
			{ status: null, json: { name: 'Fault 1' } },
			{ status: 401, json: { name: 'Fault 2' } },
		]);
	});

	it('counts the calls that are under way together', async () => {
		await sandbox.control.config({ latencyMs: 500 });
		await sandbox.control.clearRequests();
		const started = Date.now();
		await Promise.all([1, 2, 3, 4].map(async () => await api('GET', '/customers?limit=1')));
		expect(Date.now() - started).toBeGreaterThanOrEqual(495);
		const log = await sandbox.control.requests();
		expect(log.map(({ inFlight }) => inFlight).sort()).toEqual([1, 2, 3, 4]);
	});
});

describe('the rest of the control interface', () => {
	it('seeds as many records as it is told, on top of those there are', async () => {
		const more = { customers: 40, vendors: 3, projects: 2, invoices: 130, payments: 60 };
		expect(await sandbox.control.seed(more)).toEqual({
			customers: 76,
			vendors: 27,
			projects: 32,
			invoices: 370,
			payments: 340,
		});
		const { data } = (await api('GET', '/invoices?limit=1')).body;
		expect(data[0].invoice_number).toBe('INV-0370');
		const emails = new Set<string>();
		for (let page = 1; page <= 4; page++) {
			const { body } = await api('GET', `/customers?limit=20&page=${page}`);
			for (const { email } of body.data) emails.add(email);
		}
		expect(emails.size).toBe(76);
	});

	it('resets everything but the sign-ins', async () => {
		await create('Fault 1');
		await api('POST', '/webhooks', { url: 'http://127.0.0.1:9/', events: ['*'] });
		await sandbox.control.emit({ type: 'invoice.paid' });
		await sandbox.control.config({ pagination: 'cursor', latencyMs: 5 });
		await sandbox.control.fault({ kind: 'status', times: 99 });
		await sandbox.control.reset();
		expect(await sandbox.control.requests()).toEqual([]);
		expect(await sandbox.control.deliveries()).toEqual([]);
		expect(await names()).toEqual([]);
		const { pagination } = (await api('GET', '/webhooks')).body;
		expect(pagination).toMatchObject({ page: 1, total: 0 });
	});

	it('lets one token or all of them expire, and revokes all', async () => {
		const second = await sandbox.control.token({ scopes: ['customers:read'] });
		expect(second).toMatchObject({ scope: 'customers:read', token_type: 'Bearer' });
		const status = async (token: string) =>
			(await api('GET', '/customers', undefined, { authorization: `Bearer ${token}` })).status;
		await sandbox.control.expireTokens(second.access_token);
		expect([await status(second.access_token), await status(sandbox.token)]).toEqual([401, 200]);
		await sandbox.control.expireTokens();
		expect(await status(sandbox.token)).toBe(401);

		const third = await sandbox.control.token();
		await sandbox.control.revokeTokens();
		expect(await status(third.access_token)).toBe(401);
		const refresh = `grant_type=refresh_token&refresh_token=${third.refresh_token}&client_id=n8n-sandbox&client_secret=n8n-sandbox-secret`;
		const form = { 'content-type': 'application/x-www-form-urlencoded' };
		expect((await raw('POST', '/oauth/token', refresh, form)).body.error).toBe('invalid_grant');
	});

	it.each([
		['/config', { latency: 5 }],
		['/config', { rateLimit: { limits: 5 } }],
		['/config', { pagination: 'pages' }],
		['/faults', { kind: 'explode' }],
		['/faults', { kind: 'status', path: '(' }],
		['/tokens', { scopes: ['everything'] }],
		['/emit', {}],
	])('refuses what it does not understand: %s %j', async (path, body) => {
		expect((await raw('POST', `/__control${path}`, body)).status).toBe(422);
	});
});
