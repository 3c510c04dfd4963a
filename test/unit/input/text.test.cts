import fc from 'fast-check';
import { InputItem } from '../../../nodes/BildOut/input/inputItem';
import { formatValue, isEmptyCell, normalized, oneLine } from '../../../nodes/BildOut/input/text';
import { inexactNumberIn, jsonHint, readJson } from '../../../nodes/BildOut/input/json';
import {
	asText,
	choiceIn,
	readEmail,
	readName,
	readNumber,
	readPhone,
	saysNothing,
} from '../../../nodes/BildOut/input/values';
import { toCalendarDate } from '../../../nodes/BildOut/input/dates';
import { itemIn } from '../../support/item.cts';

const item = itemIn();
const agent = itemIn('UTC', { isTool: true });

/** What nobody sees: format characters, marks of direction, joiners, a byte order mark, a control character. */
const UNSEEN = [
	...'\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202e\u2060',
	...'\u2063\u2066\u2069\ufeff\u0000\u{e0041}\ufff9',
];
const SPACES = [...' \u00a0\t\n\u2003\u2009\u202f\u205f\u3000\u3164'];
const anyMinus = fc.constantFrom(...'\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d');

const unseen = fc.constantFrom(...UNSEEN);
const blank = fc
	.array(fc.constantFrom(...UNSEEN, ...SPACES), { maxLength: 4 })
	.map((signs) => signs.join(''));
const gap = fc.tuple(blank, fc.constantFrom(...SPACES), blank).map((signs) => signs.join(''));

