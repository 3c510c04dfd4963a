import type { IDataObject } from 'n8n-workflow';
import { scriptedServer } from '../support/scripted-server.cts';
import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();
const server = scriptedServer();

let customer: JsonObject;
let invoice: JsonObject;

beforeEach(async () => {
	customer = await bildout.create('/customers', { name: 'Harbor View Homes' });
	invoice = await bildout.create('/invoices', {
		client_id: customer.id as string,
		due_date: '2025-02-15',
		line_items: [{ name: 'Labor', quantity: 16, unit_price: 75 }],
	});
});

const get = (resource: string, chosen: unknown) => ({
	resource,
	operation: 'get',
	[`${resource}Id`]: chosen,
});

describe('a record is found by what people know of it', () => {
	it.each<[string, string, string, () => unknown]>([
		['customer', 'name', 'its name', () => ' harbor view HOMES'],
		['vendor', 'name', 'its name', () => 'Zzyzx Lumber'],
		['project', 'name', 'its name', () => 'zzyzx deck'],
		['invoice', 'number', 'its number', () => invoice.invoice_number],
		[
			'invoice',
			'number',
			'its number in small letters',
			() => String(invoice.invoice_number).toLowerCase(),
		],
		['invoice', 'id', 'its number where an ID is asked for', () => invoice.invoice_number],
	])('%s by %s: %s', async (resource, mode, _, value) => {
		await bildout.create('/vendors', { name: 'Zzyzx Lumber' });
		await bildout.create('/projects', { name: 'Zzyzx Deck' });
		const { json } = await bildout.succeed(get(resource, locator(value() as string, mode)));
		expect(json).toHaveLength(1);
		const [found] = json as [IDataObject];
		const known = found.invoice_number ?? found.name;
		expect(String(known).toLowerCase()).toBe(String(value()).trim().toLowerCase());
	});

	it('by an invoice number that an expression gives in plain text', async () => {
		const { json } = await bildout.run(get('invoice', '={{ $json.number }}'), {
			items: [{ number: invoice.invoice_number }],
		});
		expect(json).toMatchObject([{ id: invoice.id }]);
	});

	it('is not guessed when several have the name: the error lists them', async () => {
		const twin = await bildout.create('/customers', { name: 'harbor view homes' });
		const { error } = await bildout.run(get('customer', locator('Harbor View Homes', 'name')));
		expect(error?.message).toBe(
			`'Customer': 2 customers have the name 'Harbor View Homes': Harbor View Homes (ID ${customer.id}), harbor view homes (ID ${twin.id})`,
		);
		expect(error?.description).toBe('Choose the customer by ID instead.');
	});

	it('is missed with words that name what is missing', async () => {
		const { error } = await bildout.run(get('invoice', locator('INV-999999', 'number')));
		expect(error?.message).toBe("'Invoice': no invoice has the number 'INV-999999'");
	});

	it.each([
		['customer', ' harbor view HOMES'],
		['customer', 'harborViewHomes'],
		['vendor', 'Zzyzx-Lumber'],
		['project', 'Deck 2 (rear)'],
		['project', 'https://example.com is a project'],
	])('by a name that an expression returns as plain text: %s %s', async (resource, known) => {
		const name = known.trim();
		const made =
			resource === 'customer' && name.startsWith('harbor v')
				? customer
				: await bildout.create(`/${resource}s`, { name });
		const chosen = name.startsWith('https') ? locator(known, 'name') : '={{ $json.known }}';
		const { json } = await bildout.succeed(get(resource, chosen), { items: [{ known }] });
		expect(json).toMatchObject([{ id: made.id }]);
	});

	it('is missed by a plain name with words that name what is missing', async () => {
		const { error } = await bildout.run(get('project', '={{ "the deck" }}'));
		expect(error?.message).toBe("'Project': no project has the name 'the deck'");
	});

	it('says where to enter a name that was given as an ID', async () => {
		const { error } = await bildout.run(get('project', locator('={{ "the deck" }}')));
		expect(error?.message).toBe("'the deck' under 'Project' is not the ID of a project");
		expect(error?.description).toMatch(/It is not the name: to enter that, choose 'By Name'\.$/);
	});
});

