import type { IDataObject } from 'n8n-workflow';
import { bildOut, locator } from '../support/bildout.cts';
import { fromModel, LABOR, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();
const receivables = op('invoice getReceivables');

const day = (offset: number) =>
	new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

/** All invoices past the node. */
async function allInvoices(): Promise<JsonObject[]> {
	const pages: JsonObject[] = [];
	for (let page = 1; ; page++) {
		const records = await bildout.list(`/invoices?limit=100&page=${page}`);
		pages.push(...records);
		if (records.length < 100) return pages;
	}
}

const bill = async (customer: string, due: string | null, price: number, more: JsonObject = {}) =>
	await bildout.createInvoice(customer, {
		...{ due_date: due, status: 'sent', line_items: [{ ...LABOR, unit_price: price }] },
		...more,
	});

/** Empties the account and adds these customers, whose IDs it returns. */
async function onlyCustomers(...names: string[]): Promise<string[]> {
	await bildout.control.reset({ seed: false });
	const ids = [];
	for (const name of names) ids.push((await bildout.create('/customers', { name })).id);
	await bildout.control.clearRequests();
	return ids;
}

describe('Get Receivables', () => {
	it('has each open invoice of the account once, in as few requests as the lists need', async () => {
		await bildout.control.seed({ invoices: 130 });
		const { json } = await bildout.succeed(receivables);
		const wire = (await bildout.wire()).map(([line]) => line);
		const all = await allInvoices();
		const people = await bildout.list('/customers?limit=100');
		const pages = (start: string) => wire.filter((line) => line.startsWith(start)).length;
		expect(pages('GET /invoices')).toBe(Math.ceil(all.length / 100));
		expect(pages('GET /customers')).toBe(Math.ceil(people.length / 100));
		const open = all.filter(
			({ status, amount_due }) =>
				!['draft', 'void', 'paid'].includes(status as string) && (amount_due as number) > 0,
		);
		expect(open.length).toBeGreaterThan(20);
		const listed = json.flatMap(({ invoices }) => invoices as IDataObject[]);
		expect(listed.map(({ id }) => id).sort()).toEqual(open.map(({ id }) => id).sort());
		for (const item of json) {
			expect(item.customer_name).toBe(people.find(({ id }) => id === item.customer_id)!.name);
		}
	});

	it('ages by the calendar of the workflow, or as of a day', async () => {
		const [customer] = await onlyCustomers('Harbor View Homes');
		const invoice = await bill(customer, '2025-03-31', 100.1);
		await bill(customer, '2025-05-01', 0.2);
		const at = async (asOf: string, timezone?: string) =>
			(await bildout.run({ ...receivables, asOf }, { settings: { timezone } })).json;
		const { id, invoice_number } = invoice;
		const late = { due_date: '2025-03-31', days_overdue: 31, amount_due: 100.1, status: 'sent' };
		const [{ invoices, ...sums }] = await at('2025-05-01');
		expect(sums).toEqual({
			...{ customer_id: customer, customer_name: 'Harbor View Homes', currency: 'usd' },
			...{ invoice_count: 2, total_due: 100.3, current: 0.2, days_1_30: 0, days_31_60: 100.1 },
			...{ days_61_90: 0, days_over_90: 0, oldest_due_date: '2025-03-31', days_overdue: 31 },
		});
		expect(invoices).toEqual([
			{ id, invoice_number, ...late },
			expect.objectContaining({ due_date: '2025-05-01', days_overdue: 0 }),
		]);
		expect(await at('2025-04-30T23:59:00-07:00', 'Asia/Tokyo')).toMatchObject([
			{ days_overdue: 30, days_1_30: 100.1, days_31_60: 0 },
		]);
		for (const timezone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
			const today = new Intl.DateTimeFormat('sv', { timeZone: timezone }).format();
			const late = (Date.parse(today) - Date.parse('2025-03-31')) / 86_400_000;
			expect(await at('', timezone)).toMatchObject([{ days_overdue: late }]);
		}
	});

	it('gives one item an invoice, with its age', async () => {
		const [customer] = await onlyCustomers('Harbor View Homes');
		const late = await bill(customer, day(-100), 5);
		const current = await bill(customer, day(40), 7);
		await bill(customer, day(-5), 7, { status: 'draft' });
		await bill(customer, day(-5), 7, { status: 'void' });
		const { json } = await bildout.run({ ...receivables, groupBy: 'invoice' });
		const named = ({ id, invoice_number }: JsonObject) => ({ id, invoice_number });
		const shared = {
			...{ customer_id: customer, customer_name: 'Harbor View Homes', currency: 'usd' },
			...{ status: 'sent', days_overdue: expect.any(Number) },
		};
		expect(json).toEqual([
			{ ...shared, ...named(late), due_date: day(-100), amount_due: 5, bucket: 'days_over_90' },
			{ ...shared, ...named(current), due_date: day(40), amount_due: 7, bucket: 'current' },
		]);
		const raw = await bildout.run({ ...receivables, groupBy: 'invoice', simplify: false });
		expect(raw.json[0]).toMatchObject({ ...late, bucket: 'days_over_90' });
		const whole = await bildout.run({ ...receivables, simplify: false });
		expect(whole.json).toMatchObject([{ total_due: 12, invoices: [late, current] }]);
	});

	it('counts what has no due date as current and names it, and never adds currencies', async () => {
		const [customer] = await onlyCustomers('Harbor View Homes');
		const undated = await bill(customer, null, 10);
		await bill(customer, day(-9), 20, { currency: 'eur' });
		const { json, hints } = await bildout.run(receivables);
		expect(json).toMatchObject([
			{ currency: 'eur', total_due: 20, days_1_30: 20, current: 0 },
			{ currency: 'usd', total_due: 10, current: 10, oldest_due_date: null, days_overdue: 0 },
		]);
		expect(hints).toEqual([
			`These invoices have no due date and count as current: ${undated.invoice_number}.`,
		]);
	});

	it('of one customer by name, and reads the list once for all items', async () => {
		const [ann, bob] = await onlyCustomers('Ann', 'Bob');
		await bill(ann, day(-1), 10);
		await bill(bob, day(-1), 20);
		const { json } = await bildout.run(
			{ ...receivables, customerId: locator('={{ $json.name }}', 'name') },
			{ items: [{ name: 'bob' }, { name: 'Ann' }] },
		);
		expect(json).toMatchObject([
			{ customer_id: bob, total_due: 20 },
			{ customer_id: ann, total_due: 10 },
		]);
		const lists = (await bildout.wire()).filter(([line]) => line.startsWith('GET /invoices'));
		expect(lists).toHaveLength(1);
	});

	it('gives the amounts without names where the credential may not read customers', async () => {
		for (const id of await onlyCustomers('Ann', 'Bob')) await bill(id, day(-1), 10);
		const credential = await bildout.connect({}, { scopes: ['invoices:read'] });
		const { json, hints } = await bildout.succeed(receivables, { credential });
		expect(json.map(({ customer_name }) => customer_name)).toEqual([null, null]);
		expect(hints.join()).toMatch(/customers:read/);
	});

	it.each([
		[{ asOf: '5/1/2025' }, "'As Of' must be a date such as 2025-02-15, got '5/1/2025'"],
		[{ groupBy: 'project' }, "'Group By' must be one of customer, invoice, got 'project'"],
		[{ customerId: locator('={{ "a b" }}') }, "'a b' under 'Customer' is not the ID of a customer"],
	])('refuses %j before any request', async (parameters, message) => {
		await bildout.expectRefusal({ ...receivables, ...parameters }, message);
	});

	it.each(['engine', 'invoke'] as const)('is a tool of an agent through %s', async (through) => {
		const [ann, bob] = await onlyCustomers('Ann', 'Bob');
		await bill(ann, day(-40), 10.5);
		await bill(bob, day(-1), 20);
		const reply = await bildout.runTool(
			{
				...receivables,
				asOf: fromModel('asOf'),
				groupBy: fromModel('groupBy'),
				customerId: locator(fromModel('customer')),
				output: 'selectedFields',
				outputFields: ['customer_name', 'total_due'],
			},
			{ asOf: '', groupBy: '', customer: ann },
			through,
		);
		expect(reply.response).toEqual([{ customer_name: 'Ann', total_due: 10.5 }]);
	});
});
