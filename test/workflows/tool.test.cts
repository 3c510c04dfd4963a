import type { INodeProperties } from 'n8n-workflow';
import { bildOut } from '../support/bildout.cts';
import { fromModel, LABOR, locator, newInvoice, op, RETRYING } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

type Menu = Omit<INodeProperties, 'options'> & { options?: INodeProperties[] };

it('offers a model a text instead of each menu among fields and filters', () => {
	const { description } = bildout.engine.nodeTypes.getByName('n8n-nodes-bildout.bildOutTool');
	const collections = (description.properties as Menu[]).filter(({ name }) =>
		['additionalFields', 'updateFields', 'filters'].includes(name),
	);
	const shownTo = ({ displayOptions }: INodeProperties) => displayOptions?.show?.['@tool'];
	const menus = collections.flatMap(({ options }) =>
		options!
			.filter(({ type }) => type === 'options' || type === 'multiOptions')
			.map((menu) => ({
				menu: menu.displayName,
				shownTo: shownTo(menu),
				forModels: options!
					.filter(({ name, type }) => name === menu.name && type === 'string')
					.map((text) => [shownTo(text), /:( \w+,)+ \w+\.?$/.test(text.description!)]),
			})),
	);
	expect(menus.length).toBeGreaterThanOrEqual(8);
	for (const { menu, ...rest } of menus) {
		expect({ menu, ...rest }).toEqual({ menu, shownTo: [false], forModels: [[[true], true]] });
	}
});

/** How many keys were sent. */
const keys = async () =>
	new Set((await bildout.calls()).map(({ headers }) => headers['idempotency-key'])).size;

let customer: JsonObject;

beforeEach(async () => {
	customer = await bildout.create('/customers', {
		name: 'Harbor View Homes',
		email: 'office@harborviewhomes.example',
		address: { city: 'Tacoma' },
	});
});

