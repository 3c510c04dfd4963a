import { readRateLimit, readRetryAfter } from '../../../nodes/BildOut/api/rateLimitHeaders.ts';
import { RequestScheduler, type Slot } from '../../../nodes/BildOut/api/scheduler.ts';
import { RateLimiter, rateLimitHeaders } from '../../../sandbox/src/ratelimit/limiter.mts';
import { defaultSettings, type Settings } from '../../../sandbox/src/settings.mts';

export const MINUTE = 60_000;
export const SECOND = 1_000;

export interface World {
	processes: number;
	/** Requests in all, shared out evenly. */
	requests: number;
	/** How many of one process may be under way at once. */
	sideBySide: number;
	form: 'fixed' | 'sliding';
	/** Milliseconds to BildOut and back; each way takes up to `jitterMs` longer. */
	latencyMs: number;
	jitterMs: number;
	/** How far the clocks of the processes are ahead of BildOut's, in milliseconds. */
	clocksAheadMs: number;
	rounding: 'ceil' | 'floor' | 'round';
	resetIn: 'seconds' | 'milliseconds' | 'span';
	headers: boolean;
	retryAfter: 'seconds' | 'none';
	/** How long ago, in milliseconds, another client began the window. */
	windowBegan: number;
	/** The processes start within so many milliseconds. */
	startMs: number;
	random: () => number;
	limit?: number;
}

export interface Outcome {
	tookMs: number;
	sent: number;
	refused: number;
	failed: number;
}

/**
 * The shortest time, in milliseconds, in which a client that knows the server's counters can have the same
 * number of requests that got a response.
 */
export function shortestTime(world: World): number {
	const server = new RateLimiter(() => settingsOf(world));
	if (world.windowBegan > 0) server.take('token', START - world.windowBegan);
	const arrivals: number[] = [];
	const atOnce = world.sideBySide * world.processes;
	let at = START + world.latencyMs / 2;
	while (arrivals.length < world.requests) {
		const before = arrivals.at(-atOnce);
		if (before !== undefined) at = Math.max(at, before + world.latencyMs);
		for (let verdict = server.take('token', at); !verdict.allowed; ) {
			at += verdict.retryAfterMs;
			verdict = server.take('token', at);
		}
		arrivals.push(at);
	}
	return at + world.latencyMs / 2 - START;
}

function settingsOf({ limit = 100, form, headers, retryAfter }: World): Settings {
	const rateLimit = {
		...defaultSettings.rateLimit,
		limit,
		burst: limit / 5,
		form,
		headers,
		retryAfter,
	};
	return { ...defaultSettings, rateLimit };
}

const START = Date.parse('2026-03-02T10:00:17.300Z');
const MOST_WAITED_MS = 180_000;

/** What the processes of one world have in common. */
interface Shared {
	world: World;
	events: Events;
	outcome: Outcome;
	respond(at: number): { isRefused: boolean; headers: Record<string, string> };
}

/** Plays processes that share one token, in virtual time. */
export function play(world: World): Outcome {
	const { processes, requests, random, startMs } = world;
	const events = new Events();
	const outcome: Outcome = { tookMs: 0, sent: 0, refused: 0, failed: 0 };
	const shared = { world, events, outcome, respond: serverOf(world) };
	for (let index = 0; index < processes; index++) {
		const share = Math.floor(requests / processes) + (index < requests % processes ? 1 : 0);
		const process = new Process(shared, share);
		events.add(START + random() * startMs, (now) => process.sendAll(now));
	}
	events.run();
	return outcome;
}

function serverOf(world: World): Shared['respond'] {
	const settings = settingsOf(world);
	const server = new RateLimiter(() => settings);
	if (world.windowBegan > 0) server.take('token', START - world.windowBegan);
	return (at) => {
		const verdict = server.take('token', at);
		const headers = rateLimitHeaders(verdict, settings, at);
		if (world.headers) headers['x-ratelimit-reset'] = resetHeader(world, verdict.resetAt, at);
		return { isRefused: !verdict.allowed, headers };
	};
}

/** One process, with the requests that it still has to send. */
class Process {
	private readonly shared: Shared;

	private readonly scheduler: RequestScheduler;

	private readonly waiting: Array<{ waitedMs: number }>;

	private underWay = 0;

	private wakeAt = Infinity;

	constructor(shared: Shared, requests: number) {
		this.shared = shared;
		this.scheduler = new RequestScheduler(shared.world.random);
		this.waiting = Array.from({ length: requests }, () => ({ waitedMs: 0 }));
	}

	/** Sends what may go now, and comes back when more may. */
	sendAll(now: number): void {
		while (this.waiting.length > 0 && this.underWay < this.shared.world.sideBySide) {
			const delay = this.scheduler.delay(now);
			if (delay > 0) return this.wakeAfter(now, delay);
			this.send(now);
		}
	}

	private wakeAfter(now: number, delay: number): void {
		const at = now + delay;
		if (at >= this.wakeAt && this.wakeAt > now) return;
		this.wakeAt = at;
		this.shared.events.add(at, () => {
			if (this.wakeAt === at) this.wakeAt = Infinity;
			this.sendAll(at);
		});
	}

	private send(now: number): void {
		const { world, events, outcome, respond } = this.shared;
		this.underWay += 1;
		outcome.sent += 1;
		const request = this.waiting.shift()!;
		const slot = this.scheduler.send(now);
		const half = () => world.latencyMs / 2 + world.random() * world.jitterMs;
		events.add(now + half(), (arrival) => {
			const reply = respond(arrival);
			events.add(arrival + half(), (back) => {
				this.underWay -= 1;
				const heldMs = this.take(slot, reply, back);
				if (reply.isRefused) this.putBack(request, heldMs);
				else outcome.tookMs = back - START;
				this.sendAll(back);
			});
		});
	}

	private take(
		slot: Slot,
		{ isRefused, headers }: ReturnType<Shared['respond']>,
		back: number,
	): number {
		const clock = back + this.shared.world.clocksAheadMs;
		const rateLimit = readRateLimit(headers, clock);
		const retryAfterMs = readRetryAfter(headers, clock);
		return this.scheduler.settle(slot, { rateLimit, isRefused, retryAfterMs }, back);
	}

	private putBack(request: { waitedMs: number }, heldMs: number): void {
		const { outcome } = this.shared;
		outcome.refused += 1;
		request.waitedMs += heldMs;
		if (request.waitedMs > MOST_WAITED_MS) outcome.failed += 1;
		else this.waiting.push(request);
	}
}

function resetHeader(
	{ rounding, resetIn, clocksAheadMs: _ }: World,
	at: number,
	now: number,
): string {
	if (resetIn === 'milliseconds') return String(Math.round(at));
	const ms = resetIn === 'span' ? Math.max(0, at - now) : at;
	return String(Math[rounding](ms / SECOND));
}

/** What happens, in the order of its time; of two things at the same time, first what was added first. */
class Events {
	/** The next one is the last. */
	private readonly ahead: Array<{ at: number; run: (at: number) => void }> = [];

	add(at: number, run: (at: number) => void): void {
		const index = this.ahead.findLastIndex((each) => each.at > at) + 1;
		this.ahead.splice(index, 0, { at, run });
	}

	run(): void {
		for (let next = this.ahead.pop(); next; next = this.ahead.pop()) next.run(next.at);
	}
}
