import { scriptedServer } from '../support/scripted-server.cts';
import { bildOut } from '../support/bildout.cts';
import type { Json } from '../support/sandbox.cts';

const bildout = bildOut();
const server = scriptedServer();

const choose = async (filter?: string) =>
	await bildout.listSearch(
		'searchInvoices',
		filter,
		undefined,
		{},
		await bildout.connect({ baseUrl: server.url }),
	);

const invoice = (number: number, client: number) => ({
	id: `i${number}`,
	invoice_number: `INV-${number}`,
	client_id: `c${client}`,
	total: '1204.00',
	status: 'sent',
});

it('labels an invoice whose customer was deleted without the name', async () => {
	server.respond((request) => {
		if (request === 'GET /invoices') return [200, { data: [invoice(1, 1), invoice(2, 2)] }];
		if (request === 'GET /customers') return [200, { data: [{ id: 'c1', name: 'Harbor' }] }];
		return [404, { error: { message: 'There is no such customer.' } }];
	});
	const { results } = await choose();
	expect(results).toEqual([
		{ name: 'INV-1 · Harbor · $1,204.00 · sent', value: 'i1', url: `${server.url}/invoices/i1` },
		{ name: 'INV-2 · $1,204.00 · sent', value: 'i2', url: `${server.url}/invoices/i2` },
	]);
});

it('works for a credential that may read invoices only', async () => {
	const credential = await bildout.connect({}, { scopes: ['invoices:read'] });
	const { results } = await bildout.listSearch(
		'searchInvoices',
		undefined,
		undefined,
		{},
		credential,
	);
	expect(results).toHaveLength(50);
	expect(results[0].name).toMatch(/^INV-\d+ · \$[\d,.]+ · \w+$/);
	expect(await bildout.calls()).toHaveLength(2);
});

it('reads at most one page for names, however many invoices it looks through', async () => {
	const page = Array.from({ length: 50 }, (_, index) => index);
	server.respond((request, query) => {
		const number = Number(query.get('page') ?? 1);
		if (request === 'GET /invoices') {
			return [
				200,
				{
					data: page.map((index) => invoice(number * 1_000 + index, number * 1_000 + index)),
					pagination: { page: number, limit: 50, total: 5_000 },
				},
			];
		}
		if (request === 'GET /customers') return [200, { data: [] }];
		return [404, {}];
	});
	expect((await choose('nowhere')).results).toEqual([]);
	const asked = server.seen.map(([line]) => line.split('?')[0]);
	expect(asked.filter((line) => line !== 'GET /invoices')).toEqual(['GET /customers']);
	expect(asked.length).toBeLessThan(30);
});

it('finds an invoice by the name of its customer, however many customers there are', async () => {
	server.respond((request, query) => {
		if (request === 'GET /invoices') return [200, { data: [invoice(1, 1), invoice(2, 2)] }];
		const name = query.get('search') === 'harbor' ? 'Harbor View' : 'Somebody else';
		return [200, { data: [{ id: name === 'Harbor View' ? 'c2' : 'c9', name }] }];
	});
	expect((await choose('harbor')).results.map(({ value }) => value)).toEqual(['i2']);
});

it('takes the name that BildOut sends along, and asks for no other', async () => {
	server.respond(() => [200, { data: [{ ...invoice(1, 1), client: { name: 'Harbor' } }] }]);
	expect((await choose()).results.map(({ name }) => name)).toEqual([
		'INV-1 · Harbor · $1,204.00 · sent',
	]);
	expect(server.seen).toEqual([['GET /invoices?limit=50']]);
});

it.each<[string, (ids: [number, unknown][]) => Json]>([
	['a bare list', (list) => list.map(([id, name]) => ({ id, name })) as Json],
	['an envelope', (list) => ({ data: list.map(([id, name]) => ({ id, name })) }) as Json],
])('matches names by ID in %s, and shows none for a customer without one', async (_, shaped) => {
	const data = [1, 2, 3].map((number) => ({
		...invoice(number, number),
		client_id: String(number),
	}));
	server.respond((request) =>
		request === 'GET /invoices'
			? [200, { data }]
			: [
					200,
					shaped([
						[1, 'Harbor'],
						[2, undefined],
						[3, null],
					]),
				],
	);
	expect((await choose()).results.map(({ name }) => name)).toEqual([
		'INV-1 · Harbor · $1,204.00 · sent',
		'INV-2 · $1,204.00 · sent',
		'INV-3 · $1,204.00 · sent',
	]);
});

it('says what to do in words that fit a chooser, which has no options', async () => {
	const headers = { 'retry-after': '3600' };
	server.respond(() => [429, { error: { message: 'Slow down.' } }, headers]);
	await expect(choose()).rejects.toMatchObject({
		message: "BildOut's rate limit was exceeded: Slow down",
		description: 'Wait a minute, then open the list again, or choose By ID instead.',
		failure: { cause: 'rate-limited', retryAfterMs: 3_600_000 },
	});
});
