import type { Settings } from '../settings.mts';

interface Verdict {
	allowed: boolean;
	/** Requests a minute, how many of them are left, and when the minute's window ends (ms). */
	limit: number;
	remaining: number;
	resetAt: number;
	/** How long a refused request has to wait, in milliseconds. */
	retryAfterMs: number;
}

/** Drops times, oldest first, up to and including `time`. */
function dropUntil(times: number[], time: number): void {
	while (times.length > 0 && times[0]! <= time) times.shift();
}

/** The requests of one token: of a fixed minute, and the times of the latest minute and second, oldest first. */
class TokenWindows {
	fixed = { start: -Infinity, count: 0 };
	minute: number[] = [];
	second: number[] = [];
}

/**
 * BildOut's two limits for each access token: so many requests a minute, and so many in any one
 * second. Grade: the two numbers are documented; that the minute is a fixed window from the first
 * request on, that the second is a rolling one, and that a refused request costs nothing, is assumed.
 */
export class RateLimiter {
	readonly #settings: () => Settings;
	#tokens = new Map<string, TokenWindows>();

	constructor(settings: () => Settings) {
		this.#settings = settings;
	}

	reset(): void {
		this.#tokens = new Map();
	}

	#windowsOf(token: string): TokenWindows {
		const windows = this.#tokens.get(token) ?? new TokenWindows();
		this.#tokens.set(token, windows);
		return windows;
	}

	/** Counts a request of the token at the time `now` (milliseconds), or refuses it. */
	take(token: string, now: number): Verdict {
		const { rateLimit, announcedLimit } = this.#settings();
		const limit = announcedLimit ?? rateLimit.limit;
		const burst = Math.max(1, Math.round((rateLimit.burst * limit) / rateLimit.limit));
		const minuteMs = 60_000 * rateLimit.windowScale;
		const secondMs = 1_000 * rateLimit.windowScale;

		const { fixed, minute, second } = this.#windowsOf(token);
		const sliding = rateLimit.form === 'sliding';

		dropUntil(second, now - secondMs);
		if (sliding) dropUntil(minute, now - minuteMs);
		else if (now - fixed.start >= minuteMs) Object.assign(fixed, { start: now, count: 0 });

		const used = sliding ? minute.length : fixed.count;
		const resetAt = (sliding ? (minute[0] ?? now) : fixed.start) + minuteMs;
		const waits = [
			used >= limit ? resetAt - now : 0,
			second.length >= burst ? second[0]! + secondMs - now : 0,
		];
		const retryAfterMs = Math.max(...waits);
		const allowed = retryAfterMs <= 0;
		if (allowed) {
			second.push(now);
			if (sliding) minute.push(now);
			else fixed.count++;
		}
		return {
			allowed,
			limit,
			remaining: Math.max(0, limit - used - (allowed ? 1 : 0)),
			resetAt,
			retryAfterMs,
		};
	}
}

/** The headers about a client's rate limit. Grade: documented; `Retry-After` is assumed. */
export function rateLimitHeaders(
	verdict: Verdict,
	{ rateLimit }: Settings,
	now: number,
): Record<string, string> {
	const headers: Record<string, string> = {};
	if (rateLimit.headers) {
		headers['x-ratelimit-limit'] = String(verdict.limit);
		headers['x-ratelimit-remaining'] = String(verdict.remaining);
		headers['x-ratelimit-reset'] = String(Math.ceil(verdict.resetAt / 1000));
	}
	if (!verdict.allowed && rateLimit.retryAfter !== 'none') {
		const seconds = Math.ceil(verdict.retryAfterMs / 1000);
		headers['retry-after'] =
			rateLimit.retryAfter === 'seconds'
				? String(seconds)
				: new Date(Math.ceil((now + verdict.retryAfterMs) / 1000) * 1000).toUTCString();
	}
	return headers;
}
