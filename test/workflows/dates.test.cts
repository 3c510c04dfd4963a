import { Expression } from 'n8n-workflow';
import { bildOut, type NodeOptions } from '../support/bildout.cts';
import { Engine } from '../support/engine.cts';
import { read } from '../support/files.cts';
import { CONTINUING, newInvoice } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/** Moves the machine to another time zone; from the tests' environment. */
declare const setMachineTimeZone: (zone: string | undefined) => void;

const bildout = bildOut();

const ZONES = ['UTC', 'America/Los_Angeles', 'Pacific/Auckland', 'Pacific/Kiritimati'];

/** All of them name 15 February 2025, each in its own way. */
const SAME_DAY = [
	"'2025-02-15'",
	"' 2025-02-15 '",
	"'2025-2-15'",
	"'2025/02/15'",
	"'2025-02-15T00:00:00'",
	"'2025-02-15T23:59:59.999'",
	"'2025-02-15 18:30'",
	"'2025-02-15T00:30:00+13:00'",
	"'2025-02-15T23:30:00-08:00'",
	"'2025-02-15T12:00:00Z'",
	"DateTime.fromISO('2025-02-15')",
	"DateTime.fromISO('2025-02-15T23:59:59')",
	"DateTime.fromISO('2025-02-15T00:30', { zone: 'Asia/Tokyo' })",
	"DateTime.fromISO('2025-02-15T23:30', { zone: 'America/New_York' })",
	"DateTime.fromISO('2025-02-01').plus({ days: 14 })",
	"DateTime.fromFormat('2/15/2025', 'M/d/yyyy')",
	"'2025-02-15'.toDateTime()",
	"DateTime.fromISO('2025-02-15T00:00').toJSDate()",
	"DateTime.fromISO('2025-02-15T23:59').toJSDate()",
];

let customer: string;

beforeEach(async () => {
	customer = (await bildout.create('/customers', { name: 'Harbor View Homes' })).id;
});

const invoice = (dueDate: string, issueDate: string) =>
	newInvoice(customer, { dueDate, additionalFields: { issueDate } });

const bodies = async () => (await bildout.wire()).map(([, body]) => body as JsonObject);

/** Writes an invoice for each way to name the day, and looks at the dates that went out. */
async function expectSameDay(timezone: string): Promise<void> {
	const value = `={{ [${SAME_DAY.join(', ')}][$json.at] }}`;
	await bildout.succeed(invoice(value, value), {
		items: SAME_DAY.map((_, at) => ({ at })),
		settings: { timezone },
	});
	const sent = (await bodies()).map(({ due_date, issue_date }, at) => [
		...[SAME_DAY[at], due_date, issue_date],
	]);
	expect(sent).toEqual(SAME_DAY.map((text) => [text, '2025-02-15', '2025-02-15']));
}

describe('evaluated as n8n does it by default', () => {
	Engine.useIsolatedExpressions();

	it('is evaluated in an isolate', () => {
		expect(Expression.getActiveImplementation()).toBe('vm');
	});

	it.each(ZONES)('a date is the same date for a workflow in %s', async (timezone) => {
		await expectSameDay(timezone);
	});
});

describe.each(ZONES)('on a machine in %s', (machine) => {
	beforeEach(() => setMachineTimeZone(machine));

	it('moves the machine', () => {
		const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
		expect(timeZone).toBe(machine);
	});

	it.each(ZONES)('a date is the same date for a workflow in %s', async (timezone) => {
		await expectSameDay(timezone);
	});

	it('today is the day of the workflow', async () => {
		const timezone = 'Pacific/Kiritimati';
		await bildout.run(invoice('={{ $today }}', '={{ $now.plus({ days: 30 }) }}'), {
			settings: { timezone },
		});
		const day = (ahead: number) =>
			new Intl.DateTimeFormat('sv', { timeZone: timezone }).format(Date.now() + ahead * 86_400_000);
		expect(await bodies()).toMatchObject([{ due_date: day(0), issue_date: day(30) }]);
	});
});

it.each([['15.02.2025'], ['2/15/2025'], ['2025-02-30'], ['tomorrow'], [45703], [{ year: 2025 }]])(
	'refuses %j and says how to write a date',
	async (value) => {
		const { error } = await bildout.run(invoice('={{ $json.value }}', ''), { items: [{ value }] });
		expect(error?.message).toMatch(/^'Due Date' must be a date such as 2025-02-15, got /);
		expect(error?.description).toMatch(/DateTime\.fromFormat/);
		expect(await bildout.wire()).toEqual([]);
	},
);

/** The expressions that an error recommends. */
const expressionsIn = (text: string) => [...text.matchAll(/\{\{ .+? \}\}/g)].map(([one]) => one);

/** Values as other nodes give them, and the day that each means where the month stands first, or else the day. */
const FOREIGN: Array<[value: unknown, monthFirst: string | undefined, dayFirst?: string]> = [
	['2/15/2025', '2025-02-15'],
	['2/15/25', '2025-02-15'],
	[' 1/2/2025 ', '2025-01-02', '2025-02-01'],
	['\u00a01/2/25\t', '2025-01-02', '2025-02-01'],
	['13/2/2025', undefined, '2025-02-13'],
	['13-2-25', undefined, '2025-02-13'],
	['1-2-2025', '2025-01-02', '2025-02-01'],
	['15.02.2025', undefined, '2025-02-15'],
	['1.2.25', undefined, '2025-02-01'],
	['2/15/2025 9:00 AM', '2025-02-15'],
	['\u200e2/\u200e15/\u200e2025', '2025-02-15'],
	['2\u201315\u20132025', '2025-02-15'],
	['20250215', '2025-02-15'],
	[20250215, '2025-02-15'],
	['Feb 15, 2025', '2025-02-15'],
	['February 15, 2025', '2025-02-15'],
	['15 Feb 2025', '2025-02-15'],
	['15 February 2025', '2025-02-15'],
	['15-Feb-25', '2025-02-15'],
	[45703, '2025-02-15'],
	['45703', '2025-02-15'],
	[45703.5, '2025-02-15'],
	[1739577600, '2025-02-15'],
	['1739577600', '2025-02-15'],
	[1739577600000, '2025-02-15'],
	['1739577600000', '2025-02-15'],
];

