import type { IDataObject } from 'n8n-workflow';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { bildOut } from '../support/bildout.cts';
import { setNodeClock } from '../support/clock.cts';
import { PolledWorkflow } from '../support/polling.cts';
import { writtenLists } from '../support/written-lists.cts';

const b = bildOut();
const lists = writtenLists();

/** A workflow whose credential leads to the server whose lists the tests write. */
function polledFrom(events: string[], parameters: IDataObject = {}): PolledWorkflow {
	const account = b.engine.credentials.add({
		...SANDBOX_CLIENT,
		baseUrl: lists.url,
		oauthTokenData: { access_token: 'token' },
	} as never);
	return new PolledWorkflow(b, events, {
		parameters: parameters as never,
		node: { credentials: { bildOutOAuth2Api: account } },
	});
}

const vendor = (number: number, fields: IDataObject = {}): IDataObject => ({
	id: `vendor-${number}`,
	name: `Vendor ${number}`,
	...fields,
});
const vendors = (count: number, from = 0) =>
	Array.from({ length: count }, (_, index) => vendor(from + index));
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const ids = (events: Array<{ id: string }>) => events.map(({ id }) => id);
const failure = async (check: Promise<unknown>) =>
	await check.then(
		() => 'no failure',
		(error: Error & { description?: string }) => `${error.message} | ${error.description}`,
	);

const DAY_MS = 24 * 60 * 60 * 1000;

beforeEach(() => lists.clear());
afterEach(() => jest.restoreAllMocks());

