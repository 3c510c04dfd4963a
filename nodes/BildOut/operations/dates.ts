import { tryToParseDateTime } from 'n8n-workflow';

import type { Item } from './item';

/** What Luxon's DateTime and JavaScript's Date share here, without depending on Luxon. */
interface DateTimeLike {
	toISODate(): string | null;
}

/** A day as n8n's calendar gives it: at midnight, in no time zone. */
const DAY = /^\s*(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00)?)?\s*$/;
const LEADING_DATE = /^\s*(\d{4})-(\d{2})-(\d{2})(?:\s*$|[T\s]\s*\d{1,2}:)/;

const HOW_TO_WRITE_DATES =
	"Choose a day in the calendar, or write year, month and day: 2025-02-15. A date such as 2/15/2025 from another node has to be turned into one first: {{ DateTime.fromFormat($json.due, 'M/d/yyyy') }}, with your field's name in place of due.";

/**
 * The calendar date that a value names, as YYYY-MM-DD: a date is a date, whatever the time zone of
 * the workflow or the machine. Of an ISO text the date that is written counts; of a Luxon DateTime the
 * date in its own zone; of a JavaScript Date, which has no zone, the date in the workflow's.
 *
 * @throws NodeOperationError for anything that is not clearly a date of the calendar
 */
export function toCalendarDate(item: Item, label: string, value: unknown): string {
	const text = dateText(item, value);
	const [, year, month, day] = (text !== undefined && LEADING_DATE.exec(text)) || [];
	if (!year || !isOnCalendar(Number(year), Number(month), Number(day))) {
		item.fail(
			`'${label}' must be a date such as 2025-02-15, got '${String(value)}'`,
			HOW_TO_WRITE_DATES,
		);
	}
	return `${year}-${month}-${day}`;
}

/**
 * The moment that a value names, in milliseconds. A day is its start, or its end where a span ends with
 * it: a date without a time, or at midnight as the calendar gives it. A time without a zone is one in the
 * workflow's time zone.
 *
 * @throws NodeOperationError for anything that is no moment
 */
export function toMoment(
	item: Item,
	label: string,
	value: unknown,
	ofDay: 'start' | 'end' = 'start',
): number {
	const [, day] = (ofDay === 'end' && typeof value === 'string' && DAY.exec(value)) || [];
	const moment = momentOf(item, day ? `${day}T23:59:59.999` : value);
	if (Number.isNaN(moment)) {
		item.fail(
			`'${label}' must be a date such as 2025-02-15 or 2025-02-15T09:00, got '${String(value)}'`,
			HOW_TO_WRITE_DATES,
		);
	}
	return moment;
}

function momentOf(item: Item, value: unknown): number {
	if (value instanceof Date) return value.getTime();
	const text = isDateTime(value) ? String(value) : value;
	return typeof text === 'string' && LEADING_DATE.test(text)
		? parseMoment(text, item.timezone)
		: NaN;
}

function parseMoment(text: string, timezone: string): number {
	try {
		return tryToParseDateTime(text.trim(), timezone).toMillis();
	} catch {
		return NaN;
	}
}

function dateText(item: Item, value: unknown): string | undefined {
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
	return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
