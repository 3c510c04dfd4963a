import { scriptedServer } from '../support/scripted-server.cts';
import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';

/** Lists of invoices and payments as another BildOut would write them. */
const server = scriptedServer();
const bildout = bildOut(server);

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const LONG_ID = '9007199254740993';

const run = async (parameters: object) =>
	await bildout.run(parameters, { settings: { timezone: 'America/Denver' } });

/** Serves raw JSON, so that numbers keep their digits. */
function serve(lists: Record<string, string>): void {
	server.respond((request) => {
		const path = request.replace('GET ', '');
		const body = lists[path];
		return body === undefined ? [404, {}] : [200, body, JSON_TYPE];
	});
}

const receivables = op('invoice getReceivables', { asOf: '2025-06-15' });

describe('Receivables from a strange list', () => {
	it('keeps IDs beyond 2^53, and reads amounts as text, null and negative', async () => {
		serve({
			'/invoices': `[
				{"id": 12345678901234567890, "client_id": ${LONG_ID}, "status": "SENT", "currency": "USD", "due_date": "2025-06-01T00:00:00Z", "total": "12.50", "amount_due": "12.50"},
				{"id": 12345678901234567891, "client_id": ${LONG_ID}, "status": "Partially Paid", "currency": "usd", "due_date": "2025-03-01", "total": "100.10", "amount_paid": 40, "amount_due": null},
				{"id": 3, "client_id": ${LONG_ID}, "status": "sent", "currency": "usd", "due_date": "2025-03-01", "amount_due": "-5.00"},
				{"id": 4, "client_id": ${LONG_ID}, "status": "sent", "due_date": null, "amount_due": 0.1},
				{"id": 5, "client_id": "9007199254740992", "status": "void", "amount_due": 7},
				{"id": 6, "client_id": "9007199254740992", "status": "open", "currency": "eur", "total": 7, "amount_paid": "7.00"}
			]`,
			[`/customers/${LONG_ID}`]: `{"id": ${LONG_ID}, "name": "Long"}`,
		});
		const { json, error } = await run(receivables);
		expect(error).toBeUndefined();
		const shared = { customer_id: LONG_ID, customer_name: 'Long' };
		expect(json).toMatchObject([
			{
				...shared,
				currency: 'usd',
				invoice_count: 2,
				total_due: 72.6,
				days_1_30: 12.5,
				days_over_90: 60.1,
				oldest_due_date: '2025-03-01',
				days_overdue: 106,
				invoices: [{ id: '12345678901234567891' }, { id: '12345678901234567890' }],
			},
			{ ...shared, currency: null, total_due: 0.1, current: 0.1 },
		]);
	});

	it('are those of the customer who is asked for, with all digits', async () => {
		serve({
			'/invoices': `{"data": [
				{"id": 1, "client_id": ${LONG_ID}, "status": "sent", "total": 1},
				{"id": 2, "client_id": 9007199254740992, "status": "sent", "total": 2},
				{"id": 3, "client": {"id": "${LONG_ID}", "name": "Long"}, "status": "sent", "total": 4}
			]}`,
		});
		const { json } = await run({ ...receivables, customerId: locator(LONG_ID) });
		expect(json).toMatchObject([{ customer_name: 'Long', total_due: 5, invoice_count: 2 }]);
	});
});

