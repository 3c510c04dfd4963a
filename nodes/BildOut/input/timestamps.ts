import { tryToParseDateTime } from 'n8n-workflow';

const HAS_ZONE = /(Z|[+-]\d{2}(:?\d{2})?)$/i;
/** PostgreSQL leaves out the minutes of a whole hour: `+00`. */
const HOURS_ONLY = /([+-]\d{2})$/;
const DAY_MS = 24 * 60 * 60 * 1000;
const DIGITS = /^\d{9,13}$/;
const DAY = /^\s*(\d{4}-\d{2}-\d{2})/;
/** Unix seconds stay below this for three thousand years; milliseconds are beyond it since 1973. */
const LEAST_MILLISECONDS = 100_000_000_000;
/** The end of the year 9999: what is beyond it counts microseconds or nanoseconds, or is a mistake. */
const MOST_MILLISECONDS = 253_402_300_799_999;

/**
 * A timestamp of BildOut's in milliseconds since 1970: ISO text, PostgreSQL's text, or Unix seconds or
 * milliseconds. A time without a zone is UTC, whatever the zone of this machine.
 *
 * @returns undefined for what is no moment of the years up to 9999
 */
export function momentOf(value: unknown): number | undefined {
	const moment = toMilliseconds(value);
	return moment !== undefined && Math.abs(moment) <= MOST_MILLISECONDS ? moment : undefined;
}

function toMilliseconds(value: unknown): number | undefined {
	if (typeof value === 'number' && Number.isFinite(value) && value > 0) {
		return value < LEAST_MILLISECONDS ? value * 1000 : value;
	}
	if (typeof value !== 'string') return undefined;
	const text = value.trim();
	if (DIGITS.test(text)) return toMilliseconds(Number(text));
	if (!DAY.test(text)) return undefined;
	const isZoned = text.length <= 10 || HAS_ZONE.test(text);
	const zoned = isZoned
		? text.slice(0, 10) + text.slice(10).replace(HOURS_ONLY, '$1:00')
		: `${text}Z`;
	const moment = Date.parse(zoned.replace(' ', 'T'));
	return Number.isNaN(moment) ? undefined : moment;
}

/** Whether a timestamp names one moment: with a time of day, and in a known time zone. */
export function isExactMoment(value: unknown): boolean {
	return typeof value === 'string' && !DIGITS.test(value.trim())
		? value.trim().length > 10 && HAS_ZONE.test(value.trim())
		: momentOf(value) !== undefined;
}

/** The day as it is written, YYYY-MM-DD: a due date has no time zone. Undefined where there is no such day. */
export function dayOf(value: unknown): string | undefined {
	const day = typeof value === 'string' ? DAY.exec(value)?.[1] : undefined;
	if (day === undefined || Number.isNaN(Date.parse(day))) return undefined;
	// Date.parse takes February 30 for March 2.
	return new Date(day).toISOString().startsWith(day) ? day : undefined;
}

/** How many days one day is after another, both YYYY-MM-DD. */
export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The day that it is in a time zone, YYYY-MM-DD. */
export function today(now: number, timezone: string): string {
	// 'sv' writes dates as YYYY-MM-DD.
	return new Intl.DateTimeFormat('sv', { timeZone: timezone }).format(now);
}

/** When the day after the given one begins in a time zone, in milliseconds since 1970. */
export function startOfDayAfter(day: string, timezone: string): number {
	const next = new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS);
	return tryToParseDateTime(`${next.toISOString().slice(0, 10)}T00:00:00`, timezone).toMillis();
}
