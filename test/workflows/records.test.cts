import { bildOut, type NodeOptions } from '../support/bildout.cts';
import { CONTINUING, locator, newInvoice, onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/** Create, Get, Get Many, Update and Delete of each resource: what goes out, and what comes of it. */
const bildout = bildOut();

const ADDRESS = {
	...{ line1: '410 Maple Street', line2: 'Suite 200', city: 'Tacoma' },
	...{ state: 'WA', zip: '98402', country: 'US' },
};
const PERSON = {
	name: 'Harbor View Homes',
	email: 'office@harborviewhomes.example',
	phone: '(206) 555-0142',
	address: ADDRESS,
};
const LINES: JsonObject[] = [
	{ name: 'Construction materials', quantity: 100, unit_price: 45, tax_rate: 8.5 },
	{ name: 'Labor', description: 'Two days', quantity: 16, unit_price: 75 },
];
const VENDOR = { ...PERSON, type: 'subcontractor', notes: 'Net 30. Delivers on Tuesdays.' };
const SIMPLE_PERSON = [
	...['id', 'name', 'email', 'phone', 'address_line1', 'address_city', 'address_state'],
	'created_at',
];

let customer: string;
let kitchen: string;

beforeEach(async () => {
	customer = (await bildout.create('/customers', { name: 'Harbor' })).id;
	kitchen = (await bildout.create('/projects', { name: 'Kitchen', client_id: customer })).id;
	await bildout.control.clearRequests();
});

interface Kind {
	resource: string;
	/** What Create sends where only what is needed is given, and the parameters for it. */
	least: () => [body: JsonObject, parameters: object];
	/** The body with every field, and the optional parameters for it. */
	whole: () => [body: JsonObject, additionalFields: object];
	simple: string[];
}

const people = (resource: string, body: JsonObject, simple: string[]): Kind => ({
	resource,
	least: () => [{ name: body.name }, { name: body.name }],
	whole: () => [body, Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'name'))],
	simple: [...SIMPLE_PERSON, ...simple],
});

const KINDS: Kind[] = [
	people('customer', PERSON, ['address_line2', 'address_zip']),
	people('vendor', VENDOR, ['type', 'notes']),
	{
		resource: 'project',
		least: () => [{ name: 'Deck' }, { name: 'Deck' }],
		whole: () => {
			const same = { description: 'Cedar', status: 'active', budget: 48500.5, address: ADDRESS };
			const body = { client_id: customer, start_date: '2025-03-01', end_date: '2025-06-30' };
			const dates = { startDate: '2025-03-01T00:00:00', endDate: '2025-06-30' };
			return [
				{ name: 'Deck', ...same, ...body },
				{ customerId: locator(customer), ...same, ...dates },
			];
		},
		simple: [
			...['id', 'name', 'client_id', 'description', 'status', 'address_city', 'start_date'],
			...['end_date', 'budget', 'created_at'],
		],
	},
	{
		resource: 'invoice',
		least: () => [
			{ client_id: customer, due_date: '2025-02-15', line_items: LINES },
			newInvoice(customer, { lineItemsJson: JSON.stringify(LINES) }),
		],
		whole: () => {
			const same = { status: 'sent', notes: 'Thank you.', terms: 'Due in 30 days' };
			const body = { ...same, project_id: kitchen, issue_date: '2025-01-15', currency: 'usd' };
			const money = { discount_total: 12.5, allow_partial: true, deposit_required: 250 };
			return [
				{ client_id: customer, due_date: '2025-02-15', line_items: LINES, ...body, ...money },
				{
					...{ ...same, projectId: locator(kitchen), issueDate: '2025-01-15T00:00:00' },
					...{ currency: 'USD', discountTotal: 12.5, allowPartial: true, depositRequired: 250 },
				},
			];
		},
		simple: [
			...['id', 'invoice_number', 'status', 'client_id', 'project_id', 'issue_date', 'due_date'],
			...['total', 'amount_paid', 'amount_due'],
		],
	},
];

const WITH_CUSTOM = {
	field: [
		{ name: 'tier', value: 'gold' },
		{ name: 'score', type: 'number', value: '7.5' },
		{ name: 'tags', type: 'json', value: '["roof", "deck"]' },
		{ name: 'code', value: '007' },
	],
};
const CUSTOM = { tier: 'gold', score: 7.5, tags: ['roof', 'deck'], code: '007' };

