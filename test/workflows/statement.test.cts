import { bildOut, locator } from '../support/bildout.cts';
import { fromModel, LABOR, onOne } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

let customer: JsonObject & { id: string };

const statementOf = (more: object = {}) => onOne('customer getStatement', customer.id, { ...more });

const bill = async (issued: string, price: number, more: JsonObject = {}) =>
	await bildout.createInvoice(customer.id, {
		...{ issue_date: issued, due_date: '2025-06-30', status: 'sent' },
		...{ line_items: [{ ...LABOR, unit_price: price }], ...more },
	});

const pay = async (on: string, invoice: JsonObject, amount?: number, more: object = {}) => {
	await bildout.control.setClock(on);
	return await bildout.control.pay({ invoice_id: invoice.id as string, amount, ...more });
};

beforeEach(async () => {
	await bildout.control.reset({ seed: false });
	await bildout.control.setClock('2025-01-01T12:00:00Z');
	customer = await bildout.create('/customers', {
		name: 'Harbor View Homes',
		email: 'office@harborviewhomes.example',
		address: { city: 'Tacoma' },
	});
});

describe('Get Statement', () => {
	it('has invoices and payments by day with the balance after each', async () => {
		const first = await bill('2025-01-10', 100.1);
		const second = await bill('2025-02-01', 200.2);
		await bill('2025-02-20', 999, { status: 'draft' });
		await bill('2025-02-20', 999, { status: 'void' });
		const third = await bill('2025-02-28', 0.3);
		const other = await bildout.create('/customers', { name: 'Other' });
		await bill('2025-02-02', 50, { client_id: other.id });
		await pay('2025-01-20T12:00:00Z', first, 40.1);
		await pay('2025-02-01T12:00:00Z', first, 60);
		const failing = await pay('2025-02-02T12:00:00Z', second, 5, { status: 'processing' });
		await bildout.control.settle(failing.id, 'failed');
		await pay('2025-03-01T12:00:00Z', second, 200.2);
		await bildout.control.clearRequests();

		const { json } = await bildout.succeed(statementOf({ from: '2025-02-01', to: '2025-02-28' }), {
			settings: { timezone: 'UTC' },
		});
		const billed = ({ invoice_number: number }: JsonObject, more: object) => ({
			...{ type: 'invoice', number, description: `Invoice ${number}, due 2025-06-30` },
			...more,
		});
		const { invoice_number: number } = first;
		const paid = { type: 'payment', number, description: `Payment of ${number} (card)` };
		const [{ customer: shown, ...statement }] = json;
		expect(shown).toMatchObject({ id: customer.id, address_city: 'Tacoma', phone: null });
		expect(Object.keys(shown as object)).toHaveLength(10);
		expect(statement).toEqual({
			...{ currency: 'usd', opening_balance: 60, closing_balance: 200.5 },
			lines: [
				billed(second, { date: '2025-02-01', amount: 200.2, balance: 260.2 }),
				{ ...paid, date: '2025-02-01', amount: -60, balance: 200.2 },
				billed(third, { date: '2025-02-28', amount: 0.3, balance: 200.5 }),
			],
		});
		const lines = (await bildout.wire()).map(([line]) => line.replace(/\?.*/, ''));
		expect(lines).toEqual([`GET /customers/${customer.id}`, 'GET /invoices', 'GET /payments']);
	});

	it('takes the day of a payment in the time zone of the workflow', async () => {
		const invoice = await bill('2025-01-10', 10);
		await pay('2025-02-01T05:30:00Z', invoice, 10);
		const days = { from: '2025-01-31', to: '2025-01-31' };
		const dated = async (timezone: string) =>
			(await bildout.run(statementOf(days), { settings: { timezone } })).json[0];
		expect(await dated('America/Denver')).toMatchObject({ closing_balance: 0, lines: [{}] });
		expect(await dated('UTC')).toMatchObject({ closing_balance: 10, lines: [] });
	});

	it('has one item for each currency, and one for a customer without invoices', async () => {
		expect((await bildout.run(statementOf())).json).toMatchObject([
			{ currency: null, opening_balance: 0, closing_balance: 0, lines: [] },
		]);
		await bill('2025-01-10', 10);
		await bill('2025-01-11', 20, { currency: 'eur' });
		const { json } = await bildout.run(statementOf({ simplify: false }));
		expect(json.map(({ currency, closing_balance }) => ({ currency, closing_balance }))).toEqual(
			expect.arrayContaining([
				{ currency: 'usd', closing_balance: 10 },
				{ currency: 'eur', closing_balance: 20 },
			]),
		);
		expect(json.map((item) => item.customer)).toEqual([customer, customer]);
	});

	it('reads the lists once for all customers of a run', async () => {
		const ids = [customer.id];
		for (const name of ['B', 'C', 'D']) {
			ids.push((await bildout.create('/customers', { name })).id);
		}
		for (const id of ids) await bill('2025-01-10', 10, { client_id: id });
		await bildout.control.clearRequests();
		const { json } = await bildout.run(statementOf({ customerId: '={{ $json.id }}' }), {
			items: ids.map((id) => ({ id })),
		});
		expect(json.map(({ closing_balance }) => closing_balance)).toEqual([10, 10, 10, 10]);
		const lists = (await bildout.wire()).filter(([line]) => line.includes('?'));
		expect(lists).toHaveLength(2);
	});

	it('names the payments of an invoice that was deleted', async () => {
		const invoice = await bill('2025-01-10', 10);
		const payment = await pay('2025-02-01T05:30:00Z', invoice, 10);
		await bildout.write('DELETE', `/invoices/${invoice.id}`);
		const { json, hints } = await bildout.run(statementOf());
		expect(json).toMatchObject([{ closing_balance: 0, lines: [] }]);
		expect(hints).toEqual([
			`These payments of the customer belong to no invoice, so they are left out: payment ${payment.id}.`,
		]);
	});

	it.each([
		[
			{ from: '2025-02-02', to: '2025-02-01' },
			"'From' is after 'To': 2025-02-02 is later than 2025-02-01",
		],
		[{ to: 'soon' }, "'To' must be a date such as 2025-02-15, got 'soon'"],
	])('refuses %j before any request', async (days, message) => {
		await bildout.expectRefusal(statementOf(days), message);
	});

	it('is a tool of an agent', async () => {
		await bill('2025-01-10', 10);
		const { response } = await bildout.runTool(
			{
				...statementOf(),
				customerId: locator(fromModel('customer'), 'name'),
				from: fromModel('from'),
				to: fromModel('to'),
			},
			{ customer: 'harbor view homes', from: '', to: '' },
		);
		expect(response).toMatchObject([
			{ customer: { name: 'Harbor View Homes' }, closing_balance: 10, lines: [{}] },
		]);
	});
});
