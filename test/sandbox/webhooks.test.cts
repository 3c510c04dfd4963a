import Stripe from 'stripe';
import { freePort, waitFor } from '../../tools/lib/program.mts';
import type { Delivery } from '../support/sandbox.cts';
import { type Body, type Received, startReceiver, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, create, raw } = sandbox;

/** Another implementation of the same signature scheme. */
const { webhooks } = new Stripe('sk_test_none');

let respond: (received: Received, count: number) => number | 'silence';
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
	respond = () => 200;
	receiver = await startReceiver((...what) => respond(...what));
	await sandbox.control.config({ webhooks: { retryDelaysMs: [30, 60, 90] } });
});

const subscribe = async (events: string[], fields: object = {}): Promise<Body> =>
	await create('/webhooks', { url: `${receiver.url}/hook`, events, ...fields });
const settled = async (): Promise<Delivery[]> =>
	await waitFor('every delivery to end', async () => {
		const deliveries = await sandbox.control.deliveries();
		return deliveries.every(({ state }) => state !== 'pending') && deliveries;
	});
const signatureOf = ({ headers }: Received) => headers['x-bildout-signature'] as string;

describe('a delivery', () => {
	it('is signed over its raw bytes, as the published verifier of the scheme agrees', async () => {
		const { secret } = await subscribe(['customer.created']);
		expect(secret).toMatch(/^whsec_[0-9a-f]{48}$/);
		const made = await create('/customers', { name: 'Zoë Ångström “& Co”' });
		await settled();
		const [received] = receiver.received as [Received];
		const { body, headers } = received;
		expect(headers['content-type']).toBe('application/json');
		expect(JSON.parse(body)).toEqual({
			id: expect.stringMatching(/^evt_/),
			type: 'customer.created',
			created_at: expect.stringMatching(/^\d{4}-.*Z$/),
			data: made,
		});
		const signature = signatureOf(received);
		expect(signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
		expect(webhooks.constructEvent(body, signature, secret).id).toBe(JSON.parse(body).id);
		expect(() => webhooks.constructEvent(`${body} `, signature, secret)).toThrow();
		expect(() => webhooks.constructEvent(body, signature, `${secret}0`)).toThrow();
	});

	it('is made by each of the documented events that a real change brings about', async () => {
		await subscribe(['*']);
		const customer = await create('/customers', { name: 'A' });
		await api('PUT', `/customers/${customer.id}`, { name: 'B' });
		const project = await create('/projects', { name: 'P' });
		await api('PUT', `/projects/${project.id}`, { name: 'Q' });
		await api('DELETE', `/projects/${project.id}`);
		const line_items = [{ name: 'Work', quantity: 1, unit_price: 10 }];
		const invoice = { client_id: customer.id, line_items };
		const { id } = await create('/invoices', invoice);
		await api('PUT', `/invoices/${id}`, { ...invoice, notes: 'Changed' });
		await raw('POST', `/page/invoices/${id}/sent`);
		await raw('POST', `/page/invoices/${id}/paid`);
		await api('DELETE', `/invoices/${id}`);
		await api('DELETE', `/customers/${customer.id}`);
		const vendor = await create('/vendors', { name: 'V' });
		await raw('POST', `/page/vendors/${vendor.id}/paid`, { amount: 12.5 });
		const deliveries = await settled();
		expect(deliveries.map(({ type }) => type)).toEqual([
			...['customer.created', 'customer.updated'],
			...['project.created', 'project.updated', 'project.deleted'],
			...['invoice.created', 'invoice.updated', 'invoice.sent'],
			...['payment.received', 'invoice.paid', 'invoice.deleted', 'customer.deleted'],
			'payment.sent',
		]);
		expect(receiver.received).toHaveLength(deliveries.length);
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
		const key = { 'idempotency-key': 'once' };
		for (let time = 0; time < 2; time++) await api('POST', '/customers', { name: 'Real' }, key);
		const deliveries = await settled();
		expect(deliveries.map(({ subscription_id }) => subscription_id)).toEqual([wanting.id]);
	});

	it('is tried again after anything but a 2xx, freshly signed, the body unchanged, and once more by hand', async () => {
		const { secret } = await subscribe(['*']);
		respond = (_, count) => [500, 302, 204, 200][count - 1]!;
		await sandbox.control.emit({ type: 'invoice.paid', id: 'evt_mine', data: { id: 1 } });
		const [{ id, state, attempts }] = (await settled()) as [Delivery];
		expect(state).toBe('delivered');
		expect(attempts.map(({ status }) => status)).toEqual([500, 302, 204]);
		await sandbox.control.redeliver(id);
		await settled();
		expect(receiver.received).toHaveLength(4);
		const [first, second, third] = receiver.received as [Received, Received, Received];
		expect(second.at - first.at).toBeGreaterThanOrEqual(25);
		expect(third.at - second.at).toBeGreaterThanOrEqual(55);
		for (const received of receiver.received) {
			expect(received.body).toBe(first.body);
			webhooks.constructEvent(received.body, signatureOf(received), secret);
		}
		expect(JSON.parse(first.body)).toMatchObject({ id: 'evt_mine', data: { id: 1 } });
	});

	it('is given up after the last try, and the log has each response, or why there was none', async () => {
		await sandbox.control.config({ webhooks: { timeoutMs: 1_000 } });
		await subscribe(['*']);
		respond = (_, count) => (count === 2 ? 'silence' : 503);
		const nobody = `http://127.0.0.1:${await freePort()}`;
		await subscribe(['*'], { url: nobody });
		await sandbox.control.emit({ type: 'invoice.paid', data: {} });
		const deliveries = await settled();
		expect(deliveries.find(({ url }) => url === nobody)).toMatchObject({
			state: 'failed',
			attempts: Array(4).fill({ status: null, error: 'ECONNREFUSED' }),
		});
		expect(deliveries.find(({ url }) => url !== nobody)).toMatchObject({
			state: 'failed',
			headers: { 'X-BildOut-Signature': expect.stringMatching(/^t=/) },
			attempts: [
				{ status: 503, error: null, response: 'responded 503' },
				{ status: null, error: 'No response within 1000 ms' },
				{ status: 503 },
				{ status: 503 },
			],
		});
	});
});
