import { readRateLimit, readRetryAfter } from '../../../nodes/BildOut/api/rateLimitHeaders.ts';

const NOW = Date.parse('2026-03-02T10:00:17.300Z');
const SECOND = 1_000;
const MINUTE = 60_000;

const headers = (remaining: number, more = {}) => ({
	'x-ratelimit-limit': '100',
	'x-ratelimit-remaining': String(remaining),
	'x-ratelimit-reset': String(Math.ceil((NOW + 30 * SECOND) / SECOND)),
	...more,
});
const date = (ms: number) => new Date(ms).toUTCString();

beforeEach(() => jest.useFakeTimers({ now: NOW }));
afterEach(() => jest.useRealTimers());

describe('reading the rate limit', () => {
	it('reads what BildOut documents', () => {
		expect(readRateLimit(headers(7))).toEqual({
			limit: 100,
			remaining: 7,
			resetInMs: 30_700,
			window: Math.ceil(NOW / SECOND + 30),
		});
	});

	it.each([
		['Unix seconds', Math.ceil((NOW + 30 * SECOND) / SECOND)],
		['Unix seconds with a fraction', (NOW + 30 * SECOND) / SECOND],
		['Unix milliseconds', NOW + 30 * SECOND],
		['seconds from now', 30],
	])('understands a reset in %s', (_, reset) => {
		const given = headers(7, { 'x-ratelimit-reset': String(reset) });
		const { resetInMs, window } = readRateLimit(given) as { resetInMs: number; window: number };
		expect(Math.abs(resetInMs - 30 * SECOND)).toBeLessThan(SECOND);
		expect(Math.abs(window - (NOW / SECOND + 30))).toBeLessThanOrEqual(1);
	});

	it.each([
		[{}],
		[{ ...headers(7), 'x-ratelimit-reset': undefined }],
		[{ ...headers(7), 'x-ratelimit-remaining': 'many' }],
		[{ ...headers(7), 'x-ratelimit-limit': '-1' }],
	])('finds none in %j', (given) => {
		expect(readRateLimit(given)).toBeUndefined();
	});

	it('trusts the clock of the server', () => {
		const ahead = 10 * MINUTE;
		const given = headers(7, {
			date: date(NOW + ahead),
			'x-ratelimit-reset': String((NOW + ahead + 30 * SECOND) / SECOND),
		});
		const { resetInMs } = readRateLimit(given) as { resetInMs: number };
		expect(Math.abs(resetInMs - 30 * SECOND)).toBeLessThanOrEqual(SECOND);
	});

	it('counts a reset that is over as now', () => {
		const given = headers(7, { 'x-ratelimit-reset': String(NOW / SECOND - 40) });
		expect(readRateLimit(given)).toMatchObject({ resetInMs: 0 });
	});
});

describe('reading how long a response asks to wait', () => {
	it.each([
		['seconds', { 'retry-after': '7' }, 7_000],
		['a day', { 'retry-after': '86400' }, 86_400_000],
		['a date', { 'retry-after': date(NOW + 9_000) }, 8_700],
		[
			'a date by a clock that is an hour behind',
			{ 'retry-after': date(NOW - 60 * MINUTE + 9_000), date: date(NOW - 60 * MINUTE) },
			9_000,
		],
	])('understands %s', (_, given, expected) => {
		expect(Math.abs(readRetryAfter(given)! - expected)).toBeLessThanOrEqual(SECOND);
	});

	it.each([
		['no header', {}],
		['zero seconds', { 'retry-after': '0' }],
		['less than that', { 'retry-after': '-5' }],
		['a date in the past', { 'retry-after': date(NOW - 9_000) }],
		['words', { 'retry-after': 'soon' }],
	])('takes %s for no word', (_, given) => {
		expect(readRetryAfter(given)).toBeUndefined();
	});
});
