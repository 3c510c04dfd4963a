import { setTimeout as wait } from 'node:timers/promises';
import {
	MAX_IN_FLIGHT,
	mapConcurrently,
	pause,
	Queues,
} from '../../../nodes/BildOut/api/concurrency.ts';

const entries = Array.from({ length: 60 }, (_, index) => index);

it('keeps the order of the entries, whichever ends first', async () => {
	const doubled = await mapConcurrently(entries, async (entry) => {
		await wait(Math.random() * 5);
		return entry * 2;
	});
	expect(doubled).toEqual(entries.map((entry) => entry * 2));
});

it.each([1, 7, undefined])('has no more under way than it may: %p', async (most) => {
	let underWay = 0;
	let seen = 0;
	const work = async () => {
		seen = Math.max(seen, ++underWay);
		await wait(2);
		underWay -= 1;
	};
	await mapConcurrently(entries, work, most);
	expect(seen).toBe(most ?? MAX_IN_FLIGHT);
});

it('fails with the first entry that failed, and starts nothing after a failure', async () => {
	const started: number[] = [];
	const work = mapConcurrently(entries, async (entry) => {
		started.push(entry);
		await wait(entry === 7 ? 2 : 5);
		if (entry === 3 || entry === 7) throw new Error(`entry ${entry}`);
	});
	await expect(work).rejects.toThrow('entry 3');
	expect(started).toHaveLength(MAX_IN_FLIGHT);
});

it('takes as many entries as there are, without a call for each on the stack', async () => {
	const many = Array.from({ length: 200_000 }, (_, index) => index);
	expect(await mapConcurrently(many, async (entry) => entry)).toHaveLength(many.length);
});

describe('queues', () => {
	it('do what has the same key in order, also after a failure, and keep no key', async () => {
		const queues = new Queues();
		const log: string[] = [];
		const work = (key: string, name: string) =>
			queues.run(key, async () => {
				log.push(`${name} begins`);
				await wait(Math.random() * 3);
				log.push(`${name} ends`);
				if (name === 'a1') throw new Error(name);
			});
		const all = await Promise.allSettled([work('a', 'a1'), work('a', 'a2'), work('a', 'a3')]);
		expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
		expect(log).toEqual(['a1', 'a2', 'a3'].flatMap((name) => [`${name} begins`, `${name} ends`]));
		expect(queues.size).toBe(0);
	});

	it('drop work whose signal aborts before its turn, and no other', async () => {
		const queues = new Queues();
		const cancel = new AbortController();
		let release = () => {};
		const held = queues.run('a', async () => await new Promise<void>((end) => (release = end)));
		const waiting = queues.run('a', async () => 'never', cancel.signal);
		let hasBegun = false;
		const next = queues.run('a', async () => (hasBegun = true));
		cancel.abort();
		await expect(waiting).rejects.toBe(cancel.signal.reason);
		expect(hasBegun).toBe(false);
		release();
		await Promise.all([held, next]);
		expect(queues.size).toBe(0);
	});

	it('do what has other keys concurrently', async () => {
		const queues = new Queues();
		let release = () => {};
		const held = queues.run('a', async () => await new Promise<void>((end) => (release = end)));
		await queues.run('b', async () => {});
		release();
		await held;
	});
});

describe('a pause', () => {
	beforeEach(() => jest.useFakeTimers());
	afterEach(() => jest.useRealTimers());

	/** How long `work` takes by the fake clock, in milliseconds. */
	async function duration(work: Promise<unknown>): Promise<number> {
		const started = Date.now();
		let took: number | undefined;
		void work.then(() => (took = Date.now() - started));
		while (took === undefined) await jest.advanceTimersByTimeAsync(1);
		return took;
	}

	it.each([0, 40, 1_000, 2_500])('takes %d ms', async (ms) => {
		expect(await duration(pause(ms))).toBe(ms);
	});

	it('ends at once when the signal aborts', async () => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 1_234);
		expect(await duration(pause(60_000, stop.signal))).toBe(1_234);
		expect(await duration(pause(60_000, stop.signal))).toBe(0);
	});

	it('is no longer when the clock of the machine is set back', async () => {
		const waited = pause(2_000);
		await jest.advanceTimersByTimeAsync(500);
		jest.setSystemTime(Date.now() - 3_600_000);
		expect(await duration(waited)).toBeLessThanOrEqual(1_500);
	});
});
