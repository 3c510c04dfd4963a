import fc from 'fast-check';
import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

/** Money and quantities of two decimals, as a number or as a spreadsheet's text. */
const amount = (min: number, max: number) =>
	fc
		.tuple(fc.integer({ min, max }), fc.constantFrom('number', 'text', 'padded'))
		.map(([cents, form]) => {
			if (form === 'number') return cents / 100;
			return form === 'text' ? (cents / 100).toFixed(2) : `\u00a0${(cents / 100).toFixed(3)} `;
		});

const nothing = fc.constantFrom(undefined, '');

/** The stand-in for the node before takes a text that begins with = for an expression. */
const plain = fc.string().filter((text) => !text.startsWith('='));

const line = fc.record({
	name: plain.filter((text) => text.trim() !== ''),
	description: fc.oneof(nothing, plain),
	quantity: amount(1, 1_000_000),
	unitPrice: amount(-1_000_000_00, 1_000_000_00),
	taxRate: fc.oneof(nothing, amount(0, 100_00)),
});

type Line = Record<string, string | number | undefined>;

const SAMPLES = fc.sample(fc.array(line, { minLength: 1, maxLength: 5 }), 30);

const expression = (name: string) => `={{ $json.lines[$json.at].${name} ?? "" }}`;

const inJson = ({ unitPrice, taxRate, ...more }: Line) => ({
	...more,
	unit_price: unitPrice,
	tax_rate: taxRate,
});

it('rows and JSON that say the same give the same body, with every amount as it was given', async () => {
	const { id } = await bildout.create('/customers', { name: 'Harbor View Homes' });
	const create = op('invoice create', { customerId: locator(id as string), dueDate: '2025-02-15' });
	for (const lines of SAMPLES as Line[][]) {
		const item = lines.map((_, at) =>
			Object.fromEntries(
				['name', 'description', 'quantity', 'unitPrice', 'taxRate'].map((name) => [
					name,
					expression(name).replace('$json.at', String(at)),
				]),
			),
		);
		const items = [{ lines: lines as never, json: JSON.stringify(lines.map(inJson)) }];
		await bildout.run({ ...create, lineItemsInput: 'rows', lineItems: { item } }, { items });
		await bildout.run(
			{ ...create, lineItemsInput: 'json', lineItemsJson: '={{ $json.json }}' },
			{ items },
		);
	}
	const bodies = (await bildout.calls()).map(({ body }) => body);
	expect(bodies).toHaveLength(2 * SAMPLES.length);
	for (const [index, lines] of (SAMPLES as Line[][]).entries()) {
		const [rows, json] = bodies.slice(2 * index, 2 * index + 2);
		expect(rows).toBe(json);
		const sent = (JSON.parse(rows) as { line_items: JsonObject[] }).line_items;
		expect(
			sent.map(({ quantity, unit_price, tax_rate }) => [quantity, unit_price, tax_rate]),
		).toEqual(
			lines.map(({ quantity, unitPrice, taxRate }) => [
				Number(quantity),
				Number(unitPrice),
				taxRate === undefined || taxRate === '' ? undefined : Number(taxRate),
			]) as Json,
		);
	}
});
