import { tryToParseDateTime } from 'n8n-workflow';

import type { InputItem } from './inputItem';
import { formatValue, withPlainHyphens } from './text';
import { refuseBroken } from './values';

/** Every date and time that the nodes read: what people give (`read…`), and what BildOut returns (`parse…`). */

export const DAY_MS = 24 * 60 * 60 * 1000;

/** A date before it is a mistake, such as a year of two digits or the `0000-00-00` of a database. */
const FIRST_YEAR = 1900;

/** The year stands first, so the order is plain: 2025-02-15, 2025-2-5, 2025/02/05, 2025-02-15T09:00. */
const DATE = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T\s]\s*(\d{1,2}:\S.*))?$/is;

/** A time of day, in no zone or in one that is given as an offset; Postgres writes `+00`. */
const TIME =
	/^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?$/i;

/** Unix time as text, in any of the units below. */
const DIGITS = /^\d{9,19}$/;

/** The end of the year 9999: what is beyond it counts micro- or nanoseconds, or is a mistake. */
const LAST_MS = 253_402_300_799_999;

/** What Luxon's DateTime has, without depending on Luxon. */
interface DateTimeLike {
	isValid: boolean;
	invalidReason: string | null;
	invalidExplanation: string | null;
	toISODate(): string | null;
}

/**
 * The calendar date that a value names, as YYYY-MM-DD, whatever the time zone of the workflow or the machine. Of
 * an ISO text the date that is written counts; of a Luxon DateTime the date in its own zone; of a JavaScript
 * Date, which has no zone, the date in the workflow's.
 *
 * @throws NodeOperationError for anything that is not clearly a date of the calendar
 */
export function toCalendarDate(item: InputItem, what: string, value: unknown): string {
	if (value instanceof Date && !Number.isNaN(value.getTime())) return today(value, item.timezone);
	refuseBroken(item, what, value);
	return parseDate(textOf(value))?.day ?? failForDate(item, what, value, '2025-02-15');
}

/**
 * The moment that a value names, in milliseconds. A day is its start, or its end where a span ends with
 * it: a date without a time, or at midnight as the calendar and Luxon give it. A time without a zone is
 * one in the workflow's time zone.
 *
 * @throws NodeOperationError for anything that is no moment
 */
export function readTimestamp(
	item: InputItem,
	what: string,
	value: unknown,
	ofDay: 'start' | 'end' = 'start',
): number {
	refuseBroken(item, what, value);
	const at = timestampIn(value, item.timezone, ofDay);
	return at ?? failForDate(item, what, value, '2025-02-15 or 2025-02-15T09:00');
}

function timestampIn(value: unknown, timezone: string, ofDay: 'start' | 'end'): number | undefined {
	if (value instanceof Date) {
		const at = value.getTime();
		if (Number.isNaN(at)) return undefined;
		return ofDay === 'end' ? endOfDayFrom(at, today(value, timezone), timezone) : at;
	}
	const { day, time } = parseDate(textOf(value)) ?? {};
	if (day === undefined) return undefined;
	const { ms, offsetMs } = parseTime(time ?? '00:00') ?? {};
	if (ms === undefined) return undefined;
	const start = startOfDay(day, timezone);
	const isMidnight = ms === 0;
	if (offsetMs === undefined) {
		if (isMidnight) return ofDay === 'end' ? startOfDayAfter(day, timezone) - 1 : start;
		const clock = new Date(ms).toISOString().slice(11, 23);
		return tryToParseDateTime(`${day}T${clock}`, timezone).toMillis();
	}
	const at = Date.parse(day) + ms - offsetMs;
	if (ofDay === 'start') return at;
	return isMidnight && at !== start ? at + DAY_MS - 1 : endOfDayFrom(at, day, timezone);
}

/** The end of a day that a moment begins, or the moment itself. */
function endOfDayFrom(at: number, day: string, timezone: string): number {
	return at === startOfDay(day, timezone) ? startOfDayAfter(day, timezone) - 1 : at;
}

/**
 * A timestamp of BildOut's in milliseconds since 1970: ISO text, also as Postgres writes it, or Unix time in
 * seconds or milliseconds. A time without a zone is UTC, whatever the zone of this machine.
 * Undefined for anything else, such as `0000-00-00` or nanoseconds.
 */
