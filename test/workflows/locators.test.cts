import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

const bildout = bildOut();

const get = (customerId: unknown) => op('customer get', { customerId });

/** What an expression yields: n8n looks at what is typed into the panel, not at this. */
const yielded = (value: string, mode = 'id') => locator(`={{ ${JSON.stringify(value)} }}`, mode);

let id: string;

beforeEach(async () => {
	const customer = { name: 'Harbor View Homes', email: 'office@harborviewhomes.example' };
	id = (await bildout.create('/customers', customer)).id as string;
});

describe('a record is found', () => {
	const web = (path: string) => `${bildout.sandbox.url}${path}`;

	it.each<[string, () => unknown]>([
		['from the list', () => locator(id, 'list')],
		['by ID', () => locator(id)],
		['by ID with spaces around it', () => locator(`  ${id} `)],
		['by a plain text', () => id],
		['by an expression', () => locator('={{ $json.id }}')],
		['by a plain expression', () => '={{ $json.id }}'],
		['by URL', () => locator(web(`/customers/${id}`), 'url')],
		[
			'by a URL of another page about it',
			() => locator(web(`/app/clients/${id}/edit?tab=1#x`), 'url'),
		],
		['by a URL that stands in for an ID', () => locator(web(`/customers/${id}`))],
		['by a plain URL', () => web(`/customers/${id}`)],
	])('%s', async (_, customerId) => {
		const { json } = await bildout.succeed(get(customerId()), { items: [{ id }] });
		expect(json).toMatchObject([{ id }]);
		expect(await bildout.wire()).toEqual([[`GET /customers/${id}`]]);
	});

	it.each<[string, unknown]>([
		['by email', locator('office@harborviewhomes.example', 'email')],
		['by email in other letters', locator(' Office@HarborViewHomes.EXAMPLE', 'email')],
		['by an email that stands in for an ID', locator('office@harborviewhomes.example')],
		['by a plain email', 'office@harborviewhomes.example'],
	])('%s', async (_, customerId) => {
		const { json } = await bildout.run(get(customerId));
		expect(json).toMatchObject([{ id }]);
		expect((await bildout.wire()).at(-1)).toEqual([`GET /customers/${id}`]);
	});
});

describe('is refused before any request', () => {
	it.each<[string, unknown, RegExp]>([
		[
			'a path',
			yielded('../webhooks'),
			/^'\.\.\/webhooks' under 'Customer' is not the ID of a customer$/,
		],
		['a path, plain', '../webhooks', /is not the ID of a customer/],
		['an encoded path', yielded('%2e%2e%2fwebhooks'), /is not the ID of a customer/],
		['dots', yielded('..'), /is not the ID of a customer/],
		['a query', yielded('x?limit=1'), /is not the ID of a customer/],
		['a line break', yielded('a\nb'), /is not the ID of a customer/],
		['something long', yielded('a'.repeat(129)), /is not the ID of a customer/],
		[
			'a URL of another host',
			yielded('https://evil.example/customers/1', 'url'),
			/^'https:.*' under 'Customer' is not an address of http/,
		],
		[
			'a URL of another host, plain',
			'https://evil.example/customers/1',
			/is not an address of http/,
		],
		[
			'a URL of another host in disguise',
			yielded('http://127.0.0.1@evil.example/customers/1', 'url'),
			/is not an address of http/,
		],
		['no URL', yielded('not a url', 'url'), /is not an address of http/],
		['nothing', locator('={{ $json.none }}'), /^The expression for 'Customer' returned no value$/],
		['nothing, plain', '={{ $json.none }}', /^The expression for 'Customer' returned no value$/],
		['null', '={{ null }}', /^'Customer' is empty$/],
		['a whole record', '={{ ($json) }}', /^'\{\}' under 'Customer' is not the ID of a customer$/],
	])('%s', async (_, customerId, message) => {
		await bildout.expectRefusal(get(customerId), message);
	});

	it('a URL of a page about something else', async () => {
		await bildout.expectRefusal(
			get(yielded(`${bildout.sandbox.url}/invoices/${id}`, 'url')),
			/' under 'Customer' is not the address of a customer/,
		);
	});

	it('a URL whose ID leads elsewhere', async () => {
		await bildout.expectRefusal(
			get(locator(`${bildout.sandbox.url}/customers/..%2fwebhooks`, 'url')),
			/is not the ID of a customer/,
		);
	});
});

