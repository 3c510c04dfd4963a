import { readAllowance, readRetryAfter } from '../../../nodes/BildOut/transport/allowance.ts';
import { Pace, type Ticket } from '../../../nodes/BildOut/transport/pace.ts';
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
 * The shortest time in which anyone who knew the server's mind could have the same number of requests
 * answered, in milliseconds.
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

/** Plays processes that share one token, in virtual time. */
export function play(world: World): Outcome {
	const { random } = world;
	const settings = settingsOf(world);
	const server = new RateLimiter(() => settings);
	if (world.windowBegan > 0) server.take('token', START - world.windowBegan);
	const events = new Events();
	const outcome: Outcome = { tookMs: 0, sent: 0, refused: 0, failed: 0 };

	const answer = (at: number) => {
		const verdict = server.take('token', at);
		const headers = rateLimitHeaders(verdict, settings, at);
		if (world.headers) headers['x-ratelimit-reset'] = resetHeader(world, verdict.resetAt, at);
		return { isRefused: !verdict.allowed, headers };
	};

	for (let index = 0; index < world.processes; index++) {
		const pace = new Pace(random);
		const share = Math.floor(world.requests / world.processes);
		const waiting = Array.from(
			{ length: share + (index < world.requests % world.processes ? 1 : 0) },
			() => ({ waited: 0 }),
		);
		let underWay = 0;
		let done = waiting.length;
		let wakeAt = Infinity;
		const pump = (now: number) => {
			while (waiting.length > 0 && underWay < world.sideBySide) {
				const delay = pace.delay(now);
				if (delay > 0) {
					if (now + delay < wakeAt || wakeAt <= now) {
						wakeAt = now + delay;
						const at = wakeAt;
						events.add(at, () => {
							if (wakeAt === at) wakeAt = Infinity;
							pump(at);
						});
					}
					return;
				}
				underWay += 1;
				outcome.sent += 1;
				const request = waiting.shift()!;
				const ticket: Ticket = pace.send(now);
				const half = () => world.latencyMs / 2 + random() * world.jitterMs;
				events.add(now + half(), (arrival) => {
					const { isRefused, headers } = answer(arrival);
					events.add(arrival + half(), (back) => {
						underWay -= 1;
						const clock = back + world.clocksAheadMs;
						const heldMs = pace.answer(
							ticket,
							{
								allowance: readAllowance(headers, clock),
								isRefused,
								retryAfterMs: readRetryAfter(headers, clock),
							},
							back,
						);
						if (isRefused) {
							outcome.refused += 1;
							request.waited += heldMs;
							if (request.waited > MOST_WAITED_MS) outcome.failed += 1;
							else waiting.push(request);
						} else {
							done -= 1;
							outcome.tookMs = back - START;
						}
						pump(back);
					});
				});
			}
		};
		events.add(START + random() * world.startMs, pump);
	}
	events.run();
	return outcome;
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

/** What happens, in the order of its time. */
class Events {
	private readonly heap: Array<{ at: number; order: number; run: (at: number) => void }> = [];

	private added = 0;

	add(at: number, run: (at: number) => void): void {
		const { heap } = this;
		const entry = { at, order: this.added++, run };
		let index = heap.length;
		heap.push(entry);
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!isBefore(entry, heap[parent])) break;
			heap[index] = heap[parent];
			index = parent;
		}
		heap[index] = entry;
	}

	run(): void {
		for (let next = this.take(); next; next = this.take()) next.run(next.at);
	}

	private take() {
		const { heap } = this;
		const first = heap[0];
		const last = heap.pop();
		if (!last || heap.length === 0) return first;
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child += 1;
			if (!isBefore(heap[child], last)) break;
			heap[index] = heap[child];
			index = child;
		}
		heap[index] = last;
		return first;
	}
}

interface Moment {
	at: number;
	order: number;
}

function isBefore(a: Moment, b: Moment): boolean {
	return a.at < b.at || (a.at === b.at && a.order < b.order);
}
