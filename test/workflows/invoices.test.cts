import { bildOut, locator } from '../support/bildout.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();
const run = bildout.run;
const resource = 'invoice';

const LINES: JsonObject[] = [
	{ name: 'Construction materials', quantity: 100, unit_price: 45, tax_rate: 8.5 },
	{ name: 'Labor', description: 'Two days', quantity: 16, unit_price: 75 },
];

let customer: string;
let project: string;

beforeEach(async () => {
	customer = (await bildout.create('/customers', { name: 'Harbor View Homes' })).id as string;
	project = (await bildout.create('/projects', { name: 'Kitchen', client_id: customer }))
		.id as string;
});

/** An invoice with every field that can be written. */
const whole = (): JsonObject => ({
	client_id: customer,
	project_id: project,
	status: 'sent',
	issue_date: '2025-01-15',
	due_date: '2025-02-15',
	currency: 'usd',
	line_items: LINES,
	notes: 'Thank you for the work.',
	terms: 'Due in 30 days',
	discount_total: 12.5,
	allow_partial: true,
	deposit_required: 250,
});

describe('create', () => {
	const create = () => ({
		resource,
		operation: 'create',
		customerId: locator(customer),
		dueDate: '2025-02-15',
		lineItemsInput: 'json',
		lineItemsJson: JSON.stringify(LINES),
	});

	it('sends what was given, no more, and gives the totals that BildOut worked out', async () => {
		const { json, error } = await run(create());
		expect(error).toBeUndefined();
		expect(await bildout.wire()).toEqual([
			['POST /invoices', { client_id: customer, due_date: '2025-02-15', line_items: LINES }],
		]);
		expect(json).toEqual([await bildout.read(`/invoices/${json[0].id}`)]);
		expect(json[0]).toMatchObject({ subtotal: 5700, tax_total: 382.5, total: 6082.5 });
	});

	it('sends every field', async () => {
		await run({
			...create(),
			additionalFields: {
				projectId: locator(project),
				status: 'sent',
				issueDate: '2025-01-15T00:00:00',
				currency: 'USD',
				notes: 'Thank you for the work.',
				terms: 'Due in 30 days',
				discountTotal: 12.5,
				allowPartial: true,
				depositRequired: 250,
				customFields: { field: [{ name: 'po_number', value: 'PO-1042' }] },
			},
		});
		expect(await bildout.wire()).toEqual([
			['POST /invoices', { ...whole(), po_number: 'PO-1042' }],
		]);
	});

	it('leaves out what was added but left empty', async () => {
		await run({
			...create(),
			additionalFields: { projectId: locator('', 'list'), issueDate: '', currency: '' },
		});
		const [[, body]] = await bildout.wire();
		expect(Object.keys(body as JsonObject).sort()).toEqual(['client_id', 'due_date', 'line_items']);
	});

	it.each([
		[
			'customerId',
			{ customerId: locator('={{ $json.none }}') },
			"The expression for 'Customer' returned no value",
		],
		['an empty customerId', { customerId: locator('={{ "" }}') }, "'Customer' is empty"],
		[
			'dueDate',
			{ dueDate: '={{ $json.none }}' },
			"The expression for 'Due Date' returned no value",
		],
		['an empty dueDate', { dueDate: "={{ '' }}" }, "'Due Date' is empty"],
		['lineItemsJson', { lineItemsJson: '[]' }, 'The invoice has no line items'],
	])('asks for %s before it sends anything', async (_, missing, message) => {
		const { error } = await run({ ...create(), ...missing });
		expect(error?.message).toBe(message);
		expect(error?.description).toBeTruthy();
		expect(await bildout.wire()).toEqual([]);
	});

	it('numbers invoices in the order of the items', async () => {
		await bildout.control.config({ latencyMs: 5 });
		const { json } = await run(
			{ ...create(), additionalFields: { notes: '={{ $json.note }}' } },
			{ items: Array.from({ length: 8 }, (_, note) => ({ note: `${note}` })) },
		);
		const numbers = json.map((invoice) => invoice.invoice_number as string);
		expect(json.map(({ notes }) => notes)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
		expect(new Set(numbers).size).toBe(8);
		expect([...numbers].sort()).toEqual(numbers);
	});

	it('finds the customer by email with one look at the list', async () => {
		const email = 'pay@harborviewhomes.example';
		const { id } = await bildout.create('/customers', { name: 'Harbor', email });
		await run({ ...create(), customerId: locator(email, 'email') }, { items: [{}, {}, {}] });
		const lines = await bildout.wire();
		expect(lines.filter(([line]) => line.startsWith('GET'))).toHaveLength(1);
		const bodies = lines.filter(([line]) => line.startsWith('POST')).map(([, body]) => body);
		expect(bodies).toHaveLength(3);
		for (const body of bodies) expect(body).toMatchObject({ client_id: id });
	});
});

describe('get and get many', () => {
	it('reads one', async () => {
		const { id } = await bildout.create('/invoices', whole());
		const get = { resource, operation: 'get', invoiceId: locator(id as string) };
		const { json } = await run({ ...get, simplify: false });
		expect(await bildout.wire()).toEqual([[`GET /invoices/${id}`]]);
		expect(json).toEqual([await bildout.read(`/invoices/${id}`)]);
	});

	it('simplifies to the ten fields people look for unless told otherwise', async () => {
		const { id, invoice_number } = await bildout.create('/invoices', whole());
		const { json } = await run({ resource, operation: 'get', invoiceId: locator(id as string) });
		expect(json).toEqual([
			{
				id,
				invoice_number,
				status: 'sent',
				client_id: customer,
				project_id: project,
				issue_date: '2025-01-15',
				due_date: '2025-02-15',
				total: 6070,
				amount_paid: 0,
				amount_due: 6070,
			},
		]);
	});

	it('lets BildOut check a single status', async () => {
		const { json } = await run({
			resource,
			operation: 'getAll',
			limit: 20,
			filters: { status: ['sent'] },
			simplify: false,
		});
		expect(await bildout.wire()).toEqual([['GET /invoices?limit=20&status=sent']]);
		expect(json).toEqual(await bildout.list('/invoices?limit=20&status=sent'));
		expect(json.length).toBeGreaterThan(0);
	});
});

describe('update', () => {
	const update = (id: unknown, more: object) => ({
		resource,
		operation: 'update',
		invoiceId: locator(id as string),
		...more,
	});

	it('changes the due date and keeps the lines and all else', async () => {
		const before = await bildout.create('/invoices', { ...whole(), po_number: 'PO-1' });
		await run(update(before.id, { updateFields: { dueDate: '2025-03-01' } }));
		const lines = (before.line_items as JsonObject[]).map(
			({ id: _id, amount: _amount, ...line }) => line,
		);
		expect(await bildout.wire()).toEqual([
			[`GET /invoices/${before.id}`],
			[
				`PUT /invoices/${before.id}`,
				{ ...whole(), po_number: 'PO-1', line_items: lines, due_date: '2025-03-01' },
			],
		]);
		const after = await bildout.read(`/invoices/${before.id}`);
		for (const field of ['invoice_number', 'total', 'notes', 'project_id', 'allow_partial']) {
			expect(after[field]).toEqual(before[field]);
		}
		expect(after.due_date).toBe('2025-03-01');
		expect(after.line_items).toMatchObject(LINES);
	});

	it.each([
		['rows', { lineItems: { item: [{ name: 'Roof', quantity: 2, unitPrice: 300, taxRate: 5 }] } }],
		['json', { lineItemsJson: '[{"name":"Roof","quantity":2,"unit_price":300,"tax_rate":5}]' }],
	])('replaces the lines with %s', async (lineItemsInput, lines) => {
		const { id } = await bildout.create('/invoices', whole());
		const { json } = await run(update(id, { lineItemsInput, ...lines }));
		const [, [, body]] = await bildout.wire();
		expect((body as JsonObject).line_items).toEqual([
			{ name: 'Roof', quantity: 2, unit_price: 300, tax_rate: 5 },
		]);
		expect(json[0]).toMatchObject({ total: 630 - 12.5, notes: 'Thank you for the work.' });
	});

	it('moves the invoice to another customer and clears a project', async () => {
		const { id } = await bildout.create('/invoices', whole());
		const other = await bildout.create('/customers', { name: 'Other', email: 'other@example.com' });
		await run(
			update(id, {
				updateFields: { customerId: locator('other@example.com', 'email'), notes: '' },
				clearFields: ['project_id', 'terms'],
			}),
		);
		expect(await bildout.read(`/invoices/${id}`)).toMatchObject({
			client_id: other.id,
			project_id: null,
			terms: null,
			notes: '',
			due_date: '2025-02-15',
		});
	});

	it('writes just the given fields when told to', async () => {
		const { id } = await bildout.create('/invoices', whole());
		await run(
			update(id, {
				updateFields: { customerId: locator(customer), notes: 'x' },
				options: { sendOnlyGivenFields: true },
			}),
		);
		expect(await bildout.wire()).toEqual([
			[`PUT /invoices/${id}`, { client_id: customer, notes: 'x' }],
		]);
	});
});

it('deletes', async () => {
	const { id } = await bildout.create('/invoices', whole());
	const { json } = await run({ resource, operation: 'delete', invoiceId: locator(id as string) });
	expect(await bildout.wire()).toEqual([[`DELETE /invoices/${id}`]]);
	expect(json).toEqual([{ deleted: true, id }]);
	await expect(bildout.read(`/invoices/${id}`)).rejects.toThrow('not_found');
});
