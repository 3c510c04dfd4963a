import type { INodeProperties } from 'n8n-workflow';
import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
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

/** A parameter that the model fills in, as the editor writes it. */
const fromModel = (name: string, type = 'string') => `={{ $fromAI('${name}', '', '${type}') }}`;

let customer: JsonObject;

beforeEach(async () => {
	customer = await bildout.create('/customers', {
		name: 'Harbor View Homes',
		email: 'office@harborviewhomes.example',
		address: { city: 'Tacoma' },
	});
});

describe.each(['engine', 'invoke'] as const)('a tool that an agent calls through %s', (through) => {
	const call = async (parameters: object, input: JsonObject) =>
		await bildout.runTool(parameters, input, through);

	it.each([
		['an ID', () => customer.id as string],
		['an email', () => 'Office@HarborViewHomes.example'],
		['a URL', () => `${bildout.sandbox.url}/customers/${customer.id}`],
	])('finds a record by %s in plain text', async (_, value) => {
		const parameters = op('customer get', {
			customerId: { __rl: true, mode: 'id', value: fromModel('customer') },
			output: 'raw',
		});
		const { response } = await call(parameters, { customer: value() });
		expect(response).toEqual([customer]);
	});

	it('gives ten fields of a record unless others are chosen', async () => {
		const get = op('customer get', { customerId: fromModel('customer') });
		const { response } = await call(get, { customer: customer.id });
		expect(Object.keys((response as JsonObject[])[0])).toHaveLength(10);
	});

	it('gives the fields that were chosen', async () => {
		const { response } = await call(
			op('customer getAll', {
				limit: fromModel('limit', 'number'),
				output: 'selectedFields',
				outputFields: ['name', 'id'],
			}),
			{ limit: 2 },
		);
		const first = await bildout.list('/customers?limit=2');
		expect(response).toEqual(first.map(({ name, id }) => ({ name, id })));
	});

	it('makes one record when Retry On Fail repeats a create whose response was lost', async () => {
		await bildout.control.fault({ kind: 'drop_after', method: 'POST', times: 1 });
		const { error } = await bildout.runTool(
			op('customer create', { name: fromModel('name') }),
			{ name: 'Once Only' },
			through,
			{ node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
		);
		expect(error).toBeUndefined();
		const sent = (await bildout.calls()).filter(({ method }) => method === 'POST');
		expect(sent).toHaveLength(1);
		expect(await bildout.list('/customers?search=Once')).toHaveLength(1);
	});

	it('gives a create that differs from one that failed a key of its own', async () => {
		const { error } = await bildout.runTool(
			op('customer create', {
				name: fromModel('name'),
				additionalFields: { email: fromModel('email') },
			}),
			{ name: 'Right', email: 'right@ace.example' },
			'invoke',
			{ before: [{ name: 'Wrong', email: 'no..dots@ace.example' }] },
		);
		expect(error).toBeUndefined();
		const calls = await bildout.calls();
		expect(calls.map(({ status }) => status)).toEqual([422, 201]);
		expect(new Set(calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
	});

	it('creates with the plain values that a model sends', async () => {
		const { response, error } = await call(
			op('invoice create', {
				customerId: fromModel('customer'),
				dueDate: fromModel('due'),
				lineItemsInput: 'json',
				lineItemsJson: fromModel('lines', 'json'),
				additionalFields: {
					discountTotal: fromModel('discount'),
					allowPartial: fromModel('partial'),
				},
			}),
			{
				customer: 'office@harborviewhomes.example',
				due: '2025-02-15',
				lines: [{ name: 'Labor', quantity: '16', unit_price: 75 }],
				discount: '12.50',
				partial: 'true',
			},
		);
		expect(error).toBeUndefined();
		expect((await bildout.wire()).at(-1)).toEqual([
			'POST /invoices',
			{
				client_id: customer.id,
				due_date: '2025-02-15',
				discount_total: 12.5,
				allow_partial: true,
				line_items: [{ name: 'Labor', quantity: 16, unit_price: 75 }],
			},
		]);
		expect(response).toMatchObject([{ total: 1187.5 }]);
	});

	it('writes an invoice from the lines and the status that a model gives, with nothing set beside', async () => {
		const { response, error } = await call(
			op('invoice create', {
				customerId: fromModel('customer'),
				dueDate: fromModel('due'),
				lineItemsJson: fromModel('lines', 'json'),
				additionalFields: { status: fromModel('status') },
			}),
			{
				customer: customer.id,
				due: '2025-02-15',
				lines: [{ name: 'Labor', quantity: 2, unit_price: 75 }],
				status: 'sent',
			},
		);
		expect(error).toBeUndefined();
		expect(response).toMatchObject([{ total: 150, status: 'sent' }]);
	});

	it('filters by the states that a model names', async () => {
		const { response, error } = await call(
			op('invoice getAll', { filters: { status: fromModel('status') } }),
			{ status: 'paid, void' },
		);
		expect(error).toBeUndefined();
		const states = (response as JsonObject[]).map(({ status }) => status);
		expect(new Set(states)).toEqual(new Set(['paid', 'void']));
	});

	it.each(['N/A', 'none', '-', 'unknown'])(
		'has no filter where a model gives %j',
		async (nothing) => {
			const { response, error } = await call(
				op('invoice getAll', {
					limit: 3,
					filters: {
						status: fromModel('status'),
						customerId: fromModel('customer'),
						dueFrom: fromModel('due'),
						minTotal: fromModel('total'),
						search: fromModel('search'),
					},
				}),
				{ status: nothing, customer: nothing, due: nothing, total: nothing, search: nothing },
			);
			expect(error).toBeUndefined();
			const first = await bildout.list('/invoices?limit=3');
			expect((response as JsonObject[]).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
		},
	);

	const deck = (additionalFields: object) =>
		op('project create', { name: 'Deck', additionalFields });
	const get = op('invoice get', { invoiceId: fromModel('value') });

	it.each<[object, string, RegExp]>([
		[op('customer create', { name: fromModel('value') }), '', /'Name' is empty/],
		[get, '', /'Invoice' is empty/],
		[get, 'the one from last week', /'the one from last week' under 'Invoice' is not the ID/],
		[
			deck({ budget: fromModel('value') }),
			'about five',
			/'Budget' must be a number, got 'about five'/,
		],
		[
			deck({ startDate: fromModel('value') }),
			'next Monday',
			/'Start Date' must be a date such as .*'next Monday'/,
		],
	])('tells the model what is missing: %j of %j', async (parameters, value, message) => {
		const { error } = await call(parameters, { value });
		expect(error).toMatch(message);
		expect(await bildout.wire()).toEqual([]);
	});

	it('tells the model what BildOut refused', async () => {
		const { error } = await call(
			op('customer create', { name: 'Ace', additionalFields: { email: fromModel('email') } }),
			{ email: 'no..dots@ace.example' },
		);
		expect(error).toMatch(/email: .*email/);
	});

	it('sends another key with each call', async () => {
		const parameters = op('customer create', { name: fromModel('name') });
		await call(parameters, { name: 'One' });
		await call(parameters, { name: 'Two' });
		const keys = (await bildout.calls()).map(({ headers }) => headers['idempotency-key']);
		expect(new Set(keys).size).toBe(2);
	});
});
