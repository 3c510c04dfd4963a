import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { Fault } from '../support/sandbox.cts';

const bildout = bildOut();

const create = op('customer create', { name: '={{ $json.name }}' });
const once = { items: [{ name: 'Only One' }] };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const fault = async (kind: Fault['kind'], more: Partial<Fault> = {}) =>
	await bildout.control.fault({ kind, path: '^/api/', times: 1, ...more });

const found = async (name: string) =>
	(await bildout.list(`/customers?search=${encodeURIComponent(name)}`)).length;

const keys = async () =>
	(await bildout.calls())
		.filter(({ method }) => method === 'POST')
		.map(({ headers }) => headers['idempotency-key']);

describe('a create', () => {
	it.each([
		['the answer is lost', 'drop_after', {}, 1],
		['the request is lost', 'drop_before', {}, 0],
		['the answer comes too late', 'slow', { delayMs: 2_000 }, 1],
	] as const)('is not repeated when %s', async (_, kind, more, made) => {
		await fault(kind, more);
		const { error } = await bildout.run({ ...create, options: { timeout: 1 } }, once);
		expect(error?.message).toMatch(/: the customer may still have been created$/);
		expect(error?.description).toMatch(/Check in BildOut whether the customer exists/);
		expect(await bildout.calls()).toHaveLength(1);
		expect(await found('Only One')).toBe(made);
	});

	it.each([500, 502, 503, 504])('is not repeated after a %d', async (status) => {
		await fault('status', { status });
		const { error } = await bildout.run(create, once);
		expect(error?.message).toMatch(/the customer may still have been created/);
		expect(await bildout.calls()).toHaveLength(1);
	});

	it('is repeated after a 429, which says that it was not done', async () => {
		await fault('status', { status: 429, headers: { 'retry-after': '0' } });
		const { json } = await bildout.run(create, once);
		expect(json).toHaveLength(1);
		expect(await bildout.calls()).toHaveLength(2);
		expect(new Set(await keys()).size).toBe(1);
		expect(await found('Only One')).toBe(1);
	});

	it('is repeated when the connection was refused, so that nothing was sent', async () => {
		const down = await bildout.connect({ baseUrl: 'http://127.0.0.1:1' });
		const started = Date.now();
		const { error } = await bildout.run(
			{ ...create, options: { maxRetries: 1 } },
			{ ...once, credential: down },
		);
		expect(error?.message).toBe('BildOut refused the connection');
		expect(Date.now() - started).toBeGreaterThanOrEqual(500);
	});
});

describe.each(['update', 'delete'])('%s', (operation) => {
	it.each(['drop_after', 'drop_before'] as const)('is not repeated after %s', async (kind) => {
		const { id } = await bildout.create('/customers', { name: 'Only One' });
		await fault(kind, { method: operation === 'update' ? 'PUT' : 'DELETE' });
		const { error } = await bildout.run({
			resource: 'customer',
			operation,
			customerId: locator(id as string),
			updateFields: { phone: '1' },
		});
		expect(error?.message).toBe('The connection to BildOut broke before the response arrived');
		const writes = (await bildout.calls()).filter(({ method }) => method !== 'GET');
		expect(writes).toHaveLength(1);
	});
});

describe('a read', () => {
	it.each([
		['status', { status: 500 }],
		['html', { status: 502 }],
		['drop_before', {}],
		['drop_after', {}],
	] as const)('is repeated after %s', async (kind, more) => {
		const { id } = await bildout.create('/customers', { name: 'Only One' });
		await fault(kind, more);
		const { json } = await bildout.run(onOne('customer get', id));
		expect(json).toMatchObject([{ id }]);
		expect(await bildout.calls()).toHaveLength(2);
	});

	it('is given up after as many retries as the options say', async () => {
		await fault('status', { status: 500, times: 10 });
		await bildout.run(op('customer getAll', { options: { maxRetries: 2 } }));
		expect(await bildout.calls()).toHaveLength(3);
	});
});

describe('the Idempotency-Key', () => {
	const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

	it('looks like a UUID and differs from item to item', async () => {
		await bildout.run(create, { items: [{ name: 'A' }, { name: 'B' }, { name: 'C' }] });
		const sent = await keys();
		expect(new Set(sent).size).toBe(3);
		for (const key of sent) expect(key).toMatch(UUID);
	});

	it('stays the same when n8n runs the node again after a failure', async () => {
		await fault('status', { status: 422, times: 1 });
		const { json } = await bildout.succeed(create, {
			items: [{ name: 'Only One' }, { name: 'Only Two' }],
			node: retrying,
		});
		expect(json).toHaveLength(2);
		const [first, again, second] = await keys();
		expect(again).toBe(first);
		expect(second).not.toBe(first);
	});

	it('is the same for the same item of the same execution', async () => {
		await bildout.run(create, { ...once, executionId: 'e-1' });
		await bildout.run(create, { ...once, executionId: 'e-1' });
		expect(new Set(await keys()).size).toBe(1);
		expect(await found('Only One')).toBe(1);
	});

	it('differs from execution to execution', async () => {
		await bildout.run(create, { ...once, executionId: 'e-1' });
		await bildout.run(create, { ...once, executionId: 'e-2' });
		expect(new Set(await keys()).size).toBe(2);
		expect(await found('Only One')).toBe(2);
	});

	it('differs from round to round of a loop', async () => {
		const { json } = await bildout.run(create, { ...once, rounds: 3 });
		expect(json).toHaveLength(3);
		expect(new Set(await keys()).size).toBe(3);
	});

	it('differs from node to node of a workflow', async () => {
		await bildout.run(create, { ...once, executionId: 'e-1', node: { id: 'node-1' } });
		await bildout.run(create, { ...once, executionId: 'e-1', node: { id: 'node-2' } });
		expect(new Set(await keys()).size).toBe(2);
	});

	it('comes with an upsert that creates', async () => {
		await bildout.run(op('vendor upsert', { matchBy: 'name', name: '={{ $json.name }}' }), {
			items: [{ name: 'A' }, { name: 'B' }],
		});
		expect(new Set(await keys()).size).toBe(2);
	});
});
