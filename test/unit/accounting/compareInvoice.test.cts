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

	const line = { name: 'Stone', quantity: 1000, unit_price: 0.1648 };
	const amounts = (sent: IDataObject, response: IDataObject) => {
		const comparison = compareInvoice(sent, response);
		if (comparison.kind !== 'amounts') return comparison;
		return [toText(comparison.sent), toText(comparison.billed)];
	};

	it.each([
		['with its total', { line_items: [{ ...line, unit_price: 0.16 }], total: 160 }],
		['without a total', { line_items: [{ ...line, unit_price: '0.16' }] }],
		['that is all that is returned', { total: '160.00' }],
	])('may have a price that BildOut rounded, %s', (_, response) => {
		expect(amounts({ line_items: [line] }, response)).toEqual(['164.80', '160.00']);
	});

	it('may have a rounded price and still the total that was sent', () => {
		const response = { line_items: [{ ...line, unit_price: 0.16 }], total: 164.8 };
		expect(amounts({ line_items: [line] }, response)).toEqual(['164.80', '164.80']);
	});

	it('is another invoice with a price that is not that price rounded', () => {
		const response = { line_items: [{ ...line, unit_price: 0.2 }], total: 200 };
		expect(compareInvoice({ line_items: [line] }, response)).toEqual({
			kind: 'lines',
			has: "0.2 instead of 0.1648 as 'unit_price' of line 1",
		});
	});

	it('may have no cents in a currency that has none', () => {
		const sent = { currency: 'jpy', line_items: [{ name: 'A', quantity: 1, unit_price: 99.5 }] };
		const response = { line_items: [{ name: 'A', quantity: 1, unit_price: 100 }], total: 100 };
		expect(amounts(sent, response)).toEqual(['100.00', '100.00']);
		expect(compareInvoice({ ...sent, currency: 'usd' }, response).kind).toBe('lines');
	});

	it('may be taxed by BildOut where no tax was sent', () => {
		const plain = { name: 'A', quantity: 2, unit_price: 50 };
		const sent = { line_items: [plain, { ...plain, tax_rate: 10 }] };
		const same = { kind: 'same' };
		const billed = [
			{ ...plain, tax_rate: 5 },
			{ ...plain, tax_rate: 10 },
		];
		expect(compareInvoice(sent, { line_items: billed, total: 215 })).toEqual(same);
		expect(compareInvoice(sent, { total: 215, tax_total: 15 })).toEqual(same);
		expect(amounts(sent, { total: 215 })).toEqual(['210.00', '215.00']);
		expect(amounts(sent, { total: 225, tax_total: 15 })).toEqual(['215.00', '225.00']);
	});

	it('cannot be compared without lines and total, and need not be where no lines were sent', () => {
		expect(compareInvoice({ line_items: [line] }, { id: 'i1' })).toEqual({ kind: 'unknown' });
		expect(compareInvoice({ line_items: [line] }, { total: null })).toEqual({ kind: 'unknown' });
		expect(compareInvoice({ notes: 'x' }, { total: 5 })).toEqual({ kind: 'same' });
		expect(compareInvoice({ line_items: [line, line] }, { line_items: [] })).toEqual({
			kind: 'lines',
			has: '0 of its 2 line items',
		});
	});

	const LINES = [
		{ name: 'Labor', quantity: 16, unit_price: 75, tax_rate: 8.5 },
		{ name: 'Wood', quantity: 2, unit_price: 10 },
	];
	const without = (field: string) =>
		LINES.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => name !== field)));

	it.each<[string, object]>([
		['a total with its currency', { total: '$1,322.00' }],
		['a total in an object', { total: { amount: 1322, currency: 'usd' } }],
		['lines under another name', { items: LINES }],
		['lines in an envelope', { line_items: { data: LINES } }],
		['the IDs of lines', { line_items: ['a', 'b'] }],
		[
			'prices with a sign',
			{ line_items: LINES.map((one) => ({ ...one, unit_price: `$${one.unit_price}.00` })) },
		],
		[
			'names in capitals',
			{ line_items: LINES.map((one) => ({ ...one, name: one.name.toUpperCase() })) },
		],
		[
			'no tax rates and the total',
			{ line_items: LINES.map((one) => ({ ...one, tax_rate: null })), total: 1322 },
		],
		[
			'rates as fractions and the total',
			{
				line_items: LINES.map((one) => ({ ...one, tax_rate: (one.tax_rate ?? 0) / 100 })),
				total: 1322,
			},
		],
		[
			'a subtotal and a tax of its own',
			{ line_items: without('tax_rate'), subtotal: 1220, total: 1250.5 },
		],
	])('is what was sent where BildOut returns %s', (_, response) => {
		expect(compareInvoice({ line_items: LINES }, response as IDataObject).kind).toBe('same');
	});

	it.each<[string, object, string]>([
		['fewer lines under another name', { items: LINES.slice(1) }, 'lines'],
		['fewer lines in an envelope', { line_items: { data: [] } }, 'lines'],
		['the ID of one line', { line_items: ['a'] }, 'lines'],
		[
			'no tax rates and no tax',
			{ line_items: LINES.map((one) => ({ ...one, tax_rate: null })), total: 1220 },
			'lines',
		],
		['a total of another currency sign', { total: '$1,220.00' }, 'amounts'],
		[
			'another subtotal',
			{ line_items: without('tax_rate'), subtotal: 1120, total: 1250.5 },
			'amounts',
		],
	])('is not what was sent where BildOut returns %s', (_, response, kind) => {
		expect(compareInvoice({ line_items: LINES }, response as IDataObject).kind).toBe(kind);
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

	it('is another where BildOut has dropped the discount', () => {
		const line_items = [{ name: 'Labor', quantity: 1, unit_price: 100 }];
		const response = { line_items, discount_total: 0, total: 100 };
		expect(compareInvoice({ line_items, discount_total: 10 }, response).kind).toBe('amounts');
		expect(
			compareInvoice({ line_items }, { ...response, discount_total: 10, total: 90 }).kind,
		).toBe('same');
	});
});
