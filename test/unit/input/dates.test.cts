import fc from 'fast-check';
import { readTimestamp, toCalendarDate } from '../../../nodes/BildOut/input/dates';
import { itemIn } from '../../support/item.cts';

const zone = fc.constantFrom(
	...['UTC', 'America/Denver', 'America/Havana', 'America/Santiago', 'America/Asuncion'],
	...['Asia/Beirut', 'Asia/Kathmandu', 'Pacific/Auckland', 'Pacific/Kiritimati'],
);
const day = fc
	.date({ min: new Date('1996-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
	.map((date) => date.toISOString().slice(0, 10));

/** The day that a calendar on the wall shows. */
const dayIn = (timeZone: string, moment: number) =>
	new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short' }).format(moment);

describe('a written day', () => {
	it('arrives as it was written, in every zone, with and without padding and a time', () => {
		const time = fc.constantFrom('', 'T00:00:00', ' 23:59', 'T12:00:00.000Z', 'T00:30:00+14:00');
		const separator = fc.constantFrom('-', '/', '.');
		fc.assert(
			fc.property(day, zone, time, separator, fc.boolean(), (iso, timezone, rest, dash, padded) => {
				const parts = iso.split('-').map((part) => (padded ? part : String(Number(part))));
				const text = `\u00a0${parts.join(dash)}${rest} `;
				expect(toCalendarDate(itemIn(timezone), "'Due Date'", text)).toBe(iso);
			}),
		);
	});

	it('is all moments of it, and none of another, in every zone', () => {
		fc.assert(
			fc.property(day, zone, (iso, timezone) => {
				const item = itemIn(timezone);
				const start = readTimestamp(item, "'From'", iso);
				const end = readTimestamp(item, "'To'", iso, 'end');
				const shown = [start - 1, start, end, end + 1].map((at) => dayIn(timezone, at));
				expect(shown[0] < iso).toBe(true);
				expect(shown.slice(1, 3)).toEqual([iso, iso]);
				expect(shown[3] > iso).toBe(true);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('the end of a day takes in the hour that comes twice', () => {
	it.each([
		['America/Santiago', '2026-04-04', 25],
		['America/Asuncion', '2024-03-23', 25],
		['America/Havana', '2025-11-02', 25],
		['Asia/Beirut', '2025-10-25', 25],
		['America/Santiago', '2026-09-06', 23],
		['America/Denver', '2025-02-15', 24],
	])('in %s on %s, which has %d hours', (timezone, iso, hours) => {
		const item = itemIn(timezone);
		const start = readTimestamp(item, "'Created From'", iso);
		const end = readTimestamp(item, "'Created To'", iso, 'end');
		expect(end - start).toBe(hours * 3_600_000 - 1);
		expect(readTimestamp(item, "'Created To'", `${iso}T00:00:00`, 'end')).toBe(end);
	});
});

it.each<[string, string]>([
	['2025-02-15T09:00', '2025-02-15T16:00:00.000Z'],
	['2025-2-15 9:00', '2025-02-15T16:00:00.000Z'],
	['2025-02-15T09:00:30.5Z', '2025-02-15T09:00:30.500Z'],
	['2025-02-15 09:00 +02:00', '2025-02-15T07:00:00.000Z'],
])('a moment written as %s is %s', (text, iso) => {
	expect(new Date(readTimestamp(itemIn('America/Denver'), "'From'", text)).toISOString()).toBe(iso);
});

const NOT_A_MOMENT = ['2025-02-30', '2025-02-15 9:00 PM', '2025-02-15T25:00', '2025-02-15T'];

it.each([...NOT_A_MOMENT, '2/15/2025', 45703])('a moment is not guessed from %j', (value) => {
	expect(() => readTimestamp(itemIn(), "'From'", value)).toThrow(/^'From' must be a date such as /);
});

describe('what is not plainly a date is refused with the way to make one of it', () => {
	it.each<[unknown, RegExp]>([
		[45703, /1899-12-30/],
		['45703', /1899-12-30/],
		[1739577600, /fromSeconds/],
		[1739577600000, /fromMillis/],
		['2/15/2025', /fromFormat/],
		['15.02.2025', /fromFormat/],
		['Feb 15, 2025', /fromFormat/],
		['0025-02-15', /fromFormat/],
		['2025-02-29', /fromFormat/],
		[['2025-02-15'], /fromFormat/],
		[new Date(NaN), /fromFormat/],
	])('%p', (value, description) => {
		expect(() => toCalendarDate(itemIn('UTC'), "'Due Date'", value)).toThrow(
			expect.objectContaining({
				message: expect.stringMatching(/^'Due Date' must be a date/),
				description: expect.stringMatching(description),
			}),
		);
	});
});