export function parseTimestamp(value: unknown): number | undefined {
	if (typeof value === 'number') return fromUnixTime(value);
	if (typeof value !== 'string' || value.length > 100) return undefined;
	const text = value.trim();
	if (DIGITS.test(text)) return fromUnixTime(Number(text));
	const written = parseDate(text);
	const time = parseTime(written?.time ?? '00:00');
	return written && time && Date.parse(written.day) + time.ms - (time.offsetMs ?? 0);
}

/** Unix seconds stay below 1e11 for three thousand years; milliseconds are beyond it since 1973. */
function fromUnixTime(number: number): number | undefined {
	if (!(number > 0 && number <= LAST_MS)) return undefined;
	return number < 1e11 ? number * 1000 : number;
}

/** Whether a timestamp names one moment: with a time of day, and in a known time zone. */
export function isExactTimestamp(value: unknown): boolean {
	if (parseTimestamp(value) === undefined) return false;
	if (typeof value !== 'string' || DIGITS.test(value.trim())) return true;
	const time = parseDate(value.trim())?.time;
	return time !== undefined && parseTime(time)?.offsetMs !== undefined;
}

/** The day as it is written, YYYY-MM-DD: a due date has no time zone. */
export function dayOf(value: unknown): string | undefined {
	return typeof value === 'string' && value.length <= 100
		? parseDate(value.trim())?.day
		: undefined;
}

/** By time zone: making one takes much longer than using it, and a list may have 10,000 records. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** The day that it is in a time zone, YYYY-MM-DD. */
export function today(now: number | Date, timezone: string): string {
	// 'sv' writes dates as YYYY-MM-DD.
	const format = dayFormats.get(timezone) ?? new Intl.DateTimeFormat('sv', { timeZone: timezone });
	dayFormats.set(timezone, format);
	return format.format(now);
}

/** When the day after the given one begins in a time zone, in milliseconds since 1970. */
export function startOfDayAfter(day: string, timezone: string): number {
	return startOfDay(plusDays(day, 1), timezone);
}

/** Where clocks go back at midnight, the day begins with the first of the two. */
function startOfDay(day: string, timezone: string): number {
	const start = tryToParseDateTime(`${day}T00:00`, timezone);
	const earlier = start.minus({ hours: 1 });
	return (earlier.toISODate() === day ? earlier : start).toMillis();
}

/** The day that a text begins with, YYYY-MM-DD, and what stands behind it. */
function parseDate(text = ''): { day: string; time?: string } | undefined {
	const [, year, , month, day, time] = DATE.exec(text) ?? [];
	if (year === undefined) return undefined;
	const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
	const isOnCalendar =
		date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
	if (!isOnCalendar || Number(year) < FIRST_YEAR) return undefined;
	return { day: date.toISOString().slice(0, 10), time };
}

/** Milliseconds since midnight, and the offset east of UTC where a zone is written. */
function parseTime(text: string): { ms: number; offsetMs?: number } | undefined {
	const [, hours, minutes, seconds = '0', fraction = '', zone] = TIME.exec(text) ?? [];
	if (hours === undefined) return undefined;
	if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
	const wholeSeconds = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
	const ms = wholeSeconds * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
	return { ms, offsetMs: zone === undefined ? undefined : offsetOf(zone) };
}

