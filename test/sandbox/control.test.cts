import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Fault } from '../support/sandbox.cts';
import { type Body, call, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, raw } = sandbox;

const root = resolve(__dirname, '../..');
const main = (...args: string[]) => {
	const child: ChildProcess = spawn(process.execPath, ['sandbox/main.mts', ...args], { cwd: root });
	let output = '';
	for (const stream of [child.stdout!, child.stderr!])
		stream.on('data', (text) => (output += text));
	return { child, output: () => output, ended: async () => (await once(child, 'close'))[0] };
};

const names = async (): Promise<string[]> =>
	(await api('GET', '/customers?search=fault')).body.data.map(({ name }: Body) => name);
const create = async (name: string) => await api('POST', '/customers', { name });

describe('the command', () => {
	it('prints what to enter in n8n, has no control interface unless asked, and stops on SIGTERM', async () => {
		const { child, output, ended } = main('--port', '0', '--empty');
		while (!output().includes('Secret')) await once(child.stdout!, 'data');
		const [, address] = /^BildOut sandbox: (\S+)$/m.exec(output())!;
		for (const path of ['/__control/requests', '/__control/tokens', '/__control']) {
			expect((await call('GET', `${address}${path}`)).status).toBe(404);
			expect((await call('POST', `${address}${path}`, {})).status).toBe(404);
		}
		// An open page does not keep it.
		const news = await fetch(`${address}/page/news`);
		expect(output()).toBe(
			`BildOut sandbox: ${address}\nIn n8n's credential: Base URL ${address}, Client ID n8n-sandbox, Client Secret n8n-sandbox-secret\n`,
		);
		child.kill('SIGTERM');
		expect(await ended()).toBe(0);
		await news.body?.cancel().catch(() => {});
	});

	it.each([
		[2, ['--port', 'http'], /--port[^]*Usage: npm run sandbox -- /],
		[2, ['--speed', '9'], /--speed[^]*Usage: /],
		[0, ['--help'], /^Usage: npm run sandbox -- \[options\]\n/],
	])('ends with %i for %j', async (status, args, words) => {
		const { output, ended } = main(...args);
		expect([await ended(), output()]).toEqual([status, expect.stringMatching(words)]);
	});

	it('names another port when its own is taken', async () => {
		const { port } = new URL(sandbox.url);
		const { output, ended } = main('--port', port);
		const other = `npm run sandbox -- --port ${Number(port) + 1}`;
		const message = `Port ${port} is in use. Choose another one: ${other}\n`;
		expect([await ended(), output()]).toEqual([1, message]);
	});
});

describe('a fault', () => {
	const details = [{ field: 'name', message: 'is taken' }];
	const headers = { 'retry-after': '3' };

	it.each<[string, Omit<Fault, 'method'>, number | undefined, boolean]>([
		['status', { kind: 'status', status: 422, message: 'Taken.', details, headers }, 422, false],
		['html', { kind: 'html', status: 503 }, 503, false],
		['drop_before', { kind: 'drop_before' }, undefined, false],
		['drop_after', { kind: 'drop_after' }, undefined, true],
		['slow', { kind: 'slow', delayMs: 300 }, 201, true],
	])(
		'%s meets as many requests as ordered, and others pass',
		async (kind, fault, status, isDone) => {
			const met = { method: 'POST', path: '/customers$', times: 2, after: 1 };
			await sandbox.control.fault({ ...fault, ...met });
			expect((await create('Fault 0')).status).toBe(201);
			expect((await api('POST', '/vendors', { name: 'Fault 0' })).status).toBe(201);
			const started = Date.now();
			for (const name of ['Fault 1', 'Fault 2']) {
				const response = await create(name).catch(() => undefined);
				expect(response?.status).toBe(status);
				if (kind === 'html') expect(response!.body).toContain('<h1>503</h1>');
				if (kind !== 'status') continue;
				expect(response!.headers.get('retry-after')).toBe('3');
				const request_id = response!.headers.get('x-request-id');
				const error = { code: 'validation_error', message: 'Taken.', details, request_id };
				expect(response!.body).toEqual({ error });
			}
			if (kind === 'slow') expect(Date.now() - started).toBeGreaterThanOrEqual(590);
			expect((await create('Fault 3')).status).toBe(201);
			const done = isDone ? ['Fault 1', 'Fault 2'] : [];
			expect(await names()).toEqual(['Fault 0', ...done, 'Fault 3']);
		},
	);

	it('can be called off, and meets the token endpoint too', async () => {
		await sandbox.control.fault({ kind: 'status', status: 500, times: 9 });
		await sandbox.control.clearFaults();
		expect((await api('GET', '/customers')).status).toBe(200);
		await sandbox.control.fault({ kind: 'status', status: 500, path: '^/oauth/token$' });
		expect((await raw('POST', '/oauth/token')).status).toBe(500);
		expect((await raw('POST', '/oauth/token')).status).toBe(400);
	});
});