describe.each(KINDS)('$resource', ({ resource, least, whole, simple }) => {
	const path = `/${resource}s`;
	const add = async (more: JsonObject = {}) => {
		const record = await bildout.create(path, { ...whole()[0], ...more });
		await bildout.control.clearRequests();
		return record;
	};
	const create = (more: object = {}) => op(`${resource} create`, { ...least()[1], ...more });

	it('Create sends every field, and gives what BildOut made of it', async () => {
		const [body, fields] = whole();
		const additionalFields = { ...fields, customFields: WITH_CUSTOM };
		const { json } = await bildout.succeed(create({ additionalFields }));
		expect(await bildout.wire()).toEqual([[`POST ${path}`, { ...body, ...CUSTOM }]]);
		expect(json).toEqual([await bildout.read(`${path}/${json[0].id}`)]);
	});

	it('Create sends nothing that was not given', async () => {
		await bildout.succeed(create());
		expect(await bildout.wire()).toEqual([[`POST ${path}`, least()[0]]]);
	});

	it('Create keeps the order of the items, and pairs each result with its own', async () => {
		await bildout.control.config({ latencyMs: 5 });
		const field = [{ name: 'row', value: '={{ $json.row }}' }];
		const rows = Array.from({ length: 8 }, (_, row) => `${row}`);
		const parameters = create({ additionalFields: { customFields: { field } } });
		const { items } = await bildout.succeed(parameters, { items: rows.map((row) => ({ row })) });
		expect((await bildout.wire()).map(([, body]) => (body as JsonObject).row)).toEqual(rows);
		expect(items.map(({ json, pairedItem }) => [json.row, pairedItem])).toEqual(
			rows.map((row, item) => [row, { item }]),
		);
	});

	it('Get reads one record, whole or with ten fields', async () => {
		const { id } = await add();
		const raw = await bildout.succeed(onOne(`${resource} get`, id, { simplify: false }));
		expect(raw.json).toEqual([await bildout.read(`${path}/${id}`)]);
		const simplified = await bildout.succeed(onOne(`${resource} get`, id));
		expect(simplified.json.map((record) => Object.keys(record).sort())).toEqual([
			[...simple].sort(),
		]);
		expect(await bildout.wire()).toEqual([[`GET ${path}/${id}`], [`GET ${path}/${id}`]]);
	});

	it('Get Many asks for 50, or as many as are wanted, and simplifies them too', async () => {
		const all = await bildout.succeed(op(`${resource} getAll`, { simplify: false }));
		expect(all.json).toEqual(await bildout.list(`${path}?limit=50`));
		const three = await bildout.succeed(op(`${resource} getAll`, { limit: 3 }));
		expect(three.json.map((record) => Object.keys(record).length)).toEqual([10, 10, 10]);
		expect(await bildout.wire()).toEqual([[`GET ${path}?limit=50`], [`GET ${path}?limit=3`]]);
	});

	it('Update changes what is given, and keeps all else', async () => {
		const before = await add({ tier: 'gold' });
		const customFields = { field: [{ name: 'code', value: '008' }] };
		const { json } = await bildout.succeed(
			onOne(`${resource} update`, before.id, { updateFields: { customFields } }),
		);
		const body = { ...whole()[0], tier: 'gold', code: '008' };
		const invoiced = expect.objectContaining({ ...body, line_items: expect.anything() });
		expect(await bildout.wire()).toEqual([
			[`GET ${path}/${before.id}`],
			[`PUT ${path}/${before.id}`, resource === 'invoice' ? invoiced : body],
		]);
		const after = await bildout.read(`${path}/${before.id}`);
		expect(json).toEqual([after]);
		expect(after).toMatchObject(body);
	});

	it('Update loses none of several changes to one record', async () => {
		const { id } = await add();
		await bildout.control.config({ latencyMs: 10 });
		const field = [{ name: '={{ $json.field }}', value: '={{ $json.value }}' }];
		const items = ['gate', 'crew', 'parking'].map((name, at) => ({ field: name, value: `${at}` }));
		const updateFields = { customFields: { field } };
		await bildout.succeed(onOne(`${resource} update`, id, { updateFields }), { items });
		const after = await bildout.read(`${path}/${id}`);
		expect(after).toMatchObject({ ...whole()[0], gate: '0', crew: '1', parking: '2' });
	});

	it('Update refuses to change nothing', async () => {
		await bildout.expectRefusal(onOne(`${resource} update`, 'x1'), 'No fields to update');
	});

	it('Delete deletes, and reports it', async () => {
		const { id } = await add();
		const { json } = await bildout.succeed(onOne(`${resource} delete`, id));
		expect(await bildout.wire()).toEqual([[`DELETE ${path}/${id}`]]);
		expect(json).toEqual([{ deleted: true, id }]);
		await expect(bildout.read(`${path}/${id}`)).rejects.toThrow('not_found');
	});
});