describe('by email', () => {
	it('says when nobody has it', async () => {
		const { error } = await bildout.run(get(locator('nobody@example.com', 'email')));
		expect(error?.message).toBe("'Customer': no customer has the email 'nobody@example.com'");
		expect(error?.description).toMatch(/create the customer first/);
	});

	it('names all who have it when several do', async () => {
		const email = 'office@harborviewhomes.example';
		const twin = await bildout.create('/customers', { name: 'Twin', email });
		const { error } = await bildout.run(get(locator(email, 'email')));
		expect(error?.message).toContain(`Twin (ID ${twin.id})`);
		expect(error?.message).toContain(`Harbor View Homes (ID ${id})`);
	});

	it('reads the list once for many items', async () => {
		const people = (await bildout.list('/customers?limit=20')).map(({ email }) => ({ email }));
		const { json } = await bildout.run(get(locator('={{ $json.email }}', 'email')), {
			items: people as never,
		});
		expect(json.map(({ email }) => ({ email }))).toEqual(people);
		const lists = (await bildout.wire()).filter(([line]) => line.startsWith('GET /customers?'));
		expect(lists).toHaveLength(1);
	});
});

describe('the chooser', () => {
	it.each([
		['searchCustomers', '/customers'],
		['searchVendors', '/vendors'],
		['searchProjects', '/projects'],
		['searchInvoices', '/invoices'],
		['searchPayments', '/payments'],
	])('%s shows a page at a time until the list is over', async (method, path) => {
		const kind = path.slice(1) as 'customers';
		await bildout.control.seed({ [kind]: 70 });
		const values: string[] = [];
		let token: string | undefined;
		do {
			const page = await bildout.listSearch(method, undefined, token);
			values.push(...page.results.map(({ value }) => String(value)));
			token = page.paginationToken as string | undefined;
		} while (token !== undefined);
		const first = await bildout.list(`${path}?limit=100`);
		expect(values.slice(0, 100)).toEqual(first.map((record) => record.id));
		expect(new Set(values).size).toBe(values.length);
		const [, last] = [values.at(0), values.at(-1)];
		await expect(bildout.read(`${path}/${last}`)).resolves.toMatchObject({ id: last });
	});

	it('labels people by name and email', async () => {
		const { results } = await bildout.listSearch('searchCustomers', 'harbor view homes');
		expect(results).toEqual([
			{
				name: 'Harbor View Homes (office@harborviewhomes.example)',
				value: id,
				url: `${bildout.sandbox.url}/customers/${id}`,
			},
		]);
	});

	it('labels an invoice by number, customer, total and status', async () => {
		const invoice = await bildout.create('/invoices', {
			client_id: id,
			due_date: '2025-02-15',
			status: 'sent',
			line_items: [{ name: 'Labor', quantity: 16, unit_price: 75.25 }],
		});
		const number = invoice.invoice_number as string;
		const { results } = await bildout.listSearch('searchInvoices', number);
		expect(results).toEqual([
			{
				name: `${number} · Harbor View Homes · $1,204.00 · sent`,
				value: invoice.id,
				url: `${bildout.sandbox.url}/invoices/${invoice.id}`,
			},
		]);
	});

	it('labels payments and projects by what tells them apart', async () => {
		const { results: payments } = await bildout.listSearch('searchPayments');
		for (const { name } of payments) {
			expect(name).toMatch(/^\$[\d,.]+ · (incoming|outgoing) · .*\d{4}-\d{2}-\d{2}$/);
		}
		const { results: projects } = await bildout.listSearch('searchProjects');
		for (const { name } of projects)
			expect(name).toMatch(/^.+ \((planning|active|on_hold|completed|canceled)\)$/);
	});

	it('lets BildOut search, so that a record far down the list is found with one request', async () => {
		await bildout.control.seed({ customers: 400 });
		await bildout.create('/customers', { name: 'Zzyzx Roofing' });
		await bildout.control.clearRequests();
		const { results } = await bildout.listSearch('searchCustomers', 'zzyzx');
		expect(results.map(({ name }) => name)).toEqual(['Zzyzx Roofing']);
		expect(await bildout.calls()).toHaveLength(1);
	});

	it('says why when it cannot list', async () => {
		const credential = await bildout.connect({}, { scopes: ['invoices:read'] });
		const failed = bildout.listSearch('searchVendors', undefined, undefined, {}, credential);
		await expect(failed).rejects.toMatchObject({
			message: expect.stringContaining('vendors:read'),
			description: expect.stringContaining("'Enabled Scopes'"),
		});
	});
});
