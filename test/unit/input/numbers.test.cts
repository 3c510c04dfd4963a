import fc from 'fast-check';
import { inexactNumberIn } from '../../../nodes/BildOut/input/json';
import { parseNumber, readNumber } from '../../../nodes/BildOut/input/values';
import { itemIn } from '../../support/item.cts';

const item = itemIn();

/** A decimal of up to 25 digits, with what spreadsheets put around it: zeros, a sign, spaces. */
const decimal = fc
	.tuple(
		fc.constantFrom('', '-', '+'),
		fc.stringMatching(/^\d{1,13}$/),
		fc.option(fc.stringMatching(/^\d{0,12}$/), { nil: undefined }),
		fc.constantFrom('', ' ', '\u00a0', '\t'),
	)
	.map(([sign, whole, fraction, space]) => {
		const point = fraction === undefined ? '' : `.${fraction}`;
		return `${space}${sign}${whole}${point}${space}`;
	});

/** How many times 10^-400 a decimal is, so that two spellings of one number are equal. */
function units(text: string): bigint {
	const [, sign, whole, fraction = '', exponent = '0'] =
		/^\s*([+-]?)(\d+)\.?(\d*)(?:e([+-]?\d+))?\s*$/i.exec(text)!;
	const zeros = 400 + Number(exponent) - fraction.length;
	return BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}${'0'.repeat(zeros)}`);
}

const sent = (text: string): string => JSON.stringify(readNumber(item, "'Budget'", text));

describe('a number in text', () => {
	it('goes out as the same decimal, or is refused', () => {
		fc.assert(
			fc.property(decimal, (text) => {
				let out: string;
				try {
					out = sent(text);
				} catch (error) {
					expect((error as Error).message).toMatch(/^'Budget' has more digits/);
					return;
				}
				expect(units(out)).toBe(units(text));
			}),
			{ numRuns: 2000 },
		);
	});

	it('is never refused while it has 15 digits at most, as all money has', () => {
		fc.assert(
			fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), (cents) => {
				const sign = cents < 0 ? '-' : '';
				const digits = String(Math.abs(cents)).padStart(3, '0');
				const text = `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
				expect(units(sent(text))).toBe(units(text));
			}),
		);
	});

	it.each([
		...['1,200', '1,234.50', '1.234,50', '1 234,50', "1'234.50", '1\u202f234', '(45.00)', '45-'],
		...['$5', '5 €', 'USD 5', '8.5%', '1/2'],
		...['\u00bd', '5\u00b2', '\u2460', '\u0661,\u0662', '\u0967'],
		...['0x10', '1_000', 'Infinity', '1e', '1e999', '--5', 'five', ' '],
		...[true, [5], {}, null, undefined, NaN, new Date(0)],
	])('is refused with a hint where a person would have to interpret it: %p', (value) => {
		expect(() => readNumber(item, "'Budget'", value)).toThrow(
			expect.objectContaining({
				message: expect.stringMatching(/^'Budget' must be a number, got /),
				description: expect.stringContaining('Write it with digits and a decimal point'),
			}),
		);
		expect(parseNumber(value)).toBeUndefined();
	});

	it.each<[string, number]>([
		['\uff11\uff12\uff0e\uff15', 12.5],
		['\u0661\u0662\u066b\u0665', 12.5],
		['\u06f1\u06f2', 12],
		['\uff0d\uff15', -5],
	])('may have the digits of another script: %s', (text, number) => {
		expect(readNumber(item, "'Budget'", text)).toBe(number);
	});

	it('is refused where JavaScript has altered it already', () => {
		expect(() => readNumber(item, "'Budget'", 2 ** 60)).toThrow(/^'Budget' has more digits/);
	});
});

describe('numbers in JSON', () => {
	it('are found where they would lose digits, and only there', () => {
		const trimmed = decimal.map((text) => text.trim());
		const members = fc.dictionary(fc.string(), fc.oneof(trimmed, fc.string()));
		fc.assert(
			fc.property(members, (given) => {
				const isNumber = (text: string) => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
				const written = Object.entries(given).map(([key, text]) => {
					const value = isNumber(text) ? text : JSON.stringify(text);
					return `${JSON.stringify(key)}:${value}`;
				});
				const json = `{${written.join()}}`;
				const parsed = JSON.parse(json) as Record<string, unknown>;
				const isAltered = Object.entries(given).some(([key, text]) => {
					const { value } = Object.getOwnPropertyDescriptor(parsed, key)!;
					return isNumber(text) && units(JSON.stringify(value)) !== units(text);
				});
				expect(inexactNumberIn(json) !== undefined).toBe(isAltered);
			}),
			{ numRuns: 500 },
		);
	});
});
