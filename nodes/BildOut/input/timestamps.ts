import { tryToParseDateTime } from 'n8n-workflow';

const HAS_ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;
const DIGITS = /^\d{9,13}$/;
const DAY = /^\s*(\d{4}-\d{2}-\d{2})/;
/** Unix seconds stay below this for three thousand years; milliseconds are beyond it since 1973. */
const LEAST_MILLISECONDS = 100_000_000_000;

/**
 * A timestamp of BildOut's in milliseconds since 1970: ISO text, or Unix seconds or milliseconds. A time
 * without a zone is UTC, whatever the zone of this machine.
 */
export function momentOf(value: unknown): number | undefined {
	if (typeof value === 'number' && Number.isFinite(value) && value > 0) {
		return value < LEAST_MILLISECONDS ? value * 1000 : value;
	}
	if (typeof value !== 'string') return undefined;
	const text = value.trim();
	if (DIGITS.test(text)) return momentOf(Number(text));
	if (!DAY.test(text)) return undefined;
	const zoned = text.length <= 10 || HAS_ZONE.test(text) ? text : `${text}Z`;
	const moment = Date.parse(zoned.replace(' ', 'T'));
	return Number.isNaN(moment) ? undefined : moment;
}

/** Whether a timestamp names one moment: with a time of day, and in a known time zone. */
export function isExactMoment(value: unknown): boolean {
	return typeof value === 'string' && !DIGITS.test(value.trim())
		? value.trim().length > 10 && HAS_ZONE.test(value.trim())
		: momentOf(value) !== undefined;
}

/** The day as it is written, YYYY-MM-DD: a due date has no time zone. */
export function dayOf(value: unknown): string | undefined {
	return typeof value === 'string' ? DAY.exec(value)?.[1] : undefined;
}

/** The day that it is in a time zone, YYYY-MM-DD. */
export function today(now: number, timezone: string): string {
	// 'sv' writes dates as YYYY-MM-DD.
	return new Intl.DateTimeFormat('sv', { timeZone: timezone }).format(now);
}

/** When the day after the given one begins in a time zone, in milliseconds since 1970. */
export function startOfDayAfter(day: string, timezone: string): number {
	const next = new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 60 * 60 * 1000);
	return tryToParseDateTime(`${next.toISOString().slice(0, 10)}T00:00:00`, timezone).toMillis();
}
