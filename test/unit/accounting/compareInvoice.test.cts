import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { compareInvoice } from '../../../nodes/BildOut/accounting/compareInvoice';
import { toText } from '../../../nodes/BildOut/accounting/money';

const cents = (text: string) => Math.round(Number(text) * 100);

interface Line {
	name: string;
	quantity: number;
	/** In cents. */
	price: number;
	rate: number;
}

const invoice = fc.record({
	lines: fc.array(
		fc.record({
			name: fc.constantFrom('Labor', 'Lumber', 'Permit'),
			quantity: fc.integer({ min: 1, max: 50 }),
			price: fc.integer({ min: -5_000, max: 500_000 }),
			rate: fc.constantFrom(0, 5, 10, 20),
		}),
		{ minLength: 1, maxLength: 6 },
	),
	currency: fc.constantFrom('usd', 'eur', undefined),
	asText: fc.boolean(),
	shuffle: fc.integer({ min: 0, max: 5 }),
	shown: fc.constantFrom('both', 'lines', 'total'),
});
type Made = typeof invoice extends fc.Arbitrary<infer T> ? T : never;

/** Prices of whole cents and whole percents, so that every rule comes close to one total. */
const totalOf = (lines: Line[]) =>
	lines.reduce((sum, { quantity, price, rate }) => {
		const hundredfold = quantity * price * (100 + rate);
		return sum + Math.sign(hundredfold) * Math.round(Math.abs(hundredfold) / 100);
	}, 0);

const body = ({ lines, currency }: Made): IDataObject => ({
	...(currency ? { currency } : {}),
	line_items: lines.map(({ name, quantity, price, rate }) => ({
		name,
		quantity,
		unit_price: price / 100,
		tax_rate: rate,
	})),
});

/** As a server returns it that keeps all of it. */
function returned({ lines, asText, shuffle, shown, currency }: Made): IDataObject {
	const write = (value: number) => (asText ? value.toFixed(2) : value);
	const all = lines.map(({ name, quantity, price, rate }, index) => ({
		id: index,
		name,
		quantity: write(quantity),
		unit_price: write(price / 100),
		tax_rate: rate === 0 ? null : write(rate),
	}));
	const turned = [...all.slice(shuffle % all.length), ...all.slice(0, shuffle % all.length)];
	return {
		id: 'i1',
		currency,
		...(shown === 'total' ? {} : { line_items: turned }),
		...(shown === 'lines' ? {} : { total: write(totalOf(lines) / 100) }),
	};
}

