import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import type { Delivery } from '../support/sandbox.cts';
import { type Body, type Received, startReceiver, until, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api } = sandbox;

/** Another implementation of the same signature scheme. */
const { webhooks } = new Stripe('sk_test_none');

let respond: (received: Received, count: number) => number | 'silence';
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
	respond = () => 200;
	receiver = await startReceiver((...what) => respond(...what));
	await sandbox.control.config({ webhooks: { retryDelaysMs: [30, 60, 90] } });
});
afterEach(async () => await receiver.close());

const subscribe = async (events: string[], fields: object = {}): Promise<Body> => {
	const { status, body } = await api('POST', '/webhooks', {
		url: `${receiver.url}/hook`,
		events,
		...fields,
	});
	expect([status, body.error]).toEqual([201, undefined]);
	return body.data;
};
const arrived = async (count: number): Promise<Received[]> =>
	await until(() => receiver.received.length >= count && receiver.received, `${count} deliveries`);
const settled = async (): Promise<Delivery[]> =>
	await until(async () => {
		const deliveries = await sandbox.control.deliveries();
		return deliveries.every(({ state }) => state !== 'pending') && deliveries;
	}, 'every delivery to be done with');
const types = () => receiver.received.map(({ body }) => JSON.parse(body).type);
const line_items = [{ name: 'Work', quantity: 1, unit_price: 10 }];

describe('a subscription', () => {
	it('shows its secret once', async () => {
		const made = await subscribe(['invoice.paid']);
		expect(made).toEqual({
			id: expect.any(String),
			url: `${receiver.url}/hook`,
			events: ['invoice.paid'],
			active: true,
			secret: expect.stringMatching(/^whsec_[0-9a-f]{48}$/),
			created_at: expect.any(String),
			updated_at: expect.any(String),
		});
		const path = `/webhooks/${made.id}`;
		const { secret: _, ...shown } = made;
		expect((await api('GET', path)).body.data).toEqual(shown);
		expect((await api('GET', '/webhooks')).body.data).toEqual([shown]);
		const changed = await api('PUT', path, { url: made.url, events: ['*'], active: false });
		expect(changed.body.data).toEqual({
			...shown,
			events: ['*'],
			active: false,
			updated_at: expect.any(String),
		});
		expect((await api('DELETE', path)).body.data).toEqual({ id: made.id, deleted: true });
		expect((await api('GET', path)).status).toBe(404);
	});

	it('is listed in pages as other records are', async () => {
		for (const path of ['/1', '/2', '/3']) {
			await subscribe(['*'], { url: `${receiver.url}${path}` });
		}
		const { data, pagination } = (await api('GET', '/webhooks?limit=2&page=2')).body;
		expect(pagination).toEqual({ page: 2, limit: 2, total: 3, total_pages: 2 });
		expect(data).toMatchObject([{ url: `${receiver.url}/1` }]);
	});

	it.each([
		['no URL', { url: undefined }, 'url'],
		['a URL that is none', { url: 'hook' }, 'url'],
		['a URL of another kind', { url: 'ftp://127.0.0.1/' }, 'url'],
		['no events', { events: undefined }, 'events'],
		['an empty choice', { events: [] }, 'events'],
		['an event that does not exist', { events: ['invoice.paid', 'vendor.created'] }, 'events[1]'],
		['a secret of its own', { secret: 'mine' }, 'secret'],
	])('is refused with %s', async (_, wrong, field) => {
		const { status, body } = await api('POST', '/webhooks', {
			url: receiver.url,
			events: ['*'],
			...wrong,
		});
		expect([status, body.error.details.map((one: Body) => one.field)]).toEqual([422, [field]]);
	});

	it('can come without its secret, as from a server that forgets it', async () => {
		await sandbox.control.config({ webhooks: { omitSecret: true } });
		expect(await subscribe(['*'])).not.toHaveProperty('secret');
	});
});