function offsetOf(zone: string): number {
	const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
	if (sign === undefined) return 0;
	return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function textOf(value: unknown): string | undefined {
	if (typeof value === 'string') return withPlainHyphens(value);
	return isDateTime(value) ? String(value) : undefined;
}

function isDateTime(value: unknown): value is DateTimeLike {
	return typeof (value as DateTimeLike | null | undefined)?.toISODate === 'function';
}

function failForDate(item: InputItem, what: string, value: unknown, example: string): never {
	const text = value instanceof Date || isDateTime(value) ? String(value) : value;
	const isInvalid = typeof text === 'string' && text.startsWith('Invalid Date');
	const { invalidExplanation, invalidReason } = isDateTime(value) ? value : {};
	const reason = invalidExplanation ?? invalidReason ?? 'its expression could not read the date';
	item.fail(
		`${what} must be a date such as ${example}, got ${formatValue(text)}${isInvalid ? `: ${reason}` : ''}`,
		isInvalid
			? `The format in the expression does not fit the value that it reads. ${HOW_TO_TURN_DATES}`
			: `Choose a day in the calendar, or write year, month and day: 2025-02-15. ${howToTurn(value)}`,
	);
}

/** An expression that makes a date of a field `due`. An empty cell stays one, and a missing field an error. */
const ofDue = (date: string) => `{{ $json.due ? ${date} : $json.due }}`;

/** An expression for a format of Luxon's, e.g. `M/d/yy`; `yy` reads four digits, too. */
function fromFormat(format: string, text = 'String($json.due).trim()'): string {
	return ofDue(`DateTime.fromFormat(${text}, '${format}')`);
}

const YOUR_FIELD = "with your field's name instead of due.";

const HOW_TO_TURN_DATES = `A date such as 2/15/2025 from another node becomes one with ${fromFormat('M/d/yy')}, or where the day stands first with ${fromFormat('d/M/yy')}, ${YOUR_FIELD}`;

/** Days that are written in another order. */
const IN_NUMBERS = /^(\d{1,2})([-/.])(\d{1,2})\2(?:\d{4}|\d{2})(\s.*)?$/s;

/** Other ways to write a day, and Luxon's formats of them. */
const FORMATS: Array<[written: RegExp, format: string]> = [
	[/^(?:19|20)\d{6}$/, 'yyyyMMdd'],
	[/^[a-z]{3} \d{1,2}, \d{4}$/i, 'MMM d, yyyy'],
	[/^[a-z]{4,9} \d{1,2}, \d{4}$/i, 'MMMM d, yyyy'],
	[/^\d{1,2} [a-z]{3} \d{4}$/i, 'd MMM yyyy'],
	[/^\d{1,2} [a-z]{4,9} \d{4}$/i, 'd MMMM yyyy'],
	[/^\d{1,2}-[a-z]{3}-(?:\d{4}|\d{2})$/i, 'd-MMM-yy'],
];

/** How to make a date of a value; for a number by its size, as programs write dates in different units. */
function howToTurn(value: unknown): string {
	const text = withPlainHyphens(String(value));
	const [, first, separator, second, rest] = IN_NUMBERS.exec(text) ?? [];
	if (first !== undefined) {
		const isPlain = rest === undefined && text === String(value).trim();
		const digits = `$json.due.match(/\\d+/g).slice(0, 3).join('${separator}')`;
		const [monthFirst, dayFirst] = ['M#d#yy', 'd#M#yy'].map((order) =>
			fromFormat(order.replaceAll('#', separator), isPlain ? undefined : digits),
		);
		if (Number(first) > 12 || separator === '.') return `Write ${dayFirst}, ${YOUR_FIELD}`;
		if (Number(second) > 12) return `Write ${monthFirst}, ${YOUR_FIELD}`;
		return `Where the month stands first, write ${monthFirst}; where the day stands first, ${dayFirst}, ${YOUR_FIELD}`;
	}
	const [, format] = FORMATS.find(([written]) => written.test(text)) ?? [];
	if (format !== undefined) return `Write ${fromFormat(format)}, ${YOUR_FIELD}`;
	return `${howToTurnNumber(Number(text))}${HOW_TO_TURN_DATES}`;
}

function howToTurnNumber(number: number): string {
	const parsed = (from: string, ms: number) =>
		ofDue(`DateTime.${from}(parseFloat($json.due)${zoneOf(ms)})`);
	if (number >= 1e11 && number < 1e14) {
		return `Milliseconds become a date with ${parsed('fromMillis', number)}. `;
	}
	if (number >= 1e9 && number < 1e11) {
		return `Seconds become a date with ${parsed('fromSeconds', number * 1000)}. `;
	}
	if (number >= 20_000 && number < 100_000) {
		return `Spreadsheets count days: ${ofDue("DateTime.fromISO('1899-12-30').plus({ days: parseFloat($json.due) })")} makes a date of such a number. `;
	}
	return '';
}

/** What is exactly a midnight in UTC names that day, which west of it would be the day before. */
const zoneOf = (ms: number) => (ms % DAY_MS === 0 ? ", { zone: 'utc' }" : '');

/** The day so many days after the given one, YYYY-MM-DD; before it for a negative number. */
export function plusDays(day: string, days: number): string {
	return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days one day is after another, both YYYY-MM-DD. */
export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}
