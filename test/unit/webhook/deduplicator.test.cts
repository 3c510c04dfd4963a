import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';

import { DeliveryDeduplicator } from '../../../nodes/BildOut/webhook/deduplicator.ts';

const started = Promise.resolve(true);

/** A promise that the test settles. */
function pending() {
	let settle: (value: boolean) => void = () => {};
	const promise = new Promise<boolean>((resolve) => (settle = resolve));
	return { promise, settle };
}

describe('DeliveryDeduplicator', () => {
	afterEach(() => jest.useRealTimers());

	it('starts each delivery once in all, however many fail first and in whatever order they come', async () => {
		const attempt = fc.record({ key: fc.constantFrom('a', 'b'), works: fc.boolean() });
		await fc.assert(
			fc.asyncProperty(fc.array(attempt), async (attempts) => {
				const memory = new DeliveryDeduplicator();
				const starts: Record<string, number> = { a: 0, b: 0 };
				await Promise.all(
					attempts.map(async ({ key, works }) => {
						const { promise, settle } = pending();
						if ((await memory.claim(key, promise)) !== 'new') return;
						await turn();
						if (works) starts[key] += 1;
						settle(works);
					}),
				);
				await turn();
				expect(await memory.claim('c', started)).toBe('new');
				for (const key of ['a', 'b']) {
					const claimed = attempts.filter((attempt) => attempt.key === key);
					expect(starts[key]).toBe(claimed.some(({ works }) => works) ? 1 : 0);
				}
			}),
		);
	});

	describe('of a delivery whose start does not end', () => {
		beforeEach(() => {
			jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
		});

		it('lets the next one wait for 20 s, and not longer than its request lasts', async () => {
			const memory = new DeliveryDeduplicator();
			await memory.claim('a', pending().promise);
			const waiting = memory.claim('a', started);
			await jest.advanceTimersByTimeAsync(21_000);
			expect(await waiting).toBe('inProgress');

			const gone = new AbortController();
			const hungUp = memory.claim('a', started, gone.signal);
			await jest.advanceTimersByTimeAsync(500);
			gone.abort();
			expect(await hungUp).toBe('inProgress');
		});

		it('lets no other start, however many hours it waits for a free place', async () => {
			const memory = new DeliveryDeduplicator();
			const { promise, settle } = pending();
			await memory.claim('a', promise);
			for (const ms of [2 * 60_000 + 1, 3 * 60 * 60_000]) {
				await jest.advanceTimersByTimeAsync(ms);
				const repetition = memory.claim('a', started);
				await jest.advanceTimersByTimeAsync(21_000);
				expect(await repetition).toBe('inProgress');
			}
			settle(true);
			await turn();
			expect(await memory.claim('a', started)).toBe('duplicate');
		});
	});
});
