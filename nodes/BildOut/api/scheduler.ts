import { type RateLimit, CLOCK_TOLERANCE_MS } from './rateLimitHeaders';
import { OtherClients } from './otherClients';

/**
 * BildOut's rate limit per access token (section Rate Limits of its developer page): so many requests
 * a minute, and a fifth of that in any second.
 */
export const STANDARD_LIMIT = 100;
const BURST_SHARE = 20 / 100;

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** Clocks count whole milliseconds, and two of them need not agree on where one begins. */
const WINDOW_MARGIN_MS = 5;
/** The clocks may disagree, and `X-RateLimit-Reset` counts whole seconds, rounded either way. */
const RESET_MARGIN_MS = CLOCK_TOLERANCE_MS + SECOND_MS;
/** A request that has no response after this time has arrived nevertheless, or never will. */
export const RESPONSE_GRACE_MS = 2_000;
/** Responses of one window may put its end so many seconds apart: a span from now is rounded each time. */
const ROUNDING_S = 2;
/** Ends of windows that lie further apart than this belong to different windows, not to a sliding one. */
const SAME_WINDOW_S = 30;
/** The longest wait for a rate limit to reset; after it one request asks how things stand. */
export const MAX_WAIT_MS = 120_000;
const LONGEST_BACKOFF_MS = 60_000;

/** Responses without a refusal after which the full burst is tried again. */
const RECOVERY = 100;
const MIN_BURST_FACTOR = 1 / 16;

/** One request, from when it may go until a minute after its response. */
export interface Slot {
	sentAt: number;
	respondedAt?: number;
	/** How many requests, of any client, its response showed for the first time: itself among them. */
	spent: number;
}

/** What the scheduler learns from a response. */
export interface ResponseInfo {
	rateLimit?: RateLimit;
	/** Whether it is a 429. */
	isRateLimited: boolean;
	/** How long it asks to wait, in milliseconds. */
	retryAfterMs?: number;
}

interface Known {
	/** The least that was ever left in this window, since requests may overtake each other. */
	remaining: number;
	/** When it certainly has renewed. */
	resetAt: number;
	/** When the request was sent whose response showed this. */
	askedAt: number;
}

/**
 * Decides when the next request of one access token may go, so that neither window is overrun. It holds
 * no timer: every moment is given, in milliseconds of a clock that is never set.
 *
 * Each response reports how much is left, which counts what other clients spend too. Where nothing
 * is known (at the start, and after each reset) one request asks alone. Besides, our own count is always
 * good: what was spent a minute ago is renewed, whatever form the window has and whatever the clocks say.
 */
export class RequestScheduler {
	/** Requests a minute, by the latest response. */
	limit = STANDARD_LIMIT;

	/** What the responses of the present window report. */
	private known?: Known;

	/** The latest window, by its end in Unix seconds of the server's clock. */
	private window = -Infinity;

	/** The server responded without rate limit headers. */
	private hasNoHeaders = false;

	private probe?: Slot;

	/** Our own requests that may still count, in the order in which they went. */
	private readonly sent: Slot[] = [];

	/** Those of them that have no response. */
	private pending = new Set<Slot>();

	/** Responses since the start: no more requests than that, and one, are in flight at once. */
	private responses = 0;

	private readonly otherClients = new OtherClients();

	/** The part of the burst that is used after refusals. */
	private burstFactor = 1;

	/** Refusals in a row. */
	private refusals = 0;

	private refusedAt = -Infinity;

	private blockedUntil = -Infinity;

	/** @param random as `Math.random` */
	constructor(private readonly random: () => number = Math.random) {}

	/** How many milliseconds the next request must wait, should nothing change; 0 when it may go. */
	delay(now: number): number {
		this.forgetOld(now);
		const blocked = this.blockedUntil - now;
		if (blocked > 0) return blocked;
		const { burst } = this;
		// So few cannot fill it, and there may be thousands to go through.
		const burstWait =
			this.sent.length < burst ? 0 : this.windowWait(now, burst, SECOND_MS, () => 1);
		if (burstWait > 0) return burstWait;
		if (this.hasNoHeaders) return this.ownCountWait(now);
		if (this.known) return this.quotaDelay(now, this.known);
		if (!this.probe) return 0;
		const held = this.probe.sentAt + RESPONSE_GRACE_MS - now;
		return held > 0 ? held : this.ownCountWait(now);
	}

	send(now: number): Slot {
		const slot: Slot = { sentAt: now, spent: 1 };
		if (this.sent.length === 0) this.responses = 0;
		if (!this.hasNoHeaders && !this.known && !this.probe) this.probe = slot;
		this.sent.push(slot);
		this.pending.add(slot);
		return slot;
	}

	/**
	 * Records a response, or that there was none.
	 *
	 * @returns after a 429, how long to wait by BildOut's headers or our own backoff, in milliseconds; else 0
	 */
	settle(slot: Slot, response: ResponseInfo | undefined, now: number): number {
		slot.respondedAt = now;
		this.pending.delete(slot);
		if (slot === this.probe) this.probe = undefined;
		if (!response) return 0;
		this.responses += 1;
		this.forgetOld(now);
		const { rateLimit, isRateLimited } = response;
		this.hasNoHeaders = !rateLimit && !this.known;
		if (rateLimit) this.applyHeaders(slot, rateLimit, isRateLimited, now);
		if (isRateLimited) return this.backOff(slot, response, now);
		this.refusals = 0;
		this.burstFactor = Math.min(1, this.burstFactor + 1 / RECOVERY);
		return 0;
	}

