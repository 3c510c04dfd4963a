import type { RateLimiter } from './rateLimiter';

/** How long a run waited for the rate limit. Requests that wait concurrently count once. */
export class ThrottleTimer {
	totalMs = 0;

	/** Requests a minute that BildOut allowed when the latest wait ended. */
	limit = 0;

	private waiting = 0;

	private heldBefore = 0;

	/** A request begins to wait for its turn. */
	begin(limiter: RateLimiter): void {
		if (this.waiting === 0) this.heldBefore = limiter.heldSoFar();
		this.waiting += 1;
	}

	/** A request's turn has come, or will not. */
	end(limiter: RateLimiter): void {
		this.waiting -= 1;
		if (this.waiting === 0) this.totalMs += limiter.heldSoFar() - this.heldBefore;
		this.limit = limiter.limit;
	}
}
