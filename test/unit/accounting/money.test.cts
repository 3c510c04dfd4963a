import fc from 'fast-check';
import {
	compare,
	currencyDigits,
	digitsOf,
	minus,
	plus,
	quotient,
	rounded,
	sum,
	times,
	toAmount,
	toDecimal,
	toOutput,
	toText,
} from '../../../nodes/BildOut/accounting/money';

/** A decimal as people and databases write it. */
const written = fc
	.tuple(
		fc.constantFrom('', '-', '+'),
		fc.stringMatching(/^\d{1,14}$/),
		fc.option(fc.stringMatching(/^\d{1,6}$/), { nil: undefined }),
		fc.option(fc.integer({ min: -8, max: 8 }), { nil: undefined }),
	)
	.map(([sign, whole, fraction, exponent]) =>
		[sign, whole, fraction && `.${fraction}`, exponent !== undefined && `e${exponent}`]
			.filter(Boolean)
			.join(''),
	);

/** The same in units of 10^-40, by moving the point as text. */
function units(text: string): bigint {
	const [, sign, whole, fraction = '', exponent = '0'] = /^([+-]?)(\d+)\.?(\d*)e?(.*)$/.exec(text)!;
	const zeros = 40 + Number(exponent || 0) - fraction.length;
	return BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}${'0'.repeat(zeros)}`);
}

const decimal = (text: string) => toDecimal(text)!;

describe('An exact decimal', () => {
	it('is the same of a number as of its text', () => {
		const cents = fc.integer({ min: -(10 ** 12), max: 10 ** 12 }).map((units) => units / 100);
		fc.assert(
			fc.property(fc.oneof(cents, fc.double({ noNaN: true, min: -1e20, max: 1e20 })), (number) => {
				const [one, other] = [toDecimal(number), toDecimal(String(number))];
				expect(one === undefined ? one : toText(one)).toBe(other && toText(other));
			}),
			{ numRuns: 1000 },
		);
	});

	it('adds, subtracts, multiplies and compares as whole numbers do', () => {
		fc.assert(
			fc.property(written, written, (a, b) => {
				const [x, y] = [units(a), units(b)];
				expect(units(toText(plus(decimal(a), decimal(b))))).toBe(x + y);
				expect(units(toText(minus(decimal(a), decimal(b))))).toBe(x - y);
				expect(units(toText(times(decimal(a), decimal(b)))) * 10n ** 40n).toBe(x * y);
				expect(compare(decimal(a), decimal(b))).toBe(x < y ? -1 : x > y ? 1 : 0);
			}),
		);
	});

	it('rounds half away from zero, a quotient only once', () => {
		fc.assert(
			fc.property(written, written, fc.integer({ min: 0, max: 4 }), (a, b, digits) => {
				fc.pre(units(b) !== 0n);
				const step = 10n ** BigInt(40 - digits);
				const off = units(a) - units(toText(rounded(decimal(a), digits)));
				const half = off < 0n ? -off : off;
				expect(2n * half <= step).toBe(true);
				// What is half way went away from zero, so what is left points back to it.
				if (2n * half === step) expect(off < 0n).toBe(units(a) > 0n);
				const result = units(toText(quotient(decimal(a), decimal(b), digits)));
				const rest = units(a) * 10n ** 40n - result * units(b);
				const most = step * units(b);
				expect(2n * (rest < 0n ? -rest : rest) <= (most < 0n ? -most : most)).toBe(true);
			}),
		);
	});

	it('goes out as a number with the same digits, or as text', () => {
		fc.assert(
			fc.property(written, (text) => {
				const out = toOutput(decimal(text));
				expect(units(toText(decimal(String(out))))).toBe(units(text));
				if (typeof out === 'number') expect(String(out)).not.toContain('NaN');
				else expect(out.replace(/[-.]/g, '').replace(/^0+/, '').length).toBeGreaterThan(15);
			}),
		);
	});

	it.each([
		[[0.1, 0.2], 0.3],
		[['12.50', -2.5, '  1e1 '], 20],
		[['-0.00'], 0],
		[Array<string>(10_000).fill('0.01'), 100],
		[['9999999999.99', '9999999999.99'], 19999999999.98],
		[['99999999999999.99', '0.01'], 100000000000000],
	])('adds up %j', (amounts: unknown[], total) => {
		expect(toOutput(sum(amounts.map((amount) => toDecimal(amount)!)))).toBe(total);
	});

	it.each([
		...[null, undefined, '', ' ', '.', '-', '1,200.00', '$5', true, {}, NaN, Infinity],
		...['1e999', '1e-999', '9'.repeat(80)],
	])('is not made of %j', (value) => {
		expect(toDecimal(value)).toBeUndefined();
	});

	it.each([
		['1.50', 1],
		['100', 0],
		['0.1648', 4],
		['0.000', 0],
	])('of %s needs %i digits', (text, digits) => {
		expect(digitsOf(decimal(text))).toBe(digits);
	});

	it.each([
		['usd', 2],
		['USD', 2],
		['jpy', 0],
		['kwd', 3],
		[undefined, 2],
		['dollars', 2],
	])('of %s has %i digits in an invoice', (currency, digits) => {
		expect(currencyDigits(currency)).toBe(digits);
	});
});

describe('An amount that BildOut returned', () => {
	const LOCALES = ['en-US', 'en-IN', 'de-DE', 'de-CH', 'fr-FR', 'sv-SE', 'pt-BR'];

	it('is never another one, however it is written', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...LOCALES),
				fc.constantFrom('USD', 'EUR', 'JPY', 'KWD'),
				fc.constantFrom('symbol', 'code'),
				fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
				(locale, currency, currencyDisplay, units) => {
					const style = { style: 'currency', currency, currencyDisplay } as const;
					const amount = units / 10 ** currencyDigits(currency);
					const text = new Intl.NumberFormat(locale, style).format(amount);
					const read = toAmount(text.replace('\u2212', '-'));
					expect([undefined, amount]).toContain(read && toOutput(read));
				},
			),
			{ numRuns: 2000 },
		);
	});

	it.each([
		['$1,322.51', '1322.51'],
		['1.322,51 €', '1322.51'],
		["CHF 1'322.50", '1322.50'],
		['-$45.00', '-45.00'],
		['$-45', '-45.00'],
		['1 322,51 EUR', '1322.51'],
		[{ amount: '1322.51', currency: 'usd' }, '1322.51'],
		[{ value: 12 }, '12.00'],
	])('is read: %j', (value, amount) => {
		expect(toText(toAmount(value)!)).toBe(amount);
	});

	it.each(['$1,322', '1.322 €', '(45.00)', '45.00-', '12.34.56', '$', 'N/A', '', null, {}, true])(
		'is not guessed: %j',
		(value) => {
			expect(toAmount(value)).toBeUndefined();
		},
	);
});
