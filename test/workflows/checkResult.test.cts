import type { IDataObject } from 'n8n-workflow';
import type { Forms } from '../support/account.cts';
import { bildOut } from '../support/bildout.cts';
import { CONTINUING, newInvoice, onOne, op, RETRYING } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/** The check of what BildOut keeps of a write. How two invoices compare is in test/unit/accounting. */
const server = scriptedServer();
const bildout = bildOut(server);

const LINES = [
	{ name: 'Labor', quantity: 16, unit_price: 75, tax_rate: 8.5 },
	{ name: 'Lumber', quantity: 10, unit_price: 0.1648, tax_rate: 0 },
];
const withLines = (lines: object[], more: object = {}) =>
	newInvoice('c1', { lineItemsJson: JSON.stringify(lines), ...more });
const create = withLines(LINES);
const custom = (name: string, value: string) => ({ customFields: { field: [{ name, value }] } });

const none = (body: JsonObject): JsonObject => ({ ...body, line_items: [] });
const same = (record: JsonObject): JsonObject => record;
const idOnly = ({ id }: JsonObject): JsonObject => ({ id });
const without =
	(field: string) =>
	({ [field]: _, ...kept }: JsonObject) =>
		kept;

const keeping = (forms: Forms = {}, invoices: JsonObject[] = []) =>
	server.holds({ invoices, customers: [] }, forms).records;
const reads = () => server.requests.filter((line) => line.startsWith('GET'));
const missing = (invoice: string, has = '0 of its 2 line items') =>
	`Invoice ${invoice} was created, but BildOut has ${has}`;
const differs = (...fields: string[]) =>
	`BildOut has another value than was sent: ${fields.join(', ')}.`;

