/** @coverage off */
import { type Outcome, play, shortestTime, type World } from './scheduler-world.cts';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

function randomWorld(seed: number, fixed: Partial<World>): World {
	const random = seeded(seed);
	const oneOf = <T,>(...choices: T[]): T => choices[Math.floor(random() * choices.length)];
	return {
		processes: 1,
		requests: oneOf(320, 640),
		sideBySide: oneOf(20, 20, 20, 1),
		form: oneOf('fixed', 'sliding'),
		latencyMs: oneOf(5, 30, 80, 200),
		jitterMs: oneOf(0, 5, 20, 100),
		clocksAheadMs: random() * 3_800 - 1_900,
		rounding: oneOf('ceil', 'floor', 'round'),
		resetIn: oneOf('seconds', 'seconds', 'milliseconds', 'span'),
		headers: true,
		retryAfter: oneOf('seconds', 'none'),
		windowBegan: oneOf(0, 0, 10_000, 40_000, 55_000),
		startMs: oneOf(0, 100, 1_000),
		random,
		...fixed,
	};
}

interface Played extends Outcome {
	seed: number;
	world: World;
	/** Of all requests sent, the part that was refused. */
	refusedPart: number;
	/** The time taken over the shortest. */
	ratio: number;
}

function playMany(worlds: number, fixed: Partial<World>): Played[] {
	return Array.from({ length: worlds }, (_, seed) => {
		const world = randomWorld(seed, fixed);
		const outcome = play(world);
		const ratio = outcome.tookMs / shortestTime(world);
		return { ...outcome, seed, world, ratio, refusedPart: outcome.refused / outcome.sent };
	});
}

/** What all but one of a hundred stay within. */
function usually(values: number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * 0.99)];
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const fresh = { windowBegan: 0 };

describe('one process', () => {
	it.each<[string, Partial<World>]>([
		['the clocks, the rounding, the windows and the way', {}],
		['the time that each request takes', { jitterMs: 400 }],
		['the time that each takes, without headers', { headers: false, jitterMs: 400, ...fresh }],
	])(
		'is never refused, whatever %s',
		(_, fixed) => {
			const played = playMany(fixed.jitterMs ? 40 : 120, fixed);
			expect(played.filter(({ refused, failed }) => refused + failed > 0)).toEqual([]);
		},
		60_000,
	);

	it('takes at most 1.05 times the shortest time', () => {
		const played = playMany(60, { ...fresh, sideBySide: 20 });
		expect(usually(played.map(({ ratio }) => ratio))).toBeLessThan(1.05);
	}, 60_000);
});

describe('processes that share a token without talking', () => {
	it.each([
		[2, 0.05, 1.25],
		[3, 0.08, 1.3],
		[4, 0.1, 1.35],
		[8, 0.15, 1.5],
	])(
		'of %d nothing fails, few requests are refused, and no time is wasted',
		(processes, mostRefused, longest) => {
			const played = playMany(80, { processes, ...fresh });
			for (const { seed, failed, sent, refused, world } of played) {
				expect([seed, failed, sent - refused]).toEqual([seed, 0, world.requests]);
			}
			const refusedParts = played.map(({ refusedPart }) => refusedPart);
			expect(usually(refusedParts)).toBeLessThanOrEqual(mostRefused);
			expect(mean(refusedParts)).toBeLessThanOrEqual(mostRefused / 2);
			expect(usually(played.map(({ ratio }) => ratio))).toBeLessThanOrEqual(longest);
		},
		60_000,
	);

	it('nothing fails where they start at any time, into a window that others have used', () => {
		for (const processes of [2, 4, 8]) {
			const played = playMany(20, { processes, startMs: 20_000 });
			expect(played.filter(({ failed }) => failed > 0)).toEqual([]);
		}
	}, 60_000);

	it('nothing fails where BildOut says neither what is left nor how long to wait', () => {
		for (const processes of [1, 2, 4]) {
			const played = playMany(20, { processes, headers: false, retryAfter: 'none' });
			expect(played.filter(({ failed }) => failed > 0)).toEqual([]);
		}
	}, 60_000);
});
