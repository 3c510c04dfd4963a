/** What a response's headers say of the rate limit. */
export interface RateLimit {
	/** Requests a minute, and how many of them are left. */
	limit: number;
	remaining: number;
	/** Until the rate limit resets, in milliseconds; not negative. */
	resetInMs: number;
	/** Tells one window from another: its end by the server's own clock, in Unix seconds. */
	window: number;
}

/** A reset that lies further ahead is no rate limit of so many requests a minute. */
const LONGEST_WINDOW_MS = 24 * 60 * 60 * 1000;

type Headers = Record<string, unknown>;

const SECOND_MS = 1_000;
/** Clocks this close count as equal: the `Date` header has no fractions of a second. */
export const CLOCK_TOLERANCE_MS = 2_000;

/** A reset below this is a span from now, not a moment: Unix seconds have been larger since 2001. */
const LONGEST_SPAN = 1e9;
/** A reset from here on is Unix milliseconds. */
const FIRST_MILLISECONDS = 1e11;

/**
 * Reads `X-RateLimit-Limit`, `-Remaining` and `-Reset`. The last is documented as Unix seconds (section
 * Rate Limits of BildOut's developer page); Unix milliseconds and seconds from now are understood too.
 * The `Date` header tells the server's clock, so that a machine whose clock is wrong waits the right time.
 *
 * @param now milliseconds since 1970
 */
export function readRateLimit(headers: Headers, now = Date.now()): RateLimit | undefined {
	const limit = readNumber(headers['x-ratelimit-limit']);
	const remaining = readNumber(headers['x-ratelimit-remaining']);
	const reset = readNumber(headers['x-ratelimit-reset']);
	if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
	const serverNow = now + clockSkew(headers, now);
	const resetAt = asMoment(reset, serverNow);
	// Taken for a window, it would make every later one seem over.
	if (resetAt - serverNow > LONGEST_WINDOW_MS) return undefined;
	return {
		limit,
		remaining,
		resetInMs: Math.max(0, resetAt - serverNow),
		window: Math.round(resetAt / SECOND_MS),
	};
}

/**
 * How long a response asks to wait, in milliseconds: `Retry-After` in seconds or as a date (RFC 9110,
 * section 10.2.3). Undefined if absent or already past.
 */
export function readRetryAfter(headers: Headers, now = Date.now()): number | undefined {
	const retryAfter = headers['retry-after'];
	const seconds = readNumber(retryAfter);
	const date = typeof retryAfter === 'string' ? Date.parse(retryAfter) : NaN;
	const ms = seconds === undefined ? date - clockSkew(headers, now) - now : seconds * SECOND_MS;
	return ms > 0 ? ms : undefined;
}

function asMoment(reset: number, serverNow: number): number {
	if (reset >= FIRST_MILLISECONDS) return reset;
	return reset >= LONGEST_SPAN ? reset * SECOND_MS : serverNow + reset * SECOND_MS;
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
