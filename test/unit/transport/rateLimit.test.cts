import {
	RateLimiter,
	rateLimiterFor,
	readAllowance,
	readRetryDelay,
	type Ticket,
} from '../../../nodes/BildOut/transport/rateLimit.ts';

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

interface ServerSettings {
	limit: number;
	form: 'fixed' | 'sliding';
	latencyMs: number;
	headers?: boolean;
	/** How long the given request takes to arrive, in milliseconds; no time by default. */
	wayMs?: (request: number) => number;
}

/** A server with BildOut's two windows, which tells of the longer one in its headers. */
class Server {
	refused = 0;

	private arrivals: number[] = [];

	private windowStart = Date.now();

	private inWindow = 0;

	private sent = 0;

	constructor(private readonly settings: ServerSettings) {}

	/** `isOurs` is false for a request of another client that spends the same allowance. */
	async answer(isOurs = true): Promise<Record<string, string>> {
		const { limit, form, latencyMs, headers = true, wayMs = () => 0 } = this.settings;
		await wait(wayMs(this.sent++));
		const now = Date.now();
		const second = this.arrivals.filter((at) => at > now - SECOND).length;
		const minute = this.arrivals.filter((at) => at > now - MINUTE).length;
		if (now >= this.windowStart + MINUTE) {
			this.windowStart += Math.floor((now - this.windowStart) / MINUTE) * MINUTE;
			this.inWindow = 0;
		}
		const used = form === 'fixed' ? this.inWindow : minute;
		if (isOurs && (second >= limit / 5 || used >= limit)) this.refused += 1;
		this.arrivals.push(now);
		this.inWindow += 1;
		const oldest = this.arrivals.find((at) => at > now - MINUTE) ?? now;
		const reset = (form === 'fixed' ? this.windowStart : oldest) + MINUTE;
		await wait(latencyMs);
		return headers
			? {
					'x-ratelimit-limit': String(limit),
					'x-ratelimit-remaining': String(Math.max(0, limit - used - 1)),
					'x-ratelimit-reset': String(Math.ceil(reset / SECOND)),
				}
			: {};
	}
}

async function send(limiter: RateLimiter, server: Server): Promise<void> {
	const ticket = (await limiter.enter()) as Ticket;
	limiter.leave(ticket, readAllowance(await server.answer()));
}

async function sendMany(limiter: RateLimiter, server: Server, many: number, sideBySide: boolean) {
	const started = Date.now();
	const requests = Array.from({ length: many });
	if (sideBySide) await Promise.all(requests.map(async () => await send(limiter, server)));
	else for (const _ of requests) await send(limiter, server);
	return Date.now() - started;
}

/** The shortest time in which `many` requests fit into both windows, in milliseconds. */
function shortestTime(many: number, { limit, latencyMs }: ServerSettings, sideBySide: boolean) {
	const lastMinute = (many - 1) % limit;
	const burst = Math.floor(lastMinute / (limit / 5)) * SECOND;
	const oneByOne = sideBySide ? 0 : lastMinute * latencyMs;
	return Math.floor((many - 1) / limit) * MINUTE + Math.max(burst, oneByOne) + latencyMs;
}

