import { TtlCache } from '../ttlCache';
import { readRateLimit, readRetryAfter } from './rateLimitHeaders';
import type { Attempt } from './attempt';
import { RequestScheduler, RESPONSE_GRACE_MS, type Slot } from './scheduler';
import { pause, raceWithAbort } from './sleep';

/** What of a response later requests depend on. */
interface LimitedResponse {
	statusCode: number;
	headers: Record<string, unknown>;
}

const TOO_MANY_REQUESTS = 429;

/** How long a run waited for the rate limit, by the clock that runs while requests are held back. */
export class ThrottleTimer {
	totalMs = 0;

	/** Requests a minute that BildOut allowed when the latest wait ended. */
	limit = 0;

	private countedTo = 0;

	/** Notes a wait. Requests that wait concurrently count once. */
	note(fromMs: number, toMs: number, limit: number): void {
		this.totalMs += Math.max(0, toMs - Math.max(fromMs, this.countedTo));
		this.countedTo = Math.max(this.countedTo, toMs);
		this.limit = limit;
	}
}

/** The queue of all requests of this process that use one access token. `RequestScheduler` says when the next may go. */
export class RateLimiter {
	private readonly scheduler = new RequestScheduler();

	private turn: Promise<void> = Promise.resolve();

	private wake: () => void = () => {};

	private responded = this.nextResponse();

	private heldMs = 0;

	private heldSince?: number;

	/** How long requests were held back so far for the rate limit, in milliseconds. */
	private heldSoFar(): number {
		return this.heldMs + (this.heldSince === undefined ? 0 : performance.now() - this.heldSince);
	}

	/**
	 * Waits until one more request may go out. Requests go out in the order in which they asked.
	 *
	 * @returns undefined when the signal aborted before its turn came
	 */
	async enter(signal?: AbortSignal, timer?: ThrottleTimer): Promise<Slot | undefined> {
		const heldBefore = this.heldSoFar();
		const before = this.turn;
		let finish: () => void = () => {};
		this.turn = new Promise((resolve) => {
			finish = resolve;
		});
		await raceWithAbort(before, signal);
		while (!signal?.aborted) {
			const wait = this.scheduler.delay(performance.now());
			if (wait <= 0) break;
			// A shorter wait is for a burst, or until the next response.
			if (wait > RESPONSE_GRACE_MS) this.heldSince = performance.now();
			await pause(wait, signal, this.responded);
			this.heldMs = this.heldSoFar();
			this.heldSince = undefined;
		}
		const slot = signal?.aborted ? undefined : this.scheduler.send(performance.now());
		void before.then(finish);
		timer?.note(heldBefore, this.heldSoFar(), this.scheduler.limit);
		return slot;
	}

	/**
	 * Does the work of one slot and releases the slot.
	 *
	 * @returns the attempt, and after a 429 how long every request of this token is held back, in
	 *   milliseconds; else 0
	 */
	async use(
		slot: Slot,
		work: () => Promise<Attempt>,
	): Promise<{ attempt: Attempt; heldMs: number }> {
		let attempt: Attempt = { failure: {} };
		let heldMs = 0;
		try {
			attempt = await work();
		} finally {
			heldMs = this.leave(slot, 'response' in attempt ? attempt.response : undefined);
		}
		return { attempt, heldMs };
	}

	/** Releases a slot once its response is there, or none will come. Returns what `use` does. */
	leave(slot: Slot, response?: LimitedResponse): number {
		const info = response && {
			rateLimit: readRateLimit(response.headers),
			isRefused: response.statusCode === TOO_MANY_REQUESTS,
			retryAfterMs: readRetryAfter(response.headers),
		};
		const heldMs = this.scheduler.settle(slot, info, performance.now());
		this.wake();
		this.responded = this.nextResponse();
		return heldMs;
	}

	private async nextResponse(): Promise<void> {
		await new Promise<void>((resolve) => {
			this.wake = resolve;
		});
	}
}

/** One that is forgotten learns the rate limit again, so an hour without a request is long enough. */
const limiters = new TtlCache<RateLimiter>({ ttlMs: 60 * 60_000, maxWeight: 200 });

/** The limiter of one credential, shared by every execution of this process. */
export function rateLimiterFor(key: string): RateLimiter {
	const limiter = limiters.get(key) ?? new RateLimiter();
	limiters.set(key, limiter);
	return limiter;
}
