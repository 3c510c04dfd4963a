import { bildOut } from '../support/bildout.cts';
import { locator, op } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/** How people and expressions name a record. */
const bildout = bildOut();
const server = scriptedServer();

const EMAIL = 'office@harborviewhomes.example';
let id: string;
let number: string;

beforeEach(async () => {
	id = (await bildout.create('/customers', { name: 'Harbor View Homes', email: EMAIL })).id;
	number = (await bildout.createInvoice(id)).invoice_number as string;
});

const get = (resource: string, chosen: unknown) =>
	op(`${resource} get`, { [`${resource}Id`]: chosen });

/** What an expression yields: n8n looks at what is typed into the panel, not at this. */
const yielded = (value: string, mode = 'id') => locator(`={{ ${JSON.stringify(value)} }}`, mode);
const web = (path: string) => `${bildout.sandbox.url}${path}`;

describe('a customer is found', () => {
	it.each<[string, (id: string) => unknown]>([
		['from the list', (id) => locator(id, 'list')],
		['by ID with spaces around it', (id) => locator(`  ${id} `)],
		['by a plain text', (id) => id],
		['by an expression', () => locator('={{ $json.id }}')],
		['by a plain expression', () => '={{ $json.id }}'],
		['by URL', (id) => locator(web(`/customers/${id}`), 'url')],
		['by a URL of another page', (id) => locator(web(`/app/clients/${id}/edit?tab=1#x`), 'url')],
		['by a URL that stands in for an ID', (id) => locator(web(`/customers/${id}`))],
		['by a plain URL', (id) => web(`/customers/${id}`)],
	])('%s, with one request', async (_, choice) => {
		const { json } = await bildout.succeed(get('customer', choice(id)), { items: [{ id }] });
		expect(json).toMatchObject([{ id }]);
		expect(await bildout.wire()).toEqual([[`GET /customers/${id}`]]);
	});

	it.each<[string, unknown]>([
		['email', locator(EMAIL, 'email')],
		['email in other letters', locator(' Office@HarborViewHomes.EXAMPLE', 'email')],
		['an email that stands in for an ID', locator(EMAIL)],
		['a plain email', EMAIL],
		['name', locator(' harbor view HOMES', 'name')],
		['a plain name', '={{ " harbor view HOMES" }}'],
	])('by %s', async (_, choice) => {
		const { json } = await bildout.succeed(get('customer', choice));
		expect(json).toMatchObject([{ id }]);
		expect((await bildout.wire()).at(-1)).toEqual([`GET /customers/${id}`]);
	});

	it('by email, with one reading of the list for many items', async () => {
		const people = (await bildout.list('/customers?limit=20')).map(({ email }) => ({ email }));
		const parameters = get('customer', locator('={{ $json.email }}', 'email'));
		const { json } = await bildout.run(parameters, { items: people as never });
		expect(json.map(({ email }) => ({ email }))).toEqual(people);
		const lists = (await bildout.wire()).filter(([line]) => line.startsWith('GET /customers?'));
		expect(lists).toHaveLength(1);
	});
});

it.each([
	['customer', 'harborViewHomes'],
	['vendor', 'Zzyzx-Lumber'],
	['project', 'Deck 2 (rear)'],
	['project', 'https://example.com is a project'],
])('a %s is found by its name as plain text: %s', async (resource, name) => {
	const made = await bildout.create(`/${resource}s`, { name });
	const choice = name.startsWith('https') ? locator(name, 'name') : '={{ $json.known }}';
	const { json } = await bildout.succeed(get(resource, choice), { items: [{ known: name }] });
	expect(json).toMatchObject([{ id: made.id }]);
});

it.each<[string, () => unknown]>([
	['its number', () => locator(number, 'number')],
	['its number in small letters', () => locator(number.toLowerCase(), 'number')],
	['its number where an ID is asked for', () => locator(number)],
	['a plain number', () => '={{ $json.number }}'],
])('an invoice is found by %s', async (_, choice) => {
	const { json } = await bildout.succeed(get('invoice', choice()), { items: [{ number }] });
	expect(json).toMatchObject([{ invoice_number: number }]);
});

it.each<[string, string, unknown, string]>([
	['customer', 'email', locator('nobody@example.com', 'email'), 'nobody@example.com'],
	['invoice', 'number', locator('INV-999999', 'number'), 'INV-999999'],
	['project', 'name', '={{ "the deck" }}', 'the deck'],
])('a %s of whom nobody has the %s is missed by name', async (resource, known, choice, value) => {
	const { error } = await bildout.run(get(resource, choice));
	const label = `${resource[0].toUpperCase()}${resource.slice(1)}`;
	expect(error?.message).toBe(`'${label}': no ${resource} has the ${known} '${value}'`);
});

it.each([
	['email', EMAIL],
	['name', 'Harbor View Homes'],
])(
	'a customer is not guessed where several have the %s: the error lists them',
	async (known, value) => {
		const twin = await bildout.create('/customers', { name: 'harbor view homes', email: EMAIL });
		const { error } = await bildout.run(get('customer', locator(value, known)));
		expect(error?.message).toBe(
			`'Customer': 2 customers have the ${known} '${value}': Harbor View Homes (ID ${id}), harbor view homes (ID ${twin.id})`,
		);
		expect(error?.description).toBe('Choose the customer by ID instead.');
	},
);