describe('pacing', () => {
	const forms = ['fixed', 'sliding'] as const;
	const cases = forms.flatMap((form) =>
		[100, 40, 600].flatMap((limit) =>
			[true, false].flatMap((sideBySide) =>
				[5, 80].map((latencyMs) => ({ form, limit, sideBySide, latencyMs })),
			),
		),
	);

	it.each(cases)(
		'overruns no window and wastes no time: $form, $limit a minute, side by side: $sideBySide, $latencyMs ms',
		async ({ sideBySide, ...settings }) => {
			const server = new Server(settings);
			const many = settings.limit * 2.5;
			const took = await inFakeTime(sendMany(new RateLimiter(), server, many, sideBySide));
			expect(server.refused).toBe(0);
			expect(took).toBeLessThan(shortestTime(many, settings, sideBySide) * 1.15);
		},
	);

	it.each([true, false])(
		'overruns no window, however long each request is on its way; headers: %s',
		async (headers) => {
			const wayMs = (request: number) => (request * 7_919) % 400;
			const server = new Server({ limit: 100, form: 'sliding', latencyMs: 10, headers, wayMs });
			const limiter = new RateLimiter();
			const clients = [1, 2, 3, 4, 5, 6].map(
				async () => await sendMany(limiter, server, 40, false),
			);
			await inFakeTime(Promise.all(clients));
			expect(server.refused).toBe(0);
		},
	);

	it('obeys the documented limits where the server announces none', async () => {
		const server = new Server({ limit: 100, form: 'sliding', latencyMs: 10, headers: false });
		const took = await inFakeTime(sendMany(new RateLimiter(), server, 210, true));
		expect(server.refused).toBe(0);
		expect(took).toBeLessThan(2 * MINUTE * 1.15);
	});

	it('counts what another client spends of the same allowance', async () => {
		const server = new Server({ limit: 100, form: 'fixed', latencyMs: 100 });
		const others = (async () => {
			for (let sent = 0; sent < 60; sent++) {
				await server.answer(false);
				await wait(1_500);
			}
		})();
		const ours = sendMany(new RateLimiter(), server, 130, false);
		await inFakeTime(Promise.all([ours, others]));
		expect(server.refused).toBe(0);
	});

	it('asks with one request alone as long as it knows nothing', async () => {
		const limiter = new RateLimiter();
		const tickets = [1, 2, 3].map(async () => await limiter.enter());
		const first = (await tickets[0])!;
		let others = 0;
		for (const ticket of tickets.slice(1)) void ticket.then(() => (others += 1));
		await jest.advanceTimersByTimeAsync(3 * SECOND);
		expect(others).toBe(0);
		limiter.leave(first, { limit: 100, remaining: 99, resetAt: Date.now() + MINUTE, window: 1 });
		await jest.advanceTimersByTimeAsync(SECOND);
		expect(others).toBe(2);
	});

	it('lets requests go in the order in which they asked', async () => {
		const limiter = new RateLimiter();
		const server = new Server({ limit: 10, form: 'fixed', latencyMs: 10 });
		const order: number[] = [];
		const all = Array.from({ length: 25 }, async (_, index) => {
			const ticket = (await limiter.enter())!;
			order.push(index);
			limiter.leave(ticket, readAllowance(await server.answer()));
		});
		await inFakeTime(Promise.all(all));
		expect(order).toEqual(Array.from({ length: 25 }, (_, index) => index));
	});

	it('holds everything back after a 429', async () => {
		const limiter = new RateLimiter();
		limiter.block(4_000);
		const started = Date.now();
		await inFakeTime(limiter.enter());
		expect(Date.now() - started).toBeGreaterThanOrEqual(4_000);
		expect(Date.now() - started).toBeLessThan(5_100);
	});

	it('does not stand still when the clock of the machine is set back', async () => {
		const limiter = new RateLimiter();
		const server = new Server({ limit: 100, form: 'fixed', latencyMs: 0 });
		const one = async () => {
			const ticket = (await limiter.enter())!;
			limiter.leave(ticket, readAllowance(await server.answer()));
		};
		await inFakeTime(Promise.all(Array.from({ length: 20 }, one)));
		jest.setSystemTime(Date.now() - 60 * MINUTE);
		const started = Date.now();
		await inFakeTime(limiter.enter());
		expect(Date.now() - started).toBeLessThan(2 * SECOND);
	});

	it('goes by its own count once a server no longer tells', async () => {
		const limiter = new RateLimiter();
		const first = (await limiter.enter())!;
		limiter.leave(first, {
			limit: 100,
			remaining: 99,
			resetAt: Date.now() + 5 * SECOND,
			window: 1,
		});
		await jest.advanceTimersByTimeAsync(10 * SECOND);
		const probe = (await limiter.enter())!;
		limiter.leave(probe, 'none');
		let sent = 0;
		for (let index = 0; index < 300; index++) {
			void limiter.enter().then((ticket) => {
				sent += 1;
				limiter.leave(ticket!, 'none');
			});
		}
		await jest.advanceTimersByTimeAsync(50 * SECOND);
		expect(sent).toBeLessThanOrEqual(100);
		expect(sent).toBeGreaterThan(90);
	});

	it('ends the wait of a cancelled execution at once and lets the others go on', async () => {
		const limiter = new RateLimiter();
		const first = (await limiter.enter())!;
		limiter.leave(first, {
			limit: 100,
			remaining: 0,
			resetAt: Date.now() + 30 * SECOND,
			window: 1,
		});
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

it('shares one limiter between all who use the same credential', () => {
	expect(rateLimiterFor('a')).toBe(rateLimiterFor('a'));
	expect(rateLimiterFor('a')).not.toBe(rateLimiterFor('b'));
});

describe('reading the headers', () => {
	const headers = (remaining: number, more = {}) => ({
		'x-ratelimit-limit': '100',
		'x-ratelimit-remaining': String(remaining),
		'x-ratelimit-reset': String((START + 30 * SECOND) / SECOND),
		...more,
	});
	const date = (ms: number) => new Date(ms).toUTCString();

	it('reads the allowance', () => {
		expect(readAllowance(headers(7))).toEqual({
			limit: 100,
			remaining: 7,
			resetAt: START + 30 * SECOND,
			window: START / SECOND + 30,
		});
	});

	it.each([
		[{}],
		[{ ...headers(7), 'x-ratelimit-reset': undefined }],
		[{ ...headers(7), 'x-ratelimit-remaining': 'many' }],
		[{ ...headers(7), 'x-ratelimit-limit': '-1' }],
	])('finds none in %j', (given) => {
		expect(readAllowance(given)).toBe('none');
	});

	it('trusts the clock of the server', () => {
		const ahead = 10 * MINUTE;
		const given = {
			...headers(7, { date: date(START + ahead) }),
			'x-ratelimit-reset': String((START + ahead + 30 * SECOND) / SECOND),
		};
		const { resetAt } = readAllowance(given) as { resetAt: number };
		expect(Math.abs(resetAt - (START + 30 * SECOND))).toBeLessThanOrEqual(SECOND);
	});

	it.each([
		['seconds', { 'retry-after': '7' }, 7_000],
		['zero seconds', { 'retry-after': '0' }, 0],
		['a date', { 'retry-after': date(START + 9_000) }, 8_700],
		[
			'a date by a clock that is an hour behind',
			{ 'retry-after': date(START - 60 * MINUTE + 9_000), date: date(START - 60 * MINUTE) },
			9_000,
		],
		['a date in the past', { 'retry-after': date(START - 9_000) }, 0],
		['the reset, where the minute is used up', headers(0), 31_000],
		['a second, where only the second can be', headers(40), 1_000],
		['nothing', {}, 1_000],
	])('waits as a 429 asks: %s', (_, given, expected) => {
		expect(Math.abs(readRetryDelay(given) - expected)).toBeLessThanOrEqual(SECOND);
	});
});
