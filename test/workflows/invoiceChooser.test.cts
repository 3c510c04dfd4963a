import { answersByHand } from '../support/answers.cts';
import { bildOut } from '../support/bildout.cts';

const bildout = bildOut();
const server = answersByHand();

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
	server.answer((request) => {
		if (request === 'GET /invoices') return [200, { data: [invoice(1, 1), invoice(2, 2)] }];
		if (request === 'GET /customers') return [200, { data: [{ id: 'c1', name: 'Harbor' }] }];
		return [404, { error: { message: 'There is no such customer.' } }];
	});
	const { results } = await choose();
	expect(results).toEqual([
		{
			name: 'INV-1 · Harbor · $1,204.00 · sent',
			value: 'i1',
			url: `${server.url}/invoices/i1`,
		},
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

it('does not use up the allowance in search of what is not there', async () => {
	const page = Array.from({ length: 50 }, (_, index) => index);
	server.answer((request, query) => {
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
		return [200, { data: { id: 'c', name: 'Harbor' } }];
	});
	expect((await choose('nowhere')).results).toEqual([]);
	expect(server.seen.length).toBeLessThan(80);
});

it('says what to do in words that fit a chooser, which has no options', async () => {
	const headers = { 'retry-after': '3600' };
	server.answer(() => [429, { error: { message: 'Slow down.' } }, headers]);
	await expect(choose()).rejects.toMatchObject({
		message: 'BildOut is receiving too many requests: Slow down',
		description: 'Wait a minute, then open the list again, or choose By ID instead.',
		failure: { cause: 'rate-limited', retryAfterMs: 3_600_000 },
	});
});
