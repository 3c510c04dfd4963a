import { randomUUID } from 'node:crypto';
import { type Body, useSandbox } from './client.cts';

const sandbox = useSandbox();
const { api, create, read } = sandbox;

const lines = [
	{ name: 'Construction Materials', quantity: 100, unit_price: 45, tax_rate: 8.5 },
	{ name: 'Labor - Installation', quantity: 16, unit_price: 75 },
];
const invoiceFor = async (fields: object = {}): Promise<Body> => {
	const { id } = await create('/customers', { name: 'Payer' });
	return await create('/invoices', { client_id: id, line_items: lines, ...fields });
};
const owned = [
	'id',
	'invoice_number',
	'subtotal',
	'tax_total',
	'total',
	'amount_paid',
	'amount_due',
	'created_at',
	'updated_at',
];

it('add up', async () => {
	const invoice = await invoiceFor({ due_date: '2026-12-15', notes: 'Thanks' });
	expect(invoice).toMatchObject({
		status: 'draft',
		currency: 'usd',
		project_id: null,
		due_date: '2026-12-15',
		issue_date: invoice.created_at.slice(0, 10),
		notes: 'Thanks',
		terms: null,
		discount_total: null,
		allow_partial: null,
		deposit_required: null,
		subtotal: 5700,
		tax_total: 382.5,
		total: 6082.5,
		amount_paid: 0,
		amount_due: 6082.5,
	});
	expect(invoice.line_items).toEqual([
		{ id: expect.any(String), ...lines[0], description: null, amount: 4500 },
		{ id: expect.any(String), ...lines[1], description: null, tax_rate: null, amount: 1200 },
	]);
	expect(await read(`/invoices/${invoice.id}`)).toEqual(invoice);
});

it.each([
	[
		{ quantity: 3, unit_price: 0.1 },
		{ amount: 0.3, total: 0.3 },
	],
	[
		{ quantity: 1, unit_price: 1.005 },
		{ unit_price: 1.01, total: 1.01 },
	],
	[
		{ quantity: 0.125, unit_price: 10 },
		{ quantity: 0.13, total: 1.3 },
	],
	[
		{ quantity: 1, unit_price: -2.675 },
		{ unit_price: -2.68, total: undefined },
	],
	[
		{ quantity: 1, unit_price: 10.1, tax_rate: 7.25 },
		{ amount: 10.1, total: 10.83 },
	],
	[
		{ quantity: 1, unit_price: 0.7, tax_rate: 15 },
		{ amount: 0.7, total: 0.81 },
	],
	[
		{ quantity: 1e6, unit_price: 19.995 },
		{ unit_price: 20, total: 20_000_000 },
	],
])('round to cents, half away from zero: %j', async (line, expected) => {
	const base = { name: 'Base', quantity: 1, unit_price: 100 };
	const { total, ...shown } = expected;
	const withBase = await invoiceFor({ line_items: [base, { name: 'Line', ...line }] });
	expect(withBase.line_items[1]).toMatchObject(shown);
	if (total !== undefined) {
		expect((await invoiceFor({ line_items: [{ name: 'Line', ...line }] })).total).toBe(total);
	}
});

it('take the discount off, but not below nothing', async () => {
	expect((await invoiceFor({ discount_total: 82.5 })).total).toBe(6000);
	const { id } = await create('/customers', { name: 'Payer' });
	const { status, body } = await api('POST', '/invoices', {
		client_id: id,
		line_items: lines,
		discount_total: 6082.51,
	});
	expect([status, body.error.details[0].field]).toEqual([422, 'discount_total']);
});

it('are numbered in the order in which they come, and no number is used twice', async () => {
	const [first, second] = [await invoiceFor(), await invoiceFor()];
	expect([first.invoice_number, second.invoice_number]).toEqual(['INV-0241', 'INV-0242']);
	await api('DELETE', `/invoices/${second.id}`);
	expect((await invoiceFor()).invoice_number).toBe('INV-0243');
});