describe('Where a BildOut answers oddly, a BildOut Polling Trigger', () => {
	it('reports no payment whose status is not known as received, and warns once of each status', async () => {
		lists.set('payments', []);
		const polled = polledFrom(['payment.received']);
		await polled.publish();
		const statuses = ['under_review', 'awaiting_bank', 'under_review', 'expired', 'settled'];
		lists.set(
			'payments',
			statuses.map((status, index) => ({ id: `p${index}`, status, invoice_id: 'i1' })),
		);
		expect((await polled.check()).map(({ data }) => data.id)).toEqual(['p4']);
		expect(await polled.check()).toEqual([]);
		expect(polled.warnings).toEqual(
			['under_review', 'awaiting_bank'].map((status) =>
				expect.stringContaining(`the status '${status}' is unknown`),
			),
		);
	});

	it('takes a record that is missing once for one that is still there', async () => {
		lists.set('vendors', vendors(3));
		const polled = polledFrom(['vendor.created', 'vendor.deleted', 'vendor.updated']);
		await polled.publish();
		for (let times = 0; times < 3; times++) {
			lists.set('vendors', vendors(2));
			expect(await polled.check()).toEqual([]);
			lists.set('vendors', vendors(3).reverse());
			expect(await polled.check()).toEqual([]);
		}
	});

	it('does not report a record again that was missing for long, when nobody was told that it is gone', async () => {
		lists.set('vendors', vendors(3));
		const polled = polledFrom(['vendor.created']);
		await polled.publish();
		lists.set('vendors', vendors(2));
		for (let times = 0; times < 4; times++) expect(await polled.check()).toEqual([]);
		lists.set('vendors', vendors(3));
		expect(await polled.check()).toEqual([]);
	});

	it('does not believe at once that everything is gone, says so once, and goes on with the rest', async () => {
		lists.set('vendors', vendors(30));
		lists.set('projects', []);
		const polled = polledFrom(['vendor.deleted', 'vendor.created', 'project.created']);
		await polled.publish();
		lists.set('vendors', []);
		expect(await failure(polled.check())).toMatch(
			/none of the 30 vendors .* \| .*'Enabled Scopes'/,
		);
		lists.set('projects', [{ id: 'p', name: 'P' }]);
		expect(ids(await polled.check())).toEqual(['project.created:p']);
		for (let times = 0; times < 5; times++) expect(await polled.check()).toEqual([]);
		lists.set('vendors', vendors(31));
		expect(ids(await polled.check())).toEqual(['vendor.created:vendor-30']);
	});

	it('believes after a while that the last few records are gone', async () => {
		lists.set('vendors', vendors(2));
		const polled = polledFrom(['vendor.deleted']);
		await polled.publish();
		lists.set('vendors', []);
		expect(await failure(polled.check())).toMatch(/none of the 2 vendors/);
		for (let times = 0; times < 3; times++) expect(await polled.check()).toEqual([]);
		expect(ids(await polled.check())).toEqual([
			'vendor.deleted:vendor-0',
			'vendor.deleted:vendor-1',
		]);
		expect(await polled.check()).toEqual([]);
	});

	it('starts from what is there where another credential leads to another account', async () => {
		lists.set('vendors', vendors(5));
		const polled = polledFrom(['*']);
		await polled.publish();
		const { credentials } = polledFrom([]).node();
		lists.set('vendors', vendors(5, 100));
		lists.set('customers', vendors(3));
		expect(await polled.publish(polled.node({ credentials }))).toEqual([]);
		lists.set('vendors', vendors(6, 100));
		expect(ids(await polled.check())).toEqual(['vendor.created:vendor-105']);
	});

	it('reports nothing of a list where the same credential leads to other records', async () => {
		lists.set('vendors', vendors(5));
		const polled = polledFrom(['*']);
		await polled.publish();
		lists.set('vendors', vendors(5, 100));
		expect(await failure(polled.check())).toMatch(/none of the 5 vendors seen.*same account/);
		for (let times = 0; times < 5; times++) expect(await polled.check()).toEqual([]);
	});

	it('starts from these after a day', async () => {
		lists.set('vendors', vendors(5));
		const polled = polledFrom(['*']);
		await polled.publish();
		lists.set('vendors', vendors(5, 100));
		await failure(polled.check());
		for (let times = 0; times < 3; times++) expect(await polled.check()).toEqual([]);
		setNodeClock((now) => now + DAY_MS);
		expect(await polled.check()).toEqual([]);
		lists.set('vendors', vendors(6, 100));
		expect(ids(await polled.check())).toEqual(['vendor.created:vendor-105']);
	});

	it('goes on where another credential leads to the same account', async () => {
		lists.set('vendors', vendors(1));
		const polled = polledFrom(['vendor.created']);
		await polled.publish();
		const { credentials } = polledFrom([]).node();
		lists.set('vendors', vendors(2));
		const events = await polled.publish(polled.node({ credentials }));
		expect(ids(events)).toEqual(['vendor.created:vendor-1']);
	});

	it('notices changes of records that have no timestamps, and none where only the order differs', async () => {
		lists.set('vendors', [vendor(1, { address: { city: 'A', zip: '1' } })]);
		const polled = polledFrom(['vendor.updated']);
		await polled.publish();
		lists.set('vendors', [{ address: { zip: '1', city: 'A' }, ...vendor(1) }]);
		expect(await polled.check()).toEqual([]);
		lists.set('vendors', [vendor(1, { address: { city: 'B', zip: '1' } })]);
		expect(await polled.check()).toMatchObject([
			{ type: 'vendor.updated', data: { id: 'vendor-1' } },
		]);
	});

	it.each([
		['partially_paid', {}],
		['Partial', {}],
		['overdue', { amount_paid: '10.00', amount_due: '5.00' }],
	])(
		'takes an invoice that is %s for partly paid, once until it leaves the state',
		async (status, fields) => {
			const is = (now: string, more = {}) =>
				lists.set('invoices', [{ id: 'i', status: now, ...more }]);
			is('sent');
			const polled = polledFrom(['invoice.partially_paid']);
			await polled.publish();
			is(status, fields);
			expect(ids(await polled.check())).toEqual(['invoice.partially_paid:i']);
			is('disputed');
			expect(await polled.check()).toEqual([]);
			is(status, fields);
			expect(await polled.check()).toEqual([]);
			is('sent');
			expect(await polled.check()).toEqual([]);
			is(status, fields);
			expect(ids(await polled.check())).toEqual([
				expect.stringMatching(/^invoice.partially_paid:i:.+/),
			]);
		},
	);

	it('asks for paid invoices alone where that is enough, and copes with a server that lists all', async () => {
		const invoice = (id: string, status: string) => ({ id, status });
		lists.set('invoices', [invoice('a', 'paid'), invoice('b', 'sent')]);
		const polled = polledFrom(['invoice.paid']);
		await polled.publish();
		expect(lists.asked.every((url) => url.includes('status=paid'))).toBe(true);
		lists.set('invoices', [invoice('a', 'paid'), invoice('b', 'paid')]);
		expect(ids(await polled.check())).toEqual(['invoice.paid:b']);
	});

	it('tells payments by direction and status, whatever they were before', async () => {
		const payment = (id: string, fields: object) => ({ id, ...fields });
		lists.set('payments', []);
		const polled = polledFrom(['payment.received', 'payment.sent', 'payment.status_changed']);
		await polled.publish();
		lists.set('payments', [
			payment('in', { direction: 'incoming', status: 'processing' }),
			payment('out', { vendor_id: 'v' }),
		]);
		expect(ids(await polled.check())).toEqual(['payment.sent:out']);
		lists.set('payments', [
			payment('in', { direction: 'incoming', status: 'succeeded' }),
			payment('out', { vendor_id: 'v' }),
		]);
		expect(ids(await polled.check())).toEqual([
			'payment.status_changed:in:succeeded',
			'payment.received:in',
		]);
	});

	it('gives the events of a check in order of time', async () => {
		lists.set('vendors', []);
		const polled = polledFrom(['vendor.created']);
		await polled.publish();
		const at = ['2026-01-03T00:00:00Z', '2026-01-01 00:00:00', 1_767_312_000];
		lists.set(
			'vendors',
			at.map((created_at, index) => vendor(index, { created_at })),
		);
		expect((await polled.check()).map(({ created_at }) => created_at)).toEqual([
			'2026-01-01T00:00:00.000Z',
			'2026-01-02T00:00:00.000Z',
			'2026-01-03T00:00:00.000Z',
		]);
	});
});

