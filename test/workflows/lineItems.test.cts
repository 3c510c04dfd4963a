import { bildOut, locator, type NodeOptions } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

let customer: string;

beforeEach(async () => {
	customer = (await bildout.create('/customers', { name: 'Harbor View Homes' })).id as string;
});

async function invoice(lines: object, items?: JsonObject[], node?: NodeOptions['node']) {
	return await bildout.run(
		op('invoice create', { customerId: locator(customer), dueDate: '2025-02-15', ...lines }),
		{ items, node },
	);
}

/** What stands between `"line_items":` and the end, exactly as it went out. */
async function linesSent(): Promise<string> {
	const calls = await bildout.calls();
	expect(calls).toHaveLength(1);
	const [{ body }] = calls;
	return body.slice(body.indexOf('"line_items":') + '"line_items":'.length, -1);
}

const ROWS = {
	lineItemsInput: 'rows',
	lineItems: {
		item: [
			{ name: 'Materials', description: 'Lumber', quantity: 0.1, unitPrice: 19.995, taxRate: 8.5 },
			{ name: 'Labor', description: '', quantity: 1e6, unitPrice: 0.75, taxRate: 0 },
		],
	},
};

const SENT =
	'[{"name":"Materials","description":"Lumber","quantity":0.1,"unit_price":19.995,"tax_rate":8.5},' +
	'{"name":"Labor","quantity":1000000,"unit_price":0.75,"tax_rate":0}]';

describe('the same lines give the same bytes', () => {
	it('as rows', async () => {
		const { error } = await invoice(ROWS);
		expect(error).toBeUndefined();
		expect(await linesSent()).toBe(SENT);
	});

	it('as an expression that gives a list', async () => {
		await invoice({ lineItemsInput: 'json', lineItemsJson: '={{ $json.lines }}' }, [
			{ lines: JSON.parse(SENT) },
		]);
		expect(await linesSent()).toBe(SENT);
	});
});