describe('Check Result', () => {
	it('costs nothing and changes nothing where BildOut has what was sent', async () => {
		keeping({ shown: (one) => ({ ...one, line_items: [...LINES].reverse(), total: '1303.65' }) });
		const done = await bildout.succeed(create, { items: [{}, {}] });
		expect(server.requests).toEqual(['POST /invoices', 'POST /invoices']);
		expect(done.json.map(({ check }) => check)).toEqual([undefined, undefined]);
		expect(done.hints).toEqual([]);
	});

	it('fails the item whose lines are missing, and never creates it again', async () => {
		const { invoices } = keeping({ stored: none });
		const failed = await bildout.run(create);
		expect(failed.error?.message).toBe(missing('INV-1001'));
		expect(failed.error?.description).toContain('new-1');
		// What the response shows is looked at once more before it is called missing.
		expect(server.requests).toEqual(['POST /invoices', 'GET /invoices/new-1']);

		for (const [changed, message] of [
			[create, missing('INV-1001')],
			[withLines(LINES.slice(1)), missing('INV-1001', '0 of its 1 line items')],
		] as const) {
			expect((await bildout.retry(failed, changed)).error?.message).toBe(message);
		}
		invoices[0].line_items = LINES;
		const mended = await bildout.retry(failed, create);
		expect(mended.json).toMatchObject([{ id: 'new-1', line_items: LINES }]);
		expect(server.writes).toEqual(['POST /invoices']);
	});

	it('does not create it again by Retry On Fail, nor by an agent', async () => {
		keeping({ stored: none });
		const { error } = await bildout.run(create, { node: RETRYING });
		expect(error?.message).toBe(missing('INV-1001'));
		expect(server.writes).toHaveLength(1);
		for (const through of ['engine', 'invoke'] as const) {
			keeping({ stored: none });
			const reply = await bildout.runTool(create, {}, through);
			expect(JSON.stringify(reply)).toContain(missing('INV-1001'));
			expect(server.writes).toHaveLength(1);
		}
	});

	it('goes on with the next item where the node is to continue', async () => {
		let count = 0;
		keeping({ stored: (body) => (++count === 1 ? { ...body, line_items: LINES.slice(1) } : body) });
		const { json } = await bildout.run(create, { items: [{}, {}], node: CONTINUING });
		const error = missing('INV-1001', '1 of its 2 line items');
		expect(json).toMatchObject([
			{ error, message: expect.stringContaining('new-1') },
			{ id: 'new-2', line_items: LINES },
		]);
	});

	it('believes lines that are there when the invoice is read', async () => {
		keeping({ shown: none });
		expect((await bildout.run(create)).json).toMatchObject([{ id: 'new-1' }]);
	});

	it('reads the first invoice of a run once, where the response says nothing', async () => {
		keeping({ shown: idOnly });
		expect((await bildout.succeed(create, { items: [{}, {}] })).hints).toEqual([]);
		expect(server.requests).toEqual(['POST /invoices', 'GET /invoices/new-1', 'POST /invoices']);
	});

	it('fails the first, and reads the others too, where the lines are missing then', async () => {
		keeping({ shown: idOnly, stored: none });
		const { json } = await bildout.run(create, { items: [{}, {}], node: CONTINUING });
		expect(json.map(({ error }) => error)).toEqual([missing('new-1'), missing('new-2')]);
	});

	it('reports that nothing could be compared where nothing is shown then either', async () => {
		keeping({ shown: idOnly, read: idOnly });
		const done = await bildout.succeed(create, { items: [{}, {}] });
		expect(reads()).toHaveLength(1);
		expect(done.hints).toEqual([
			expect.stringMatching(/^BildOut returned neither line items nor a total, .*: new-1/),
		]);
	});

	it.each([
		['are missing', none, missing('new-1')],
		['are there', same, undefined],
	])(
		'looks for the lines where the response has a total of 0 only: they %s',
		async (_, stored, message) => {
			keeping({ shown: ({ id }) => ({ id, total: 0 }), stored });
			const { error, hints } = await bildout.run(create);
			expect([error?.message, hints]).toEqual([message, []]);
		},
	);

	it('names what else of an invoice came back otherwise', async () => {
		const other = {
			...{ issue_date: '2025-01-16', due_date: '2025-02-16', currency: 'USD', discount_total: 0 },
			...{ deposit_required: 0, client_id: 'c2', project_id: null },
		};
		keeping({ shown: (invoice) => ({ ...invoice, ...other }) });
		const additionalFields = {
			...{ currency: 'eur', depositRequired: 50, discountTotal: 5, issueDate: '2025-01-15' },
			projectId: 'p1',
		};
		const { hints } = await bildout.succeed({ ...create, additionalFields });
		const names = Object.keys(other).map((field) => `${field} of invoice INV-1001`);
		expect(hints).toEqual([differs(...names)]);
	});

	it.each([
		['usd', 100],
		['kwd', 1000],
	])(
		'is no failure where BildOut returns amounts of %s in the smallest unit',
		async (currency, of) => {
			const inUnits = [{ ...LINES[0], unit_price: 75 * of }];
			const shown = (total: number) => (invoice: JsonObject) => ({
				...{ ...invoice, line_items: inUnits, total },
			});
			const parameters = withLines(LINES.slice(0, 1), { additionalFields: { currency } });
			keeping({ shown: shown(1302 * of) });
			const done = await bildout.succeed(parameters);
			expect(done.json[0]).not.toHaveProperty('check');
			expect(done.hints).toEqual([
				expect.stringMatching(/as if they were in cents\..*: INV-1001\.$/),
			]);
			// A price that is wrong without a total that confirms it is still a failure.
			const stored = (body: JsonObject) => ({ ...body, line_items: inUnits });
			keeping({ shown: shown(1302), stored });
			const wrong = await bildout.run(parameters);
			expect(wrong.error?.message).toMatch(/as 'unit_price' of line 1$/);
			expect(server.writes).toHaveLength(1);
		},
	);

	it('names custom fields that BildOut dropped of an invoice', async () => {
		keeping({ shown: (invoice) => ({ ...invoice, po: null, notes: 'Thanks' }) });
		const additionalFields = { notes: 'Thanks ', ...custom('po', 'PO-7') };
		const { hints } = await bildout.run({ ...create, additionalFields });
		expect(hints).toEqual([differs('po of invoice INV-1001')]);
		expect(server.requests).toEqual(['POST /invoices']);
	});

	it.each([
		['drops', without('po'), [differs('po of invoice INV-i1', 'po of invoice INV-i2')]],
		['does not return', same, []],
	])('names what an update lost, once it is clear that BildOut %s it', async (_, stored, lost) => {
		const items = ['i1', 'i2'].map((id) => ({ id }));
		const before = { po: 'PO-7', line_items: LINES };
		keeping(
			{ shown: without('po'), stored },
			items.map(({ id }) => ({ id, invoice_number: `INV-${id}`, ...before })),
		);
		const notes = onOne('invoice update', '={{ $json.id }}', { updateFields: { notes: 'n' } });
		expect((await bildout.succeed(notes, { items })).hints).toEqual(lost);
		expect(reads()).toEqual(['GET /invoices/i1', 'GET /invoices/i1', 'GET /invoices/i2']);
	});

	it('takes the default of an emptied field for what was sent', async () => {
		const before = { id: 'i1', client_id: 'c1', discount_total: 5, line_items: LINES };
		keeping({ stored: (body) => ({ ...body, discount_total: '0.00' }) }, [before]);
		const emptied = onOne('invoice update', 'i1', { clearFields: ['discount_total'] });
		expect((await bildout.succeed(emptied)).hints).toEqual([]);
	});

	it('gives the difference where BildOut rounded a price, unless it is off', async () => {
		const fine = { name: 'Stone', quantity: 1000, unit_price: 0.1648 };
		const line_items = [{ ...fine, unit_price: '0.16' }];
		keeping({ shown: (invoice) => ({ ...invoice, line_items, total: '160.00' }) });
		const done = await bildout.run(withLines([fine]));
		expect(done.json[0].check).toEqual({ sent: 164.8, billed: 160, difference: -4.8 });
		expect(done.hints).toEqual([
			'BildOut bills another amount than was sent: INV-1001 (160.00 instead of 164.80, a difference of -4.80).',
		]);
		const off = await bildout.run(withLines([fine], { options: { checkResult: false } }));
		expect(off.json[0]).not.toHaveProperty('check');
		expect(off.hints).toEqual([]);
	});

	it('is right about the rounding of the sandbox', async () => {
		const { id } = await bildout.create('/customers', { name: 'Ace' });
		const lines = [
			{ name: 'A', quantity: 3, unit_price: 0.335, tax_rate: 8.5 },
			{ name: 'B', quantity: 1.255, unit_price: 99.995, tax_rate: 7.375 },
		];
		const lineItemsJson = JSON.stringify(lines);
		const { json } = await bildout.runAt(bildout.sandbox, newInvoice(id, { lineItemsJson }));
		const { sent, billed, difference } = json[0].check as IDataObject;
		expect(billed).toBe(json[0].total);
		const cents = (amount: unknown) => Math.round((amount as number) * 100);
		expect(cents(sent) + cents(difference)).toBe(cents(billed));
	});

	it('is for updates too, and does not add lines again by a retry', async () => {
		let mayKeep = false;
		const extra = { ...LINES[0], quantity: 17 };
		const before = { id: 'i1', invoice_number: 'INV-1001', client_id: 'c1', line_items: LINES };
		const stored = (body: JsonObject) =>
			mayKeep ? body : { ...body, line_items: [...LINES, extra] };
		keeping({ stored }, [before]);
		const lines = { lineItemsInput: 'addJson', lineItemsJson: JSON.stringify([LINES[0]]) };
		const added = onOne('invoice update', 'i1', lines);
		const failed = await bildout.run(added);
		expect(failed.error?.message).toBe(
			"Invoice INV-1001 was updated, but BildOut has 17 instead of 16 as 'quantity' of line 3",
		);
		mayKeep = true;
		const retried = await bildout.retry(failed, added);
		expect(retried.error?.message).toMatch(/may have added line items/);
		expect(server.writes).toHaveLength(1);
	});

	it.each(['create', 'update'])('is read before the %s is sent', async (operation) => {
		keeping({}, [{ id: 'i1', client_id: 'c1', line_items: LINES }]);
		const options = { checkResult: 'maybe' };
		const { error } = await bildout.run(
			onOne(`invoice ${operation}`, 'i1', { ...create, operation, options }),
		);
		expect(error?.message).toBe("'Check Result' must be true or false, got 'maybe'");
		expect(server.writes).toEqual([]);
	});

	it('names fields of other records that came back otherwise, and only those', async () => {
		const other = { email: 'ADA@example.com', phone: '1 303 555 0142', po: null };
		keeping({ shown: (customer) => ({ ...customer, ...other }) });
		const additionalFields = {
			...{ email: 'ada@example.com', phone: '+1 (303) 555-0142' },
			...custom('po', 'PO-7'),
		};
		const { hints } = await bildout.succeed(
			op('customer create', { name: 'Ada', additionalFields }),
		);
		expect(hints).toEqual([differs('po of customer Ada (ADA@example.com)')]);
	});

	it.each<[string, (body: JsonObject) => JsonObject, string[]]>([
		[
			'of each record that BildOut dropped',
			without('phone'),
			[differs('phone of customer Ada', 'phone of customer Bo')],
		],
		['of none where only the response is short', same, []],
	])('names fields that the response leaves out, %s', async (_, stored, expected) => {
		keeping({ stored, shown: ({ id, name }): Json => ({ id, name }) });
		const parameters = { name: '={{ $json.name }}', additionalFields: { phone: '1' } };
		const items = [{ name: 'Ada' }, { name: 'Bo' }];
		const { hints } = await bildout.run(op('customer create', parameters), { items });
		expect(hints).toEqual(expected);
		expect(server.requests).toEqual(['POST /customers', 'GET /customers/new-1', 'POST /customers']);
	});
});
