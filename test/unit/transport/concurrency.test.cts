import { setTimeout as wait } from 'node:timers/promises';
import { MAX_IN_FLIGHT, mapConcurrently } from '../../../nodes/BildOut/transport/concurrency.ts';

const entries = Array.from({ length: 60 }, (_, index) => index);

it('keeps the order of the entries, whichever ends first', async () => {
	const doubled = await mapConcurrently(entries, async (entry) => {
		await wait(Math.random() * 5);
		return entry * 2;
	});
	expect(doubled).toEqual(entries.map((entry) => entry * 2));
});

it('has no more under way than it may', async () => {
	let underWay = 0;
	let most = 0;
	await mapConcurrently(entries, async () => {
		most = Math.max(most, ++underWay);
		await wait(2);
		underWay -= 1;
	});
	expect(most).toBe(MAX_IN_FLIGHT);
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