describe('rows of a spreadsheet', () => {
	const rows = Array.from({ length: 20 }, (_, index) => ({
		name: `Line ${index}`,
		quantity: index + 1,
		unit_price: 10,
	}));
	const ALL = '={{ $input.all().map((row) => row.json) }}';
	const json = (lineItemsJson: string) => ({ lineItemsInput: 'json', lineItemsJson });

	it('make one invoice of twenty lines where the node executes once', async () => {
		const { error } = await invoice(json(ALL), rows, { executeOnce: true });
		expect(error).toBeUndefined();
		expect(await linesSent()).toBe(JSON.stringify(rows));
	});

	it('make one invoice of one line where there is one row', async () => {
		await invoice(json(ALL), rows.slice(0, 1));
		expect(await linesSent()).toBe(JSON.stringify(rows.slice(0, 1)));
	});

	it('make an invoice each where each row has its own line', async () => {
		await invoice(json('={{ [$json] }}'), rows.slice(0, 3));
		const sent = (await bildout.calls()).map(
			({ body }) => (JSON.parse(body) as JsonObject).line_items,
		);
		expect(sent).toEqual(rows.slice(0, 3).map((row) => [row]));
	});

	it.each([
		ALL,
		'={{ $input . all ( ) . map(({ json }) => json) }}',
		'={{ $input?.all().map(({ json }) => json) }}',
		"={{ $input['all']().map(({ json }) => json) }}",
		'={{ $input/* every row */.all().map(({ json }) => json) }}',
		"={{ $('Items').all().map(({ json }) => json) }}",
		"={{ $('Items')\n\t.all().map(({ json }) => json) }}",
		"={{ $('Items')[`all`]().map(({ json }) => json) }}",
		'={{ $items("Items").map(({ json }) => json) }}',
		'={{ $items().map(({ json }) => json) }}',
		'={{ [$input].flatMap((input) => input.all().map(({ json }) => json)) }}',
		'=[{"name": "All", "quantity": {{ $input.all().length }}, "unit_price": 10}]',
		'={{ [{name: "a", custom_fields: {b: {}\\}}, ...$input.all()] }}',
	])('never make an invoice of all of them for each: %s', async (lineItemsJson) => {
		const { error } = await invoice(json(lineItemsJson), rows.slice(0, 3));
		expect(error?.message).toBe(
			"'Line Items (JSON)' reads all 3 input items, and would do so for each of them unless 'Execute Once' is on",
		);
		expect(error?.description).toMatch(/turn on 'Execute Once' in the Settings/);
		expect(await bildout.calls()).toEqual([]);
	});

	it('never sum up all of them in each row of the panel', async () => {
		const unitPrice = '={{ $input.all().reduce((sum, { json }) => sum + json.unit_price, 0) }}';
		const lineItems = { item: [{ name: 'All', quantity: 1, unitPrice }] };
		const { error } = await invoice({ lineItemsInput: 'rows', lineItems }, rows.slice(0, 3));
		expect(error?.message).toMatch(/^'Line Items' reads all 3 input items/);
		expect(await bildout.calls()).toEqual([]);
	});

	it('fail one by one where the node continues', async () => {
		const onError = 'continueRegularOutput' as const;
		const { json: output } = await invoice(json(ALL), rows.slice(0, 3), { onError });
		expect(output).toHaveLength(3);
		for (const { error } of output) expect(error).toMatch(/'Execute Once'/);
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
			const { id } = await bildout.create('/invoices', {
				client_id: customer,
				due_date: '2025-02-15',
				line_items: [{ name: 'Labor', quantity: 16, unit_price: 75 }],
			});
			const update = onOne('invoice update', id, { lineItemsInput, lineItemsJson: ALL });
			const several = await bildout.run(update, { items: rows.slice(0, 3) });
			expect(several.error?.message).toMatch(/'Execute Once'/);
			expect(await bildout.calls()).toEqual([]);

			const once = await bildout.run(update, {
				items: rows.slice(0, 3),
				node: { executeOnce: true },
			});
			expect(once.error).toBeUndefined();
			const { line_items: lines } = await bildout.read(`/invoices/${String(id)}`);
			expect(lines).toHaveLength(lineItemsInput === 'addJson' ? 4 : 3);
		},
	);
});

describe('a tax rate', () => {
	const row = { name: 'Labor', quantity: 1, unitPrice: 1 };
	const line = { name: 'Labor', quantity: 1, unit_price: 1 };

	it.each([
		[0, 0],
		['0', 0],
		['8.5%', 8.5],
		['\u00a08.50 %', 8.5],
	])('of %j is %d', async (taxRate, tax_rate) => {
		await invoice({ lineItemsInput: 'rows', lineItems: { item: [{ ...row, taxRate }] } });
		expect(await linesSent()).toBe(JSON.stringify([{ ...line, tax_rate }]));
	});
});

it('bills a row as free only where the price is 0', async () => {
	const item = [{ name: 'Gift', quantity: 1, unitPrice: 0 }];
	await invoice({ lineItemsInput: 'rows', lineItems: { item } });
	expect(await linesSent()).toBe('[{"name":"Gift","quantity":1,"unit_price":0}]');
});