describe('payment', () => {
	it('is read, whole or with ten fields, alone and in a list', async () => {
		const [payment] = await bildout.list('/payments?limit=1');
		const raw = await bildout.succeed(onOne('payment get', payment.id, { simplify: false }));
		expect(raw.json).toEqual([await bildout.read(`/payments/${payment.id}`)]);
		const { json } = await bildout.succeed(onOne('payment get', payment.id));
		expect(Object.keys(json[0])).toEqual([
			...['id', 'direction', 'status', 'method', 'amount', 'currency', 'invoice_id', 'vendor_id'],
			...['project_id', 'created_at'],
		]);
		expect(payment).toMatchObject(json[0]);
		const list = await bildout.succeed(op('payment getAll', { limit: 30, simplify: false }));
		expect(list.json).toEqual(await bildout.list('/payments?limit=30'));
	});

	it.each(['create', 'update', 'delete', 'upsert'])('has no operation %s', async (operation) => {
		const error = `There is no operation '${operation}' for the resource 'payment'`;
		const { error: failure } = await bildout.run(op(`payment ${operation}`));
		const description = expect.stringMatching(/get, getAll/);
		expect(failure).toMatchObject({ message: error, description });
		const options = { items: [{}, {}], node: CONTINUING };
		const { json } = await bildout.run(op(`payment ${operation}`), options);
		expect(json).toEqual([0, 1].map(() => ({ error, message: expect.any(String) })));
		expect(await bildout.wire()).toEqual([]);
	});
});

describe('Update', () => {
	const OTHER = 'other@example.com';
	const deck = () => ({
		...{ name: 'Deck', client_id: customer, budget: 5, end_date: '2025-06-30', address: ADDRESS },
	});
	const invoice = () => ({
		...{ client_id: customer, due_date: '2025-02-15', line_items: LINES, terms: 'T', notes: 'n' },
	});

	it.each<[string, () => JsonObject, object, string[], object]>([
		[
			'customer',
			() => PERSON,
			{ name: 'Harbor View', address: { line2: '' } },
			['phone', 'address.zip'],
			{ name: 'Harbor View', phone: null, address: { ...ADDRESS, line2: '', zip: null } },
		],
		['customer', () => PERSON, { phone: '={{ null }}' }, [], { ...PERSON, phone: null }],
		[
			'project',
			deck,
			{ customerId: OTHER, name: 'New', budget: 0 },
			['end_date', 'address.city'],
			{ name: 'New', budget: 0, end_date: null, address: { ...ADDRESS, city: null } },
		],
		[
			'invoice',
			invoice,
			{ customerId: locator(OTHER, 'email'), notes: '' },
			['project_id', 'terms'],
			{ project_id: null, terms: null, notes: '', due_date: '2025-02-15' },
		],
	])(
		'tells leaving out, emptying and clearing of a field of a %s apart, and another customer',
		async (resource, body, updateFields, clearFields, expected) => {
			const other = await bildout.create('/customers', { name: 'O', email: OTHER });
			const { id } = await bildout.create(`/${resource}s`, body());
			await bildout.succeed(onOne(`${resource} update`, id, { updateFields, clearFields }));
			const moved = 'customerId' in updateFields ? { client_id: other.id } : {};
			const after = await bildout.read(`/${resource}s/${id}`);
			expect(after).toMatchObject({ ...expected, ...moved });
		},
	);

	it.each<[string, object, object]>([
		['customer', { name: 'Harbor View', phone: '1' }, { name: 'Harbor View', phone: '1' }],
		['invoice', { customerId: 'c1', notes: 'x' }, { client_id: 'c1', notes: 'x' }],
	])('sends just the given fields of a %s where that is set', async (resource, given, body) => {
		const options = { sendOnlyGivenFields: true, checkResult: false };
		await bildout.run(onOne(`${resource} update`, 'x1', { updateFields: given, options }));
		expect(await bildout.wire()).toEqual([[`PUT /${resource}s/x1`, body]]);
	});

	it('refuses to set and clear one field', async () => {
		await bildout.expectRefusal(
			onOne('customer update', 'c1', { updateFields: { phone: '1' }, clearFields: ['phone'] }),
			/phone.* is set in both 'update fields' and 'clear fields'/i,
		);
	});
});

it('Get reads many concurrently, at most 20, and keeps their order', async () => {
	await bildout.control.seed({ customers: 40 });
	const ids = (await bildout.list('/customers?limit=60')).map(({ id }) => id as string);
	await bildout.control.config({ latencyMs: 30 });
	const items = ids.map((id) => ({ id }));
	const { json } = await bildout.succeed(onOne('customer get', '={{ $json.id }}'), { items });
	expect(json.map(({ id }) => id)).toEqual(ids);
	const calls = await bildout.calls();
	expect(calls).toHaveLength(ids.length);
	const most = Math.max(...calls.map(({ inFlight }) => inFlight));
	expect(most).toBeGreaterThan(10);
	expect(most).toBeLessThanOrEqual(20);
});

