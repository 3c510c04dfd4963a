import { pressOnPage } from '../support/sandbox.cts';
import { type Body, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, read, create } = sandbox;

const differ = async (quirks: object) => await sandbox.control.config({ quirks });
const get = async (path: string) => await api('GET', path);
const page = async (path: string): Promise<number> =>
	(await fetch(sandbox.url + path, { redirect: 'manual' })).status;

it('signs in somewhere else', async () => {
	await differ({ signInPath: '/connect' });
	expect([await page('/oauth/authorize'), await page('/connect')]).toEqual([404, 400]);
});

it('keeps subscriptions somewhere else', async () => {
	await differ({ webhooksPath: 'hooks' });
	expect((await get('/webhooks')).status).toBe(404);
	const hook = { url: 'http://127.0.0.1:9/', events: ['invoice.paid'] };
	const { id } = await create('/hooks', hook);
	expect(await read(`/hooks/${id}`)).toMatchObject(hook);
});

it('has no single invoices, or none with lines', async () => {
	const [{ id }] = (await get('/invoices?limit=1')).body.data;
	await differ({ invoiceLines: false });
	expect(await read(`/invoices/${id}`)).not.toHaveProperty('line_items');
	await differ({ invoicesById: false });
	expect((await get(`/invoices/${id}`)).status).toBe(404);
});

it('knows no search, and has no pages for records', async () => {
	const [{ id, name }, { length }] = [(await get('/customers')).body.data[0], 'x'.repeat(36)];
	expect(await page(`/customers/${id}`)).toBe(302);
	expect(await page('/customers/none')).toBe(404);
	await differ({ search: false, webPages: false });
	const { pagination } = (await get(`/customers?search=${encodeURIComponent(name)}`)).body;
	expect(pagination.total).toBe(length);
	expect(await page(`/customers/${id}`)).toBe(404);
});

it('keeps what a PUT leaves out', async () => {
	await differ({ put: 'merges' });
	const { id } = await create('/customers', { name: 'A', phone: '1' });
	await api('PUT', `/customers/${id}`, { name: 'B' });
	expect(await read(`/customers/${id}`)).toMatchObject({ name: 'B', phone: '1' });
});

it('says when an invoice was sent, viewed and paid, or drops what is not documented', async () => {
	const [{ id: client_id }] = (await get('/customers?limit=1')).body.data;
	const line_items = [{ name: 'Labor', quantity: 1, unit_price: 10 }];
	const draft = { client_id, line_items, external_id: 'A-1' };
	expect(await create('/invoices', draft)).toMatchObject({ external_id: 'A-1' });

	await differ({ keepsUnknownFields: false, statusTimes: true });
	const made = await create('/invoices', draft);
	for (const field of ['external_id', 'sent_at']) expect(made).not.toHaveProperty(field);
	await pressOnPage(sandbox.url, `invoices/${made.id}/sent`);
	const sent = await read(`/invoices/${made.id}`);
	expect(sent.sent_at).toBe(sent.updated_at);
	await sandbox.control.pay({ invoice_id: made.id });
	const paid = await read(`/invoices/${made.id}`);
	expect(paid).toMatchObject({ status: 'paid', sent_at: sent.sent_at });
	expect(Date.parse(paid.paid_at)).toBeGreaterThanOrEqual(Date.parse(sent.sent_at));
	expect(paid).not.toHaveProperty('viewed_at');
});

it('has a field of its own in every record, and refuses it in a write', async () => {
	await differ({ unknownServerField: true });
	const { id, org_id } = await create('/customers', { name: 'A' });
	expect(org_id).toBe('org_1');
	expect((await get('/customers?limit=1')).body.data[0].org_id).toBe('org_1');
	const { status, body } = await api('PUT', `/customers/${id}`, { name: 'B', org_id });
	expect([status, body.error.details[0].field]).toEqual([422, 'org_id']);
});

it('hands out one record without an envelope', async () => {
	const [{ id }] = (await get('/customers?limit=1')).body.data;
	await differ({ envelope: 'none' });
	expect((await get(`/customers/${id}`)).body).toMatchObject({ id });
	expect((await get('/customers?limit=1')).body.data).toHaveLength(1);
});

it('has other field names and other IDs', async () => {
	await differ({ otherFieldNames: true, prefixedIds: true });
	const vendor = await create('/vendors', {
		name: 'A',
		phone_number: '1',
		vendor_type: 'supplier',
	});
	expect(vendor).toMatchObject({ phone_number: '1', vendor_type: 'supplier' });
	expect(vendor).not.toHaveProperty('phone');
	expect(vendor.id).toMatch(/^rec:/);
	expect(await read(`/vendors/${encodeURIComponent(vendor.id)}`)).toEqual(vendor);
});

it('does not recognize a repeated key', async () => {
	await differ({ idempotency: false });
	const make = async (): Promise<Body> =>
		(await api('POST', '/vendors', { name: 'A' }, { 'idempotency-key': 'k' })).body.data;
	expect((await make()).id).not.toBe((await make()).id);
});