it.each<IDataObject>([{ resources: undefined }, { resources: null }, { at: 'x' }, { account: 7 }])(
	'A BildOut Polling Trigger starts from what is there where another node left %j in its state',
	async (change) => {
		lists.set('vendors', vendors(1));
		const polled = polledFrom(['vendor.created']);
		await polled.publish();
		const kept = JSON.parse(polled.database) as Record<string, IDataObject>;
		const [key] = Object.keys(kept);
		const damaged = polled.inNewProcess();
		damaged.database = JSON.stringify({ [key]: { ...kept[key], ...change } });
		expect(await damaged.publish()).toEqual([]);
		lists.set('vendors', vendors(2));
		expect(ids(await damaged.check())).toEqual(['vendor.created:vendor-1']);
	},
);

describe('A BildOut Polling Trigger warns', () => {
	it('when n8n starts and nothing is kept for a node that is published, and at no other time', async () => {
		lists.set('vendors', vendors(1));
		const polled = polledFrom(['vendor.created']);
		await polled.publish();
		await polled.publish(polled.node(), 'init');
		expect(polled.warnings).toEqual([]);
		const wiped = polled.inNewProcess();
		wiped.database = '{}';
		expect(await wiped.publish(wiped.node(), 'init')).toEqual([]);
		await wiped.publish(wiped.node(), 'init');
		expect(wiped.warnings).toEqual([
			expect.stringMatching(/"BildOut Polling Trigger" has no saved state.*docs\/queue-mode\.md/),
		]);
	});

	it('once of each due date that is none, and reports what does not need it', async () => {
		const dueDates = ['0000-00-00', '2026-13-01', '0000-00-00', null, '', '2099-01-01'];
		const invoices = (status: string) =>
			dueDates.map((due_date, n) => ({ id: `i${n}`, status, due_date }));
		lists.set('invoices', invoices('draft'));
		const polled = polledFrom(['invoice.sent', 'invoice.overdue', 'invoice.due_soon']);
		await polled.publish();
		lists.set('invoices', invoices('sent'));
		expect(ids(await polled.check())).toEqual(dueDates.map((_, n) => `invoice.sent:i${n}`));
		for (let times = 0; times < 3; times++) expect(await polled.check()).toEqual([]);
		expect(polled.warnings).toEqual([
			expect.stringMatching(/of the invoice i0, the due date '0000-00-00' is no date$/),
			expect.stringMatching(/of the invoice i1, the due date '2026-13-01' is no date$/),
		]);
	});
});