describe('a delivery', () => {
	it('is signed over its raw bytes, as the published verifier of the scheme agrees', async () => {
		const { secret } = await subscribe(['customer.created']);
		const { body: made } = await api('POST', '/customers', { name: 'Zoë Ångström “& Co”' });
		const [{ body, headers, path }] = (await arrived(1)) as [Received];
		const header = headers['x-bildout-signature'] as string;
		expect(path).toBe('/hook');
		expect(header).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
		expect(headers['content-type']).toBe('application/json');
		expect(JSON.parse(body)).toEqual({
			id: expect.stringMatching(/^evt_/),
			type: 'customer.created',
			created_at: expect.stringMatching(/^\d{4}-.*Z$/),
			data: made.data,
		});
		expect(webhooks.constructEvent(body, header, secret).id).toBe(JSON.parse(body).id);
		expect(() => webhooks.constructEvent(`${body} `, header, secret)).toThrow();
		expect(() => webhooks.constructEvent(body, header, `${secret}0`)).toThrow();
	});

	it('is made by each of the documented events that a real change brings about', async () => {
		await subscribe(['*']);
		const { data: customer } = (await api('POST', '/customers', { name: 'A' })).body;
		await api('PUT', `/customers/${customer.id}`, { name: 'B' });
		const { data: project } = (await api('POST', '/projects', { name: 'P' })).body;
		await api('PUT', `/projects/${project.id}`, { name: 'Q' });
		await api('DELETE', `/projects/${project.id}`);
		const invoice = { client_id: customer.id, line_items };
		const { id } = (await api('POST', '/invoices', invoice)).body.data;
		await api('PUT', `/invoices/${id}`, { ...invoice, notes: 'Changed' });
		await sandbox.raw('POST', `/page/invoices/${id}/sent`);
		await sandbox.raw('POST', `/page/invoices/${id}/paid`);
		await api('DELETE', `/invoices/${id}`);
		await api('DELETE', `/customers/${customer.id}`);
		const { data: vendor } = (await api('POST', '/vendors', { name: 'V' })).body;
		await sandbox.raw('POST', `/page/vendors/${vendor.id}/paid`, { amount: 12.5 });
		const deliveries = await settled();
		expect(deliveries.map(({ type }) => type)).toEqual([
			'customer.created',
			'customer.updated',
			'project.created',
			'project.updated',
			'project.deleted',
			'invoice.created',
			'invoice.updated',
			'invoice.sent',
			'payment.received',
			'invoice.paid',
			'invoice.deleted',
			'customer.deleted',
			'payment.sent',
		]);
		expect(types().sort()).toEqual(deliveries.map(({ type }) => type).sort());
		const dataOf = (type: string) =>
			JSON.parse(deliveries.find((delivery) => delivery.type === type)!.body).data;
		expect(dataOf('invoice.paid')).toMatchObject({ id, status: 'paid', amount_due: 0 });
		expect(dataOf('payment.received')).toMatchObject({ invoice_id: id, amount: 10 });
		expect(dataOf('payment.sent')).toMatchObject({ vendor_id: vendor.id, amount: 12.5 });
	});

	it('goes to those who asked for its event and are active, and to nobody for a change that failed', async () => {
		const wanting = await subscribe(['customer.created', 'invoice.paid']);
		await subscribe(['invoice.paid']);
		await subscribe(['*'], { active: false });
		await api('POST', '/customers', { name: '' });
		await api('POST', '/customers', { name: 'Real' });
		const deliveries = await settled();
		expect(deliveries.map(({ subscription_id }) => subscription_id)).toEqual([wanting.id]);
		expect(types()).toEqual(['customer.created']);
	});

	it('is not made twice by a POST that is repeated with its key', async () => {
		await subscribe(['*']);
		const key = { 'idempotency-key': randomUUID() };
		for (let time = 0; time < 3; time++) await api('POST', '/customers', { name: 'Once' }, key);
		expect(await settled()).toHaveLength(1);
	});

	it('is tried again after anything but a 2xx, freshly signed, the body unchanged, until it is taken', async () => {
		const { secret } = await subscribe(['*']);
		respond = (_, count) => [500, 302, 204][count - 1]!;
		await sandbox.control.emit({ type: 'invoice.paid', data: { id: 1 } });
		const [delivery] = (await settled()) as [Delivery];
		expect(delivery.state).toBe('delivered');
		expect(delivery.attempts.map(({ status }) => status)).toEqual([500, 302, 204]);
		const [first, second, third] = receiver.received as [Received, Received, Received];
		expect([second.body, third.body]).toEqual([first.body, first.body]);
		expect(second.at - first.at).toBeGreaterThanOrEqual(25);
		expect(third.at - second.at).toBeGreaterThanOrEqual(55);
		for (const { body, headers } of receiver.received) {
			webhooks.constructEvent(body, headers['x-bildout-signature'] as string, secret);
		}
	});

	it('is given up after the last try, and the log says what each receiver answered', async () => {
		await sandbox.control.config({ webhooks: { timeoutMs: 2_000 } });
		await subscribe(['*']);
		respond = (_, count) => (count === 2 ? 'silence' : 503);
		const { deliveries } = await sandbox.control.emit({ type: 'invoice.paid', data: {} });
		const [delivery] = (await settled()) as [Delivery];
		expect(delivery).toMatchObject({ id: deliveries[0], state: 'failed', type: 'invoice.paid' });
		expect(delivery.attempts).toMatchObject([
			{ status: 503, error: null, response: 'answered 503' },
			{ status: null, error: 'No response within 2000 ms' },
			{ status: 503 },
			{ status: 503 },
		]);
		expect(delivery.headers['X-BildOut-Signature']).toMatch(/^t=/);
	});

	it('survives a receiver that is not there', async () => {
		const nobody = await startReceiver(() => 200);
		await nobody.close();
		await subscribe(['*'], { url: nobody.url });
		await sandbox.control.emit({ type: 'invoice.paid', data: {} });
		const [delivery] = (await settled()) as [Delivery];
		expect(delivery.attempts.map(({ error }) => error)).toEqual(Array(4).fill('ECONNREFUSED'));
	});

	it('can be sent again by hand', async () => {
		await subscribe(['*']);
		await sandbox.control.emit({ type: 'invoice.paid', id: 'evt_mine', data: { id: 7 } });
		const [delivery] = (await settled()) as [Delivery];
		await sandbox.control.redeliver(delivery.id);
		await arrived(2);
		const [again] = (await settled()) as [Delivery];
		expect(again.attempts).toHaveLength(2);
		expect(receiver.received[1]!.body).toBe(receiver.received[0]!.body);
		expect(JSON.parse(receiver.received[1]!.body)).toMatchObject({
			id: 'evt_mine',
			data: { id: 7 },
		});
	});

	it.each([
		[
			'event_key' as const,
			{ id: 'evt_1', event: 'invoice.paid', created_at: expect.any(String), data: {} },
		],
		['no_id' as const, { type: 'invoice.paid', created_at: expect.any(String), data: {} }],
	])('can have the shape %s', async (bodyShape, expected) => {
		await subscribe(['*']);
		await sandbox.control.config({ webhooks: { bodyShape } });
		await sandbox.control.emit({ type: 'invoice.paid', id: 'evt_1', data: {} });
		await arrived(1);
		expect(JSON.parse(receiver.received[0]!.body)).toEqual(expected);
	});

	it('can be sent to a subscription that did not ask for its event', async () => {
		const { id } = await subscribe(['invoice.paid']);
		const event = { type: 'customer.created', data: {}, to: [id] };
		await sandbox.raw('POST', '/__control/emit', event);
		await arrived(1);
		expect(types()).toEqual(['customer.created']);
	});
});