it('Get Financials reads what a project has earned', async () => {
	const sent = { project_id: kitchen, status: 'sent', line_items: LINES };
	await bildout.createInvoice(customer, sent);
	const { json } = await bildout.succeed(onOne('project getFinancials', kitchen));
	expect(await bildout.wire()).toEqual([[`GET /projects/${kitchen}/financials`]]);
	expect(json).toEqual([await bildout.read(`/projects/${kitchen}/financials`)]);
	expect(json[0]).toMatchObject({ project_id: kitchen, invoiced_total: 6082.5 });
});

describe('an invoice', () => {
	const ROOF = { name: 'Roof', quantity: 2, unit_price: 300, tax_rate: 5 };
	const ROWS = { item: [{ name: 'Roof', quantity: 2, unitPrice: '300', taxRate: '5' }] };
	const JSON_LINES = JSON.stringify([ROOF]);
	let id: unknown;
	const update = (more: object) => onOne('invoice update', id, more);
	const linesSent = async () =>
		(await bildout.wire()).flatMap(([, body]) => (body ? [(body as JsonObject).line_items] : []));

	beforeEach(async () => {
		id = (await bildout.createInvoice(customer, { notes: 'Thanks', line_items: LINES })).id;
	});

	it('comes with the totals that BildOut computed', async () => {
		const lineItemsJson = JSON.stringify(LINES);
		const { json } = await bildout.succeed(newInvoice(customer, { lineItemsJson }));
		expect(json).toMatchObject([{ subtotal: 5700, tax_total: 382.5, total: 6082.5 }]);
	});

	it.each([
		['rows', { lineItems: ROWS }, [ROOF]],
		['json', { lineItemsJson: JSON_LINES }, [ROOF]],
		['addRows', { lineItems: ROWS }, [...LINES, ROOF]],
		['addJson', { lineItemsJson: JSON_LINES }, [...LINES, ROOF]],
	])(
		'has its lines replaced, or others added, and keeps all else: %s',
		async (how, lines, sent) => {
			const { json } = await bildout.succeed(update({ lineItemsInput: how, ...lines }));
			expect(await linesSent()).toMatchObject([sent]);
			expect(json).toMatchObject([{ notes: 'Thanks', line_items: sent }]);
			expect((json[0].line_items as unknown[]).length).toBe(sent.length);
		},
	);

	it.each<[string, NodeOptions]>([
		['items', { items: [{ name: 'One' }, { name: 'Two' }] }],
		['rounds of a loop', { items: [{ name: 'One' }], rounds: 2 }],
	])('has the lines of several %s added', async (_, options) => {
		const lineItemsJson = '={{ [{ name: $json.name ?? "Two", quantity: 1, unit_price: 10 }] }}';
		await bildout.succeed(update({ lineItemsInput: 'addJson', lineItemsJson }), options);
		expect((await bildout.read(`/invoices/${id}`)).line_items).toHaveLength(4);
	});

	const none = '={{ $json.none }}';
	const due = (dueDate: string) => newInvoice(customer, { dueDate });
	const noValue = (label: string) => `The expression for '${label}' returned no value`;
	const noLines = 'The invoice has no line items';
	const adding = { lineItemsInput: 'addJson', lineItemsJson: JSON_LINES };

	it.each<[string, () => object, string]>([
		['no customer', () => newInvoice(none), noValue('Customer')],
		['an empty customer', () => newInvoice('={{ "" }}'), "'Customer' is empty"],
		['no due date', () => due(none), noValue('Due Date')],
		['an empty due date', () => due("={{ '' }}"), "'Due Date' is empty"],
		['no line', () => newInvoice(customer, { lineItemsJson: '[]' }), noLines],
		['no line to add', () => update({ lineItemsInput: 'addRows' }), noLines],
		[
			'lines to add to those that would be removed',
			() => update({ ...adding, options: { sendOnlyGivenFields: true } }),
			"Lines cannot be added while 'Send Only Given Fields' is on",
		],
		[
			'an unknown way to change lines',
			() => update({ ...adding, lineItemsInput: '={{ "append" }}' }),
			"'Change Line Items' must be one of addJson, addRows, keep, json, rows, got 'append'",
		],
	])('is not sent with %s', async (_, parameters, message) => {
		await bildout.expectRefusal(parameters(), message);
	});
});
