import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { waitFor } from '../../tools/lib/program.mts';
import { kinds } from '../../sandbox/src/records/kinds.mts';
import { type Body, startReceiver, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, raw, read } = sandbox;

const get = async (path: string): Promise<Body> => (await raw('GET', `/page${path}`)).body;
const press = async (path: string, body?: object) =>
	await raw('POST', `/page${path}`, body, { origin: sandbox.url, 'sec-fetch-site': 'same-origin' });
const firstWith = async (status: string): Promise<Body> =>
	(await get(`/invoices?status=${status}`)).rows[0];

it('is made of files of its own only, with a view of each kind of record', async () => {
	const page = await raw('GET', '/');
	expect(page.headers.get('content-type')).toContain('text/html');
	expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
	const files = [...page.body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file]) => file);
	expect(files.length).toBeGreaterThanOrEqual(3);
	for (const file of files) {
		expect(file).toMatch(/^\/assets\//);
		expect((await raw('GET', file)).status).toBe(200);
	}
	const { body: script } = await raw('GET', '/assets/views.js');
	const views = [...script.matchAll(/^\t(\w+): \{$/gm)].map(([, view]) => view);
	expect(views.sort()).toEqual([...kinds].sort());
});

it('lists what the API lists, with the names of what a record refers to, and finds by them', async () => {
	const { total, rows } = await get('/invoices?show=3&search=inv-02');
	const listed = (await api('GET', '/invoices?limit=3&search=inv-02')).body;
	expect(total).toBe(listed.pagination.total);
	expect(rows).toMatchObject(listed.data);
	expect((await get('/customers')).rows).toHaveLength(25);

	const { rows: payments } = await get('/payments?show=100');
	const [incoming, outgoing] = ['incoming', 'outgoing'].map((way) =>
		payments.find(({ direction }: Body) => direction === way),
	);
	const { invoice_number } = await read(`/invoices/${incoming.invoice_id}`);
	const { name } = await read(`/customers/${incoming.client_id}`);
	expect(incoming).toMatchObject({ invoice: invoice_number, customer: name });
	const vendor = await read(`/vendors/${outgoing.vendor_id}`);
	expect(outgoing).toMatchObject({ vendor: vendor.name, customer: '', invoice: '' });
	const found = await get(`/payments?search=${encodeURIComponent(vendor.name)}`);
	expect(found.rows.map(({ id }: Body) => id)).toContain(outgoing.id);
	expect(await get('/account')).toMatchObject({
		clientId: 'n8n-sandbox',
		today: new Date().toLocaleDateString('sv-SE'),
	});
});

it.each<[from: string, button: string, expected: object, refusal: string]>([
	['draft', 'sent', { status: 'sent' }, ' is sent, not a draft.'],
	['sent', 'viewed', { status: 'viewed' }, ' is viewed, not sent.'],
	['sent', 'void', { status: 'void', amount_due: 0 }, ' is void already.'],
	['partial', 'paid', { status: 'paid', amount_due: 0 }, ' has nothing left to pay.'],
])('an invoice that is %s can be marked as %s, once', async (from, button, expected, refusal) => {
	const { id, invoice_number, customer: _, ...before } = await firstWith(from);
	const { status, body } = await press(`/invoices/${id}/${button}`);
	expect(status).toBe(200);
	if (button === 'paid') expect(body).toMatchObject({ amount: before.amount_due, invoice_id: id });
	expect(await read(`/invoices/${id}`)).toEqual({
		...before,
		id,
		invoice_number,
		...expected,
		updated_at: expect.any(String),
		...(button === 'paid' && { amount_paid: before.total }),
	});
	const again = await press(`/invoices/${id}/${button}`);
	expect([again.status, again.body.error.message]).toEqual([409, invoice_number + refusal]);
});

it('takes a part of an invoice, and no more than is due', async () => {
	const { id } = await firstWith('sent');
	const { body } = await press(`/invoices/${id}/part-paid`, { amount: 1.25 });
	expect(body).toMatchObject({ amount: 1.25, invoice_id: id, status: 'succeeded' });
	const invoice = await read(`/invoices/${id}`);
	expect(invoice).toMatchObject({ status: 'partial', amount_paid: 1.25 });
	const more = await press(`/invoices/${id}/part-paid`, { amount: invoice.amount_due + 0.01 });
	expect(more.status).toBe(409);
});

it('shows the requests of the day, newest first and without tokens', async () => {
	const before = (await get('/requests')).total;
	await api('GET', '/customers?limit=1');
	await api('GET', '/vendors/none');
	await waitFor('the requests', async () => (await get('/requests')).total === before + 2);
	const { rows } = await get('/requests');
	expect(rows[0]).toMatchObject({ method: 'GET', path: '/api/v1/vendors/none', status: 404 });
	expect(rows[1]).toMatchObject({ path: '/api/v1/customers', status: 200 });
	expect(rows[0].wait).toBeGreaterThanOrEqual(0);
	expect(Number(rows[1].left)).toBeGreaterThan(0);
	expect(JSON.stringify(rows)).not.toMatch(/bearer|token/i);
});

it.each([
	['forged', 0],
	['stale', 600],
])('sends a delivery that is %s, and does not keep it', async (fault, age) => {
	const { received, url } = await startReceiver();
	const { body: made } = await api('POST', '/webhooks', { url, events: ['*'] });
	const { secret } = made.data;
	await api('POST', '/customers', { name: 'Genuine' });
	await waitFor('the genuine delivery', () => received.length === 1);
	const [delivery] = await get('/deliveries');
	expect((await press(`/deliveries/${delivery.id}/${fault}`)).body).toMatchObject({ status: 200 });
	const [genuine, invalid] = received;
	expect(invalid!.body).toBe(genuine!.body);
	const signature = String(invalid!.headers['x-bildout-signature']);
	const [, seconds, hash] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature)!;
	expect(Math.abs(Date.now() / 1000 - Number(seconds) - age)).toBeLessThan(30);
	const right = createHmac('sha256', secret).update(`${seconds}.${invalid!.body}`).digest('hex');
	expect(hash === right).toBe(fault === 'stale');
	expect((await get('/deliveries'))[0].attempts).toHaveLength(1);
	expect(JSON.stringify(await get('/subscriptions'))).toMatch(/^(?!.*secret).*"active":true/);
});

it('gets news of a change at once', async () => {
	const news = await fetch(`${sandbox.url}/page/news`);
	const lines = news.body!.pipeThrough(new TextDecoderStream()).getReader();
	expect((await lines.read()).value).toContain('retry:');
	await api('POST', '/customers', { name: 'News' });
	expect((await lines.read()).value).toContain('data: change');
	await lines.cancel();
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
				request({ hostname, port, path, headers: { host: `evil.example:${port}` } }, (response) => {
					response.resume();
					done(response.statusCode);
				})
					.on('error', failed)
					.end();
			});
			expect([path, status]).toEqual([path, 403]);
		}
	});
});