describe('With many records, a BildOut Polling Trigger', () => {
	const many = (count: number) =>
		Array.from({ length: count }, (_, n) => ({ id: uuid(n), status: 'sent' }));

	it('keeps 10,000 in less than 600 kB, reads them with 100 requests, and refuses more', async () => {
		lists.set('invoices', many(10_000));
		const polled = polledFrom(['invoice.created', 'invoice.deleted']);
		await polled.publish();
		expect(lists.asked).toHaveLength(100);
		expect(polled.database.length).toBeLessThan(600_000);
		lists.set('invoices', many(10_001).slice(1));
		expect(ids(await polled.check())).toEqual([`invoice.created:${uuid(10_000)}`]);
		expect(ids(await polled.check())).toEqual([`invoice.deleted:${uuid(0)}`]);
		expect(polled.database.length).toBeLessThan(600_000);
		lists.set('invoices', many(10_002));
		expect(await failure(polled.check())).toMatch(
			/10002 invoices, more than the 10000 .* \| .*'Invoice Paid'/,
		);
	});

	it('refuses a poll time that the account is too large for, until it was said', async () => {
		lists.set('invoices', many(6000));
		lists.set('vendors', vendors(6000));
		const polled = polledFrom(['invoice.created', 'vendor.created']);
		expect(await failure(polled.publish())).toMatch(/takes 120 requests.*every 3 minutes or more/);
		const pollTimes = { item: [{ mode: 'everyX', value: 3, unit: 'minutes' }] };
		expect(await polled.publish(polled.node({}, { pollTimes }))).toEqual([]);
	});

	/** A first check for which the time that n8n gives is over while a page of a list stands still. */
	async function cutOffAt<T>(polled: PolledWorkflow, page: RegExp, check: () => Promise<T>) {
		lists.hanging = page;
		polled.budgetMs = 3000;
		try {
			return await check();
		} finally {
			lists.hanging = undefined;
			polled.budgetMs = undefined;
		}
	}

	const HOURLY = { pollTimes: { item: [{ mode: 'everyHour' }] } };
	const old = '2026-01-01T00:00:00Z';
	const stamped = (count: number) =>
		vendors(count).map((one) => ({ ...one, created_at: old, updated_at: old }));

	it.each([
		['the first page', /vendors\?(?!.*page=)/],
		['a later page', /vendors\?.*page=2\b/],
	])(
		'loses nothing that is made after a first check that ended at %s of a list',
		async (_, page) => {
			lists.set('customers', stamped(20));
			lists.set('vendors', stamped(300));
			lists.set('projects', stamped(3));
			const polled = polledFrom(['*'], HOURLY);
			expect(await cutOffAt(polled, page, async () => await polled.publish())).toEqual([]);
			const created_at = new Date().toISOString();
			lists.set('customers', [...stamped(20), { id: 'new customer', created_at }]);
			lists.set('vendors', [...stamped(300), { id: 'new vendor', created_at }]);
			lists.set('projects', [
				...stamped(2),
				{ id: 'vendor-2', created_at: old, updated_at: created_at },
			]);
			expect(ids(await polled.check()).sort()).toEqual([
				'customer.created:new customer',
				expect.stringMatching(/^project.updated:vendor-2:/),
				'vendor.created:new vendor',
			]);
			expect(await polled.check()).toEqual([]);
		},
	);

	it('refuses a poll time that is too short also where the first check ends too early', async () => {
		lists.set('vendors', vendors(12_000));
		const polled = polledFrom(['invoice.created', 'vendor.created']);
		const publish = async () => await failure(polled.publish());
		expect(await cutOffAt(polled, /vendors\?.*page=2\b/, publish)).toMatch(
			/takes at least 121 requests.*every 3 minutes or more/,
		);
	});

	it('keeps what it knew where its first check with another credential ends too early', async () => {
		lists.set('vendors', stamped(5));
		const polled = polledFrom(['customer.created', 'vendor.created'], HOURLY);
		await polled.publish();
		const { credentials } = polledFrom([]).node();
		lists.set('vendors', stamped(6));
		const restarted = polled.inNewProcess();
		const publish = async () => await restarted.publish(restarted.node({ credentials }));
		expect(await cutOffAt(restarted, /vendors/, publish)).toEqual([]);
		expect(ids(await restarted.check())).toEqual(['vendor.created:vendor-5']);
	});

	it('says at Fetch Test Event why there is nothing to show', async () => {
		lists.set('vendors', []);
		const shown = async (events: string[]) => await failure(polledFrom(events).fetchTestEvent());
		expect(await shown(['vendor.created'])).toMatch(
			/^There is no record in BildOut yet for the event 'vendor.created' \| Make one/,
		);
		expect(await shown(['vendor.deleted', 'vendor.created'])).toMatch(
			/does not list what was deleted.*Put another event first/,
		);
		expect(await shown([])).toMatch(/^No event is chosen under 'Trigger On' \| Choose/);
	});
});
