import { BoundedMap } from '../boundedMap';
import { pause, settledOrAborted } from './pause';

/**
 * BildOut's allowance per access token (section Rate Limits of its developer page): so many requests
 * a minute, and a fifth of that in any second.
 */
export const STANDARD_LIMIT = 100;
const BURST_SHARE = 20 / 100;

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** Clocks count whole milliseconds, and two of them need not agree on where one begins. */
const WINDOW_MARGIN_MS = 5;
/** `X-RateLimit-Reset` counts whole seconds, and a server may round them either way. */
const RESET_MARGIN_MS = 1_000;
/** Clocks this close count as equal: the `Date` header has no fractions of a second. */
const CLOCK_TOLERANCE_MS = 2_000;
/** The longest wait for an allowance to renew; after it one request asks how things stand. */
export const MAX_WAIT_MS = 120_000;

/** What an answer's headers say of the allowance, in milliseconds of this machine's clock. */
export interface Allowance {
	limit: number;
	remaining: number;
	resetAt: number;
	/** Tells one window from another: its end by the server's own clock, in Unix seconds. */
	window: number;
}

/** One request on its way: handed out by `enter`, given back to `leave`. */
export interface Ticket {
	probe: boolean;
}

/**
 * Paces the requests of one access token so that neither window is ever overrun.
 *
 * BildOut tells in each answer how much is left, which counts what other clients spend too. In one
 * window the least that was ever left is the best knowledge there is, since requests may overtake each
 * other; what is still on its way is taken off. Where nothing is known (at the start, and after each
 * reset) one request goes ahead alone and brings the knowledge back. A server that sends no such
 * headers is paced by our own count.
 */
export class RateLimiter {
	private limit = STANDARD_LIMIT;

	private known?: Allowance;

	/** The server answered without rate limit headers. */
	private silent = false;

	private probing = false;

	private inFlight = 0;

	/** When the answers of the last minute (silent server) or second came, oldest first. */
	private answers: number[] = [];

	private blockedUntil = 0;

	/** The latest moment that the clock has shown. */
	private latest = 0;

	private turn: Promise<void> = Promise.resolve();

	private wake: () => void = () => {};

	private answered = this.nextAnswer();

	/**
	 * Waits until one more request may go out. Requests go out in the order in which they asked.
	 *
	 * @returns undefined when the signal aborted before its turn came
	 */
	async enter(signal?: AbortSignal): Promise<Ticket | undefined> {
		const before = this.turn;
		let finish: () => void = () => {};
		this.turn = new Promise((resolve) => {
			finish = resolve;
		});
		await settledOrAborted(before, signal);
		while (!signal?.aborted) {
			const wait = this.delay(Date.now());
			if (wait <= 0) break;
			await pause(wait, signal, this.answered);
		}
		const ticket = signal?.aborted ? undefined : this.send();
		void before.then(finish);
		return ticket;
	}

	/**
	 * Takes back a ticket when its answer is there or will never be.
	 *
	 * @param allowance what the answer's headers said; `none` when it came without them, undefined
	 *   when no answer came
	 */
	leave(ticket: Ticket, allowance: Allowance | 'none' | undefined): void {
		this.inFlight -= 1;
		this.answers.push(Date.now());
		if (ticket.probe) this.probing = false;
		if (allowance === 'none') {
			this.silent = !this.isKnown(Date.now());
		} else if (allowance) {
			this.silent = false;
			this.learn(allowance);
		}
		this.wake();
		this.answered = this.nextAnswer();
	}

	/** Holds every request of this token back: BildOut answered 429. */
	block(ms: number): void {
		this.blockedUntil = Math.max(this.blockedUntil, Date.now() + ms);
	}

	private learn(allowance: Allowance): void {
		const now = Date.now();
		const known = this.isKnown(now) ? this.known : undefined;
		if (known && allowance.window < known.window) return;
		const least = known?.window === allowance.window ? known.remaining : Infinity;
		this.limit = Math.max(1, allowance.limit);
		this.known = {
			...allowance,
			remaining: Math.min(least, allowance.remaining),
			resetAt: Math.min(allowance.resetAt, now + MAX_WAIT_MS),
		};
	}

	/** The clock was set back: moments that were noted before mean nothing now. */
	private forgetTimes(): void {
		this.answers = [];
		this.known = undefined;
		this.blockedUntil = 0;
	}