describe.each(['engine', 'invoke'] as const)('a tool that an agent calls through %s', (through) => {
	const call = async (parameters: object, input: object) =>
		await bildout.runTool(parameters, input as JsonObject, through);
	/** What a call that does not fail returns. */
	async function records(parameters: object, input: object): Promise<JsonObject[]> {
		const { response, error } = await call(parameters, input);
		expect(error).toBeUndefined();
		return response as JsonObject[];
	}

	it.each([
		['an ID', () => customer.id],
		['an email', () => 'Office@HarborViewHomes.example'],
		['a URL', () => `${bildout.sandbox.url}/customers/${customer.id}`],
	])('finds a record by %s in plain text', async (_, value) => {
		const get = op('customer get', { customerId: locator(fromModel('customer')), output: 'raw' });
		expect(await records(get, { customer: value() })).toEqual([customer]);
	});

	it('gives ten fields of a record unless others are chosen', async () => {
		const get = op('customer get', { customerId: fromModel('customer') });
		const [record] = await records(get, { customer: customer.id });
		expect(Object.keys(record)).toHaveLength(10);
	});

	it('gives the fields that were chosen', async () => {
		const chosen = { output: 'selectedFields', outputFields: ['name', 'id'] };
		const getAll = op('customer getAll', { limit: fromModel('limit', 'number'), ...chosen });
		const first = await bildout.list('/customers?limit=2');
		const expected = first.map(({ name, id }) => ({ name, id }));
		expect(await records(getAll, { limit: 2 })).toEqual(expected);
	});

	it('makes one record when Retry On Fail repeats a create whose response was lost', async () => {
		await bildout.control.fault({ kind: 'drop_after', method: 'POST', times: 1 });
		const create = op('customer create', { name: fromModel('name') });
		const input = { name: 'Once Only' };
		const { error } = await bildout.runTool(create, input, through, { node: RETRYING });
		expect(error).toBeUndefined();
		expect(await bildout.writes()).toHaveLength(1);
		expect(await bildout.list('/customers?search=Once')).toHaveLength(1);
	});

	it('creates with the plain values that a model sends', async () => {
		const [invoice] = await records(
			newInvoice(fromModel('customer'), {
				dueDate: fromModel('due'),
				lineItemsJson: fromModel('lines', 'json'),
				additionalFields: {
					discountTotal: fromModel('discount'),
					allowPartial: fromModel('partial'),
				},
			}),
			{
				...{ customer: 'office@harborviewhomes.example', due: '2025-02-15' },
				...{ lines: [{ ...LABOR, quantity: '16' }], discount: '12.50', partial: 'true' },
			},
		);
		const body = { client_id: customer.id, due_date: '2025-02-15', discount_total: 12.5 };
		const line_items = [{ ...LABOR, quantity: 16 }];
		expect(await bildout.writes()).toEqual([
			['POST /invoices', { ...body, allow_partial: true, line_items }],
		]);
		expect(invoice).toMatchObject({ total: 1187.5 });
	});

	it('writes an invoice from the lines and the status that a model gives, with nothing set beside', async () => {
		const create = op('invoice create', {
			customerId: fromModel('customer'),
			dueDate: fromModel('due'),
			lineItemsJson: fromModel('lines', 'json'),
			additionalFields: { status: fromModel('status') },
		});
		const input = { customer: customer.id, due: '2025-02-15', lines: [LABOR], status: 'sent' };
		expect(await records(create, input)).toMatchObject([{ total: 75, status: 'sent' }]);
	});

	it('filters by the states that a model names', async () => {
		const getAll = op('invoice getAll', { filters: { status: fromModel('status') } });
		const found = await records(getAll, { status: 'paid, void' });
		expect(new Set(found.map(({ status }) => status))).toEqual(new Set(['paid', 'void']));
	});

	it.each(['N/A', 'none', '-', 'unknown'])(
		'has no filter where a model gives %j',
		async (nothing) => {
			const names = ['status', 'customerId', 'dueFrom', 'minTotal', 'search'];
			const filters = Object.fromEntries(names.map((name) => [name, fromModel(name)]));
			const input = Object.fromEntries(names.map((name) => [name, nothing]));
			const found = await records(op('invoice getAll', { limit: 3, filters }), input);
			const first = await bildout.list('/invoices?limit=3');
			expect(found.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
		},
	);

	const deck = (additionalFields: object) =>
		op('project create', { name: 'Deck', additionalFields });
	const value = fromModel('value');
	const get = op('invoice get', { invoiceId: value });

	it.each<[object, string, RegExp]>([
		[op('customer create', { name: value }), '', /'Name' is empty/],
		[get, '', /'Invoice' is empty/],
		[get, 'the one from last week', /'the one from last week' under 'Invoice' is not the ID/],
		[deck({ budget: value }), 'about five', /'Budget' must be a number, got 'about five'/],
		[deck({ startDate: value }), 'Monday', /'Start Date' must be a date such as .*'Monday'/],
	])('tells the model what is missing: %j of %j', async (parameters, given, message) => {
		const { error } = await call(parameters, { value: given });
		expect(error).toMatch(message);
		expect(await bildout.wire()).toEqual([]);
	});

	it('tells the model what BildOut refused', async () => {
		const additionalFields = { email: fromModel('email') };
		const create = op('customer create', { name: 'Ace', additionalFields });
		const { error } = await call(create, { email: 'no..dots@ace.example' });
		expect(error).toMatch(/email: .*email/);
	});

	it('sends another key with each call', async () => {
		const parameters = op('customer create', { name: fromModel('name') });
		await call(parameters, { name: 'One' });
		await call(parameters, { name: 'Two' });
		expect(await keys()).toBe(2);
	});
});

it('gives a create that differs from one that failed a key of its own', async () => {
	const additionalFields = { email: fromModel('email') };
	const { error } = await bildout.runTool(
		op('customer create', { name: fromModel('name'), additionalFields }),
		{ name: 'Right', email: 'right@ace.example' },
		'invoke',
		{ before: [{ name: 'Wrong', email: 'no..dots@ace.example' }] },
	);
	expect(error).toBeUndefined();
	expect((await bildout.calls()).map(({ status }) => status)).toEqual([422, 201]);
	expect(await keys()).toBe(2);
});
