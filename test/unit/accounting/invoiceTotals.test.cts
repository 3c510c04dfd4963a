import fc from 'fast-check';
import { explainTotal, totalBy, totalRules } from '../../../nodes/BildOut/accounting/invoiceTotals';
import { toDecimal, toText } from '../../../nodes/BildOut/accounting/money';

/** An exact fraction, the independent way to compute. */
interface Fraction {
	n: bigint;
	d: bigint;
}

const fraction = (text: string): Fraction => {
	const [whole, part = ''] = text.split('.');
	return { n: BigInt(whole + part), d: 10n ** BigInt(part.length) };
};
const add = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const multiply = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
const negative = ({ n, d }: Fraction): Fraction => ({ n: -n, d });
const divide = (a: Fraction, b: Fraction): Fraction =>
	b.n < 0n ? { n: -a.n * b.d, d: -a.d * b.n } : { n: a.n * b.d, d: a.d * b.n };
const total = (all: Fraction[]) => all.reduce(add, { n: 0n, d: 1n });
const cents = (a: Fraction): Fraction => {
	const doubled = a.n * 200n + (a.n < 0n ? -a.d : a.d);
	return { n: doubled / (2n * a.d), d: 100n };
};
const same = (a: Fraction, b: Fraction) => a.n * b.d === b.n * a.d;

interface Line {
	quantity: string;
	price: string;
	rate: string;
}

/** What a program that rounds where `rule` says would bill. */
function billed(
	rule: { amounts: string; tax: string; discount: string; isGross: boolean },
	lines: Line[],
	discount: string,
): Fraction {
	const keep = (amount: Fraction) => amount;
	const amounts = lines.map(({ quantity, price }) =>
		(rule.amounts === 'rounded' ? cents : keep)(multiply(fraction(quantity), fraction(price))),
	);
	const subtotal = total(amounts);
	const off = fraction(discount);
	const factor =
		rule.discount === 'beforeTax' && subtotal.n !== 0n
			? divide(add(subtotal, negative(off)), subtotal)
			: { n: 1n, d: 1n };
	const taxes = lines.map(({ rate }, index) =>
		multiply(multiply(amounts[index], divide(fraction(rate), { n: 100n, d: 1n })), factor),
	);
	/** What is rounded together has one key. */
	const keys = lines.map(({ rate }, index) => {
		if (rule.tax === 'rate') return Number(rate);
		return rule.tax === 'line' ? index : 'all';
	});
	const parts = [...new Set(keys)].map((key) => {
		const tax = total(taxes.filter((_, index) => keys[index] === key));
		const net = total(amounts.filter((_, index) => keys[index] === key));
		return cents(rule.isGross ? add(tax, net) : tax);
	});
	const base = rule.isGross ? { n: 0n, d: 1n } : cents(subtotal);
	return cents(add(add(base, total(parts)), negative(off)));
}

const line: fc.Arbitrary<Line> = fc.record({
	quantity: fc.oneof(
		fc.integer({ min: 1, max: 500 }).map(String),
		fc.stringMatching(/^[0-9]{1,3}\.[0-9]{1,4}$/),
	),
	price: fc.oneof(
		fc.stringMatching(/^-?[0-9]{1,5}\.[0-9]{2,4}$/),
		fc.integer({ min: -900, max: 90_000 }).map(String),
	),
	rate: fc.constantFrom('0', '8.5', '8.50', '6.25', '7.375', '19', '5', '9.975'),
});
const invoice = fc.record({
	lines: fc.array(line, { minLength: 1, maxLength: 8 }),
	discount: fc.constantFrom('0', '0', '10', '99.99', '0.01'),
});

const priced = (lines: Line[]) =>
	lines.map(({ quantity, price, rate }) => ({
		quantity: toDecimal(quantity)!,
		unitPrice: toDecimal(price)!,
		taxRate: toDecimal(rate)!,
	}));

const rules = totalRules('usd');

it('has each way to round once', () => {
	expect(rules).toHaveLength(18);
	expect(new Set(rules.map((rule) => JSON.stringify(rule))).size).toBe(18);
	expect(rules[0]).toEqual({
		amounts: 'rounded',
		tax: 'line',
		discount: 'afterTax',
		isGross: false,
		digits: 2,
	});
});

describe('The total of an invoice', () => {
	it.each(rules)('is to the cent what fractions give: %j', (rule) => {
		fc.assert(
			fc.property(invoice, ({ lines, discount }) => {
				const ours = totalBy(rule, priced(lines), toDecimal(discount)!);
				expect(same(fraction(toText(ours)), billed(rule, lines, discount))).toBe(true);
			}),
			{ numRuns: 60 },
		);
	});

	it('is explained whichever rule BildOut has, and no other total is', () => {
		fc.assert(
			fc.property(invoice, fc.constantFrom(...rules), ({ lines, discount }, rule) => {
				const amount = billed(rule, lines, discount);
				const text = (n: bigint) => toDecimal(`${n}e-2`)!;
				const off = toDecimal(discount)!;
				expect(explainTotal(text(amount.n), priced(lines), off, 'usd').isExact).toBe(true);
				const all = rules.map((each) => billed(each, lines, discount).n);
				const beside = all.reduce((most, n) => (n > most ? n : most)) + 1n;
				const other = explainTotal(text(beside), priced(lines), off, 'usd');
				expect(other.isExact).toBe(false);
				expect(toText(other.total)).toBe(toText(text(beside - 1n)));
			}),
			{ numRuns: 200 },
		);
	});

	it('differs by the rule: 3 × 0.335 at 8.5 %', () => {
		const lines = priced(Array<Line>(3).fill({ quantity: '1', price: '0.335', rate: '8.5' }));
		const totals = new Set(rules.map((rule) => toText(totalBy(rule, lines, toDecimal('0')!))));
		expect([...totals].sort()).toEqual(['1.08', '1.09', '1.10', '1.11']);
	});

	it('may have no cents where the currency has none', () => {
		const lines = priced([{ quantity: '3', price: '333.4', rate: '10' }]);
		expect(explainTotal(toDecimal(1100)!, lines, toDecimal(0)!, 'JPY').isExact).toBe(true);
		expect(explainTotal(toDecimal('1100.22')!, lines, toDecimal(0)!, 'JPY').isExact).toBe(true);
		expect(explainTotal(toDecimal(1100)!, lines, toDecimal(0)!, 'usd').isExact).toBe(false);
	});
});
