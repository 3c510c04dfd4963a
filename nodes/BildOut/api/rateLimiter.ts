import { TtlCache } from '../ttlCache';
import type { Attempt } from './attempt';
import { pause, Queues } from './concurrency';
import { readRateLimit, readRetryAfter } from './rateLimitHeaders';
import { RequestScheduler, RESPONSE_GRACE_MS, type Slot } from './scheduler';

const TOO_MANY_REQUESTS = 429;

/** How long a run waited for the rate limit. */
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

	private readonly queue = new Queues();

	/** Aborts at the next response, which may let a request go earlier. Made where one waits. */
	private responded?: AbortController;

	/**
	 * Sends one request when it may go. Requests go out in the order in which they asked.
	 *
	 * @returns the attempt, and after a 429 how long to wait, in milliseconds, else 0; undefined when the signal aborted before the request's turn came
	 */
	async send(
		work: () => Promise<Attempt>,
		signal?: AbortSignal,
		timer?: ThrottleTimer,
	): Promise<{ attempt: Attempt; limitedForMs: number } | undefined> {
		const askedAt = performance.now();
		const turn = this.queue.run('', async () => await this.nextSlot(signal), signal);
		const slot = await turn.catch(() => undefined);
		const now = performance.now();
		// A shorter wait is for a burst, or until the next response.
		if (now - askedAt > RESPONSE_GRACE_MS) timer?.note(askedAt, now, this.scheduler.limit);
		if (!slot) return undefined;
		const attempt = await work().catch((error: Error) => {
			this.settle(slot);
			throw error;
		});
		return { attempt, limitedForMs: this.settle(slot, attempt) };
	}

	private async nextSlot(signal?: AbortSignal): Promise<Slot | undefined> {
		while (!signal?.aborted) {
			const wait = this.scheduler.delay(performance.now());
			if (wait <= 0) return this.scheduler.send(performance.now());
			this.responded ??= new AbortController();
			const { signal: responded } = this.responded;
			await pause(wait, signal ? AbortSignal.any([signal, responded]) : responded);
		}
		return undefined;
	}

	private settle(slot: Slot, attempt?: Attempt): number {
		const response = attempt && 'response' in attempt ? attempt.response : undefined;
		const info = response && {
			rateLimit: readRateLimit(response.headers),
			isRateLimited: response.statusCode === TOO_MANY_REQUESTS,
			retryAfterMs: readRetryAfter(response.headers),
		};
		const limitedForMs = this.scheduler.settle(slot, info, performance.now());
		this.responded?.abort();
		this.responded = undefined;
		return limitedForMs;
	}
}

/** Each is forgotten an hour after its latest request; a new one learns the limit from its first response. */
const limiters = new TtlCache<RateLimiter>({ ttlMs: 60 * 60_000, maxWeight: 200 });

/** The limiter of one credential, shared by every execution of this process. */
export function rateLimiterFor(key: string): RateLimiter {
	const limiter = limiters.get(key) ?? new RateLimiter();
	limiters.set(key, limiter);
	return limiter;
}
