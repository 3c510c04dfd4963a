import type { IDataObject } from 'n8n-workflow';
import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/** What an empty cell does to each kind of field, on create, update and upsert. */
const bildout = bildOut();

const given = '={{ $json.value }}';

const EMPTY = ['', '  ', '\u00a0', '\u200b\u2060', null];

const PROJECT_FIELDS = {
	status: given,
	description: given,
	budget: given,
	startDate: given,
	endDate: given,
	customerId: locator(given),
	address: { line1: given, city: given },
};

const CUSTOMER_FIELDS = { email: given, phone: given, address: { city: given } };

const withValue = (value: unknown) => ({ items: [{ value }] as IDataObject[] });

const run = async (parameters: object, value: unknown) => {
	await bildout.succeed(parameters, withValue(value));
};

describe.each(EMPTY)('an empty cell %j', (value) => {
	it('is left out of a new record', async () => {
		const upsert = { operation: 'upsert', matchBy: 'name' };
		for (const operation of [{ operation: 'create' }, upsert]) {
			await run(
				{ resource: 'customer', ...operation, name: 'Ace', additionalFields: CUSTOMER_FIELDS },
				value,
			);
			await bildout.control.reset({ seed: true });
		}
		const project = { resource: 'project', name: 'Deck', additionalFields: PROJECT_FIELDS };
		await run({ ...project, operation: 'create' }, value);
		await run({ ...project, operation: 'upsert', customerId: locator(given), name: 'Pool' }, value);
		const posts = (await bildout.wire()).filter(([line]) => line.startsWith('POST'));
		expect(posts).toEqual([
			['POST /projects', { name: 'Deck' }],
			['POST /projects', { name: 'Pool' }],
		]);
	});

	it('empties a field of a record that exists', async () => {
		const { id } = await bildout.create('/customers', {
			name: 'Ace',
			email: 'office@ace.example',
			phone: '1',
			address: { line1: 'Street 1', city: 'Denver' },
		});
		await run(onOne('customer update', id, { updateFields: CUSTOMER_FIELDS }), value);
		const city = value === null ? null : '';
		expect(await bildout.read(`/customers/${String(id)}`)).toMatchObject({
			name: 'Ace',
			email: null,
			phone: null,
			address: { line1: 'Street 1', city },
		});
	});

	it('empties what has a format of its own by null, also where a record is found by its name', async () => {
		const body = {
			name: 'Deck',
			status: 'active',
			description: 'Cedar',
			budget: 45000,
			start_date: '2025-03-01',
			end_date: '2025-04-01',
		};
		const { id } = await bildout.create('/projects', body);
		await run(
			op('project upsert', {
				customerId: locator('', 'list'),
				name: 'deck',
				additionalFields: {
					status: given,
					description: given,
					budget: given,
					startDate: given,
					endDate: given,
				},
			}),
			value,
		);
		expect((await bildout.wire()).at(-1)).toEqual([
			`PUT /projects/${String(id)}`,
			expect.objectContaining({
				name: 'deck',
				status: null,
				description: value === null ? null : '',
				budget: null,
				start_date: null,
				end_date: null,
			}),
		]);
	});
});

it('keeps what an invoice is not without', async () => {
	const customer = await bildout.create('/customers', { name: 'Ace' });
	const invoice = await bildout.create('/invoices', {
		client_id: customer.id,
		due_date: '2025-02-15',
		line_items: [{ name: 'Labor', quantity: 1, unit_price: 1 }],
	});
	await run(
		onOne('invoice update', invoice.id, {
			updateFields: { dueDate: given, status: given, currency: given, notes: 'Thanks' },
		}),
		' ',
	);
	expect(await bildout.read(`/invoices/${String(invoice.id)}`)).toMatchObject({
		due_date: '2025-02-15',
		status: invoice.status,
		currency: invoice.currency,
		notes: 'Thanks',
	});
});

describe('a choice by its label', () => {
	it.each([
		['vendor', 'type', 'Supplier', 'supplier'],
		['vendor', 'type', 'SUBCONTRACTOR ', 'subcontractor'],
		['vendor', 'type', 'Sub-Contractor', 'subcontractor'],
		['project', 'status', 'Completed', 'completed'],
		['project', 'status', 'On Hold', 'on_hold'],
	])('of a %s: %s %j', async (resource, field, value, expected) => {
		await bildout.run(
			{ resource, operation: 'create', name: 'Ace', additionalFields: { [field]: given } },
			withValue(value),
		);
		expect((await bildout.wire()).at(-1)![1]).toEqual({ name: 'Ace', [field]: expected });
	});
});