	private backOff(slot: Slot, { rateLimit, retryAfterMs = 0 }: ResponseInfo, now: number): number {
		// Concurrent requests count as one refusal.
		if (slot.sentAt > this.refusedAt) {
			this.refusals += 1;
			this.refusedAt = now;
			this.burstFactor = Math.max(MIN_BURST_FACTOR, this.burstFactor / 2);
		}
		const usedUp = rateLimit && rateLimit.remaining <= 0 ? rateLimit : undefined;
		const asked = retryAfterMs || (usedUp ? usedUp.resetInMs + RESET_MARGIN_MS : 0);
		const growing = Math.min(SECOND_MS * 2 ** (this.refusals - 1), LONGEST_BACKOFF_MS);
		const wait = Math.max(asked, asked > 0 ? growing / 2 : growing) + this.random() * SECOND_MS;
		this.blockedUntil = Math.max(this.blockedUntil, now + Math.min(wait, MAX_WAIT_MS));
		// How long to wait is surer than until when, since the clocks may differ.
		if (this.known && usedUp && retryAfterMs > 0) this.known.resetAt = this.blockedUntil;
		// Uncapped: whoever counts the waits gives up on one that is too long.
		return Math.max(wait, this.blockedUntil - now);
	}

	private applyHeaders(
		slot: Slot,
		rateLimit: RateLimit,
		isRateLimited: boolean,
		now: number,
	): void {
		const step = rateLimit.window - this.window;
		// A response from a window that is over.
		if (step <= -SAME_WINDOW_S) return;
		this.limit = Math.max(1, rateLimit.limit);
		const isNew = step > ROUNDING_S;
		slot.spent = this.otherClients.observe({
			spent: Math.max(0, rateLimit.limit - rateLimit.remaining),
			own: isRateLimited ? 0 : 1,
			inFlight: this.pending.size,
			isRenewed: step >= SAME_WINDOW_S,
			hasMoved: isNew,
		});
		const known = isNew ? undefined : this.known;
		if (isNew) this.window = rateLimit.window;
		const jitter = this.otherClients.share < 1 ? this.random() * 2 * SECOND_MS : 0;
		const resetAt = now + Math.min(rateLimit.resetInMs, MAX_WAIT_MS) + RESET_MARGIN_MS + jitter;
		this.known = {
			remaining: Math.min(known?.remaining ?? Infinity, rateLimit.remaining),
			resetAt: known?.resetAt ?? resetAt,
			askedAt: slot.sentAt,
		};
	}

	/** How long to wait where responses report what is left. */
	private quotaDelay(now: number, known: Known): number {
		const { share } = this.otherClients;
		const pending = this.inFlight(known.askedAt - RESPONSE_GRACE_MS);
		if (Math.floor(known.remaining * share) > pending) {
			return this.inFlight(now - RESPONSE_GRACE_MS) <= this.responses ? 0 : RESPONSE_GRACE_MS;
		}
		const resetWait = known.resetAt - now;
		return share < 1 ? resetWait : Math.min(resetWait, this.ownCountWait(now));
	}

	private get burst(): number {
		const { share } = this.otherClients;
		const full = this.limit * BURST_SHARE * this.burstFactor;
		return Math.max(1, Math.floor(share < 1 ? (full * share) / 2 : full));
	}

	/** How many requests without a response were sent since then. */
	private inFlight(since: number): number {
		return [...this.pending].filter(({ sentAt }) => sentAt >= since).length;
	}

	private ownCountWait(now: number): number {
		return this.windowWait(now, this.limit, MINUTE_MS, ({ spent }) => spent);
	}

	/** The wait until less than `most` can lie in the window that ends now. */
	private windowWait(
		now: number,
		most: number,
		windowMs: number,
		weigh: (slot: Slot) => number,
	): number {
		const counted = this.sent.filter((slot) => endOf(slot, windowMs, now) > now);
		let total = counted.reduce((sum, slot) => sum + weigh(slot), 0);
		if (total < most) return 0;
		counted.sort((a, b) => endOf(a, windowMs, now) - endOf(b, windowMs, now));
		for (const slot of counted) {
			total -= weigh(slot);
			if (total < most) return endOf(slot, windowMs, now) - now;
		}
		return windowMs;
	}

	private forgetOld(now: number): void {
		if (this.known && now >= this.known.resetAt) this.known = undefined;
		while (this.sent.length > 0 && endOf(this.sent[0], MINUTE_MS, now) <= now) this.sent.shift();
	}
}

/**
 * When a request counts no longer in a window of this length: it reaches BildOut at some moment between being
 * sent and its response, so it counts until the window has passed since its response.
 */
function endOf({ sentAt, respondedAt }: Slot, windowMs: number, now: number): number {
	const arrivedBy = respondedAt ?? Math.min(now, sentAt + RESPONSE_GRACE_MS);
	return arrivedBy + windowMs + WINDOW_MARGIN_MS;
}
