import { readRateLimit, readRetryAfter } from '../../../nodes/BildOut/api/rateLimitHeaders.ts';
import { RequestScheduler } from '../../../nodes/BildOut/api/scheduler.ts';
import { RateLimiter, rateLimitHeaders } from '../../../sandbox/src/ratelimit/limiter.mts';
import { defaultSettings, type Settings } from '../../../sandbox/src/settings.mts';

const SECOND = 1_000;

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

function settingsOf({ form, headers, retryAfter }: World): Settings {
	const rateLimit = { ...defaultSettings.rateLimit, limit: 100, burst: 20 };
	return { ...defaultSettings, rateLimit: { ...rateLimit, form, headers, retryAfter } };
}

const START = Date.parse('2026-03-02T10:00:17.300Z');
const MOST_WAITED_MS = 180_000;

/** Plays processes that share one token, in virtual time. */
export function play(world: World): Outcome {
	const { processes, requests, random, startMs } = world;
	const events = new Events();
	const outcome: Outcome = { tookMs: 0, sent: 0, refused: 0, failed: 0 };
	const respond = serverOf(world);
	for (let index = 0; index < processes; index++) {
		const share = Math.floor(requests / processes) + (index < requests % processes ? 1 : 0);
		const sendAll = newProcess(world, share, events, outcome, respond);
		events.add(START + random() * startMs, sendAll);
	}
	events.run();
	return outcome;
}

type Respond = (at: number) => { isRateLimited: boolean; headers: Record<string, string> };

function serverOf(world: World): Respond {
	const settings = settingsOf(world);
	const server = new RateLimiter(() => settings);
	if (world.windowBegan > 0) server.take('token', START - world.windowBegan);
	return (at) => {
		const verdict = server.take('token', at);
		const headers = rateLimitHeaders(verdict, settings, at);
		if (world.headers) headers['x-ratelimit-reset'] = resetHeader(world, verdict.resetAt, at);
		return { isRateLimited: !verdict.allowed, headers };
	};
}

/** One process with its requests. Returns what sends those that may go now, and comes back when more may. */
function newProcess(
	world: World,
	requests: number,
	events: Events,
	outcome: Outcome,
	respond: Respond,
): (now: number) => void {
	const scheduler = new RequestScheduler(world.random);
	/** How long each request that is still to be sent was held back after refusals, in milliseconds. */
	const waiting = Array<number>(requests).fill(0);
	let inFlight = 0;
	let wakeAt = Infinity;

	const sendAll = (now: number) => {
		while (waiting.length > 0 && inFlight < world.sideBySide) {
			const delay = scheduler.delay(now);
			if (delay > 0) return wakeUp(now + delay, now);
			send(now);
		}
	};
	const wakeUp = (at: number, now: number) => {
		if (at >= wakeAt && wakeAt > now) return;
		wakeAt = at;
		events.add(at, () => {
			if (wakeAt === at) wakeAt = Infinity;
			sendAll(at);
		});
	};
	const send = (now: number) => {
		inFlight += 1;
		outcome.sent += 1;
		const waitedMs = waiting.shift()!;
		const slot = scheduler.send(now);
		const half = () => world.latencyMs / 2 + world.random() * world.jitterMs;
		events.add(now + half(), (arrival) => {
			const { isRateLimited, headers } = respond(arrival);
			events.add(arrival + half(), (back) => {
				inFlight -= 1;
				const clock = back + world.clocksAheadMs;
				const rateLimit = readRateLimit(headers, clock);
				const retryAfterMs = readRetryAfter(headers, clock);
				const heldMs = scheduler.settle(slot, { rateLimit, isRateLimited, retryAfterMs }, back);
				if (!isRateLimited) outcome.tookMs = back - START;
				else if (waitedMs + heldMs > MOST_WAITED_MS) outcome.failed += 1;
				else waiting.push(waitedMs + heldMs);
				outcome.refused += isRateLimited ? 1 : 0;
				sendAll(back);
			});
		});
	};
	return sendAll;
}

function resetHeader({ rounding, resetIn }: World, at: number, now: number): string {
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