describe('the expressions that an error recommends', () => {
	const recommendedAtAll: string[] = [];

	/** What it recommends for this very value; what it says for any value follows behind. */
	async function recommendedFor(value: unknown, count = 1): Promise<string[]> {
		const items = [{ due: value as string }];
		const { error } = await bildout.run(invoice('={{ $json.due }}', ''), { items });
		return expressionsIn(error!.description!).slice(0, count);
	}

	/** Runs with an expression as the issue date. */
	const issued = async (expression: string, options: NodeOptions) =>
		await bildout.run(invoice('2025-03-01', `=${expression}`), options);

	// Jest gives a function that takes more than a row has a callback to wait for.
	it.each(FOREIGN)(
		'make a date of %j, in each time zone and beside empty cells',
		async (...row) => {
			const [value, ...days] = row;
			const expected = days.filter((day) => day !== undefined);
			const recommended = await recommendedFor(value, expected.length);
			expect(recommended).toHaveLength(expected.length);
			recommendedAtAll.push(...recommended);
			for (const [at, expression] of recommended.entries()) {
				for (const timezone of ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati']) {
					await bildout.control.clearRequests();
					const { json } = await issued(expression, {
						items: [{ due: value as string }, { due: '' }, { due: value as string }, {}],
						settings: { timezone },
						node: CONTINUING,
					});
					const sent = (await bodies()).map(({ issue_date }) => issue_date);
					expect([timezone, ...sent]).toEqual([timezone, expected[at], undefined, expected[at]]);
					expect(json[3].error).toBe("The expression for 'Issue Date' returned no value");
				}
			}
		},
	);

	it('were all among them, with each format', () => {
		const source = read('nodes/BildOut/input/dates.ts');
		const [, table] = /const FORMATS[^=]*= \[([^]*?)\n\];/.exec(source)!;
		const formats = [...table.matchAll(/'([^']+)'\]/g)].map(([, format]) => format);
		expect(formats.length).toBeGreaterThan(3);
		const functions = [...source.matchAll(/DateTime\.from\w+/g)].map(([name]) => name);
		for (const part of [...formats.map((format) => `'${format}'`), ...functions]) {
			expect(recommendedAtAll.join('\n')).toContain(part);
		}
	});

	it.each([
		[45703, ' '],
		[1739577600, ' '],
		[1739577600000, ' '],
		[45703, 'soon'],
		[1739577600000, 'soon'],
	])('for %j make no date of a cell with %j', async (value, cell) => {
		const [expression] = await recommendedFor(value);
		const { error } = await issued(expression, { items: [{ due: cell }] });
		expect(error!.message).toContain("'Issue Date'");
		expect(await bodies()).toEqual([]);
	});

	it('give the day in the time zone of the workflow for a moment within a day', async () => {
		const moment = Date.UTC(2025, 1, 15, 12);
		const [expression] = await recommendedFor(moment);
		for (const [timezone, day] of [
			['America/Los_Angeles', '2025-02-15'],
			['Pacific/Auckland', '2025-02-16'],
		]) {
			const options = { items: [{ due: moment }], settings: { timezone } };
			await bildout.run(invoice(`=${expression}`, ''), options);
			expect((await bodies()).at(-1)!.due_date).toBe(day);
		}
	});

	it('go on as the error for a missing field says', async () => {
		const [expression] = await recommendedFor('2/15/2025');
		const items = [{ due: '2/15/2025' }, {}];
		const { error } = await issued(expression.replace(' }}', " ?? '' }}"), { items });
		expect(error).toBeUndefined();
		expect((await bodies()).map(({ issue_date }) => issue_date)).toEqual(['2025-02-15', undefined]);
	});
});

describe.each(['quick', 'isolated'])(
	'a date that an expression could not read, evaluated %s',
	(how) => {
		if (how === 'isolated') Engine.useIsolatedExpressions();

		it.each([
			['Due Date', 'you specified 13 (of type number) as a month, which is invalid'],
			// n8n passes on no more than the text of a date in a collection.
			['Issue Date', 'its expression could not read the date'],
		])('as %s is named with its reason, and with another way', async (label, reason) => {
			const faulty = "={{ DateTime.fromFormat($json.due, 'M/d/yyyy') }}";
			const parameters = label === 'Due Date' ? invoice(faulty, '') : invoice('2025-02-15', faulty);
			const { error } = await bildout.run(parameters, { items: [{ due: '13/2/2025' }] });
			expect(error!.message).toBe(
				`'${label}' must be a date such as 2025-02-15, got 'Invalid DateTime': ${reason}`,
			);
			expect(expressionsIn(error!.description!)).toContain(
				"{{ $json.due ? DateTime.fromFormat(String($json.due).trim(), 'd/M/yy') : $json.due }}",
			);
		});
	},
);
