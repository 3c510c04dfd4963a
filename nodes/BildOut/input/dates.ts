import { tryToParseDateTime } from 'n8n-workflow';

import type { InputItem } from './inputItem';
import { formatValue } from './values';

/** What Luxon's DateTime and JavaScript's Date share here, without depending on Luxon. */
interface DateTimeLike {
	toISODate(): string | null;
}

/** What a text says: a day as YYYY-MM-DD, and what stands behind it. */
interface WrittenDate {
	day: string;
	time?: string;
}

/** The year stands first, so the order is plain: 2025-02-15, 2025-2-5, 2025/02/05, 2025-02-15T09:00. */
const DATE = /^\s*(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T\s]\s*(\d{1,2}:\S.*?))?\s*$/is;

/** A time of day, in no zone or in one that is given as an offset. */
const TIME = /^(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** The time that n8n's calendar gives for a day that a person clicks. */
const MIDNIGHT = /^0?0:00(:00(\.0+)?)?$/;

/** A date before it is a mistake, such as a year of two digits. */
const FIRST_YEAR = 1900;

const HOW_TO_WRITE_DATES =
	"Choose a day in the calendar, or write year, month and day: 2025-02-15. A date such as 2/15/2025 from another node has to be turned into one first: {{ DateTime.fromFormat($json.due, 'M/d/yyyy') }}, with your field's name in place of due.";

/**
 * The calendar date that a value names, as YYYY-MM-DD: a date is a date, whatever the time zone of
 * the workflow or the machine. Of an ISO text the date that is written counts; of a Luxon DateTime the
 * date in its own zone; of a JavaScript Date, which has no zone, the date in the workflow's.
 *
 * @param what the parameter as errors name it, e.g. `'Due Date'`
 * @throws NodeOperationError for anything that is not clearly a date of the calendar
 */
export function toCalendarDate(item: InputItem, what: string, value: unknown): string {
	const text = dateText(item, value);
	const written = text === undefined ? undefined : readDate(text);
	return written?.day ?? failForDate(item, what, value, '2025-02-15');
}

/**
 * The moment that a value names, in milliseconds. A day is its start, or its end where a span ends with
 * it: a date without a time, or at midnight as the calendar gives it. A time without a zone is one in the
 * workflow's time zone.
 *
 * @throws NodeOperationError for anything that is no moment
 */
export function toMoment(
	item: InputItem,
	what: string,
	value: unknown,
	ofDay: 'start' | 'end' = 'start',
): number {
	const moment = momentOf(item, value, ofDay);
	return Number.isNaN(moment)
		? failForDate(item, what, value, '2025-02-15 or 2025-02-15T09:00')
		: moment;
}

function momentOf(item: InputItem, value: unknown, ofDay: 'start' | 'end'): number {
	if (value instanceof Date) return value.getTime();
	const text = isDateTime(value) ? String(value) : value;
	const written = typeof text === 'string' ? readDate(text) : undefined;
	if (!written) return NaN;
	const { day, time } = written;
	if (time === undefined || MIDNIGHT.test(time)) {
		if (ofDay === 'end') return startOfDay(dayAfter(day), item.timezone) - 1;
		return startOfDay(day, item.timezone);
	}
	const [, clock, offset = ''] = TIME.exec(time) ?? [];
	return clock ? parseMoment(`${day}T${clock.padStart(5, '0')}${offset}`, item.timezone) : NaN;
}

/** Where clocks go back at midnight, the day begins with the first of the two. */
function startOfDay(day: string, timezone: string): number {
	const start = tryToParseDateTime(`${day}T00:00`, timezone);
	const earlier = start.minus({ hours: 1 });
	return (earlier.toISODate() === day ? earlier : start).toMillis();
}

function dayAfter(day: string): string {
	return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

function parseMoment(iso: string, timezone: string): number {
	try {
		return tryToParseDateTime(iso, timezone).toMillis();
	} catch {
		return NaN;
	}
}

function readDate(text: string): WrittenDate | undefined {
	const [, year, , month, day, time] = DATE.exec(text) ?? [];
	if (year === undefined || !isOnCalendar(Number(year), Number(month), Number(day))) {
		return undefined;
	}
	return { day: [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-'), time };
}

function dateText(item: InputItem, value: unknown): string | undefined {
	if (typeof value === 'string') return value;
	if (value instanceof Date && !Number.isNaN(value.getTime())) {
		// 'sv' writes dates as YYYY-MM-DD.
		return new Intl.DateTimeFormat('sv', { timeZone: item.timezone }).format(value);
	}
	return isDateTime(value) ? (value.toISODate() ?? undefined) : undefined;
}

function isDateTime(value: unknown): value is DateTimeLike {
	return typeof (value as DateTimeLike | null | undefined)?.toISODate === 'function';
}

function isOnCalendar(year: number, month: number, day: number): boolean {
	const date = new Date(Date.UTC(year, month - 1, day));
	return year >= FIRST_YEAR && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function failForDate(item: InputItem, what: string, value: unknown, example: string): never {
	const got =
		value instanceof Date || isDateTime(value) ? `'${String(value)}'` : formatValue(value);
	item.fail(
		`${what} must be a date such as ${example}, got ${got}`,
		`${howToTurn(Number(value))}${HOW_TO_WRITE_DATES}`,
	);
}

/** How programs write a date as a number, told by its size: days since 1900, seconds or milliseconds. */
function howToTurn(number: number): string {
	if (number >= 1e11)
		return 'Milliseconds become a date with {{ DateTime.fromMillis($json.due) }}. ';
	if (number >= 1e9) return 'Seconds become a date with {{ DateTime.fromSeconds($json.due) }}. ';
	if (number >= 20_000 && number < 100_000) {
		return "Spreadsheets count days: {{ DateTime.fromISO('1899-12-30').plus({ days: $json.due }) }} makes a date of such a number. ";
	}
	return '';
}
