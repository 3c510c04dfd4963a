/** @coverage off */
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
		const limits = { ...defaultSettings.rateLimit, ...rateLimit };
		this.settings = { ...defaultSettings, ...rateLimit, rateLimit: limits };
		this.limiter = new ServersLimiter(() => this.settings);
	}

	async respond() {
		const verdict = this.limiter.take('token', Date.now());
		if (!verdict.allowed) this.refused += 1;
		const headers = rateLimitHeaders(verdict, this.settings, Date.now());
		await wait(this.settings.latencyMs);
		return { statusCode: verdict.allowed ? 200 : 429, headers };
	}
}

type Reply = Awaited<ReturnType<Server['respond']>>;

/** Sends a request that gets the reply. */
const send = async (limiter: RateLimiter, reply: () => Reply | Promise<Reply>) =>
	await limiter.send(async () => ({ response: { ...(await reply()), body: undefined } }));

const sendTo = async (server: Server, limiter: RateLimiter) =>
	await send(limiter, async () => await server.respond());

const sendMany = async (count: number, server: Server, limiter: RateLimiter) =>
	await Promise.all(Array.from({ length: count }, async () => await sendTo(server, limiter)));

/** A request that never gets a response. */
const hang = (limiter: RateLimiter) => {
	let goes = () => {};
	const gone = new Promise<void>((resolve) => (goes = resolve));
	void limiter.send(async () => {
		goes();
		return await new Promise(() => {});
	});
	return gone;
};

const limited = (remaining: number, resetInMs: number) => ({
	statusCode: 200,
	headers: {
		'x-ratelimit-limit': '100',
		'x-ratelimit-remaining': String(remaining),
		'x-ratelimit-reset': String((Date.now() + resetInMs) / SECOND),
	},
});

describe('the queue of one token', () => {
	it('lets requests go in the order in which they asked', async () => {
		const limiter = new RateLimiter();
		const server = new Server({ limit: 10, burst: 2, latencyMs: 10 });
		const order: number[] = [];
		const all = Array.from({ length: 25 }, async (_, index) => {
			await send(limiter, async () => {
				order.push(index);
				return await server.respond();
			});
		});
		await inFakeTime(Promise.all(all));
		expect(order).toEqual(Array.from({ length: 25 }, (_, index) => index));
	});

	it('asks with one request alone, but waits no longer than two seconds for its response', async () => {
		const limiter = new RateLimiter();
		const server = new Server({ latencyMs: 50 });
		await hang(limiter);
		let others = 0;
		for (let index = 0; index < 30; index++) void sendTo(server, limiter).then(() => others++);
		await jest.advanceTimersByTimeAsync(1_900);
		expect(others).toBe(0);
		await jest.advanceTimersByTimeAsync(3 * SECOND);
		expect(others).toBe(30);
		expect(server.refused).toBe(0);
	});

	it('gets on beside twenty requests that hang', async () => {
		const limiter = new RateLimiter();
		const server = new Server({ latencyMs: 50 });
		await inFakeTime(sendTo(server, limiter));
		await inFakeTime(Promise.all(Array.from({ length: 20 }, async () => await hang(limiter))));
		const started = Date.now();
		await inFakeTime(sendMany(20, server, limiter));
		expect(Date.now() - started).toBeLessThan(8 * SECOND);
	});

	it('holds everything back after a 429, and says how long', async () => {
		const limiter = new RateLimiter();
		const refused = { statusCode: 429, headers: { 'retry-after': '4' } };
		const { limitedForMs } = (await send(limiter, () => refused))!;
		expect(limitedForMs).toBeGreaterThanOrEqual(4_000);
		expect(limitedForMs).toBeLessThanOrEqual(5_000);
		const started = Date.now();
		await inFakeTime(hang(limiter));
		expect(Date.now() - started).toBeGreaterThanOrEqual(4_000);
		expect(Date.now() - started).toBeLessThan(5_100);
	});

	it('does not stand still when the clock of the machine is set back', async () => {
		const limiter = new RateLimiter();
		const server = new Server({});
		await inFakeTime(sendMany(20, server, limiter));
		jest.setSystemTime(Date.now() - 60 * MINUTE);
		const started = performance.now();
		await inFakeTime(hang(limiter));
		expect(performance.now() - started).toBeLessThan(2 * SECOND);
	});

	it('goes by its own count once a server no longer tells', async () => {
		const limiter = new RateLimiter();
		const silent = { statusCode: 200, headers: {} };
		await send(limiter, () => limited(99, 5 * SECOND));
		await jest.advanceTimersByTimeAsync(10 * SECOND);
		await send(limiter, () => silent);
		let sent = 0;
		for (let index = 0; index < 300; index++) void send(limiter, () => silent).then(() => sent++);
		await jest.advanceTimersByTimeAsync(50 * SECOND);
		expect(sent).toBeLessThanOrEqual(100);
		expect(sent).toBeGreaterThan(90);
	});

	it('ends the wait of a cancelled execution at once and lets the others go on', async () => {
		const limiter = new RateLimiter();
		await send(limiter, () => limited(0, 30 * SECOND));
		const stop = new AbortController();
		const cancelled = limiter.send(async () => await Promise.reject(), stop.signal);
		const other = hang(limiter);
		await jest.advanceTimersByTimeAsync(10);
		stop.abort();
		await expect(cancelled).resolves.toBeUndefined();
		await inFakeTime(other);
	});
});

it('is one for all who use the same credential', () => {
	expect(rateLimiterFor('a')).toBe(rateLimiterFor('a'));
	expect(rateLimiterFor('a')).not.toBe(rateLimiterFor('b'));
});
