/** @coverage off */
import type { Slot } from '../../../nodes/BildOut/api/scheduler.ts';
import { RateLimiter, rateLimiterFor } from '../../../nodes/BildOut/api/rateLimiter.ts';
import {
	RateLimiter as ServersLimiter,
	rateLimitHeaders,
} from '../../../sandbox/src/ratelimit/limiter.mts';
import { defaultSettings, type RateLimitSettings } from '../../../sandbox/src/settings.mts';

const START = Date.parse('2026-03-02T10:00:17.300Z');
const MINUTE = 60_000;
const SECOND = 1_000;

beforeEach(() => jest.useFakeTimers({ now: START }));
afterEach(() => jest.useRealTimers());

/** Lets the fake clock run until `work` has ended. */
async function inFakeTime<T>(work: Promise<T>): Promise<T> {
	let isOver = false;
	void work.finally(() => (isOver = true)).catch(() => {});
	while (!isOver) await jest.advanceTimersToNextTimerAsync();
	return await work;
}

const wait = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

/** A server with the sandbox's limits, in fake time. */
class Server {
	refused = 0;

	private readonly settings;

	private readonly limiter;

	constructor(rateLimit: Partial<RateLimitSettings> & { latencyMs?: number }) {
		this.settings = {
			...defaultSettings,
			...rateLimit,
			rateLimit: { ...defaultSettings.rateLimit, ...rateLimit },
		};
		this.limiter = new ServersLimiter(() => this.settings);
	}

	/** `isOurs` is false for a request of another client that spends the same rate limit. */
	async respond(isOurs = true) {
		const verdict = this.limiter.take('token', Date.now());
		if (isOurs && !verdict.allowed) this.refused += 1;
		const headers = rateLimitHeaders(verdict, this.settings, Date.now());
		await wait(this.settings.latencyMs);
		return { statusCode: verdict.allowed ? 200 : 429, headers };
	}
}

async function send(limiter: RateLimiter, server: Server): Promise<void> {
	const slot = (await limiter.enter()) as Slot;
	limiter.leave(slot, await server.respond());
}

async function sendMany(limiter: RateLimiter, server: Server, many: number): Promise<number> {
	const started = Date.now();
	await Promise.all(Array.from({ length: many }, async () => await send(limiter, server)));
	return Date.now() - started;
}

const limited = (remaining: number, resetInMs: number) => ({
	statusCode: 200,
	headers: {
		'x-ratelimit-limit': '100',
		'x-ratelimit-remaining': String(remaining),
		'x-ratelimit-reset': String((Date.now() + resetInMs) / SECOND),
	},
});

describe('the queue of one token', () => {
	it('counts what another client spends of the same rate limit', async () => {
		const server = new Server({ latencyMs: 100 });
		const others = (async () => {
			for (let sent = 0; sent < 60; sent++) {
				await server.respond(false);
				await wait(1_500);
			}
		})();
		const limiter = new RateLimiter();
		const ours = (async () => {
			for (let sent = 0; sent < 130; sent++) await send(limiter, server);
		})();
		await inFakeTime(Promise.all([ours, others]));
		expect(server.refused).toBe(0);
	});

	it('lets requests go in the order in which they asked', async () => {
		const limiter = new RateLimiter();
		const server = new Server({ limit: 10, burst: 2, latencyMs: 10 });
		const order: number[] = [];
		const all = Array.from({ length: 25 }, async (_, index) => {
			const slot = (await limiter.enter())!;
			order.push(index);
			limiter.leave(slot, await server.respond());
		});
		await inFakeTime(Promise.all(all));
		expect(order).toEqual(Array.from({ length: 25 }, (_, index) => index));
	});

	it('asks with one request alone, but waits no longer than two seconds for its response', async () => {
		const limiter = new RateLimiter();
		const server = new Server({ latencyMs: 50 });
		await limiter.enter();
		let others = 0;
		for (let index = 0; index < 30; index++) void send(limiter, server).then(() => (others += 1));
		await jest.advanceTimersByTimeAsync(1_900);
		expect(others).toBe(0);
		await jest.advanceTimersByTimeAsync(3 * SECOND);
		expect(others).toBe(30);
		expect(server.refused).toBe(0);
	});

	it('gets on beside twenty requests that hang', async () => {
		const limiter = new RateLimiter();
		const server = new Server({ latencyMs: 50 });
		await inFakeTime(send(limiter, server));
		const hanging = Array.from({ length: 20 }, async () => await limiter.enter());
		await inFakeTime(Promise.all(hanging));
		const took = await inFakeTime(sendMany(limiter, server, 20));
		expect(took).toBeLessThan(8 * SECOND);
	});

	it('holds everything back after a 429, and says how long', async () => {
		const limiter = new RateLimiter();
		const slot = (await limiter.enter())!;
		const heldMs = limiter.leave(slot, { statusCode: 429, headers: { 'retry-after': '4' } });
		expect(heldMs).toBeGreaterThanOrEqual(4_000);
		expect(heldMs).toBeLessThanOrEqual(5_000);
		const started = Date.now();
		await inFakeTime(limiter.enter());
		expect(Date.now() - started).toBeGreaterThanOrEqual(4_000);
		expect(Date.now() - started).toBeLessThan(5_100);
	});

	it('does not stand still when the clock of the machine is set back', async () => {
		const limiter = new RateLimiter();
		const server = new Server({});
		await inFakeTime(sendMany(limiter, server, 20));
		jest.setSystemTime(Date.now() - 60 * MINUTE);
		const started = performance.now();
		await inFakeTime(limiter.enter());
		expect(performance.now() - started).toBeLessThan(2 * SECOND);
	});

	it('goes by its own count once a server no longer tells', async () => {
		const limiter = new RateLimiter();
		const silent = { statusCode: 200, headers: {} };
		limiter.leave((await limiter.enter())!, limited(99, 5 * SECOND));
		await jest.advanceTimersByTimeAsync(10 * SECOND);
		limiter.leave((await limiter.enter())!, silent);
		let sent = 0;
		for (let index = 0; index < 300; index++) {
			void limiter.enter().then((slot) => {
				sent += 1;
				limiter.leave(slot!, silent);
			});
		}
		await jest.advanceTimersByTimeAsync(50 * SECOND);
		expect(sent).toBeLessThanOrEqual(100);
		expect(sent).toBeGreaterThan(90);
	});

	it('ends the wait of a cancelled execution at once and lets the others go on', async () => {
		const limiter = new RateLimiter();
		limiter.leave((await limiter.enter())!, limited(0, 30 * SECOND));
		const stop = new AbortController();
		const cancelled = limiter.enter(stop.signal);
		const other = limiter.enter();
		await jest.advanceTimersByTimeAsync(10);
		stop.abort();
		await expect(cancelled).resolves.toBeUndefined();
		await inFakeTime(other);
		await expect(other).resolves.toBeDefined();
	});
});

it('is one for all who use the same credential', () => {
	expect(rateLimiterFor('a')).toBe(rateLimiterFor('a'));
	expect(rateLimiterFor('a')).not.toBe(rateLimiterFor('b'));
});