	private send(): Ticket {
		const now = Date.now();
		const probe = !this.silent && !this.isKnown(now);
		if (probe) this.probing = true;
		this.inFlight += 1;
		return { probe };
	}

	/** How many milliseconds the next request must wait; 0 when it may go. */
	private delay(now: number): number {
		if (now < this.latest - CLOCK_TOLERANCE_MS) this.forgetTimes();
		this.latest = now;
		const blocked = this.blockedUntil - now;
		if (blocked > 0) return blocked;

		const horizon = this.silent ? MINUTE_MS : SECOND_MS;
		while (this.answers.length > 0 && this.answers[0] <= now - horizon - WINDOW_MARGIN_MS)
			this.answers.shift();

		const burst = Math.max(1, Math.floor(this.limit * BURST_SHARE));
		const burstWait = this.windowWait(now, burst, SECOND_MS);
		if (burstWait > 0) return burstWait;

		if (this.silent) return this.windowWait(now, this.limit, MINUTE_MS);
		if (this.known && this.isKnown(now)) {
			const left = this.known.remaining - this.inFlight;
			return left > 0 ? 0 : this.known.resetAt + RESET_MARGIN_MS - now;
		}
		return this.probing ? MAX_WAIT_MS : 0;
	}

	/**
	 * The wait until fewer than `most` of our own requests can lie in the window that ends now. A request
	 * reaches BildOut at some moment between being sent and being answered, however slow the way; so it
	 * counts until the window has passed since its answer.
	 */
	private windowWait(now: number, most: number, windowMs: number): number {
		const last = this.answers.length + this.inFlight - most;
		if (last < 0) return 0;
		if (last >= this.answers.length) return windowMs;
		return this.answers[last] + windowMs + WINDOW_MARGIN_MS - now;
	}

	private isKnown(now: number): boolean {
		return this.known !== undefined && now < this.known.resetAt + RESET_MARGIN_MS;
	}

	private async nextAnswer(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.wake = resolve;
		});
	}
}

/** One for each credential. One that is forgotten has to learn anew, so an hour without a request is long enough. */
const limiters = new BoundedMap<RateLimiter>({ lifetimeMs: 60 * MINUTE_MS, most: 200 });

/** The limiter of one credential, shared by every execution of this process. */
export function rateLimiterFor(key: string): RateLimiter {
	const limiter = limiters.get(key) ?? new RateLimiter();
	limiters.set(key, limiter);
	return limiter;
}

type Headers = Record<string, unknown>;

/**
 * Reads `X-RateLimit-Limit`, `-Remaining` and `-Reset` (Unix seconds, section Rate Limits). The
 * `Date` header tells the server's clock, so a machine whose clock is wrong waits the right time.
 */
export function readAllowance(headers: Headers, now = Date.now()): Allowance | 'none' {
	const limit = readNumber(headers['x-ratelimit-limit']);
	const remaining = readNumber(headers['x-ratelimit-remaining']);
	const reset = readNumber(headers['x-ratelimit-reset']);
	if (limit === undefined || remaining === undefined || reset === undefined) return 'none';
	return { limit, remaining, resetAt: reset * 1000 - clockSkew(headers, now), window: reset };
}

/**
 * How long a 429 asks to wait, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110,
 * section 10.2.3), else until the announced reset when the minute is used up, else a second, since
 * then only the burst can have been overrun.
 */
export function readRetryDelay(headers: Headers, now = Date.now()): number {
	const retryAfter = headers['retry-after'];
	const seconds = readNumber(retryAfter);
	if (seconds !== undefined) return seconds * 1000;
	const date = typeof retryAfter === 'string' ? Date.parse(retryAfter) : NaN;
	if (!Number.isNaN(date)) return Math.max(0, date - clockSkew(headers, now) - now);
	const allowance = readAllowance(headers, now);
	if (allowance !== 'none' && allowance.remaining <= 0) {
		return Math.max(0, allowance.resetAt - now) + RESET_MARGIN_MS;
	}
	return SECOND_MS;
}

/** How far the server's clock is ahead of this machine's, in milliseconds. */
function clockSkew(headers: Headers, now: number): number {
	const server = typeof headers.date === 'string' ? Date.parse(headers.date) : NaN;
	const skew = server - now;
	return Math.abs(skew) < CLOCK_TOLERANCE_MS || Number.isNaN(skew) ? 0 : skew;
}

function readNumber(value: unknown): number | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const text = String(value).trim();
	return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
