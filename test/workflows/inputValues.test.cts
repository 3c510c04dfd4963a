import type { IDataObject } from 'n8n-workflow';
import { bildOut } from '../support/bildout.cts';
import { fromModel, LABOR, locator, newInvoice, onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/**
 * Values as expressions, spreadsheets and AI agents give them: what each kind of field makes of them on the way
 * through n8n. All forms of a number, a date, a text or a placeholder are in test/unit/input.
 */
const bildout = bildOut();

/** The value of the input item, and of a field that it does not have. */
const given = '={{ $json.value }}';
const misspelt = '={{ $json.valeu }}';
const withValue = (value: unknown) => ({ items: [{ value }] as IDataObject[] });

const project = (additionalFields: object) =>
	op('project create', { name: 'Deck', additionalFields });
const customer = (more: object) => onOne('customer update', 'c1', more);
const upsert = (more: object) =>
	op('customer upsert', { name: 'A', email: 'a@b.example', matchBy: given, ...more });
const updateOf = (resource: string, updateFields: object) =>
	onOne(`${resource} update`, 'x1', { updateFields });
const clear = (resource: string, clearFields: unknown) =>
	onOne(`${resource} update`, 'x1', { clearFields });
const invoice = (more: object) =>
	newInvoice('c1', { lineItemsInput: 'rows', lineItems: { item: [ROW] }, ...more });
const billed = (additionalFields: object) => invoice({ additionalFields });
const listed = (resource: string, filters: object) => op(`${resource} getAll`, { filters });
const ROW = { name: 'Labor', quantity: 1, unitPrice: 1 };
const withRow = (more: object) => invoice({ lineItems: { item: [{ ...ROW, ...more }] } });
const send = (more: object) =>
	op('apiRequest send', { method: 'POST', path: '/customers', body: '{}', ...more });

/** The body of the only request. */
async function bodySent(): Promise<JsonObject> {
	const calls = await bildout.wire();
	expect(calls).toHaveLength(1);
	return calls[0][1] as JsonObject;
}

describe('a value that a field cannot hold is named before anything is sent', () => {
	it.each<[object, unknown, string | RegExp]>([
		[project({ budget: given }), '$5,000', "'Budget' must be a number, got '$5,000'"],
		[project({ description: given }), { a: 1 }, `'Description' must be text, got {"a":1}`],
		[project({ description: '={{ 1 * "x" }}' }), '', /^'Description' must be text, got NaN/],
		[project({ startDate: given }), 'soon', /^'Start Date' must be a date/],
		[
			project({ customerId: locator(given) }),
			'a/b',
			"'a/b' under 'Customer' is not the ID of a customer",
		],
		[billed({ allowPartial: given }), 'perhaps', /^'Allow Partial.*' must be true or false/],
		[billed({ currency: given }), 'dollars', /^'Currency' must be the three-letter code/],
		[invoice({ options: { timeout: given } }), 0, /^'Timeout \(Seconds\)' must be a whole number/],
		[invoice({ options: { maxRetries: given } }), -1, /^'Max Retries' must be/],
		[updateOf('customer', { name: given }), null, "'Name' cannot be emptied"],
		[updateOf('customer', { name: given }), ' ', "'Name' is empty"],
		[updateOf('invoice', { dueDate: given }), null, "'Due Date' cannot be emptied"],
		[clear('customer', ['name']), '', "'Clear Fields' has no 'name'"],
		[clear('customer', given), ['fax'], "'Clear Fields' has no 'fax'"],
		[clear('invoice', ['due_date']), '', "'Clear Fields' has no 'due_date'"],
		[clear('invoice', ['client_id']), '', "'Clear Fields' has no 'client_id'"],
		[upsert({}), 'phone', /^'Match By' must be one of email, name, got /],
		[upsert({}), null, /^'Match By' must be one of email, name, got /],
		[upsert({ matchBy: 'email', email: given }), '\u200b', "'Email' is empty"],
		[listed('customer', { createdFrom: "={{ new Date('soon') }}" }), '', /'Created From'/],
		[listed('invoice', { search: given }), ['a'], `'Search' must be text, got ["a"]`],
	])('%j of %j', async (parameters, value, message) => {
		await bildout.expectRefusal(parameters, message, withValue(value));
	});

	it('with what can be cleared instead', async () => {
		const { error } = await bildout.run(clear('customer', ['fax']));
		expect(error?.description).toMatch(/^It has email, phone, address\./);
		const { description } = bildout.engine.nodeTypes.getByName('n8n-nodes-bildout.bildOut');
		const offered = description.properties
			.filter(({ name }) => name === 'clearFields')
			.flatMap(({ options }) => (options as Array<{ value: string }>).map((one) => one.value));
		expect(offered).toContain('notes');
		for (const field of ['name', 'due_date']) expect(offered).not.toContain(field);
	});
});

describe('an expression that returns undefined, as that of a misspelt field does', () => {
	it.each<[string, object]>([
		["'Name'", op('customer create', { name: misspelt })],
		["'External ID'", invoice({ operation: 'upsert', externalId: misspelt })],
		["'Customer'", invoice({ customerId: locator(misspelt) })],
		["'Customer'", op('customer get', { customerId: locator(misspelt, 'email') })],
		["'Customer'", op('invoice getReceivables', { customerId: locator(misspelt) })],
		["'Customer'", project({ customerId: misspelt })],
		["'As Of'", op('invoice getReceivables', { asOf: misspelt })],
		["'Path'", send({ path: misspelt })],
		["'Body'", send({ body: misspelt })],
		["'Body'", send({ body: misspelt, method: 'PUT' })],
		["Line 1: 'Tax Rate (%)'", withRow({ taxRate: misspelt })],
		["Line 1: 'Quantity'", withRow({ quantity: misspelt })],
		["Line 1: 'Description'", withRow({ description: misspelt })],
		["'Discount Amount'", billed({ discountTotal: misspelt })],
		["'Deposit Amount'", billed({ depositRequired: misspelt })],
		["'Notes'", billed({ notes: misspelt })],
		["'Timeout (Seconds)'", invoice({ options: { timeout: misspelt } })],
		["'Budget'", project({ budget: misspelt })],
		["'Start Date'", project({ startDate: misspelt })],
		["'Status'", project({ status: misspelt })],
		["'Address': 'city'", project({ address: { city: misspelt } })],
		["'Clear Fields'", customer({ updateFields: { phone: '1' }, clearFields: misspelt })],
		["'Match By'", upsert({ matchBy: misspelt })],
		["filter 'Customer'", listed('invoice', { customerId: locator(misspelt) })],
		["filter 'Status'", listed('invoice', { status: misspelt })],
		["filter 'Min Total'", listed('invoice', { minTotal: '={{ "" }}' })],
	])('is named, and nothing is sent: %s', async (label, parameters) => {
		const message = `The expression for ${label} returned no value`;
		await bildout.expectRefusal(parameters, message, withValue(1));
	});

	it('is explained with the fields that the input item has', async () => {
		const items = [{ customer_id: 'c1', due: '2025-02-15' }];
		const { error } = await bildout.run(invoice({ customerId: locator(misspelt) }), { items });
		expect(error?.description).toBe(
			"Check the field that it names. The input item has customer_id, due. 'Customer' must name a customer.",
		);
	});

	it.each(['', null])('is not the same as %j, which leaves the field out', async (value) => {
		const lineItems = { item: [{ ...ROW, taxRate: given, description: given }] };
		const additionalFields = { discountTotal: given, depositRequired: given };
		await bildout.run(invoice({ lineItems, additionalFields }), withValue(value));
		const line_items = [{ name: 'Labor', quantity: 1, unit_price: 1 }];
		expect(await bodySent()).toEqual({ client_id: 'c1', due_date: '2025-02-15', line_items });
	});
});

describe('what an expression gives', () => {
	it.each<[object, unknown, JsonObject]>([
		[{ budget: given }, ' 48500.50 ', { budget: 48500.5 }],
		[{ budget: given }, 0, { budget: 0 }],
		[{ description: given }, 42, { description: '42' }],
		[{ status: given }, 'On Hold', { status: 'on_hold' }],
		[{ status: given }, 'COMPLETED ', { status: 'completed' }],
	])('%j of %j is sent as %j', async (additionalFields, value, body) => {
		await bildout.succeed(project(additionalFields), withValue(value));
		expect(await bodySent()).toEqual({ name: 'Deck', ...body });
	});

	it('is sent without its spaces, and without what a link puts before an address', async () => {
		const additionalFields = { email: ' mailto:Pay@Ace.example ', phone: '\u00a0+1 303 555 0142 ' };
		const { json } = await bildout.succeed(
			op('customer create', { name: ' Ace Roofing\u00a0', additionalFields }),
		);
		const body = { name: 'Ace Roofing', email: 'Pay@Ace.example', phone: '+1 303 555 0142' };
		expect(await bodySent()).toEqual(body);
		const get = op('customer get', { customerId: locator(given, 'email'), simplify: false });
		expect((await bildout.run(get, withValue('mailto:pay@ace.example'))).json).toEqual(json);
	});

	it('may be a number where an ID is meant', async () => {
		const { error } = await bildout.run(onOne('customer get', given), withValue(12));
		expect(error).toMatchObject({ httpCode: '404' });
		expect(await bildout.wire()).toEqual([['GET /customers/12']]);
	});

	it.each(['email, phone', '["email", "phone"]'])(
		'may be text that names fields to clear: %s',
		async (value) => {
			const body = { name: 'Ace', email: 'a@ace.example', phone: '1' };
			const { id } = await bildout.create('/customers', body);
			const update = { clearFields: given, updateFields: { name: 'B' } };
			const { json } = await bildout.run(onOne('customer update', id, update), withValue(value));
			expect(json).toMatchObject([{ name: 'B', email: null, phone: null }]);
		},
	);

	it.each([
		['false', false],
		['', false],
		[null, false],
		['yes', true],
		[1, true],
	])('turns a switch as it says: %j', async (value, isOn) => {
		const options = { sendOnlyGivenFields: given };
		await bildout.run(customer({ options, updateFields: { name: 'B' } }), withValue(value));
		expect((await bildout.wire())[0][0]).toBe(`${isOn ? 'PUT' : 'GET'} /customers/c1`);
	});

	it('makes a list whole, and simple', async () => {
		await bildout.control.seed({ customers: 70 });
		const parameters = op('customer getAll', { returnAll: given, simplify: given });
		const { json } = await bildout.run(parameters, withValue('true'));
		expect(json.length).toBeGreaterThan(100);
		expect(json.filter((record) => Object.keys(record).length !== 10)).toEqual([]);
	});
});

describe('a menu that an expression sets', () => {
	let id: string;
	let invoiceId: string;
	beforeEach(async () => {
		id = (await bildout.create('/customers', { name: 'Harbor', phone: '1' })).id;
		invoiceId = (await bildout.createInvoice(id)).id;
	});

	const harbor = { name: 'Harbor', email: 'other@example.com' };
	const asPhone = { matchBy: 'name', additionalFields: { phone: '2' } };
	const list = { method: 'GET', path: '/customers', response: given, body: '' };
	const lines = { lineItemsInput: given, lineItemsJson: JSON.stringify([LABOR]) };

	it.each<[string, string[], () => object, object]>([
		[
			'If It Exists',
			['Leave It as It Is', ' LEAVE it as it is '],
			() => upsert({ ...harbor, ...asPhone, ifExists: given }),
			{ phone: '1', upsert: 'found' },
		],
		['Match By', ['name', 'Name'], () => upsert(harbor), { upsert: 'updated' }],
		['Response', ['list', 'LIST'], () => send(list), { name: expect.any(String) }],
		[
			'Enter Line Items As',
			['JSON', ' Json'],
			() => newInvoice(id, { lineItemsInput: given }),
			{ line_items: [LABOR] },
		],
		[
			'Change Line Items',
			['add json'],
			() => onOne('invoice update', invoiceId, lines),
			{ line_items: [LABOR, LABOR] },
		],
		[
			'Group By',
			['invoice', 'INVOICE'],
			() => op('invoice getReceivables', { groupBy: given }),
			{ invoice_number: expect.any(String) },
		],
	])("'%s' is understood in each spelling: %j", async (_, words, parameters, expected) => {
		for (const word of words) {
			const { json } = await bildout.succeed(parameters(), withValue(word));
			expect(json[0]).toMatchObject(expected);
		}
	});
});

describe.each(['', ' \u00a0\u200b', null])('an empty cell %j', (value) => {
	const dates = { startDate: given, endDate: given };
	const PROJECT = { status: given, description: given, budget: given, ...dates };
	const PERSON = { email: given, phone: given, address: { city: given } };
	const run = async (parameters: object) => await bildout.succeed(parameters, withValue(value));
	const emptied = value === null ? null : '';

	it('is left out of a new record', async () => {
		const customerId = locator(given);
		await run(project({ ...PROJECT, customerId, address: { line1: given, city: given } }));
		await run(op('project upsert', { name: 'Pool', customerId, additionalFields: PROJECT }));
		await run(op('customer create', { name: 'Ace', additionalFields: PERSON }));
		await run(op('customer upsert', { matchBy: 'name', name: 'Bo', additionalFields: PERSON }));
		expect((await bildout.writes()).map(([, body]) => body)).toEqual(
			['Deck', 'Pool', 'Ace', 'Bo'].map((name) => ({ name })),
		);
	});

	it('empties a field of a record that exists', async () => {
		const body = { name: 'Ace', email: 'office@ace.example', phone: '1' };
		const address = { line1: 'Street 1', city: 'Denver' };
		const { id } = await bildout.create('/customers', { ...body, address });
		await run(onOne('customer update', id, { updateFields: PERSON }));
		expect(await bildout.read(`/customers/${id}`)).toMatchObject({
			...{ name: 'Ace', email: null, phone: null },
			address: { line1: 'Street 1', city: emptied },
		});
	});

	it('empties what has a format of its own by null, also where a record is found by its name', async () => {
		const days = { start_date: '2025-03-01', end_date: '2025-04-01' };
		const body = { name: 'Deck', status: 'active', description: 'Cedar', budget: 45000, ...days };
		const { id } = await bildout.create('/projects', body);
		const customerId = locator('', 'list');
		await run(op('project upsert', { customerId, name: 'deck', additionalFields: PROJECT }));
		const empty = { status: null, budget: null, start_date: null, end_date: null };
		expect((await bildout.wire()).at(-1)).toEqual([
			`PUT /projects/${id}`,
			expect.objectContaining({ name: 'deck', ...empty, description: emptied }),
		]);
	});
});

it('an empty cell keeps what an invoice is not without', async () => {
	const { id: customerId } = await bildout.create('/customers', { name: 'Ace' });
	const { id, status, currency } = await bildout.createInvoice(customerId);
	const updateFields = { dueDate: given, status: given, currency: given, notes: 'Thanks' };
	await bildout.succeed(onOne('invoice update', id, { updateFields }), withValue(' '));
	const kept = { due_date: '2025-02-15', status, currency, notes: 'Thanks' };
	expect(await bildout.read(`/invoices/${id}`)).toMatchObject(kept);
});

describe('a placeholder from an AI agent', () => {
	it.each(['', 'null', 'N/A', 'Unknown'])('overwrites nothing: %j', async (value) => {
		const body = { name: 'Ace', phone: '555 0100', address: { line1: 'Street 1', city: 'Tacoma' } };
		const { id } = await bildout.create('/customers', body);
		const changes = { email: 'new@ace.example', phone: fromModel('phone') };
		const updateFields = { ...changes, address: { city: fromModel('city') } };
		for (const through of ['engine', 'invoke'] as const) {
			const update = op('customer update', { customerId: id, updateFields });
			const { error } = await bildout.runTool(update, { phone: value, city: value }, through);
			expect(error).toBeUndefined();
		}
		const after = { ...body, email: 'new@ace.example' };
		expect(await bildout.read(`/customers/${id}`)).toMatchObject(after);
	});

	it.each<[unknown, string, number]>([
		[0, 'number', 45000],
		[null, 'number', 45000],
		['N/A', 'string', 45000],
		['0', 'string', 0],
		[12.5, 'number', 12.5],
	])('of a budget: %j as a %s', async (budget, type, expected) => {
		const { id } = await bildout.create('/projects', { name: 'Deck', budget: 45000 });
		const updateFields = { description: 'Cedar', budget: fromModel('budget', type) };
		const update = op('project update', { projectId: id, updateFields });
		const { error } = await bildout.runTool(update, { budget: budget as number });
		expect(error).toBeUndefined();
		expect((await bildout.read(`/projects/${id}`)).budget).toBe(expected);
	});

	it('is no name', async () => {
		const create = op('customer create', { name: fromModel('name') });
		const { error } = await bildout.runTool(create, { name: 'N/A' });
		expect(error).toMatch(/'Name' is empty/);
		expect(await bildout.wire()).toEqual([]);
	});
});

describe('a custom field', () => {
	const fields = (...field: object[]) => ({ customFields: { field } });

	it.each<[string, object, string[], string?]>([
		['text', {}, ['3.10', '-0', '007', 'true', 'null', '{"a":1}', '', '1E400']],
		['a number', { type: 'number' }, ['3.10', ' 1e3 '], '[3.1,1000]'],
		['yes or no', { type: 'boolean' }, ['TRUE', 'no', '0'], '[true,false,false]'],
		[
			'JSON',
			{ type: 'json' },
			['null', '["a", "b"]', '{"deep": 1.50}', '"12345678901234567890"'],
			'[null,["a","b"],{"deep":1.5},"12345678901234567890"]',
		],
	])('is sent as %s', async (_, row, values, sent = JSON.stringify(values)) => {
		const rows = values.map((value, at) => ({ name: `f${at}`, ...row, value }));
		await bildout.succeed(project(fields(...rows)));
		const [{ body }] = await bildout.calls();
		const own = Object.values(JSON.parse(body) as JsonObject).slice(1);
		expect(JSON.stringify(own)).toBe(sent);
	});

	it.each<[string, unknown, string]>([
		['text', 12.5, '"12.5"'],
		['text', true, '"true"'],
		['json', [1, { a: 2 }], '[1,{"a":2}]'],
		['json', null, 'null'],
	])('of the type %s takes what an expression gives: %j', async (type, value, sent) => {
		await bildout.succeed(project(fields({ name: 'f', type, value: given })), withValue(value));
		expect(JSON.stringify((await bodySent()).f)).toBe(sent);
	});

	it.each<[object, unknown, string | RegExp]>([
		[{ name: '' }, 'x', "Custom field 1 has no 'Name'"],
		[{ name: 'constructor' }, 'x', /^n8n does not send .*'constructor'$/],
		[{}, undefined, "Custom field 'f' has no 'Value'"],
		[{}, null, "Custom field 'f' has no 'Value'"],
		[{}, { a: 1 }, `Custom field 'f' must be text, got {"a":1}`],
		[{}, 2 ** 60, /^Custom field 'f' must be text.*lost digits$/],
		[{ type: 'number' }, '', "Custom field 'f' must be a number, got ''"],
		[{ type: 'boolean' }, 'perhaps', /^Custom field 'f' must be true or false/],
		[{ type: 'json' }, '{not json', /^Custom field 'f' is not valid JSON/],
		[
			{ type: 'json' },
			'{"a": [90071992547409931]}',
			/has the number [\d.E]+, which has more digits/,
		],
		[{ type: 'json' }, { a: [2 ** 60] }, /has the number 1152921504606847000/],
		[{ type: 'date' }, 'x', "Custom field 'f' has the unknown type 'date'"],
	])('%j with %j is refused by name', async (row, value, message) => {
		const rows = fields({ name: 'f', value: given, ...row });
		await bildout.expectRefusal(project(rows), message, withValue(value));
	});

	it.each([
		[['budget'], 'budget'],
		[['Budget'], 'Budget'],
		[['permit', 'Permit '], 'Permit'],
	])('is refused where it is given twice: %j beside Budget', async (names, twice) => {
		const rows = names.map((name) => ({ name, type: 'number', value: '2' }));
		const message = `Custom field '${twice}' is given twice`;
		await bildout.expectRefusal(project({ budget: 1, ...fields(...rows) }), message);
	});

	it('is emptied by JSON null in an update', async () => {
		const { id } = await bildout.create('/projects', { name: 'Deck', permit: 'B-17' });
		const updateFields = fields({ name: 'permit', type: 'json', value: 'null' });
		await bildout.succeed(onOne('project update', id, { updateFields }));
		expect((await bildout.read(`/projects/${id}`)).permit).toBeNull();
	});
});
