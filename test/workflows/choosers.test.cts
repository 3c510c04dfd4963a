import { bildOut } from '../support/bildout.cts';
import { LABOR } from '../support/parameters.cts';
import type { Json } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/** The lists from which people choose a record in the panel. */
const bildout = bildOut();
const server = scriptedServer();

describe('the chooser', () => {
	it.each(['customers', 'vendors', 'projects', 'invoices', 'payments'])(
		'of %s shows a page at a time until the list is over',
		async (resource) => {
			const method = `search${resource[0].toUpperCase()}${resource.slice(1)}`;
			await bildout.control.seed({ [resource]: 70 });
			const values: string[] = [];
			let page: string | undefined;
			do {
				const { results, paginationToken } = await bildout.listSearch(method, { page });
				values.push(...results.map(({ value }) => String(value)));
				page = paginationToken as string | undefined;
			} while (page !== undefined);
			const first = await bildout.list(`/${resource}?limit=100`);
			expect(values.slice(0, 100)).toEqual(first.map((record) => record.id));
			expect(new Set(values).size).toBe(values.length);
			const id = values.at(-1);
			expect(await bildout.read(`/${resource}/${id}`)).toMatchObject({ id });
		},
	);

	it('labels each record by what tells it from others', async () => {
		const person = { name: 'Harbor View Homes', email: 'office@harborviewhomes.example' };
		const { id } = await bildout.create('/customers', person);
		const { results } = await bildout.listSearch('searchCustomers', {
			filter: 'harbor view homes',
		});
		const url = `${bildout.sandbox.url}/customers/${id}`;
		expect(results).toEqual([{ name: `${person.name} (${person.email})`, value: id, url }]);
		const line_items = [{ ...LABOR, quantity: 16, unit_price: 75.25 }];
		const invoice = await bildout.createInvoice(id, { status: 'sent', line_items });
		const number = invoice.invoice_number as string;
		const invoices = await bildout.listSearch('searchInvoices', { filter: number });
		expect(invoices.results).toMatchObject([
			{ name: `${number} · Harbor View Homes · $1,204.00 · sent`, value: invoice.id },
		]);
		for (const [method, label] of [
			['searchPayments', /^\$[\d,.]+ · (incoming|outgoing) · .*\d{4}-\d{2}-\d{2}$/],
			['searchProjects', /^.+ \((planning|active|on_hold|completed|canceled)\)$/],
		] as const) {
			const { results: others } = await bildout.listSearch(method);
			for (const { name } of others) expect(name).toMatch(label);
		}
	});

	it('lets BildOut search, so that a record far down the list is found with one request', async () => {
		await bildout.control.seed({ customers: 400 });
		await bildout.create('/customers', { name: 'Zzyzx Roofing' });
		const { results } = await bildout.listSearch('searchCustomers', { filter: 'zzyzx' });
		expect(results.map(({ name }) => name)).toEqual(['Zzyzx Roofing']);
		expect(await bildout.calls()).toHaveLength(1);
	});

	it('reports which scope is missing', async () => {
		const credential = await bildout.connect({}, { scopes: ['invoices:read'] });
		await expect(bildout.listSearch('searchVendors', { credential })).rejects.toMatchObject({
			message: expect.stringContaining('vendors:read'),
			description: expect.stringContaining("'Enabled Scopes'"),
		});
	});
});

describe('the chooser of invoices', () => {
	const choose = async (filter?: string) => {
		const credential = await bildout.connect({ baseUrl: server.url });
		return await bildout.listSearch('searchInvoices', { filter, credential });
	};
	const names = async (filter?: string) => (await choose(filter)).results.map(({ name }) => name);

	const invoice = (number: number, client_id: Json = `c${number}`) => ({
		...{ id: `i${number}`, invoice_number: `INV-${number}`, client_id },
		...{ total: '1204.00', status: 'sent' },
	});

	it.each(['a bare list', 'an envelope'])(
		'shows names of customers from %s, and none for one without, or deleted',
		async (form) => {
			const people: Json[] = [{ id: 1, name: 'Harbor' }, { id: 2 }, { id: 3, name: null }];
			const invoices = ['1', '2', '3', '4'].map((id) => invoice(Number(id), id));
			const reply = form === 'a bare list' ? people : { data: people };
			server.respond((request) => [200, request === 'GET /invoices' ? { data: invoices } : reply]);
			const rest = '$1,204.00 · sent';
			expect(await names()).toEqual([
				`INV-1 · Harbor · ${rest}`,
				...[2, 3, 4].map((number) => `INV-${number} · ${rest}`),
			]);
		},
	);

	it('works for a credential that may read invoices only', async () => {
		const credential = await bildout.connect({}, { scopes: ['invoices:read'] });
		const { results } = await bildout.listSearch('searchInvoices', { credential });
		expect(results).toHaveLength(50);
		expect(results[0].name).toMatch(/^INV-\d+ · \$[\d,.]+ · \w+$/);
		expect(await bildout.calls()).toHaveLength(2);
	});

	it('reads at most one page for names, however many invoices it looks through', async () => {
		server.respond((request, query) => {
			if (request !== 'GET /invoices') return [200, { data: [] }];
			const page = Number(query.get('page') ?? 1);
			const data = Array.from({ length: 50 }, (_, index) => invoice(page * 1_000 + index));
			return [200, { data, pagination: { page, limit: 50, total: 5_000 } }];
		});
		expect(await names('nowhere')).toEqual([]);
		const { requests } = server;
		expect(requests.filter((line) => line !== 'GET /invoices')).toEqual(['GET /customers']);
		expect(requests.length).toBeLessThan(30);
	});

	it('finds an invoice by the name of its customer, however many customers there are', async () => {
		server.respond((request, query) => {
			if (request === 'GET /invoices') return [200, { data: [invoice(1), invoice(2)] }];
			const isAsked = query.get('search') === 'harbor';
			const found = isAsked ? { id: 'c2', name: 'Harbor View' } : { id: 'c9', name: 'Other' };
			return [200, { data: [found] }];
		});
		expect((await choose('harbor')).results.map(({ value }) => value)).toEqual(['i2']);
	});

	it('takes the name that BildOut sends along, and asks for no other', async () => {
		server.respond(() => [200, { data: [{ ...invoice(1), client: { name: 'Harbor' } }] }]);
		expect(await names()).toEqual(['INV-1 · Harbor · $1,204.00 · sent']);
		expect(server.seen).toEqual([['GET /invoices?limit=50']]);
	});

	it('fails with words that fit a chooser, which has no options', async () => {
		const headers = { 'retry-after': '3600' };
		server.respond(() => [429, { error: { message: 'Slow down.' } }, headers]);
		await expect(choose()).rejects.toMatchObject({
			message: "BildOut's rate limit was exceeded: Slow down",
			description: 'Wait a minute, then open the list again, or choose By ID instead.',
			failure: { cause: 'rate-limited', retryAfterMs: 3_600_000 },
		});
	});
});
