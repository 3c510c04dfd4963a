import { bildOut } from '../support/bildout.cts';
import { PolledWorkflow, type PolledEvent } from '../support/polling.cts';
import { pressOnPage } from '../support/sandbox.cts';

const b = bildOut();

const VENDOR_EVENTS = ['vendor.created', 'vendor.updated', 'vendor.deleted'];

const press = async (button: string) => await pressOnPage(b.sandbox.url, button);

const brief = (events: PolledEvent[]) => events.map(({ type, data }) => `${type} ${data.id}`);

async function anInvoice(): Promise<string> {
	const [{ id }] = await b.list('/customers?limit=1');
	return (await b.createInvoice(String(id), { due_date: '2099-01-01' })).id;
}

async function published(events: string[]): Promise<PolledWorkflow> {
	const polled = new PolledWorkflow(b, events);
	await polled.publish();
	return polled;
}

describe('A BildOut Polling Trigger', () => {
	it('starts nothing at its first check, and then for each event once', async () => {
		const polled = new PolledWorkflow(b, ['*']);
		expect(await polled.publish()).toEqual([]);
		expect(await polled.check()).toEqual([]);

		const { id: vendor } = await b.create('/vendors', { name: 'Nails & Co.' });
		const invoice = await anInvoice();
		const created = await polled.check();
		expect(brief(created)).toEqual([`vendor.created ${vendor}`, `invoice.created ${invoice}`]);
		expect(created[0]).toEqual({
			id: `vendor.created:${vendor}`,
			type: 'vendor.created',
			created_at: created[0].data.created_at,
			data: await b.read(`/vendors/${vendor}`),
		});

		for (const step of ['sent', 'viewed']) {
			await press(`invoices/${invoice}/${step}`);
			const expected = [`invoice.updated ${invoice}`, `invoice.${step} ${invoice}`];
			expect(brief(await polled.check())).toEqual(expected);
		}
		const part = { invoice_id: invoice, amount: 40, status: 'processing' } as const;
		const { id: payment } = await b.control.pay(part);
		expect(await polled.check()).toEqual([]);
		await b.control.settle(payment, 'succeeded');
		expect(brief(await polled.check()).sort()).toEqual([
			`invoice.partially_paid ${invoice}`,
			`invoice.updated ${invoice}`,
			`payment.received ${payment}`,
			`payment.status_changed ${payment}`,
		]);
		await press(`invoices/${invoice}/paid`);
		const paid = brief(await polled.check());
		expect(paid).toContain(`invoice.paid ${invoice}`);
		expect(paid.filter((event) => event.startsWith('payment.received'))).toHaveLength(1);
		expect(paid).toHaveLength(3);
		expect(await polled.check()).toEqual([]);
	});

	it.each(['customers', 'projects', 'vendors'] as const)('notices all of %s', async (path) => {
		const kind = path.slice(0, -1);
		const polled = await published(['created', 'updated', 'deleted'].map((e) => `${kind}.${e}`));
		const { id } = await b.create(`/${path}`, { name: 'New' });
		expect(brief(await polled.check())).toEqual([`${kind}.created ${id}`]);
		await b.write('PUT', `/${path}/${id}`, { name: 'Newer' });
		expect(brief(await polled.check())).toEqual([`${kind}.updated ${id}`]);
		await b.write('DELETE', `/${path}/${id}`);
		expect(await polled.check()).toEqual([]);
		const [gone] = await polled.check();
		const type = `${kind}.deleted`;
		expect(gone).toMatchObject({ id: `${type}:${id}`, type, data: { id } });
		expect(await polled.check()).toEqual([]);

		// Fetch Test Event shows in its error what such an event looks like.
		const shown = new PolledWorkflow(b, [type]).fetchTestEvent();
		const { description } = await shown.catch((error) => error);
		const sample = JSON.parse(/\{.*\}$/.exec(description)![0]) as PolledEvent;
		expect(sample.type).toBe(gone.type);
		expect(Object.keys(sample).sort()).toEqual(Object.keys(gone).sort());
		expect(Object.keys(sample.data)).toEqual(['id']);
	});

	it('catches up after n8n was off, and after n8n ended before it saved', async () => {
		const polled = await published(['vendor.created', 'vendor.updated']);
		const { id } = await b.create('/vendors', { name: 'Made while n8n was off' });
		expect(brief(await polled.publish())).toEqual([`vendor.created ${id}`]);

		await b.write('PUT', `/vendors/${id}`, { name: 'Changed' });
		expect(await polled.discardedCheck()).toHaveLength(1);
		polled.crash();
		expect(brief(await polled.check())).toEqual([`vendor.updated ${id}`]);
		expect(await polled.check()).toEqual([]);
		polled.crash();
		expect(await polled.check()).toEqual([]);
	});

	it('keeps to its newest state where another node of the workflow puts back an older one', async () => {
		const polled = await published(['vendor.created']);
		const older = polled.database;
		await b.create('/vendors', { name: 'V' });
		expect(await polled.check()).toHaveLength(1);
		expect(await polled.check()).toEqual([]);
		polled.database = older;
		expect(await polled.publish()).toEqual([]);
	});

	it('names the hint when a later page fails, and returns all of it at the next check', async () => {
		await b.control.seed({ vendors: 250 });
		const polled = await published(VENDOR_EVENTS);
		const [first] = await b.list('/vendors?limit=1');
		await b.write('PUT', `/vendors/${first.id}`, { name: '0 Changed, on the first page' });
		const { id } = await b.create('/vendors', { name: 'zz Last' });
		await b.control.fault({ kind: 'status', status: 403, path: '/vendors', after: 1, times: 1 });
		// At publishing, n8n shows the message only.
		const { message } = await polled.check().catch((error) => error);
		expect(message).toMatch(/'vendors:read' to 'Enabled Scopes'.*connect.*Nothing is lost/);
		const expected = [`vendor.created ${id}`, `vendor.updated ${first.id}`];
		expect(brief(await polled.check()).sort()).toEqual(expected);
		expect(await polled.check()).toEqual([]);
	});

	it('reports each change once that is made while the list is read', async () => {
		await b.control.seed({ vendors: 250 });
		const polled = await published(VENDOR_EVENTS);
		const [gone] = await b.list('/vendors?limit=1');
		await b.control.clearRequests();
		await b.control.fault({ kind: 'slow', path: '/vendors', delayMs: 400, times: 1 });
		const checking = polled.check();
		while ((await b.calls()).length === 0) await new Promise((later) => setTimeout(later, 5));
		await b.write('DELETE', `/vendors/${gone.id}`);
		const { id } = await b.create('/vendors', { name: '0 New, on the first page' });
		const events = [...(await checking), ...(await polled.check()), ...(await polled.check())];
		const expected = [`vendor.created ${id}`, `vendor.deleted ${gone.id}`];
		expect(brief(events).sort()).toEqual(expected);
		expect(await polled.check()).toEqual([]);
	});

	it('never has two checks under way', async () => {
		const polled = await published(['vendor.created']);
		await b.create('/vendors', { name: 'V' });
		await b.control.clearRequests();
		const both = await Promise.all([polled.check(), polled.check()]);
		expect(both.map(({ length }) => length).sort()).toEqual([0, 1]);
		expect(await b.calls()).toHaveLength(1);
	});

	it('does not replay the past when other events are chosen', async () => {
		const polled = await published(['invoice.paid']);
		const [first, second] = [await anInvoice(), await anInvoice()];
		await press(`invoices/${first}/paid`);
		const node = polled.node({}, { events: ['invoice.paid', 'invoice.created', 'vendor.created'] });
		expect(brief(await polled.publish(node))).toEqual([`invoice.paid ${first}`]);
		await press(`invoices/${second}/paid`);
		expect(brief(await polled.publish())).toEqual([`invoice.paid ${second}`]);
		expect(await polled.publish(node)).toEqual([]);
		expect(await polled.check()).toEqual([]);
	});

	it('starts for what has happened since Start From', async () => {
		const { id: before } = await b.create('/vendors', { name: 'Before' });
		await new Promise((resolve) => setTimeout(resolve, 20));
		const startFrom = new Date().toISOString();
		await b.write('PUT', `/vendors/${before}`, { name: 'Before, changed' });
		const { id: after } = await b.create('/vendors', { name: 'After' });
		const polled = new PolledWorkflow(b, ['*'], { parameters: { options: { startFrom } } });
		const expected = [`vendor.updated ${before}`, `vendor.created ${after}`];
		expect(brief(await polled.publish())).toEqual(expected);
		expect(await polled.check()).toEqual([]);
	});

	it('shows the latest record at Fetch Test Event, and still reports it at the next check', async () => {
		const polled = new PolledWorkflow(b, ['vendor.created', 'invoice.paid']);
		await b.create('/vendors', { name: 'Earlier' });
		const earlier = await polled.fetchTestEvent();
		expect(earlier).toMatchObject([{ type: 'vendor.created', data: { name: 'Earlier' } }]);
		expect(await polled.publish()).toEqual([]);

		const { id } = await b.create('/vendors', { name: 'Latest' });
		const shown = await polled.fetchTestEvent();
		expect(brief(shown)).toEqual([`vendor.created ${id}`]);
		expect(await polled.fetchTestEvent()).toEqual(shown);
		expect(await polled.check()).toEqual(shown);
		expect(await polled.check()).toEqual([]);
	});
});