describe('An invoice that was written', () => {
	it('is what was sent, in any order, spelling and completeness', () => {
		fc.assert(
			fc.property(invoice, (made) => {
				expect(compareInvoice(body(made), returned(made))).toEqual({ kind: 'same' });
			}),
		);
	});

	it('is not what was sent where a line is missing, added or changed', () => {
		fc.assert(
			fc.property(
				invoice.filter(({ shown }) => shown !== 'total'),
				fc.constantFrom('remove', 'add', 'name', 'quantity', 'unit_price', 'tax_rate'),
				fc.nat(),
				(made, fault, where) => {
					const response = returned(made);
					const lines = response.line_items as IDataObject[];
					const place = where % lines.length;
					if (fault === 'remove') lines.splice(place, 1);
					else if (fault === 'add') lines.push({ ...lines[place] });
					else if (fault === 'name') lines[place].name = 'Something else';
					else lines[place][fault] = Number(lines[place][fault]) + 1;
					const comparison = compareInvoice(body(made), response);
					expect(comparison.kind).toBe('lines');
					const { has } = comparison as { has: string };
					const count = made.lines.length;
					if (fault === 'remove') expect(has).toBe(`${count - 1} of its ${count} line items`);
					if (fault === 'add') expect(has).toBe(`${count + 1} line items instead of ${count}`);
				},
			),
		);
	});

	it('has the amounts in its comparison where the total is another one', () => {
		fc.assert(
			fc.property(
				invoice.filter(({ shown }) => shown !== 'lines'),
				fc.integer({ min: 20, max: 100_000 }),
				(made, more) => {
					const total = totalOf(made.lines);
					const response = { ...returned(made), total: (total + more) / 100 };
					const comparison = compareInvoice(body(made), response);
					if (comparison.kind !== 'amounts') throw new Error(comparison.kind);
					expect(cents(toText(comparison.billed))).toBe(total + more);
					// Each rule may round each line by half a cent.
					expect(Math.abs(cents(toText(comparison.sent)) - total)).toBeLessThanOrEqual(6);
				},
			),
		);
	});

	const stone = { name: 'Stone', quantity: 1000, unit_price: 0.1648 };
	const plain = { name: 'A', quantity: 2, unit_price: 50 };
	const half = { name: 'A', quantity: 1, unit_price: 99.5 };
	const labor = { name: 'Labor', quantity: 1, unit_price: 100 };
	const TAXED = { line_items: [plain, { ...plain, tax_rate: 10 }] };
	const LINES = [
		{ name: 'Labor', quantity: 16, unit_price: 75, tax_rate: 8.5 },
		{ name: 'Wood', quantity: 2, unit_price: 10 },
	];
	const SENT = { line_items: LINES };
	/** The lines with a change in each, and what else is returned. */
	const changed = (change: (line: (typeof LINES)[number]) => object, more = {}) => ({
		line_items: LINES.map((line) => ({ ...line, ...change(line) })),
		...more,
	});
	const untaxed = LINES.map(({ tax_rate: _, ...line }) => line);
	const STONE = { line_items: [stone] };
	const priced = (unit_price: unknown, more = {}) => ({
		line_items: [{ ...stone, unit_price }],
		...more,
	});

	/** Of `amounts`, what was sent and what is billed follow. */
	it.each<[string, object, object, string]>([
		['a rounded price and its total', STONE, priced(0.16, { total: 160 }), 'amounts 164.80 160.00'],
		['a rounded price without a total', STONE, priced('0.16'), 'amounts 164.80 160.00'],
		['only the total of a rounded price', STONE, { total: '160.00' }, 'amounts 164.80 160.00'],
		[
			'a rounded price and still the total that was sent',
			STONE,
			priced(0.16, { total: 164.8 }),
			'amounts 164.80 164.80',
		],
		[
			'no cents in a currency that has none',
			{ currency: 'jpy', line_items: [half] },
			{ line_items: [{ ...half, unit_price: 100 }], total: 100 },
			'amounts 100.00 100.00',
		],
		[
			'no cents in a currency that has some',
			{ currency: 'usd', line_items: [half] },
			{ line_items: [{ ...half, unit_price: 100 }], total: 100 },
			'lines',
		],
		[
			'a tax of its own where none was sent',
			TAXED,
			{ line_items: [{ ...plain, tax_rate: 5 }, TAXED.line_items[1]], total: 215 },
			'same',
		],
		['a tax of its own as a sum', TAXED, { total: 215, tax_total: 15 }, 'same'],
		['a total with more tax', TAXED, { total: 215 }, 'amounts 210.00 215.00'],
		[
			'a total that its tax does not explain',
			TAXED,
			{ total: 225, tax_total: 15 },
			'amounts 215.00 225.00',
		],
		['neither lines nor total', STONE, { id: 'i1' }, 'unknown'],
		['an empty total', STONE, { total: null }, 'unknown'],
		['any total where no lines were sent', { notes: 'x' }, { total: 5 }, 'same'],
		['no lines of two', { line_items: [stone, stone] }, { line_items: [] }, 'lines'],
		['a total with its currency', SENT, { total: '$1,322.00' }, 'same'],
		['a total in an object', SENT, { total: { amount: 1322, currency: 'usd' } }, 'same'],
		['lines under another name', SENT, { items: LINES }, 'same'],
		['lines in an envelope', SENT, { line_items: { data: LINES } }, 'same'],
		['the IDs of lines', SENT, { line_items: ['a', 'b'] }, 'same'],
		[
			'prices with a sign',
			SENT,
			changed((line) => ({ unit_price: `$${line.unit_price}.00` })),
			'same',
		],
		['names in capitals', SENT, changed(({ name }) => ({ name: name.toUpperCase() })), 'same'],
		[
			'no tax rates and the total',
			SENT,
			changed(() => ({ tax_rate: null }), { total: 1322 }),
			'same',
		],
		[
			'rates as fractions and the total',
			SENT,
			changed(({ tax_rate = 0 }) => ({ tax_rate: tax_rate / 100 }), { total: 1322 }),
			'same',
		],
		[
			'a subtotal and a tax of its own',
			SENT,
			{ line_items: untaxed, subtotal: 1220, total: 1250.5 },
			'same',
		],
		['another subtotal', SENT, { line_items: untaxed, subtotal: 1120, total: 1250.5 }, 'amounts'],
		['fewer lines under another name', SENT, { items: LINES.slice(1) }, 'lines'],
		['fewer lines in an envelope', SENT, { line_items: { data: [] } }, 'lines'],
		['the ID of one line', SENT, { line_items: ['a'] }, 'lines'],
		[
			'no tax rates and no tax',
			SENT,
			changed(() => ({ tax_rate: null }), { total: 1220 }),
			'lines',
		],
		['a total of another sum', SENT, { total: '$1,220.00' }, 'amounts'],
		[
			'no discount where one was sent',
			{ line_items: [labor], discount_total: 10 },
			{ line_items: [labor], discount_total: 0, total: 100 },
			'amounts',
		],
		[
			'a discount of its own',
			{ line_items: [labor] },
			{ line_items: [labor], discount_total: 10, total: 90 },
			'same',
		],
	])('compares where BildOut returns %s', (_, sent, response, expected) => {
		const comparison = compareInvoice(sent as IDataObject, response as IDataObject);
		const amounts =
			comparison.kind === 'amounts'
				? ` ${toText(comparison.sent)} ${toText(comparison.billed)}`
				: '';
		expect(comparison.kind + amounts).toMatch(new RegExp(`^${expected}`));
	});

	it('is another invoice with a price that is not that price rounded', () => {
		expect(compareInvoice(STONE, priced(0.2, { total: 200 }) as IDataObject)).toEqual({
			kind: 'lines',
			has: "0.2 instead of 0.1648 as 'unit_price' of line 1",
		});
	});

	it('is named by no more of a value than a person reads', () => {
		const long = { name: 'Labor '.repeat(300), quantity: 1, unit_price: 1 };
		const comparison = compareInvoice(
			{ line_items: [long] },
			{ line_items: [{ ...long, name: 'x' }] },
		);
		expect(comparison).toMatchObject({
			has: expect.stringMatching(/^'x' instead of .* as 'name' of line 1$/),
		});
	});

	it('is rounded where less than one unit of what is kept is gone, and another from there on', () => {
		const kept = (unit_price: string) =>
			compareInvoice(
				{ line_items: [{ name: 'Labor', quantity: 1, unit_price: 10.005 }] },
				{ line_items: [{ name: 'Labor', quantity: 1, unit_price }] },
			).kind;
		expect(['10.00', '10.01', '9.99', '10.02'].map(kept)).toEqual([
			'amounts',
			'amounts',
			'lines',
			'lines',
		]);
	});
});
