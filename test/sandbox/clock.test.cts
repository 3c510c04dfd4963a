import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../tools/lib/program.mts';
import { type Sandbox, startSandbox } from '../support/sandbox.cts';
import { type Body, call, startReceiver } from './client.cts';

const ZONE = process.env.TZ;
const SENT = 'invoice.sent';
let sandbox: Sandbox;
let token: string;

/** Starts a sandbox on a machine that stands in Los Angeles, where clocks change. */
async function open(...args: string[]): Promise<void> {
	process.env.TZ = 'America/Los_Angeles';
	sandbox = await startSandbox(args);
	await sandbox.control.config({ announcedLimit: 1_000_000 });
	token = (await sandbox.control.token()).access_token;
}

afterEach(async () => {
	await sandbox.stop();
	if (ZONE === undefined) delete process.env.TZ;
	else process.env.TZ = ZONE;
});

async function api(method: string, path: string, body?: object): Promise<Body> {
	const headers = { authorization: `Bearer ${token}` };
	return (await call(method, `${sandbox.url}/api/v1${path}`, body, headers)).body.data;
}

async function press(path: string): Promise<Body> {
	const { status, body } = await call('POST', `${sandbox.url}/page${path}`);
	expect([status, body.error]).toEqual([200, undefined]);
	return body;
}

async function invoice(due_date: string | null, more: object = {}): Promise<string> {
	const { id } = await api('POST', '/customers', { name: 'Payer' });
	const line_items = [{ name: 'Door', quantity: 1, unit_price: 100 }];
	const fields = { client_id: id, due_date, status: 'sent', line_items, ...more };
	return (await api('POST', '/invoices', fields)).id;
}

const statusOf = async (id: string): Promise<string> =>
	(await api('GET', `/invoices/${id}`)).status;

it('makes an unpaid invoice overdue at midnight, with an event, and nothing before', async () => {
	await open('--empty');
	await sandbox.control.setClock('2027-06-10T23:59:00-07:00');
	const { received, url } = await startReceiver();
	await api('POST', '/webhooks', { url, events: ['invoice.updated', SENT] });
	const id = await invoice('2027-06-10');
	expect(await statusOf(id)).toBe('sent');
	await sandbox.control.setClock('2027-06-10T23:59:59.900-07:00');
	await waitFor('midnight', async () => (await statusOf(id)) === 'overdue', { everyMs: 20 });
	const { updated_at, issue_date } = await api('GET', `/invoices/${id}`);
	expect(issue_date).toBe('2027-06-10');
	expect(updated_at).toMatch(/^2027-06-11T07:00:0/);
	await waitFor('both events', () => received.length === 2);
	const events = received.map(({ body }) => JSON.parse(body));
	expect(events.map(({ type }) => type).sort()).toEqual([SENT, 'invoice.updated'].sort());
	const updated = events.find(({ type }) => type === 'invoice.updated');
	expect(updated).toMatchObject({ data: { id, status: 'overdue', updated_at } });
	expect(updated.created_at).toMatch(/^2027-06-11T07:00:0/);
});

it('concerns what customers were sent and still owe, and nothing else', async () => {
	await open();
	const [partly] = await api('GET', '/invoices?status=partial');
	const late: string = partly.due_date;
	await sandbox.control.setClock(`${late}T12:00:00-07:00`);
	const day = new Date(Date.parse(late) + 86_400_000).toISOString().slice(0, 10);
	const paid = await invoice(late);
	const ids = {
		sent: await invoice(late),
		viewed: await invoice(late, { status: 'viewed' }),
		partly: partly.id,
		paid,
		draft: await invoice(late, { status: 'draft' }),
		void: await invoice(late, { status: 'void' }),
		tomorrow: await invoice(day),
		without: await invoice(null),
		free: await invoice(late, { line_items: [{ name: 'Gift', quantity: 1, unit_price: 0 }] }),
	};
	await press(`/invoices/${paid}/paid`);
	await press('/clock/next-day');
	const statuses: Record<string, string> = {};
	for (const [name, id] of Object.entries(ids)) statuses[name] = await statusOf(id);
	expect(statuses).toEqual({
		...{ sent: 'overdue', viewed: 'overdue', partly: 'overdue' },
		...{ paid: 'paid', draft: 'draft', void: 'void' },
		...{ tomorrow: 'sent', without: 'sent', free: 'sent' },
	});
	// A partly paid one stays overdue when it is changed, until all is paid.
	const { id, client_id, due_date, line_items, amount_due } = partly;
	const lines = line_items.map(({ id: _, amount: __, ...line }: Body) => line);
	const body = { client_id, due_date, status: 'overdue', line_items: lines };
	const changed = await api('PUT', `/invoices/${id}`, body);
	expect(changed).toMatchObject({ status: 'overdue', amount_due });
	await press(`/invoices/${id}/paid`);
	expect(await statusOf(id)).toBe('paid');
});

it.each([
	['has 23 hours', '2027-03-13T23:30:00-08:00', '2027-03-14', '2027-03-15T06:30'],
	['has 25 hours', '2027-11-06T23:30:00-07:00', '2027-11-07', '2027-11-08T07:30'],
])('moves on to the next day where that %s', async (_, from, tomorrow, moment) => {
	await open('--empty');
	await sandbox.control.setClock(from);
	const today = await invoice(from.slice(0, 10));
	const next = await invoice(tomorrow);
	const clock = await press('/clock/next-day');
	expect(clock.today).toBe(tomorrow);
	expect(clock.now.slice(0, 16)).toBe(moment);
	expect([await statusOf(today), await statusOf(next)]).toEqual(['overdue', 'sent']);
});

it('goes on over a restart, and catches up with the nights in which the sandbox was off', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'bildout-sandbox-'));
	try {
		const file = ['--empty', '--database', join(folder, 'account.db')];
		await open(...file);
		await sandbox.control.setClock('2027-06-10T12:00:00-07:00');
		const late = await invoice('2027-06-01');
		expect(await statusOf(late)).toBe('sent');
		await sandbox.stop();
		await open(...file);
		expect((await call('GET', `${sandbox.url}/page/account`)).body.today).toBe('2027-06-10');
		expect(await statusOf(late)).toBe('overdue');
	} finally {
		rmSync(folder, { recursive: true });
	}
});

it('is the machine’s again after a reset, with records up to yesterday', async () => {
	await open('--empty');
	const before = await sandbox.control.setClock('2031-01-01T00:00:00Z');
	expect(before).toMatchObject({ today: '2030-12-31' });
	await sandbox.control.reset({ seed: true });
	const { today } = (await call('GET', `${sandbox.url}/page/account`)).body;
	expect(today).toBe(new Date().toLocaleDateString('sv-SE', { timeZone: 'America/Los_Angeles' }));
	const [newest] = await api('GET', '/invoices?limit=1');
	const age = Date.parse(today) - Date.parse(newest.created_at);
	expect(age).toBeGreaterThan(0);
	expect(age).toBeLessThan(3 * 86_400_000);
});