it('refuse every field that the server owns, also in a line', async () => {
	const made = await invoiceFor();
	const { status, body } = await api('PUT', `/invoices/${made.id}`, made);
	expect(status).toBe(422);
	expect(body.error.details.map(({ field }: Body) => field).sort()).toEqual(
		[
			...owned,
			'line_items[0].id',
			'line_items[0].amount',
			'line_items[1].id',
			'line_items[1].amount',
		].sort(),
	);
});

it.each([
	['no customer', { client_id: undefined }, 'client_id'],
	['a customer who does not exist', { client_id: randomUUID() }, 'client_id'],
	['a project that does not exist', { project_id: randomUUID() }, 'project_id'],
	['no lines', { line_items: [] }, 'line_items'],
	['lines that are no list', { line_items: 'two' }, 'line_items'],
	[
		'a quantity of nothing',
		{ line_items: [{ ...lines[0], quantity: 0 }] },
		'line_items[0].quantity',
	],
	[
		'a quantity in words',
		{ line_items: [lines[0], { ...lines[1], quantity: 'ten' }] },
		'line_items[1].quantity',
	],
	[
		'a price as text',
		{ line_items: [{ ...lines[0], unit_price: '45' }] },
		'line_items[0].unit_price',
	],
	['a line without a name', { line_items: [{ quantity: 1, unit_price: 1 }] }, 'line_items[0].name'],
	['a date that is none', { due_date: '2026-02-30' }, 'due_date'],
	['a date with a time', { due_date: '2026-02-03T00:00:00Z' }, 'due_date'],
	['a currency in capitals', { currency: 'USD' }, 'currency'],
	['a status that does not exist', { status: 'finished' }, 'status'],
	['a status that only payments bring', { status: 'paid' }, 'status'],
])('refuse %s with a 422 that names %j', async (_, wrong, field) => {
	const { id } = await create('/customers', { name: 'Payer' });
	const { status, body } = await api('POST', '/invoices', {
		client_id: id,
		line_items: lines,
		...wrong,
	});
	expect([status, body.error.code]).toEqual([422, 'validation_error']);
	expect(body.error.details).toEqual([{ field, message: expect.any(String) }]);
});

it('owe nothing while they are void', async () => {
	const made = await invoiceFor({ status: 'sent' });
	const put = async (status: string): Promise<Body> =>
		(
			await api('PUT', `/invoices/${made.id}`, {
				client_id: made.client_id,
				status,
				line_items: lines,
			})
		).body.data;
	expect(await put('void')).toMatchObject({ total: 6082.5, amount_paid: 0, amount_due: 0 });
	expect(await put('draft')).toMatchObject({ total: 6082.5, amount_due: 6082.5 });
	const voided = await invoiceFor({ status: 'void' });
	expect(voided).toMatchObject({ total: 6082.5, amount_due: 0 });
	const { status } = await sandbox.raw('POST', `/page/invoices/${voided.id}/paid`);
	expect(status).toBe(409);
});

it('follow their payments in what is paid, what is due, and the status', async () => {
	const made = await invoiceFor({ status: 'sent' });
	await sandbox.raw('POST', `/page/invoices/${made.id}/paid`);
	expect(await read(`/invoices/${made.id}`)).toMatchObject({
		status: 'paid',
		amount_paid: 6082.5,
		amount_due: 0,
	});
	const more = [...lines, { name: 'Extra', quantity: 1, unit_price: 100 }];
	const { body } = await api('PUT', `/invoices/${made.id}`, {
		client_id: made.client_id,
		status: 'paid',
		line_items: more,
	});
	expect(body.data).toMatchObject({ status: 'partial', total: 6182.5, amount_due: 100 });

	const payments = (await read('/payments?limit=1')) as Body[];
	expect(payments[0]).toMatchObject({
		direction: 'incoming',
		status: 'succeeded',
		amount: 6082.5,
		invoice_id: made.id,
		client_id: made.client_id,
	});
	expect(await read(`/payments/${payments[0].id}`)).toEqual(payments[0]);
});
