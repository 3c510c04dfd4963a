import type { IDataObject } from 'n8n-workflow';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { bildOut } from '../support/bildout.cts';
import { PolledWorkflow } from '../support/polling.cts';
import { writtenLists } from '../support/written-lists.cts';

const b = bildOut();
const lists = writtenLists();

const account = () =>
	b.engine.credentials.add({
		...SANDBOX_CLIENT,
		baseUrl: lists.url,
		oauthTokenData: { access_token: 'token' },
	} as never);

function polledFrom(events: string[], parameters: IDataObject = {}): PolledWorkflow {
	return new PolledWorkflow(b, events, {
		parameters: parameters as never,
		node: { credentials: { bildOutOAuth2Api: account() } },
	});
}

const brief = (events: Array<{ type: string; data: IDataObject }>) =>
	events.map(({ type, data }) => `${type} ${String(data.id)}`);
const failure = async (check: Promise<unknown>) =>
	await check.then(
		() => 'no failure',
		(error: Error & { description?: string }) => `${error.message} | ${error.description}`,
	);
const invoice = (id: string, status: string, fields: IDataObject = {}) => ({
	id,
	status,
	due_date: '2099-01-01',
	...fields,
});
const vendors = (count: number, from = 0) =>
	Array.from({ length: count }, (_, n) => ({ id: `v${from + n}`, name: `Vendor ${from + n}` }));

beforeEach(() => lists.clear());

describe('Where only Invoice Paid is chosen, a BildOut Polling Trigger', () => {
	it.each([
		['is deleted', []],
		['is no longer paid', [invoice('a', 'sent')]],
	])('reports an older invoice that is paid when the only paid one %s', async (_, left) => {
		const created_at = '2025-01-01T00:00:00Z';
		lists.set('invoices', [invoice('a', 'paid'), invoice('b', 'sent', { created_at })]);
		const polled = polledFrom(['invoice.paid']);
		await polled.publish();
		lists.set('invoices', [...left, invoice('b', 'paid', { created_at })]);
		expect(brief(await polled.check())).toEqual(['invoice.paid b']);
	});

	it('reports one that is paid after the only paid one was voided', async () => {
		lists.set('invoices', [invoice('a', 'paid'), invoice('b', 'sent')]);
		const polled = polledFrom(['invoice.paid']);
		await polled.publish();
		lists.set('invoices', [invoice('a', 'void'), invoice('b', 'sent')]);
		for (let n = 0; n < 3; n++) expect(await polled.check()).toEqual([]);
		lists.set('invoices', [
			invoice('a', 'void'),
			invoice('b', 'paid', { created_at: '2025-01-01T00:00:00Z' }),
		]);
		expect(brief(await polled.check())).toEqual(['invoice.paid b']);
		expect(await polled.check()).toEqual([]);
	});
});

describe('Of payments, a BildOut Polling Trigger', () => {
	const payment = (id: string, status?: string, fields: IDataObject = {}) => ({
		id,
		direction: 'incoming',
		...(status && { status }),
		...fields,
	});

	it.each(['failed', 'declined', 'canceled', 'expired', 'returned', 'rejected', 'refunded'])(
		'reports one that is %s when it is first seen, as a status that changed',
		async (status) => {
			lists.set('payments', []);
			const polled = polledFrom(['payment.status_changed', 'payment.received']);
			await polled.publish();
			lists.set('payments', [payment('p', status), payment('q', 'processing')]);
			expect(brief(await polled.check())).toEqual(['payment.status_changed p']);
			expect(await polled.check()).toEqual([]);
		},
	);

	it('counts only those as received whose status says that the money arrived', async () => {
		lists.set('payments', []);
		const polled = polledFrom(['payment.received', 'payment.sent']);
		await polled.publish();
		const notArrived = ['requires_confirmation', 'expired', 'returned', 'rejected', 'on_hold'];
		const arrived = ['succeeded', 'Paid', 'completed', undefined];
		lists.set('payments', [
			...notArrived.map((status) => payment(`not ${status}`, status)),
			...arrived.map((status) => payment(`yes ${status}`, status)),
			payment('sent on_hold', 'on_hold', { direction: 'outgoing' }),
		]);
		expect(brief(await polled.check()).sort()).toEqual(
			arrived.map((status) => `payment.received yes ${status}`).sort(),
		);
	});

	it('takes another spelling of a status for no change', async () => {
		lists.set('payments', [payment('p', 'in_progress')]);
		const polled = polledFrom(['payment.status_changed']);
		await polled.publish();
		for (const status of ['In Progress', 'IN-PROGRESS', ' inProgress ']) {
			lists.set('payments', [payment('p', status)]);
			expect(await polled.check()).toEqual([]);
		}
	});

	it('does not report a payment again that was disputed and then won', async () => {
		lists.set('payments', []);
		const polled = polledFrom(['payment.received']);
		await polled.publish();
		const found: string[] = [];
		for (const status of ['processing', 'succeeded', 'disputed', 'succeeded']) {
			lists.set('payments', [payment('p', status)]);
			found.push(...brief(await polled.check()));
		}
		expect(found).toEqual(['payment.received p']);
	});
});

