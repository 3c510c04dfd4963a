import { TtlCache } from '../ttlCache';
import { readRateLimit, readRetryAfter } from './rateLimitHeaders';
import type { Attempt } from './attempt';
import { RequestScheduler, SETTLED_MS, type Slot } from './scheduler';
import { pause, raceWithAbort } from './sleep';

/** What the pace of later requests follows from. */
interface Answer {
	statusCode: number;
	headers: Record<string, unknown>;
}

const TOO_MANY_REQUESTS = 429;

/** The queue of all requests of this process that use one access token. `RequestScheduler` says when the next may go. */
export class RateLimiter {
	private readonly pace = new RequestScheduler();

	private turn: Promise<void> = Promise.resolve();

	private wake: () => void = () => {};

	private answered = this.nextAnswer();

	private heldMs = 0;

	private heldSince?: number;

	/** Requests a minute, as far as is known. */
	get limit(): number {
		return this.pace.limit;
	}

	/** How long requests were held back so far for the rate limit, in milliseconds. */
	heldSoFar(): number {
		return this.heldMs + (this.heldSince === undefined ? 0 : performance.now() - this.heldSince);
	}

	/**
	 * Waits until one more request may go out. Requests go out in the order in which they asked.
	 *
	 * @returns undefined when the signal aborted before its turn came
	 */
	async enter(signal?: AbortSignal): Promise<Slot | undefined> {
		const before = this.turn;
		let finish: () => void = () => {};
		this.turn = new Promise((resolve) => {
			finish = resolve;
		});
		await raceWithAbort(before, signal);
		while (!signal?.aborted) {
			const wait = this.pace.delay(performance.now());
			if (wait <= 0) break;
			// A shorter wait is for a burst, or for what the next answer tells.
			if (wait > SETTLED_MS) this.heldSince = performance.now();
			await pause(wait, signal, this.answered);
			this.heldMs = this.heldSoFar();
			this.heldSince = undefined;
		}
		const ticket = signal?.aborted ? undefined : this.pace.send(performance.now());
		void before.then(finish);
		return ticket;
	}

	/**
	 * Does the work of one ticket and takes the ticket back.
	 *
	 * @returns the attempt, and after a 429 how long every request of this token is held back, in
	 *   milliseconds; else 0
	 */
	async use(
		ticket: Slot,
		work: () => Promise<Attempt>,
	): Promise<{ attempt: Attempt; heldMs: number }> {
		let attempt: Attempt = { failure: {} };
		let heldMs = 0;
		try {
			attempt = await work();
		} finally {
			heldMs = this.leave(ticket, 'response' in attempt ? attempt.response : undefined);
		}
		return { attempt, heldMs };
	}

	/** Takes a ticket back when its answer is there or, with none, will never be. */
	leave(ticket: Slot, answer?: Answer): number {
		const reply = answer && {
			rateLimit: readRateLimit(answer.headers),
			isRefused: answer.statusCode === TOO_MANY_REQUESTS,
			retryAfterMs: readRetryAfter(answer.headers),
		};
		const heldMs = this.pace.answer(ticket, reply, performance.now());
		this.wake();
		this.answered = this.nextAnswer();
		return heldMs;
	}

	private async nextAnswer(): Promise<void> {
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
