import { scriptedServer } from '../support/scripted-server.cts';
import { bildOut } from '../support/bildout.cts';
import { onOne } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();
const server = scriptedServer();

const LINES: JsonObject[] = [
	{ name: 'Materials', description: 'Lumber', quantity: 100, unit_price: 45, tax_rate: 8.5 },
	{ name: 'Labor', description: null, quantity: 16, unit_price: 75, tax_rate: null },
];

const ROOF = { name: 'Roof', quantity: 2, unit_price: 300, tax_rate: 5 };

const AS_ROWS = {
	lineItemsInput: 'addRows',
	lineItems: { item: [{ name: 'Roof', quantity: 2, unitPrice: '300', taxRate: '5' }] },
};

const AS_JSON = { lineItemsInput: 'addJson', lineItemsJson: JSON.stringify([ROOF]) };

const update = (id: string, more: object) => onOne('invoice update', id, { ...more });

let id: string;

beforeEach(async () => {
	const customer = await bildout.create('/customers', { name: 'Harbor View Homes' });
	const invoice = { client_id: customer.id, due_date: '2025-02-15', line_items: LINES };
	id = (await bildout.create('/invoices', { ...invoice, notes: 'Thanks' })).id as string;
});

it.each([
	['rows', AS_ROWS],
	['JSON', AS_JSON],
])('adds lines to those that are there: %s', async (_, lines) => {
	const { json } = await bildout.succeed(update(id, lines));
	const [[read], [write, body]] = await bildout.wire();
	expect([read, write]).toEqual([`GET /invoices/${id}`, `PUT /invoices/${id}`]);
	expect(body).toMatchObject({ notes: 'Thanks', line_items: [...LINES, ROOF] });
	expect(json).toMatchObject([{ subtotal: 5700 + 600 }]);
});

it('adds the lines of each item to one invoice', async () => {
	const lineItemsJson = '={{ [{ name: $json.name, quantity: 1, unit_price: 10 }] }}';
	await bildout.succeed(update(id, { lineItemsInput: 'addJson', lineItemsJson }), {
		items: [{ name: 'One' }, { name: 'Two' }],
	});
	const { line_items } = await bildout.read(`/invoices/${id}`);
	const names = (line_items as JsonObject[]).map(({ name }) => name);
	expect(names).toEqual(['Materials', 'Labor', 'One', 'Two']);
});

describe('when Retry On Fail runs the node again after the answer was lost', () => {
	const retried = { node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } };
	const lines = async () => (await bildout.read(`/invoices/${id}`)).line_items;

	it.each([
		['drop_after', 3],
		['drop_before', 4],
	] as const)('the lines are there once: %s', async (kind, requests) => {
		await bildout.control.fault({ kind, method: 'PUT', times: 1 });
		await bildout.succeed(update(id, AS_JSON), retried);
		expect(await bildout.calls()).toHaveLength(requests);
		expect(await lines()).toMatchObject([...LINES, ROOF]);
		expect(await lines()).toHaveLength(3);
	});

	it('they are added once in each round of a loop', async () => {
		await bildout.control.fault({ kind: 'drop_after', method: 'PUT', times: 1 });
		await bildout.run(update(id, AS_JSON), { ...retried, rounds: 2 });
		expect(await lines()).toHaveLength(4);
	});
});

it.each([
	[
		'with only the given fields, which would remove the others',
		{ ...AS_JSON, options: { sendOnlyGivenFields: true } },
		"Lines cannot be added while 'Send Only Given Fields' is on",
	],
	['without a line', { lineItemsInput: 'addRows' }, 'The invoice has no line items'],
	[
		'in a way that there is not',
		{ ...AS_JSON, lineItemsInput: '={{ "append" }}' },
		"'Change Line Items' must be one of addJson, addRows, keep, json, rows, got 'append'",
	],
])('sends nothing %s', async (_, lines, message) => {
	await bildout.expectRefusal(update(id, lines), message);
});

it('writes nothing where BildOut does not tell the lines that are there', async () => {
	server.respond(() => [200, { data: { id: 'i1', client_id: 'c1', due_date: '2025-02-15' } }]);
	const credential = await bildout.connect({ baseUrl: server.url });
	const { error } = await bildout.run(update('i1', AS_JSON), { credential });
	expect(error?.message).toMatch(/line items of the invoice 'i1'.*would remove them/);
	expect(server.seen).toEqual([['GET /invoices/i1']]);
});