describe('what nobody sees', () => {
	it('makes no difference between names, and is not written', () => {
		fc.assert(
			fc.property(blank, gap, gap, blank, unseen, (before, first, second, after, inside) => {
				const name = `${before}Rocky${first}Moun${inside}tain${second}Lumber${after}`;
				expect(normalized(name)).toBe('rocky mountain lumber');
				expect(readName(item, "'Name'", name)).toBe('Rocky Mountain Lumber');
			}),
		);
	});

	it('is taken out of emails, phone numbers, prices and dates', () => {
		fc.assert(
			fc.property(blank, blank, unseen, anyMinus, (before, after, mark, minus) => {
				const email = `${before}ann${mark}@ace.example${after}`;
				expect(readEmail(item, "'Email'", email)).toBe('ann@ace.example');
				const phone = `${before}+1${mark} 303${minus}555${after}`;
				expect(readPhone(item, "'Phone'", phone)).toBe('+1 303-555');
				expect(readNumber(item, "'Budget'", `${before}${minus}1${mark}2.50${after}`)).toBe(-12.5);
				const date = `${before}2025${minus}02${minus}1${mark}5${after}`;
				expect(toCalendarDate(item, "'Due Date'", date)).toBe('2025-02-15');
			}),
		);
	});

	it('alone is an empty cell', () => {
		fc.assert(
			fc.property(blank, (value) => {
				expect(isEmptyCell(value)).toBe(true);
			}),
		);
	});

	it.each([
		['a family', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467} Movers'],
		['a flag', '\u{1f3f3}\ufe0f\u200d\u{1f308} Paint'],
		['Persian', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
		['Sinhala', '\u0dc1\u0dca\u200d\u0dbb\u0dd3'],
		['an Arabic number sign', '\u0600\u0661'],
	])('stays where it shapes letters: %s', (_, name) => {
		expect(oneLine(name)).toBe(name);
	});

	it('is shown as a code in an error, as are the look-alikes of a hyphen', () => {
		expect(formatValue('a\u200bb\u00a0c\u2212d')).toBe("'a[U+200B]b[U+00A0]c[U+2212]d'");
		const read = () => readEmail(item, "'Email'", 'ann@ace\u00a0.example');
		expect(read).toThrow('ace[U+00A0].example');
	});
});

it.each([
	["O'Brien & Sons", 'O\u2019Brien & Sons'],
	["O'Brien", 'O\u02bcBRIEN'],
	['"The" Deck', '\u201cThe\u201d Deck'],
	['Smith-Jones', 'Smith\u2011Jones'],
	['Jos\u00e9', 'Jose\u0301'],
])('%s is the same as %s', (one, other) => {
	expect(normalized(one)).toBe(normalized(other));
});

describe('a choice', () => {
	const options = [
		{ name: 'Partially Paid', value: 'partial' },
		{ name: 'Requires Payment', value: 'requires_payment' },
		{ name: 'Sent', value: 'sent' },
	];

	it.each([
		['SENT', 'sent'],
		[' Sent\u00a0', 'sent'],
		['Partially Paid', 'partial'],
		['partially_paid', 'partial'],
		['PARTIALLY-PAID', 'partial'],
		['Partial', 'partial'],
		['requires payment', 'requires_payment'],
		['On Hold', 'on_hold'],
	])('of %j is %s', (text, value) => {
		expect(choiceIn(options, text)).toBe(value);
	});
});

describe('from an AI agent', () => {
	it.each([
		...['', ' ', '\u200b', null, undefined, 'null', 'NULL', '"null"', '<null>', 'None', 'none.'],
		...['nil', 'N/A', 'n/a', 'NA', 'n.a.', '(n/a)', '-', '--', '\u2014', '?', '...', 'undefined'],
		...['Unknown', 'TBD', 'tbd.', 'Not provided', '[not specified]', 'NaN'],
	])('%j says nothing', (value) => {
		expect(saysNothing(agent, value)).toBe(true);
	});

	it.each(['0', '-5', 'Nancy', 'Nathan None', 'Denver', '#N/A', '+1', '\u{1f477}', 0, false])(
		'%j says something',
		(value) => {
			expect(saysNothing(agent, value)).toBe(false);
		},
	);

	it.each(['null', 'N/A', '-', 'Unknown'])('from a person, %j is a value', (value) => {
		expect(saysNothing(item, value)).toBe(false);
	});
});

describe('the error of a spreadsheet formula', () => {
	it.each([
		...['#REF!', '#N/A', '#NAME?', '#VALUE!', '#DIV/0!', '#NULL!', '#NUM!', '#SPILL!', '#CALC!'],
		...['#GETTING_DATA', '#FIELD!', '#ERROR!', ' #ref!\u00a0', '\u200b#N/A'],
		...['#BEZUG!', '#NV', '#WERT!', '#ZAHL!', '#VALEUR!', '#NOM?', '#\u00a1REF!', '#\u00bfNOMBRE?'],
	])('%j is refused in every field', (value) => {
		for (const reader of [item, agent]) {
			for (const read of [readName, readEmail, readPhone, readNumber, asText, toCalendarDate]) {
				expect(() => read(reader, "'Field'", value)).toThrow(
					/^'Field' has the error '#.*' of a spreadsheet formula$/,
				);
			}
		}
	});

	const texts = ['#1', '# of units', '#12/A', '#Reference', '#REF! of the deck'];
	it.each(texts)('%j is none', (value) => {
		expect(readName(item, "'Name'", value)).toBe(value);
	});
});

describe('what is too long', () => {
	const long = 'a'.repeat(2_000_000);

	it.each([
		['email', () => readEmail(item, "'Field'", long)],
		['number', () => readNumber(item, "'Field'", '1'.repeat(1001))],
		['date', () => toCalendarDate(item, "'Field'", `2025-02-15${' '.repeat(1000)}`)],
	])('is refused before it is read: %s', (_, read) => {
		expect(read).toThrow(/^'Field' has \d+ characters, got '.{1,210}$/);
	});

	it('does not make a long error', () => {
		const run = { node: { getNode: () => ({ id: '1', name: 'BildOut', parameters: {} }) } };
		const failing = new InputItem(run as never, 0);
		for (const text of [long, `\u200b${'\u200b'.repeat(5000)}`]) {
			expect(formatValue(text).length).toBeLessThan(2000);
			const short = expect.stringMatching(/^[^]{1,1000}$/);
			expect(() => failing.fail(`A ${text}`, `B ${text}`)).toThrow(
				expect.objectContaining({ message: short, description: short }),
			);
		}
		const circular: unknown[] = [];
		circular.push(circular);
		expect(formatValue(circular)).toBe('an object');
	});
});

describe('large JSON', () => {
	it('of 20 MB is read', () => {
		const text = `{"a":"${'\\"x'.repeat(7_000_000)}","b":1.50}`;
		expect(inexactNumberIn(text)).toBeUndefined();
		expect(readJson(item, "'Body'", text)).toMatchObject({ b: 1.5 });
		expect(inexactNumberIn(`[${'1,'.repeat(1_000_000)}9007199254740993]`)).toBe('9007199254740993');
	});

	it('that is nested 100,000 times is read', () => {
		const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
		const value = readJson(item, "'Body'", nested);
		expect(Array.isArray(readJson(item, "'Body'", value))).toBe(true);
	});
});

it('names JSON that was encoded twice', () => {
	expect(jsonHint('[{"name": "Labor"}]', 'Use brackets.')).toMatch(
		/^It is JSON inside a JSON text/,
	);
	expect(jsonHint({ name: 'Labor' }, 'Use brackets.')).toBe('Use brackets.');
});

const CREDITS = ['(45.00)', '45.00-', '($45.00)', '45.00\u2212'];

it.each(CREDITS)('says how to write a credit: %s', (value) => {
	const description = expect.stringContaining('with a minus sign before it: -45.00. ');
	expect(() => readNumber(item, "'Unit Price'", value)).toThrow(
		expect.objectContaining({ description }),
	);
});
