import { pause } from '../../../nodes/BildOut/api/sleep.ts';

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

it.each([0, 40, 1_000, 2_500])('waits %d ms', async (ms) => {
	expect(await duration(pause(ms))).toBe(ms);
});

it('ends at once when the execution is cancelled', async () => {
	const stop = new AbortController();
	setTimeout(() => stop.abort(), 1_234);
	expect(await duration(pause(60_000, stop.signal))).toBe(1_234);
	expect(await duration(pause(60_000, stop.signal))).toBe(0);
});

it('ends at once when waiting on has become pointless', async () => {
	const wake = new Promise((resolve) => setTimeout(resolve, 700));
	expect(await duration(pause(60_000, undefined, wake))).toBe(700);
});

it('is no longer when the clock of the machine is set back', async () => {
	const waited = pause(2_000);
	await jest.advanceTimersByTimeAsync(500);
	jest.setSystemTime(Date.now() - 3_600_000);
	expect(await duration(waited)).toBeLessThanOrEqual(1_500);
});
