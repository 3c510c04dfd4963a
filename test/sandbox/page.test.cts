import { createHmac } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { kinds } from '../../sandbox/src/records/kinds.mts';
import { type Body, until, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, raw } = sandbox;

const own = () => ({ origin: sandbox.url, 'sec-fetch-site': 'same-origin' });
const get = async (path: string): Promise<Body> => (await raw('GET', `/page${path}`)).body;
const firstWith = async (status: string): Promise<Body> =>
	(await get(`/invoices?status=${status}`)).rows[0];

it('is made of files of its own only', async () => {
	const page = await raw('GET', '/');
	expect(page.headers.get('content-type')).toContain('text/html');
	expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
	const files = [...page.body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(
		([, file]: string[]) => file!,
	);
	expect(files.length).toBeGreaterThanOrEqual(3);
	for (const file of files) {
		expect(file).toMatch(/^\/assets\//);
		expect((await raw('GET', file)).status).toBe(200);
	}
});

it('has a view of each kind of record', async () => {
	const { body: script } = await raw('GET', '/assets/views.js');
	const views = [...script.matchAll(/^\t(\w+): \{$/gm)].map(([, view]: string[]) => view);
	expect(views.sort()).toEqual([...kinds].sort());
	for (const kind of kinds) expect((await get(`/${kind}`)).total).toBeGreaterThan(0);
});

it('lists what the API lists', async () => {
	const { total, rows } = await get('/invoices?show=3&search=inv-02');
	const listed = (await api('GET', '/invoices?limit=3&search=inv-02')).body;
	expect(total).toBe(listed.pagination.total);
	expect(rows).toMatchObject(listed.data);
	const { data: customer } = (await api('GET', `/customers/${rows[0].client_id}`)).body;
	expect(rows[0].customer).toBe(customer.name);
	expect((await get('/customers')).rows).toHaveLength(25);
	expect((await get('/vendors?show=30')).rows).toHaveLength(24);
});

it('names whom payments and projects belong to, and finds them by these names', async () => {
	const { rows } = await get('/payments?show=100');
	const incoming = rows.find(({ direction }: Body) => direction === 'incoming');
	const { data: invoice } = (await api('GET', `/invoices/${incoming.invoice_id}`)).body;
	const { data: payer } = (await api('GET', `/customers/${incoming.client_id}`)).body;
	expect(incoming).toMatchObject({ invoice: invoice.invoice_number, customer: payer.name });
	const outgoing = rows.find(({ direction }: Body) => direction === 'outgoing');
	const { data: vendor } = (await api('GET', `/vendors/${outgoing.vendor_id}`)).body;
	expect(outgoing).toMatchObject({ vendor: vendor.name, customer: '', invoice: '' });
	const found = await get(`/payments?search=${encodeURIComponent(vendor.name)}`);
	expect(found.rows.map(({ id }: Body) => id)).toContain(outgoing.id);

	const projects = await get('/projects?show=100&status=active');
	expect(projects.total).toBe((await api('GET', '/projects')).body.pagination.total);
	const { data: customer } = (await api('GET', `/customers/${projects.rows[0].client_id}`)).body;
	expect(projects.rows[0].customer).toBe(customer.name);
});

it('says what to enter in n8n, and what day it is', async () => {
	expect(await get('/account')).toMatchObject({
		clientId: 'n8n-sandbox',
		clientSecret: 'n8n-sandbox-secret',
		today: new Date().toLocaleDateString('sv-SE'),
	});
});

it('marks a draft as sent, and nothing else', async () => {
	const draft = await firstWith('draft');
	const { status } = await raw('POST', `/page/invoices/${draft.id}/sent`, undefined, own());
	expect(status).toBe(200);
	expect((await api('GET', `/invoices/${draft.id}`)).body.data.status).toBe('sent');
	const again = await raw('POST', `/page/invoices/${draft.id}/sent`, undefined, own());
	expect([again.status, again.body.error.message]).toEqual([
		409,
		`${draft.invoice_number} is sent, not a draft.`,
	]);
});

it('marks an invoice that was sent as viewed, and nothing else', async () => {
	const sent = await firstWith('sent');
	const read = async () => (await api('GET', `/invoices/${sent.id}`)).body.data;
	const before = await read();
	const { body } = await raw('POST', `/page/invoices/${sent.id}/viewed`, undefined, own());
	expect(body).toEqual({ ...before, status: 'viewed', updated_at: expect.any(String) });
	expect(await read()).toEqual(body);
	const again = await raw('POST', `/page/invoices/${sent.id}/viewed`, undefined, own());
	expect([again.status, again.body.error.message]).toEqual([
		409,
		`${sent.invoice_number} is viewed, not sent.`,
	]);
});

it('marks an invoice as paid by a payment of what is still due, once', async () => {
	const partial = await firstWith('partial');
	const { body } = await raw('POST', `/page/invoices/${partial.id}/paid`, undefined, own());
	expect(body).toMatchObject({ amount: partial.amount_due, invoice_id: partial.id });
	expect((await api('GET', `/invoices/${partial.id}`)).body.data).toMatchObject({
		status: 'paid',
		amount_paid: partial.total,
		amount_due: 0,
	});
	const again = await raw('POST', `/page/invoices/${partial.id}/paid`, undefined, own());
	expect(again.status).toBe(409);
});

it('takes a part of an invoice, and no more than is due', async () => {
	const sent = await firstWith('sent');
	const path = `/page/invoices/${sent.id}/part-paid`;
	const { body } = await raw('POST', path, { amount: 1.25 }, own());
	expect(body).toMatchObject({ amount: 1.25, invoice_id: sent.id, status: 'succeeded' });
	const { data: invoice } = (await api('GET', `/invoices/${sent.id}`)).body;
	expect(invoice).toMatchObject({ status: 'partial', amount_paid: 1.25 });
	const { status } = await raw('POST', path, { amount: invoice.amount_due + 0.01 }, own());
	expect(status).toBe(409);
});

it('makes an invoice void, once', async () => {
	const sent = await firstWith('sent');
	const { body } = await raw('POST', `/page/invoices/${sent.id}/void`, undefined, own());
	expect(body).toMatchObject({ status: 'void', amount_due: 0 });
	const again = await raw('POST', `/page/invoices/${sent.id}/void`, undefined, own());
	expect([again.status, again.body.error.message]).toEqual([
		409,
		`${sent.invoice_number} is void already.`,
	]);
});

it('shows the requests of the day, newest first and without tokens', async () => {
	const before = (await get('/requests')).total;
	await api('GET', '/customers?limit=1');
	await api('GET', '/vendors/none');
	await until(async () => (await get('/requests')).total === before + 2, 'the requests');
	const { rows } = await get('/requests');
	expect(rows[0]).toMatchObject({ method: 'GET', path: '/api/v1/vendors/none', status: 404 });
	expect(rows[1]).toMatchObject({ path: '/api/v1/customers', status: 200 });
	expect(rows[0].wait).toBeGreaterThanOrEqual(0);
	expect(Number(rows[1].left)).toBeGreaterThan(0);
	expect(JSON.stringify(rows)).not.toMatch(/bearer|token/i);
});

describe('a delivery that a receiver must refuse', () => {
	const body = '{"sample":true}';
	let received: Array<{ signature: string; body: string }>;
	let receiver: ReturnType<typeof createServer>;

	beforeEach(async () => {
		received = [];
		receiver = createServer(async (incoming, response) => {
			const signature = String(incoming.headers['x-bildout-signature']);
			received.push({ signature, body: await text(incoming) });
			response.writeHead(200).end(body);
		});
		await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	});
	afterEach(() => receiver.close());

	it.each([
		['forged', 0],
		['stale', 600],
	])('is %s, and not kept', async (fault, age) => {
		const { port } = receiver.address() as AddressInfo;
		const url = `http://127.0.0.1:${port}/hook`;
		const { secret } = (await api('POST', '/webhooks', { url, events: ['*'] })).body.data;
		await api('POST', '/customers', { name: 'Genuine' });
		await until(() => received.length === 1, 'the genuine delivery');
		const [delivery] = await get('/deliveries');

		const path = `/page/deliveries/${delivery.id}/${fault}`;
		expect((await raw('POST', path, undefined, own())).body).toMatchObject({ status: 200 });
		const [genuine, invalid] = received;
		expect(invalid!.body).toBe(genuine!.body);
		const [, seconds, hash] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(invalid!.signature)!;
		expect(Math.abs(Date.now() / 1000 - Number(seconds) - age)).toBeLessThan(30);
		const right = createHmac('sha256', secret).update(`${seconds}.${invalid!.body}`).digest('hex');
		expect(hash === right).toBe(fault === 'stale');
		expect((await get('/deliveries'))[0].attempts).toHaveLength(1);
	});
});

it('shows subscriptions without their secrets', async () => {
	await api('POST', '/webhooks', { url: 'http://127.0.0.1:9/hook', events: ['*'], active: false });
	const [subscription] = await get('/subscriptions');
	expect(subscription).toMatchObject({ url: 'http://127.0.0.1:9/hook', active: false });
	expect(JSON.stringify(subscription)).not.toContain('secret');
});

it('hears at once of a change', async () => {
	const news = await fetch(`${sandbox.url}/page/news`);
	let heard = '';
	const reading = (async () => {
		for await (const chunk of news.body!) heard += Buffer.from(chunk).toString();
	})().catch(() => {});
	await until(() => heard.includes('retry:'), 'the stream to open');
	expect(heard).not.toContain('data:');
	await api('POST', '/customers', { name: 'News' });
	await until(() => heard.includes('data: change'), 'the change to be told', 1_000);
	await sandbox.control.reset();
	void reading;
});

describe('another site', () => {
	const paths = ['/page/invoices/1/paid', '/page/deliveries/1/again', '/__control/reset'];

	it.each(paths)('cannot press %s', async (path) => {
		for (const headers of [
			{ origin: 'https://evil.example' },
			{ origin: 'http://127.0.0.1:1' },
			{ origin: 'null' },
			{ 'sec-fetch-site': 'cross-site' },
			{ 'sec-fetch-site': 'same-site' },
		]) {
			expect((await raw('POST', path, undefined, headers)).status).toBe(403);
		}
	});

	it('cannot read by giving this machine a name of its own', async () => {
		for (const path of ['/', '/page/invoices', '/oauth/authorize', '/__control/requests']) {
			const { hostname, port } = new URL(sandbox.url);
			const status = await new Promise((done, failed) => {
				request({ hostname, port, path, headers: { host: `evil.example:${port}` } }, (answer) => {
					answer.resume();
					done(answer.statusCode);
				})
					.on('error', failed)
					.end();
			});
			expect([path, status]).toEqual([path, 403]);
		}
	});
});