describe('Of an invoice that is sent, a BildOut Polling Trigger', () => {
	const sentAt = { sent_at: '2026-03-01T10:00:00Z' };

	it.each([
		['overdue', {}],
		['partial', {}],
		['paid', {}],
		['overdue', sentAt],
		['partial', sentAt],
		['paid', sentAt],
	])('reports nothing where it was %s and is only called sent again %j', async (status, fields) => {
		lists.set('invoices', [invoice('known', status, fields), invoice('i', 'draft')]);
		const polled = polledFrom(['invoice.sent']);
		await polled.publish();
		const found: string[] = [];
		for (const now of ['sent', status, 'sent']) {
			lists.set('invoices', [invoice('known', now, fields), invoice('i', now, fields)]);
			found.push(...brief(await polled.check()));
		}
		expect(found).toEqual(['invoice.sent i']);
	});

	it.each(['paid', 'partial', 'overdue', 'void'])(
		'notices by its sent_at that it was sent, though it is %s by now',
		async (status) => {
			lists.set('invoices', [invoice('i', 'draft', { sent_at: null })]);
			const polled = polledFrom(['invoice.sent']);
			await polled.publish();
			lists.set('invoices', [invoice('i', status, sentAt), invoice('new', status, sentAt)]);
			expect(brief(await polled.check()).sort()).toEqual(['invoice.sent i', 'invoice.sent new']);
			expect(await polled.check()).toEqual([]);
		},
	);

	it('reports it again where it is sent another time', async () => {
		lists.set('invoices', [invoice('i', 'draft')]);
		const polled = polledFrom(['invoice.sent']);
		await polled.publish();
		lists.set('invoices', [invoice('i', 'sent', sentAt)]);
		expect(brief(await polled.check())).toEqual(['invoice.sent i']);
		lists.set('invoices', [invoice('i', 'sent', { sent_at: '2026-03-01 10:00:00+00' })]);
		expect(await polled.check()).toEqual([]);
		lists.set('invoices', [invoice('i', 'sent', { sent_at: '2026-03-09T10:00:00Z' })]);
		const events = await polled.check();
		expect(brief(events)).toEqual(['invoice.sent i']);
		expect(events[0].created_at).toBe('2026-03-09T10:00:00.000Z');
	});

	it('reports it once where sent_at comes after the status', async () => {
		lists.set('invoices', [invoice('i', 'draft')]);
		const polled = polledFrom(['invoice.sent']);
		await polled.publish();
		lists.set('invoices', [invoice('i', 'sent', { sent_at: null })]);
		expect(brief(await polled.check())).toEqual(['invoice.sent i']);
		lists.set('invoices', [invoice('i', 'sent', sentAt)]);
		expect(await polled.check()).toEqual([]);
	});
});

