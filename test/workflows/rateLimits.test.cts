import { setTimeout as wait } from 'node:timers/promises';
import { bildOut } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { SandboxConfig } from '../support/sandbox.cts';

const bildout = bildOut();

const create = op('customer create', { name: '={{ $json.name }}' });
const names = (many: number) =>
	Array.from({ length: many }, (_, index) => ({ name: `No. ${index}` }));

const limits = async (rateLimit: NonNullable<SandboxConfig['rateLimit']>) =>
	await bildout.control.config({ announcedLimit: null, rateLimit });

/** Less than the wait for a minute's window, which on a busy machine is all that can be measured. */
const NO_MINUTE_MS = 55_000;

async function timed<T>(work: Promise<T>): Promise<[took: number, result: T]> {
	const started = Date.now();
	const result = await work;
	return [Date.now() - started, result];
}

const refused = async () => (await bildout.calls()).filter(({ status }) => status === 429).length;

describe('the pace', () => {
	it('fits both windows, so that none of many creates is refused', async () => {
		await limits({ limit: 100, burst: 20, windowScale: 0.1 });
		const [took, { json, error }] = await timed(bildout.run(create, { items: names(110) }));
		expect(error).toBeUndefined();
		expect(json.map(({ name }) => ({ name }))).toEqual(names(110));
		expect(await refused()).toBe(0);
		expect(took).toBeLessThan(NO_MINUTE_MS);
	});

	it('is one for all executions that use the credential', async () => {
		await limits({ limit: 100, burst: 20 });
		const runs = [1, 2, 3].map(async () => await bildout.run(create, { items: names(13) }));
		const [took, results] = await timed(Promise.all(runs));
		expect(results.flatMap(({ json }) => json)).toHaveLength(39);
		expect(await refused()).toBe(0);
		expect(took).toBeGreaterThanOrEqual(1_000);
		expect(took).toBeLessThan(NO_MINUTE_MS);
	});

	it('learns of a larger plan from the headers', async () => {
		await bildout.control.config({ announcedLimit: 900 });
		const [took, { json }] = await timed(bildout.run(create, { items: names(60) }));
		expect(json).toHaveLength(60);
		expect(await refused()).toBe(0);
		expect(took).toBeLessThan(NO_MINUTE_MS);
	});
});

describe('after a 429', () => {
	const refuse = async (headers: Record<string, string>) =>
		await bildout.control.fault({ kind: 'status', status: 429, method: 'POST', times: 1, headers });

	it('waits as long as it says, and sends the same again with the same key', async () => {
		await refuse({ 'retry-after': '1' });
		const [took] = await timed(bildout.succeed(create, { items: names(1) }));
		expect(took).toBeGreaterThanOrEqual(1_000);
		expect(took).toBeLessThan(NO_MINUTE_MS);
		const [first, second, ...more] = await bildout.calls();
		expect(second.body).toBe(first.body);
		expect(second.headers['idempotency-key']).toBe(first.headers['idempotency-key']);
		expect(more).toEqual([]);
	});

	it.each([
		['does not wait for an hour', 3600, {}],
		['is not sent again where the options say so', 1, { maxRetries: 0 }],
	])('%s', async (_, seconds, options) => {
		await refuse({ 'retry-after': `${seconds}` });
		const parameters = { ...create, options };
		const [took, { error }] = await timed(bildout.run(parameters, { items: names(1) }));
		expect(error).toMatchObject({ httpCode: '429' });
		expect(took).toBeLessThan(NO_MINUTE_MS);
		expect(await bildout.calls()).toHaveLength(1);
	});

	it('does not take a 429 for one of the retries', async () => {
		await bildout.control.fault({ kind: 'status', status: 429, times: 2 });
		const twice = { ...create, options: { maxRetries: 1 } };
		const [took, { json }] = await timed(bildout.run(twice, { items: names(1) }));
		expect(json).toHaveLength(1);
		expect(await bildout.calls()).toHaveLength(3);
		expect(took).toBeGreaterThanOrEqual(1_000 + 2_000);
	});
});

describe('a cancelled execution', () => {
	it('stops waiting at once and sends nothing more', async () => {
		await bildout.control.fault({ kind: 'status', status: 429, headers: { 'retry-after': '60' } });
		const { cancel, done } = bildout.start(create, { items: names(3) });
		while ((await bildout.calls()).length === 0) await wait(10);
		await wait(100);
		cancel();
		const [took, { run }] = await timed(done);
		expect(took).toBeLessThan(NO_MINUTE_MS);
		expect(run.status).toBe('canceled');
		await wait(300);
		expect(await bildout.calls()).toHaveLength(1);
	});

	it('stops in the middle of many items', async () => {
		await limits({ limit: 100, burst: 20 });
		const { cancel, done } = bildout.start(create, { items: names(300) });
		while ((await bildout.calls()).length < 15) await wait(10);
		cancel();
		expect((await done).run.status).toBe('canceled');
		const sent = (await bildout.calls()).length;
		expect(sent).toBeLessThan(300);
		await wait(1_200);
		expect(await bildout.calls()).toHaveLength(sent);
	});

	it('breaks off a request that hangs', async () => {
		const [{ id }] = await bildout.list('/customers?limit=1');
		await bildout.control.config({ latencyMs: 30_000 });
		const { cancel, done } = bildout.start(onOne('customer get', id));
		while ((await bildout.calls()).length === 0) await wait(10);
		cancel();
		const [took, { run }] = await timed(done);
		expect(took).toBeLessThan(20_000);
		expect(run.status).toBe('canceled');
	});
});