describe('before any request is refused', () => {
	const noId = (value: string) => `'${value}' under 'Customer' is not the ID of a customer`;
	const elsewhere = /^'[^]*' under 'Customer' is not an address of http/;

	it.each<[string, unknown, string | RegExp]>([
		['a path', yielded('../webhooks'), noId('../webhooks')],
		['a path, plain', '../webhooks', noId('../webhooks')],
		['an encoded path', yielded('%2e%2e%2fwebhooks'), noId('%2e%2e%2fwebhooks')],
		['dots', yielded('..'), noId('..')],
		['a query', yielded('x?limit=1'), noId('x?limit=1')],
		['a line break', yielded('a\nb'), /is not the ID of a customer/],
		['something long', yielded('a'.repeat(129)), /is not the ID of a customer/],
		['another host', yielded('https://evil.example/customers/1', 'url'), elsewhere],
		['another host, plain', 'https://evil.example/customers/1', elsewhere],
		['a host in disguise', yielded('http://127.0.0.1@evil.example/customers/1', 'url'), elsewhere],
		['no URL', yielded('not a url', 'url'), elsewhere],
		['null', '={{ null }}', "'Customer' is empty"],
		['a whole record', '={{ ($json) }}', noId('{}')],
	])('%s', async (_, choice, message) => {
		await bildout.expectRefusal(get('customer', choice), message);
	});

	it.each([
		['about something else', '/invoices/1', /' under 'Customer' is not the address of a customer/],
		['whose ID leads elsewhere', '/customers/..%2fwebhooks', /is not the ID of a customer/],
	])('a URL of a page %s', async (_, path, message) => {
		await bildout.expectRefusal(get('customer', yielded(web(path), 'url')), message);
	});

	it('a name that was given as an ID, with the way to enter it', async () => {
		const message = "'the deck' under 'Project' is not the ID of a project";
		const run = await bildout.expectRefusal(get('project', yielded('the deck')), message);
		expect(run.error?.description).toMatch(
			/It is not the name: to enter that, choose 'By Name'\.$/,
		);
	});

	// n8n checks what is typed into the panel before the workflow runs.
	it.each([
		['../webhooks', 'id', 'This is not the ID of a customer'],
		['a b', 'id', 'This is not the ID of a customer'],
		[
			'https://bildout.com/invoices/1',
			'url',
			'The address of a customer has /customers/ and its ID in it',
		],
	])('%s, typed into the panel', async (typed, mode, said) => {
		await expect(bildout.run(get('customer', locator(typed, mode)))).rejects.toThrow(said);
		expect(await bildout.wire()).toEqual([]);
	});
});

/** Every form of a number is in test/unit/input/invoiceNumber. */
describe('an invoice number', () => {
	const numbered = (...numbers: unknown[]) => {
		const data = numbers.map((invoice_number, at) => ({ id: `id-${at}`, invoice_number }) as Json);
		const pagination = { page: 1, limit: 100, total: data.length };
		server.respond((request) => {
			if (request === 'GET /invoices') return [200, { data, pagination }];
			return [200, { data: data.find((one) => request.endsWith(`/${(one as JsonObject).id}`))! }];
		});
	};

	it.each<[unknown, unknown]>([
		[locator('42', 'number'), '00042'],
		[locator('00042', 'number'), 'ACME-00042'],
		['={{ "ACME-00042" }}', 'ACME-00042'],
		['={{ 42 }}', 42],
		[locator('ACME-42'), 'ACME-00042'],
	])('%j finds %j', async (choice, number) => {
		numbered('INV-00041', 'INV-00142', number, '00420');
		const { json } = await bildout.runAt(server, get('invoice', choice));
		expect(json).toMatchObject([{ id: 'id-2', invoice_number: number }]);
	});

	it.each([locator('42', 'number'), '={{ "00042" }}'])(
		'is not guessed where it may be several: %j',
		async (choice) => {
			numbered('INV-00042', 'ACME-00042');
			const { error } = await bildout.runAt(server, get('invoice', choice));
			expect(error?.message).toMatch(
				/^'Invoice': 2 invoices have the number '\w+': INV-00042.* \(ID id-0\), ACME-00042.* \(ID id-1\)$/,
			);
			expect(server.seen).toHaveLength(1);
		},
	);

	it('is not guessed where another invoice has it as its ID', async () => {
		const named = { id: 5, invoice_number: '42' };
		server.respond(() => [200, { data: [{ id: 42, invoice_number: '7' }, named] }]);
		const { error } = await bildout.runAt(server, get('invoice', '={{ 42 }}'));
		expect(error?.message).toMatch(/^'Invoice': 2 invoices have the number '42'/);
	});

	it('is an ID where an ID was asked for and it has no prefix', async () => {
		numbered('42');
		await bildout.runAt(server, get('invoice', locator('42')));
		expect(server.seen).toEqual([['GET /invoices/42']]);
	});
});

describe('the name of the customer of an invoice', () => {
	it('is not asked for unless it is wanted', async () => {
		const { json } = await bildout.run(op('invoice getAll', { limit: 5 }));
		expect(json.map((found) => 'client_name' in found)).toEqual(Array(5).fill(false));
		expect(await bildout.wire()).toHaveLength(1);
	});

	it.each([true, false])(
		'is included with one reading of the list, Simplify %s',
		async (simplify) => {
			const options = { includeCustomer: true };
			const parameters = op('invoice getAll', { returnAll: true, simplify, options });
			const { json } = await bildout.succeed(parameters, { items: [{}, {}] });
			const people = await bildout.list('/customers?limit=100');
			expect(json.length).toBeGreaterThan(100);
			for (const found of json) {
				const name = people.find(({ id }) => id === found.client_id)?.name;
				expect(found.client_name).toBe(name);
				const keys = Object.keys(found);
				expect(keys.indexOf('client_name')).toBe(keys.indexOf('client_id') + 1);
			}
			const lists = (await bildout.wire()).filter(([line]) => line.startsWith('GET /customers'));
			expect(lists.length).toBeLessThanOrEqual(Math.ceil(people.length / 100));
		},
	);
});