describe('a line that cannot be billed is named, and nothing is sent', () => {
	const line = { name: 'Labor', quantity: 16, unit_price: 75 };
	const json = (third: unknown) => ({
		lineItemsInput: 'json',
		lineItemsJson: JSON.stringify([line, line, third]),
	});

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
		[{ ...line, taxRate: 8.5 }, "Line 3: 'taxRate' is not a field of a line"],
		[{ ...line, Tax: 8.5 }, "Line 3: 'Tax' is not a field of a line"],
		[
			{ name: 'Labor', quantity: 1, 'Unit Price': 5 },
			"Line 3: 'Unit Price' is not a field of a line",
		],
		['Labor', /^Line 3: must have 'name'/],
		[null, /^Line 3: must have 'name'/],
	])('%j', async (third, message) => {
		const { error } = await invoice(json(third));
		expect(error?.message).toMatch(message);
		expect(error?.context).toMatchObject({ itemIndex: 0 });
		expect(await bildout.wire()).toEqual([]);
	});

	it.each([
		['{"name": "Labor"}', /must be a list/],
		['[{"name": "Labor",]', /is not valid JSON/],
		['75', /must be a list/],
	])('%s', async (lineItemsJson, message) => {
		const { error } = await invoice({ lineItemsInput: 'json', lineItemsJson });
		expect(error?.message).toMatch(message);
		expect(error?.description).toBeTruthy();
		expect(await bildout.wire()).toEqual([]);
	});

	const row = { name: 'Labor', quantity: 1, unitPrice: 75 };

	it.each<[object, string]>([
		[{ ...row, name: ' ' }, "Line 2: 'Name' is empty"],
		[{ ...row, quantity: 0 }, "Line 2: 'Quantity' must be a number greater than 0, got 0"],
		[{ ...row, unitPrice: '$75' }, "Line 2: 'Unit Price' must be a number, got '$75'"],
		[{ name: 'Labor', quantity: 1 }, "Line 2: 'Unit Price' must be a number, got ''"],
		[{ ...row, taxRate: 101 }, /^Line 2: 'Tax Rate \(%\)' must be a number from 0 to 100/],
	] as never)('in the words of the panel where it is a row: %j', async (second, message) => {
		const { error } = await invoice({ lineItemsInput: 'rows', lineItems: { item: [row, second] } });
		expect(error?.message).toMatch(message);
		expect(await bildout.wire()).toEqual([]);
	});
});

describe('a field that a line does not have', () => {
	const line = { name: 'Labor', quantity: 16, unit_price: 75 };
	const given = (more: object) => ({
		lineItemsInput: 'json',
		lineItemsJson: `[${JSON.stringify({ ...line, ...more })}]`,
	});

	it.each(['sku', 'row_number', 'sales_tax', 'id', 'constructor', '__proto__', 'Tax Rate'])(
		'is an error that names it and those that a line has: %s',
		async (field) => {
			const text = `[{"name": "Labor", "quantity": 16, "unit_price": 75, "${field}": 8.5}]`;
			const { error } = await invoice({ lineItemsInput: 'json', lineItemsJson: text });
			expect(error?.message).toBe(
				`Line 1: '${field}' is not a field of a line. A line has 'name', 'description', 'quantity', 'unit_price', 'tax_rate', and 'custom_fields' for any other`,
			);
			expect(await bildout.wire()).toEqual([]);
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
		const { [field]: value, ...rest }: JsonObject = { ...line, tax_rate: 8.5 };
		const lineItemsJson = JSON.stringify([{ ...rest, [spelling]: value }]);
		const { error } = await invoice({ lineItemsInput: 'json', lineItemsJson });
		expect(error?.description).toMatch(new RegExp(`^Spell it '${field}'`));
		expect(await bildout.wire()).toEqual([]);
	});

	it('does not turn the amount of a line into its price without saying so', async () => {
		const lineItemsJson = '[{"name": "Labor", "quantity": 16, "amount": 1200}]';
		const { error } = await invoice({ lineItemsInput: 'json', lineItemsJson });
		expect(error?.description).toBe(
			"Spell it 'unit_price' if it is the price of one unit; BildOut computes the amount of a line.",
		);
	});

	it('goes out where it stands under custom fields', async () => {
		await invoice(given({ custom_fields: { sku: '007', constructor: 'x', row_number: 2 } }));
		expect(await linesSent()).toBe(
			'[{"name":"Labor","quantity":16,"unit_price":75,"sku":"007","constructor":"x","row_number":2}]',
		);
	});

	it.each<[unknown, RegExp]>([
		[{ tax_rate: 1 }, /^Line 1: 'tax_rate' stands under 'custom_fields'$/],
		['sku', /^Line 1: 'custom_fields' must have names and values, got 'sku'$/],
	])('is refused under custom fields where a line has it: %j', async (custom_fields, message) => {
		const { error } = await invoice(given({ custom_fields }));
		expect(error?.message).toMatch(message);
		expect(await bildout.wire()).toEqual([]);
	});
});