describe('What a list of invoices leaves out', () => {
	const invoice = (id: string, more: object) =>
		({ id, client_id: 'c1', client_name: 'Ace', status: 'sent', amount_due: 5, ...more }) as object;
	const at = async (parameters: object, ...invoices: object[]) => {
		const people = { '/customers/c1': '{"id": "c1", "name": "Ace"}', '/payments': '[]' };
		serve({ ...people, '/invoices': JSON.stringify({ data: invoices }) });
		return await run(parameters);
	};
	const hidden = { client_id: undefined, client_name: undefined };
	const one = { ...receivables, customerId: locator('c1') };
	const statement = onOne('customer getStatement', 'c1');

	it.each([receivables, one, statement])('is no customer of all: %j', async (parameters) => {
		const { json, error } = await at(parameters, invoice('i1', hidden), invoice('i2', hidden));
		expect(json).toEqual([]);
		expect(error?.message).toBe(
			"BildOut's list of invoices does not show which customers they are for",
		);
	});

	it.each<[string, object, object, object, string]>([
		['a customer', receivables, hidden, [5, 5], 'does not show whose these invoices are.*: i2'],
		['a customer', one, hidden, [5], 'does not show whose these invoices are.*: i2'],
		['a customer', statement, { ...hidden, total: 5 }, [], 'whose these invoices are.*: i2'],
		['a status', receivables, { status: undefined }, [10], 'status of these.*count as open.*: i2'],
		['a known status', one, { status: 'written_off' }, [10], 'status of these.*: i2'],
		[
			'how much of it is paid',
			receivables,
			{ status: 'partial', total: 9, amount_due: undefined },
			[5],
			'no amount for these.*: i2',
		],
	])('is named where one leaves out %s', async (_, parameters, more, sums, hint) => {
		const { json, hints, error } = await at(parameters, invoice('i1', {}), invoice('i2', more));
		expect(error).toBeUndefined();
		expect(json.map(({ total_due }) => total_due).filter((sum) => sum !== undefined)).toEqual(sums);
		expect(hints.join()).toMatch(new RegExp(hint));
	});

	it('keeps customers apart of whom only the name is shown', async () => {
		const named = (name: string) => ({ ...hidden, client: { name } });
		const { json } = await at(
			receivables,
			...['Ace', 'Bo', 'Ace'].map((name, index) => invoice(`i${index}`, named(name))),
		);
		expect(json).toMatchObject([
			{ customer_name: 'Ace', total_due: 10 },
			{ customer_name: 'Bo', total_due: 5 },
		]);
	});
});

describe('A statement from strange lists', () => {
	const customer = `{"id": "c1", "name": "Ace"}`;
	const statement = onOne('customer getStatement', 'c1', { to: '2025-06-30' });
	const invoice = (more: string) =>
		`{"id": "i1", "invoice_number": "INV-1", "client_id": "c1", "status": "paid", "total": "100.00", "amount_paid": "100.00", "currency": "usd", "issue_date": "2025-06-01"${more}}`;

	it('reads payments in other words, and moments in seconds', async () => {
		serve({
			'/customers/c1': customer,
			'/invoices': `{"invoices": [${invoice('')}]}`,
			'/payments': `{"results": [
				{"id": "p1", "invoice_id": "i1", "amount": "60.00", "status": "completed", "direction": "in", "created_at": 1749600000},
				{"id": "p2", "invoice": {"id": "i1"}, "amount": 40, "created_at": "2025-06-12T03:00:00Z"},
				{"id": "p3", "invoice_id": "i1", "amount": 40, "status": "pending", "created_at": "2025-06-12"}
			]}`,
		});
		const { json, error } = await run(statement);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([
			{
				closing_balance: 0,
				lines: [
					{ date: '2025-06-01', amount: 100 },
					{ date: '2025-06-10', amount: -60, balance: 40 },
					{ date: '2025-06-11', amount: -40, balance: 0 },
				],
			},
		]);
	});

	it('says so instead of guessing where payments name no invoice', async () => {
		serve({
			'/customers/c1': customer,
			'/invoices': `{"data": [${invoice('')}]}`,
			'/payments': `{"data": [{"id": "p1", "amount": 100, "status": "succeeded", "direction": "incoming", "created_at": "2025-06-12"}]}`,
		});
		const { json, error } = await run(statement);
		expect(json).toEqual([]);
		expect(error?.message).toBe(
			"The statement of 'Ace' would miss payments: BildOut does not show which invoices 1 payment is for",
		);
		expect(error?.description).toContain('INV-1');
	});
});
