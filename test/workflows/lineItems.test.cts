import fc from 'fast-check';
import { bildOut, type NodeOptions } from '../support/bildout.cts';
import { LABOR, newInvoice, onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

const asRows = (...item: object[]) =>
	newInvoice('c1', { lineItemsInput: 'rows', lineItems: { item } });
const asJson = (lineItemsJson: string) => newInvoice('c1', { lineItemsJson });

/** What stands between `"line_items":` and the end, exactly as it went out. */
async function linesSent(): Promise<string> {
	const calls = await bildout.calls();
	expect(calls).toHaveLength(1);
	const [{ body }] = calls;
	return body.slice(body.indexOf('"line_items":') + '"line_items":'.length, -1);
}

const ROW = { name: 'Labor', quantity: 1, unitPrice: 75 };

const ROWS = asRows(
	{ name: 'Materials', description: 'Lumber', quantity: 0.1, unitPrice: 19.995, taxRate: 8.5 },
	{ name: 'Labor', description: '', quantity: 1e6, unitPrice: 0.75, taxRate: 0 },
);

const SENT =
	'[{"name":"Materials","description":"Lumber","quantity":0.1,"unit_price":19.995,"tax_rate":8.5},' +
	'{"name":"Labor","quantity":1000000,"unit_price":0.75,"tax_rate":0}]';

it.each([
	['rows', ROWS],
	['an expression that gives a list', asJson('={{ $json.lines }}')],
])('the same lines give the same bytes: %s', async (_, parameters) => {
	await bildout.run(parameters, { items: [{ lines: JSON.parse(SENT) }] });
	expect(await linesSent()).toBe(SENT);
});

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

const COLUMNS = ['name', 'description', 'quantity', 'unitPrice', 'taxRate'];

const inJson = ({ unitPrice, taxRate, ...more }: Line) => ({
	...more,
	unit_price: unitPrice,
	tax_rate: taxRate,
});

it('rows and JSON that say the same give the same body, with every amount as it was given', async () => {
	for (const lines of SAMPLES as Line[][]) {
		const rows = lines.map((_, at) =>
			Object.fromEntries(COLUMNS.map((name) => [name, `={{ $json.lines[${at}].${name} ?? "" }}`])),
		);
		const items = [{ lines: lines as never, json: JSON.stringify(lines.map(inJson)) }];
		await bildout.run(asRows(...rows), { items });
		await bildout.run(asJson('={{ $json.json }}'), { items });
	}
	const bodies = (await bildout.calls()).map(({ body }) => body);
	expect(bodies).toHaveLength(2 * SAMPLES.length);
	for (const [index, lines] of (SAMPLES as Line[][]).entries()) {
		const [rows, json] = bodies.slice(2 * index, 2 * index + 2);
		expect(rows).toBe(json);
		const { line_items } = JSON.parse(rows) as { line_items: JsonObject[] };
		const amounts = line_items.map(({ quantity, unit_price, tax_rate }) => [
			...[quantity, unit_price, tax_rate],
		]);
		expect(amounts).toEqual(
			lines.map(({ quantity, unitPrice, taxRate }) => [
				...[Number(quantity), Number(unitPrice)],
				taxRate === undefined || taxRate === '' ? undefined : Number(taxRate),
			]),
		);
	}
});

describe('rows of a spreadsheet', () => {
	const rows = Array.from({ length: 20 }, (_, index) => ({
		name: `Line ${index}`,
		quantity: index + 1,
		unit_price: 10,
	}));
	const ALL = '={{ $input.all().map((row) => row.json) }}';
	const run = async (parameters: object, count: number, node?: NodeOptions['node']) =>
		await bildout.run(parameters, { items: rows.slice(0, count), node });

	it.each([
		['twenty rows where the node executes once', 20, { executeOnce: true }],
		['one row', 1, {}],
	])('make one invoice of %s', async (_, count, node) => {
		await run(asJson(ALL), count, node);
		expect(await linesSent()).toBe(JSON.stringify(rows.slice(0, count)));
	});

	it('make an invoice each where each row has its own line', async () => {
		const [{ id }] = await bildout.list('/customers?limit=1');
		await run({ ...asJson('={{ [$json] }}'), customerId: id }, 3);
		const sent = (await bildout.wire()).map(([, body]) => (body as JsonObject).line_items);
		expect(sent).toEqual(rows.slice(0, 3).map((row) => [row]));
	});

	// Every way to read them is in test/unit/input/allItems.
	it.each([
		ALL,
		"={{ $('Items')[`all`]().map(({ json }) => json) }}",
		'={{ $items().map(({ json }) => json) }}',
		'={{ [$input].flatMap((input) => input.all().map(({ json }) => json)) }}',
		'=[{"name": "All", "quantity": {{ $input.all().length }}, "unit_price": 10}]',
		'={{ [{name: "a", custom_fields: {b: {}\\}}, ...$input.all()] }}',
	])('never make an invoice of all of them for each: %s', async (lineItemsJson) => {
		const { error } = await run(asJson(lineItemsJson), 3);
		expect(error?.message).toBe(
			"'Line Items (JSON)' reads all 3 input items, and would do so for each of them unless 'Execute Once' is on",
		);
		expect(error?.description).toMatch(/turn on 'Execute Once' in the Settings/);
		expect(await bildout.calls()).toEqual([]);
	});

	it('never sum up all of them in each row of the panel', async () => {
		const unitPrice = '={{ $input.all().reduce((sum, { json }) => sum + json.unit_price, 0) }}';
		const { error } = await run(asRows({ ...ROW, unitPrice }), 3);
		expect(error?.message).toMatch(/^'Line Items' reads all 3 input items/);
		expect(await bildout.calls()).toEqual([]);
	});

	it('fail one by one where the node continues', async () => {
		const { json } = await run(asJson(ALL), 3, { onError: 'continueRegularOutput' });
		expect(json).toHaveLength(3);
		for (const { error } of json) expect(error).toMatch(/'Execute Once'/);
		expect(await bildout.calls()).toEqual([]);
	});

	it.each(['line_items', '={{ "line_items" }}', 'line_items\u200b'])(
		'never go into each invoice by a custom field: %s',
		async (name) => {
			const field = [{ name, type: 'json', value: ALL }];
			await bildout.expectRefusal(
				op('invoice update', {
					invoiceId: '={{ $json.name }}',
					updateFields: { customFields: { field } },
				}),
				/^'Custom Fields: line_items' reads all 3 input items/,
				{ items: rows.slice(0, 3) },
			);
		},
	);

	it.each(['json', 'addJson'])(
		'never change an invoice once for each: %s',
		async (lineItemsInput) => {
			const { id: customer } = await bildout.create('/customers', { name: 'Ace' });
			const { id } = await bildout.createInvoice(customer);
			const update = onOne('invoice update', id, { lineItemsInput, lineItemsJson: ALL });
			const several = await run(update, 3);
			expect(several.error?.message).toMatch(/'Execute Once'/);
			expect(await bildout.calls()).toEqual([]);

			await run(update, 3, { executeOnce: true });
			const { line_items: lines } = await bildout.read(`/invoices/${id}`);
			expect(lines).toHaveLength(lineItemsInput === 'addJson' ? 4 : 3);
		},
	);
});

it.each<[object, object]>([
	[{ taxRate: 0 }, { tax_rate: 0 }],
	[{ taxRate: '0' }, { tax_rate: 0 }],
	[{ taxRate: '8.5%' }, { tax_rate: 8.5 }],
	[{ taxRate: '\u00a08.50 %' }, { tax_rate: 8.5 }],
	[{ unitPrice: 0 }, { unit_price: 0 }],
])('a row with %j goes out with %j', async (given, sent) => {
	await bildout.run(asRows({ ...ROW, ...given }));
	expect(await linesSent()).toBe(JSON.stringify([{ ...LABOR, ...sent }]));
});

describe('a line that cannot be billed is named, and nothing is sent', () => {
	const line = { name: 'Labor', quantity: 16, unit_price: 75 };

	it.each([
		[{ ...line, quantity: 'ten' }, "Line 3: 'quantity' must be a number greater than 0, got 'ten'"],
		[{ ...line, quantity: 0 }, "Line 3: 'quantity' must be a number greater than 0, got 0"],
		[{ ...line, quantity: -1 }, "Line 3: 'quantity' must be a number greater than 0, got -1"],
		[{ ...line, quantity: null }, /^Line 3: 'quantity' must be a number greater than 0/],
		[{ name: 'Labor', unit_price: 1 }, /^Line 3: 'quantity' must be .* got nothing$/],
		[{ ...line, unit_price: '$75' }, "Line 3: 'unit_price' must be a number, got '$75'"],
		[{ ...line, unit_price: '1,200' }, "Line 3: 'unit_price' must be a number, got '1,200'"],
		[{ name: 'Labor', quantity: 1 }, /^Line 3: 'unit_price' must be a number/],
		[{ ...line, tax_rate: 101 }, /^Line 3: 'tax_rate' must be a number from 0 to 100/],
		[{ ...line, tax_rate: 'high' }, /^Line 3: 'tax_rate' must be a number/],
		[{ ...line, name: '' }, "Line 3: 'name' is empty"],
		[{ quantity: 1, unit_price: 1 }, "Line 3: 'name' is empty"],
		[{ ...line, taxRate: 8.5 }, /^Line 3: 'taxRate' is not a field of a line/],
		[{ ...line, Tax: 8.5 }, /^Line 3: 'Tax' is not a field of a line/],
		[
			{ name: 'Labor', quantity: 1, 'Unit Price': 5 },
			/^Line 3: 'Unit Price' is not a field of a line/,
		],
		['Labor', /^Line 3: must have 'name'/],
		[null, /^Line 3: must have 'name'/],
	])('%j', async (third, message) => {
		const lines = JSON.stringify([line, line, third]);
		await bildout.expectRefusal(asJson(lines), message);
	});

	it.each([
		['{"name": "Labor"}', /must be a list/],
		['[{"name": "Labor",]', /is not valid JSON/],
		['75', /must be a list/],
	])('%s', async (lines, message) => {
		await bildout.expectRefusal(asJson(lines), message);
	});

	it.each<[object, string | RegExp]>([
		[{ ...ROW, name: ' ' }, "Line 2: 'Name' is empty"],
		[{ ...ROW, quantity: 0 }, "Line 2: 'Quantity' must be a number greater than 0, got 0"],
		[{ ...ROW, unitPrice: '$75' }, "Line 2: 'Unit Price' must be a number, got '$75'"],
		[{ name: 'Labor', quantity: 1 }, "Line 2: 'Unit Price' must be a number, got ''"],
		[{ ...ROW, taxRate: 101 }, /^Line 2: 'Tax Rate \(%\)' must be a number from 0 to 100/],
	])('in the words of the panel where it is a row: %j', async (second, message) => {
		await bildout.expectRefusal(asRows(ROW, second), message);
	});
});

describe('a field that a line does not have', () => {
	const withFields = (more: object) => asJson(JSON.stringify([{ ...LABOR, ...more }]));

	it.each(['sku', 'row_number', 'sales_tax', 'id', 'constructor', '__proto__', 'Tax Rate'])(
		'is an error that names it and those that a line has: %s',
		async (field) => {
			const text = `[{"name": "Labor", "quantity": 16, "unit_price": 75, "${field}": 8.5}]`;
			await bildout.expectRefusal(
				asJson(text),
				`Line 1: '${field}' is not a field of a line. A line has 'name', 'description', 'quantity', 'unit_price', 'tax_rate', and 'custom_fields' for any other`,
			);
		},
	);

	it.each([
		['unit_price', 'unit_amount'],
		['unit_price', 'amount'],
		['unit_price', 'unit_cost'],
		['unit_price', 'Price per Unit'],
		['quantity', 'hours'],
		['quantity', 'Qty.'],
		['tax_rate', 'VAT'],
	])('comes with the spelling of %s where it is %s', async (field, spelling) => {
		const { [field]: value, ...rest }: JsonObject = { ...LABOR, tax_rate: 8.5 };
		const lines = JSON.stringify([{ ...rest, [spelling]: value }]);
		const { error } = await bildout.run(asJson(lines));
		expect(error?.description).toMatch(new RegExp(`^Spell it '${field}'`));
		expect(await bildout.wire()).toEqual([]);
	});

	it('does not turn the amount of a line into its price without saying so', async () => {
		const lines = '[{"name": "Labor", "quantity": 16, "amount": 1200}]';
		const { error } = await bildout.run(asJson(lines));
		expect(error?.description).toBe(
			"Spell it 'unit_price' if it is the price of one unit; BildOut computes the amount of a line.",
		);
	});

	it('goes out where it stands under custom fields', async () => {
		const custom_fields = { sku: '007', constructor: 'x', row_number: 2 };
		await bildout.run(withFields({ custom_fields }));
		expect(await linesSent()).toBe(JSON.stringify([{ ...LABOR, ...custom_fields }]));
	});

	it.each<[unknown, RegExp]>([
		[{ tax_rate: 1 }, /^Line 1: 'tax_rate' stands under 'custom_fields'$/],
		['sku', /^Line 1: 'custom_fields' must have names and values, got 'sku'$/],
	])('is refused under custom fields where a line has it: %j', async (custom_fields, message) => {
		await bildout.expectRefusal(withFields({ custom_fields }), message);
	});
});