describe('the request log', () => {
	it('has each call of the API and of OAuth as it went over the wire', async () => {
		await sandbox.control.clearRequests();
		const body = '{ "name": "Logged",  "budget": 1e3 }';
		const key = { 'idempotency-key': 'a-key' };
		await api('POST', '/projects', body, key);
		await api('GET', '/customers?limit=2&search=x%20y');
		await raw('POST', '/oauth/token', 'grant_type=refresh_token', {
			'content-type': 'application/x-www-form-urlencoded',
		});
		await raw('GET', '/');
		await sandbox.control.fault({ kind: 'drop_before' });
		await create('Fault 1').catch(() => {});
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
			},
			{ path: '/api/v1/customers', query: { limit: '2', search: 'x y' }, body: '', status: 200 },
			{ path: '/oauth/token', json: { grant_type: 'refresh_token' }, status: 400 },
			{ json: { name: 'Fault 1' }, status: null },
		]);
		for (const { startedAt, finishedAt } of log) {
			expect(Math.abs(Date.now() - startedAt)).toBeLessThan(10_000);
			expect(finishedAt).toBeGreaterThanOrEqual(startedAt);
		}
	});
});

describe('the rest of the control interface', () => {
	it('seeds alike at every start, and as many more as it is asked for', async () => {
		const kinds = ['customers', 'vendors', 'projects', 'invoices', 'payments'];
		const list = async (kind: string) => (await api('GET', `/${kind}?limit=100`)).body;
		const records = async () => await Promise.all(kinds.map(list));
		const before = await records();
		await sandbox.control.reset({ seed: true });
		expect(await records()).toEqual(before);
		expect(before.map(({ pagination }) => pagination.total)).toEqual([36, 24, 30, 240, 280]);
		const more = { customers: 40, vendors: 3, projects: 2, invoices: 130, payments: 60 };
		expect(await sandbox.control.seed(more)).toEqual({
			customers: 76,
			vendors: 27,
			projects: 32,
			invoices: 370,
			payments: 340,
		});
		const { data } = (await api('GET', '/customers?limit=100')).body;
		expect(new Set(data.map(({ email }: Body) => email)).size).toBe(76);
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

	it('lets tokens expire, one or all, and revokes them', async () => {
		const status = async (token: string) =>
			(await api('GET', '/customers', undefined, { authorization: `Bearer ${token}` })).status;
		const second = await sandbox.control.token();
		const brief = await sandbox.control.token({ expiresIn: -1 });
		await sandbox.control.expireTokens(second.access_token);
		const tokens = [second, brief].map(({ access_token }) => access_token);
		const statuses = await Promise.all([...tokens, sandbox.token].map(status));
		expect(statuses).toEqual([401, 401, 200]);
		const third = await sandbox.control.token();
		await sandbox.control.expireTokens();
		expect(await status(third.access_token)).toBe(401);
		const { access_token: fourth } = await sandbox.control.token();
		await sandbox.control.revokeTokens();
		expect(await status(fourth)).toBe(401);
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