describe('an invoice number', () => {
	const servedNumbers = async (...numbers: unknown[]) => {
		const data = numbers.map((invoice_number, at) => ({ id: `id-${at}`, invoice_number }) as Json);
		server.respond((request) =>
			request === 'GET /invoices'
				? [200, { data, pagination: { page: 1, limit: 100, total: data.length } }]
				: [200, { data: data.find((one) => request.endsWith(`/${(one as JsonObject).id}`))! }],
		);
		return { credential: await bildout.connect({ baseUrl: server.url }) };
	};

	it.each<[unknown, unknown]>([
		[locator('42', 'number'), '00042'],
		[locator('INV-00042', 'number'), '00042'],
		[locator('00042', 'number'), 'ACME-00042'],
		['={{ "ACME-00042" }}', 'ACME-00042'],
		['={{ "00042" }}', 'INV-00042'],
		['={{ 42 }}', 42],
		[locator('ACME-42'), 'ACME-00042'],
	])('%j finds %j', async (chosen, number) => {
		const options = await servedNumbers('INV-00041', 'INV-00142', number, '00420');
		const { json } = await bildout.succeed(get('invoice', chosen), options);
		expect(json).toMatchObject([{ id: 'id-2', invoice_number: number }]);
	});

	it.each([locator('42', 'number'), '={{ "00042" }}'])(
		'is not guessed where it may be several: the error lists them: %j',
		async (chosen) => {
			const options = await servedNumbers('INV-00042', 'ACME-00042');
			const { error } = await bildout.run(get('invoice', chosen), options);
			expect(error?.message).toMatch(
				/^'Invoice': 2 invoices have the number '\w+': INV-00042.* \(ID id-0\), ACME-00042.* \(ID id-1\)$/,
			);
			expect(server.seen).toHaveLength(1);
		},
	);

	it('is not guessed where another invoice has it as its ID', async () => {
		server.respond(() => [
			200,
			{
				data: [
					{ id: 42, invoice_number: '7' },
					{ id: 5, invoice_number: '42' },
				],
			},
		]);
		const options = { credential: await bildout.connect({ baseUrl: server.url }) };
		const { error } = await bildout.run(get('invoice', '={{ 42 }}'), options);
		expect(error?.message).toMatch(/^'Invoice': 2 invoices have the number '42'/);
	});

	it('is an ID where an ID was asked for and it has no prefix', async () => {
		const options = await servedNumbers('42');
		await bildout.run(get('invoice', locator('42')), options);
		expect(server.seen).toEqual([['GET /invoices/42']]);
	});
});

describe('what is typed into a chooser is checked before the workflow runs', () => {
	it.each([
		['an ID with a path', locator('../webhooks', 'id'), 'This is not the ID of a customer'],
		['an ID with a space', locator('a b', 'id'), 'This is not the ID of a customer'],
		[
			'an address of something else',
			locator('https://bildout.com/invoices/1', 'url'),
			'The address of a customer has /customers/ and its ID in it',
		],
	])('%s', async (_, chosen, said) => {
		await expect(bildout.run(get('customer', chosen))).rejects.toThrow(said);
		expect(await bildout.wire()).toEqual([]);
	});
});

describe('the name of the customer of an invoice', () => {
	const many = (more: object = {}) => op('invoice getAll', { ...more });

	it('is not asked for unless it is wanted', async () => {
		const { json } = await bildout.run(many({ limit: 5 }));
		expect(json).toHaveLength(5);
		for (const found of json) expect(found).not.toHaveProperty('client_name');
		expect(await bildout.wire()).toHaveLength(1);
	});

	it.each([true, false])(
		'is included with one reading of the list, Simplify %s',
		async (simplify) => {
			const options = { includeCustomer: true };
			const { json } = await bildout.succeed(many({ returnAll: true, simplify, options }), {
				items: [{}, {}],
			});
			const people = await bildout.list('/customers?limit=100');
			expect(json.length).toBeGreaterThan(100);
			for (const { client_id, client_name } of json) {
				expect(client_name).toBe(people.find(({ id }) => id === client_id)?.name);
			}
			for (const keys of json.map(Object.keys)) {
				expect(keys.indexOf('client_name')).toBe(keys.indexOf('client_id') + 1);
			}
			const lists = (await bildout.wire()).filter(([line]) => line.startsWith('GET /customers'));
			expect(lists.length).toBeLessThanOrEqual(Math.ceil(people.length / 100));
		},
	);
});