describe('an expression that returns undefined', () => {
	const misspelt = '={{ $json.valeu }}';
	const line = { name: 'Labor', quantity: 1, unitPrice: 1 };
	const invoice = (more: object) =>
		op('invoice create', {
			customerId: locator('00000000-0000-4000-8000-000000000000'),
			dueDate: '2025-02-15',
			lineItems: { item: [line] },
			...more,
		});
	const send = (method: string) =>
		op('apiRequest send', { method, path: '/customers', body: misspelt });

	const receivables = op('invoice getReceivables');

	it.each<[string, object]>([
		["'Name'", op('customer create', { name: misspelt })],
		["'External ID'", invoice({ operation: 'upsert', externalId: misspelt })],
		["'Customer'", invoice({ customerId: locator(misspelt) })],
		["'Customer'", op('customer get', { customerId: locator(misspelt, 'email') })],
		["'Customer'", { ...receivables, customerId: locator(misspelt) }],
		["'As Of'", { ...receivables, asOf: misspelt }],
		["'Path'", { ...send('POST'), path: misspelt, body: '{}' }],
		["Line 1: 'Tax Rate (%)'", invoice({ lineItems: { item: [{ ...line, taxRate: misspelt }] } })],
		["Line 1: 'Quantity'", invoice({ lineItems: { item: [{ ...line, quantity: misspelt }] } })],
		[
			"Line 1: 'Description'",
			invoice({ lineItems: { item: [{ ...line, description: misspelt }] } }),
		],
		["'Discount Amount'", invoice({ additionalFields: { discountTotal: misspelt } })],
		["'Deposit Amount'", invoice({ additionalFields: { depositRequired: misspelt } })],
		["'Notes'", invoice({ additionalFields: { notes: misspelt } })],
		["'Timeout (Seconds)'", invoice({ options: { timeout: misspelt } })],
		["'Body'", send('POST')],
		["'Body'", send('PUT')],
		[
			"'Clear Fields'",
			onOne('customer update', 'c1', { updateFields: { phone: '1' }, clearFields: misspelt }),
		],
		["'Match By'", op('customer upsert', { matchBy: misspelt, name: 'A', email: 'a@b.example' })],
	])('is named, and nothing is sent: %s', async (label, parameters) => {
		await bildout.expectRefusal(
			parameters,
			`The expression for ${label} returned no value`,
			withValue(1),
		);
	});

	it.each(['', null])('is not the same as %j, which says nothing', async (value) => {
		const customer = await bildout.create('/customers', { name: 'Ace' });
		await run(
			invoice({
				customerId: locator(customer.id as string),
				lineItems: { item: [{ ...line, taxRate: given, description: given }] },
				additionalFields: { discountTotal: given, depositRequired: given },
			}),
			value,
		);
		const body = (await bildout.wire()).at(-1)![1] as JsonObject;
		expect(body).toEqual({
			client_id: customer.id,
			due_date: '2025-02-15',
			line_items: [{ name: 'Labor', quantity: 1, unit_price: 1 }],
		});
	});
});

describe('a placeholder from an AI agent', () => {
	const fromModel = (name: string, type = 'string') => `={{ $fromAI('${name}', '', '${type}') }}`;

	it.each(['', 'null', 'N/A', 'none', '-', 'undefined', 'Unknown', 'TBD'])(
		'overwrites nothing: %j',
		async (value) => {
			const { id } = await bildout.create('/customers', {
				name: 'Ace',
				phone: '555 0100',
				address: { city: 'Tacoma' },
			});
			const { error } = await bildout.runTool(
				op('customer update', {
					customerId: String(id),
					updateFields: {
						email: 'new@ace.example',
						phone: fromModel('phone'),
						address: { city: fromModel('city') },
					},
				}),
				{ phone: value, city: value },
				'engine',
			);
			expect(error).toBeUndefined();
			expect(await bildout.read(`/customers/${String(id)}`)).toMatchObject({
				email: 'new@ace.example',
				phone: '555 0100',
				address: { city: 'Tacoma' },
			});
		},
	);

	it.each<[unknown, string, number]>([
		[0, 'number', 45000],
		[null, 'number', 45000],
		['', 'string', 45000],
		['N/A', 'string', 45000],
		['0', 'string', 0],
		[12.5, 'number', 12.5],
	])('of a budget: %j as a %s', async (budget, type, expected) => {
		const { id } = await bildout.create('/projects', { name: 'Deck', budget: 45000 });
		const { error } = await bildout.runTool(
			op('project update', {
				projectId: String(id),
				updateFields: { description: 'Cedar', budget: fromModel('budget', type) },
			}),
			{ budget: budget as number },
			'engine',
		);
		expect(error).toBeUndefined();
		expect(((await bildout.read(`/projects/${String(id)}`)) as JsonObject).budget).toBe(expected);
	});

	it('is no name', async () => {
		const { error } = await bildout.runTool(
			op('customer create', { name: fromModel('name') }),
			{ name: 'N/A' },
			'engine',
		);
		expect(error).toMatch(/'Name' is empty/);
		expect(await bildout.wire()).toEqual([]);
	});
});
