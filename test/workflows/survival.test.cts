import { setTimeout as wait } from 'node:timers/promises';
import { bildOut } from '../support/bildout.cts';
import { onOne } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

let before: JsonObject;
let path: string;

beforeEach(async () => {
	const customer = await bildout.create('/customers', { name: 'Harbor View Homes' });
	before = await bildout.create('/invoices', {
		client_id: customer.id,
		due_date: '2025-02-15',
		notes: 'Thank you',
		terms: 'Due in 30 days',
		discount_total: 10,
		po_number: 'PO-1',
		line_items: [
			{ name: 'Materials', description: 'Lumber', quantity: 0.5, unit_price: 19.99, tax_rate: 8.5 },
			{ name: 'Labor', quantity: 16, unit_price: 75 },
		],
	});
	path = `/invoices/${before.id}`;
});

const update = (more: object = {}) =>
	onOne('invoice update', before.id, { updateFields: { dueDate: '2025-03-01' }, ...more });

/** The record without what changes with every write. */
const lasting = ({ updated_at: _, line_items, ...record }: JsonObject) => ({
	...record,
	line_items: (line_items as JsonObject[]).map(({ id: _id, ...line }) => line),
});

async function expectSurvival(changes: object): Promise<void> {
	await bildout.control.clearFaults();
	expect(lasting(await bildout.read(path))).toEqual({ ...lasting(before), ...changes });
}

it('survives an update of one field', async () => {
	await bildout.succeed(update());
	await expectSurvival({ due_date: '2025-03-01' });
});

it('survives an update in which the read is answered with 500', async () => {
	await bildout.control.fault({ kind: 'status', status: 500, method: 'GET', path, times: 10 });
	const { error } = await bildout.run(update({ options: { maxRetries: 1 } }));
	expect(error).toMatchObject({ httpCode: '500' });
	expect((await bildout.wire()).map(([line]) => line)).toEqual([`GET ${path}`, `GET ${path}`]);
	await expectSurvival({});
});

it('survives an update in which the read is answered with a web page', async () => {
	await bildout.control.fault({ kind: 'html', status: 200, method: 'GET', path, times: 10 });
	const { error } = await bildout.run(update());
	expect(error?.message).toMatch(/web page instead of data/);
	await expectSurvival({});
});

it('survives an update in which the write is answered with 500', async () => {
	await bildout.control.fault({ kind: 'status', status: 500, method: 'PUT', path });
	const { error } = await bildout.run(update());
	expect(error).toMatchObject({ httpCode: '500' });
	await expectSurvival({});
});

it('survives an update whose answer is lost', async () => {
	await bildout.control.fault({ kind: 'drop_after', method: 'PUT', path });
	await bildout.run(update());
	await expectSurvival({ due_date: '2025-03-01' });
});

it.each(['GET', 'PUT'])('survives an execution cancelled during the %s', async (method) => {
	await bildout.control.config({ latencyMs: 1_000 });
	const { cancel, done } = bildout.start(update());
	while ((await bildout.calls()).at(-1)?.method !== method) await wait(10);
	cancel();
	const { run } = await done;
	expect(run.status).toBe('canceled');
	await wait(1_200);
	await bildout.control.config({ latencyMs: 0 });
	const after = await bildout.read(path);
	expect(['2025-02-15', '2025-03-01']).toContain(after.due_date);
	expect(lasting(after)).toEqual({ ...lasting(before), due_date: after.due_date });
});

it.each(['drop_before', 'drop_after'] as const)(
	'survives an execution that n8n tries again after %s',
	async (kind) => {
		await bildout.control.fault({ kind, method: 'PUT', path });
		const { json } = await bildout.succeed(update(), {
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(json).toMatchObject([{ due_date: '2025-03-01' }]);
		await expectSurvival({ due_date: '2025-03-01' });
	},
);