describe('Where dates cannot be read, a BildOut Polling Trigger', () => {
	it.each([
		['due_date', '0000-00-00'],
		['due_date', '2026-13-01'],
		['due_date', '2026-02-30'],
		['due_date', 20260301],
		['created_at', 1_767_312_000_000_000_000],
		['created_at', '99999999999999999999'],
		['updated_at', 1e300],
		['sent_at', '2026-99-99T00:00:00Z'],
	])(
		'leaves an invoice with %s %j out of what needs it, and reports the others',
		async (field, value) => {
			lists.set('invoices', []);
			const polled = polledFrom(['*']);
			await polled.publish();
			const late = { due_date: '2020-01-01' };
			lists.set('invoices', [
				invoice('odd', 'sent', { [field]: value }),
				invoice('late', 'sent', late),
				invoice('odd overdue', 'overdue', { [field]: value }),
			]);
			const found = brief(await polled.check());
			expect(found).toEqual(
				expect.arrayContaining([
					'invoice.created odd',
					'invoice.created late',
					'invoice.overdue late',
					'invoice.overdue odd overdue',
				]),
			);
			expect(found).not.toContain('invoice.overdue odd');
			expect(await polled.check()).toEqual([]);
		},
	);
});

describe('Where a field differs in each response, a BildOut Polling Trigger', () => {
	it('takes no URL with another query for a change', async () => {
		const link = (token: string, path = 'a.pdf') => ({
			logo: { url: `https://files.example.com/${path}?X-Signature=${token}` },
		});
		lists.set('vendors', [{ id: 'v', name: 'V', ...link('1') }]);
		const polled = polledFrom(['vendor.updated']);
		await polled.publish();
		lists.set('vendors', [{ id: 'v', name: 'V', ...link('2') }]);
		expect(await polled.check()).toEqual([]);
		lists.set('vendors', [{ id: 'v', name: 'V', ...link('2', 'b.pdf') }]);
		expect(brief(await polled.check())).toEqual(['vendor.updated v']);
	});
});

describe('Where most records are gone at once, a BildOut Polling Trigger', () => {
	it('doubts it, says so once, and reports what it sees', async () => {
		lists.set('customers', vendors(1000));
		const polled = polledFrom(['customer.deleted', 'customer.created', 'customer.updated']);
		await polled.publish();
		lists.set('customers', vendors(1));
		expect(await failure(polled.check())).toMatch(
			/only 1 of the 1000 customers seen at the last check.* \| .*'Enabled Scopes'/,
		);
		lists.set('customers', [
			{ id: 'v0', name: 'Changed' },
			{ id: 'new', name: 'New' },
		]);
		expect(brief(await polled.check()).sort()).toEqual([
			'customer.created new',
			'customer.updated v0',
		]);
		for (let times = 0; times < 6; times++) expect(await polled.check()).toEqual([]);
		lists.set('customers', [...vendors(1000), { id: 'new', name: 'New' }]);
		expect(brief(await polled.check())).toEqual(['customer.updated v0']);
	});

	it('reports half of them, or ten, as deleted after two checks', async () => {
		lists.set('vendors', vendors(40));
		lists.set('customers', vendors(12));
		const polled = polledFrom(['vendor.deleted', 'customer.deleted']);
		await polled.publish();
		lists.set('vendors', vendors(20));
		lists.set('customers', vendors(2));
		expect(await polled.check()).toEqual([]);
		expect(await polled.check()).toHaveLength(30);
	});
});

describe('Where n8n keeps another state than the latest, a BildOut Polling Trigger', () => {
	it('goes by when a state was written, not by how many checks there were before', async () => {
		lists.set('vendors', vendors(1));
		const polled = polledFrom(['vendor.created']);
		await polled.publish();
		for (let n = 0; n < 5; n++) expect(await polled.check()).toEqual([]);
		// Another main process took over from what n8n had saved, and reported an event.
		const key = 'node:BildOut Polling Trigger';
		const saved = JSON.parse(polled.database) as Record<string, IDataObject>;
		lists.set('vendors', vendors(2));
		const other = polledFrom(['vendor.created']);
		await other.publish();
		const ofOther = (JSON.parse(other.database) as Record<string, IDataObject>)[key];
		saved[key] = { ...saved[key], resources: ofOther.resources, at: Date.now() };
		if ('check' in saved[key]) saved[key].check = 2;
		polled.database = JSON.stringify(saved);
		polled.crash();
		expect(await polled.check()).toEqual([]);
	});
});
