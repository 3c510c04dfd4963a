import type { IDataObject } from 'n8n-workflow';
import { scriptedServer } from '../support/scripted-server.cts';
import { bildOut, locator, type NodeOptions } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();
const server = scriptedServer();

const LINES = [
	{ name: 'Labor', quantity: 16, unit_price: 75, tax_rate: 8.5 },
	{ name: 'Lumber', quantity: 10, unit_price: 0.1648, tax_rate: 0 },
];

const create = op('invoice create', {
	customerId: locator('c1'),
	dueDate: '2025-02-15',
	lineItemsInput: 'json',
	lineItemsJson: JSON.stringify(LINES),
});

/** A BildOut that keeps invoices, and shows and stores of each what it is told. */
function keeping(
	shown: (invoice: JsonObject) => Json,
	stored: (body: JsonObject) => JsonObject = (body) => body,
	read: (invoice: JsonObject) => Json = (invoice) => invoice,
) {
	const invoices = new Map<string, JsonObject>();
	server.respond((request, _, text) => {
		const [method, path] = request.split(' ');
		const id = path.split('/')[2] ?? `i${invoices.size + 1}`;
		const before = invoices.get(id);
		if (method === 'GET' && path === '/invoices') return [200, { data: [...invoices.values()] }];
		if (method === 'GET') return before ? [200, { data: read(before) }] : [404, {}];
		const number = `INV-${1000 + invoices.size + (before ? 0 : 1)}`;
		const invoice = {
			id,
			invoice_number: before?.invoice_number ?? number,
			...stored(JSON.parse(text) as JsonObject),
			created_at: new Date().toISOString(),
		};
		invoices.set(id, invoice);
		return [method === 'POST' ? 201 : 200, shown(invoice)];
	});
	return invoices;
}

const run = async (parameters: object, options: NodeOptions = {}) =>
	await bildout.run(parameters, {
		...options,
		credential: await bildout.connect({ baseUrl: server.url }),
	});

const requests = () => server.seen.map(([line]) => line.replace(/\?.*/, ''));
const creates = () => requests().filter((line) => line === 'POST /invoices');

describe('Check Result', () => {
	it('costs nothing and changes nothing where BildOut has what was sent', async () => {
		keeping((invoice) => ({
			data: { ...invoice, line_items: [...LINES].reverse(), total: '1303.65' },
		}));
		const done = await run(create, { items: [{}, {}] });
		expect(done.error).toBeUndefined();
		expect(requests()).toEqual(['POST /invoices', 'POST /invoices']);
		expect(done.json.map(({ check }) => check)).toEqual([undefined, undefined]);
		expect(done.hints).toEqual([]);
	});

	it.each([
		['in the envelope', (invoice: JsonObject) => ({ data: invoice })],
		['bare', (invoice: JsonObject) => invoice],
	])('fails the item whose lines are missing, %s, and never creates it again', async (_, shown) => {
		const invoices = keeping(shown, (body) => ({ ...body, line_items: [] }));
		const failed = await run(create);
		expect(failed.error?.message).toBe(
			'Invoice INV-1001 was created, but BildOut has 0 of its 2 line items',
		);
		expect(failed.error?.description).toContain('i1');
		// What the response shows is looked at once more before it is called missing.
		expect(requests()).toEqual(['POST /invoices', 'GET /invoices/i1']);

		const credential = await bildout.connect({ baseUrl: server.url });
		const retried = await bildout.retry(failed, create, { credential });
		expect(retried.error?.message).toBe(failed.error?.message);
		expect(creates()).toHaveLength(1);

		invoices.get('i1')!.line_items = LINES;
		const mended = await bildout.retry(retried, create, { credential });
		expect(mended.error).toBeUndefined();
		expect(mended.json).toMatchObject([{ id: 'i1', line_items: LINES }]);
		expect(creates()).toHaveLength(1);
	});

	it('does not create it again where other lines are given before the retry', async () => {
		keeping(
			(invoice) => ({ data: invoice }),
			(body) => ({ ...body, line_items: [] }),
		);
		const failed = await run(create);
		const credential = await bildout.connect({ baseUrl: server.url });
		const other = { ...create, lineItemsJson: JSON.stringify(LINES.slice(1)) };
		const retried = await bildout.retry(failed, other, { credential });
		expect(retried.error?.message).toBe(
			'Invoice INV-1001 was created, but BildOut has 0 of its 1 line items',
		);
		expect(creates()).toHaveLength(1);
	});

	it('does not create it again by Retry On Fail', async () => {
		keeping(
			(invoice) => ({ data: invoice }),
			(body) => ({ ...body, line_items: [] }),
		);
		const node = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
		const { error } = await run(create, { node });
		expect(error?.message).toMatch(/0 of its 2 line items$/);
		expect(creates()).toHaveLength(1);
	});

	it('goes on with the next item where the node is to continue', async () => {
		let count = 0;
		keeping(
			(invoice) => ({ data: invoice }),
			(body) => (++count === 1 ? { ...body, line_items: LINES.slice(1) } : body),
		);
		const { json } = await run(create, {
			items: [{}, {}],
			node: { onError: 'continueRegularOutput' },
		});
		expect(json).toMatchObject([
			{
				error: 'Invoice INV-1001 was created, but BildOut has 1 of its 2 line items',
				message: expect.stringContaining('i1') as string,
			},
			{ id: 'i2', line_items: LINES },
		]);
	});

	it.each(['engine', 'invoke'] as const)('tells an agent through %s', async (through) => {
		keeping(
			(invoice) => ({ data: invoice }),
			(body) => ({ ...body, line_items: [] }),
		);
		const credential = await bildout.connect({ baseUrl: server.url });
		const answer = await bildout.runTool(create, {}, through, { credential });
		expect(JSON.stringify(answer)).toContain('but BildOut has 0 of its 2 line items');
		expect(creates()).toHaveLength(1);
	});

	it('believes lines that are there when the invoice is read', async () => {
		keeping((invoice) => ({ data: { ...invoice, line_items: [] } }));
		const { error, json } = await run(create);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id: 'i1' }]);
	});

	it('reads the first invoice of a run once, where the response says nothing', async () => {
		keeping(({ id }) => ({ data: { id } }));
		const done = await run(create, { items: [{}, {}, {}] });
		expect(done.error).toBeUndefined();
		expect(requests()).toEqual([
			'POST /invoices',
			'GET /invoices/i1',
			'POST /invoices',
			'POST /invoices',
		]);
		expect(done.hints).toEqual([]);
	});

	it('fails the first, and reads the others too, where the lines are missing then', async () => {
		keeping(
			({ id }) => ({ data: { id } }),
			(body) => ({ ...body, line_items: [] }),
		);
		const { json } = await run(create, {
			items: [{}, {}],
			node: { onError: 'continueRegularOutput' },
		});
		expect(json.map(({ error }) => error)).toEqual([
			'Invoice i1 was created, but BildOut has 0 of its 2 line items',
			'Invoice i2 was created, but BildOut has 0 of its 2 line items',
		]);
	});

	it('says that nothing could be compared where nothing is shown then either', async () => {
		keeping(
			({ id }) => ({ data: { id } }),
			(body) => body,
			({ id }) => ({ id }),
		);
		const done = await run(create, { items: [{}, {}] });
		expect(done.error).toBeUndefined();
		expect(requests().filter((line) => line.startsWith('GET'))).toHaveLength(1);
		expect(done.hints).toEqual([
			expect.stringMatching(/^BildOut returned neither line items nor a total, .*: i1/),
		]);
	});

	it('looks for the lines where the response has a total of 0 only', async () => {
		keeping(
			({ id }) => ({ data: { id, total: 0 } }),
			(body) => ({ ...body, line_items: [] }),
		);
		expect((await run(create)).error?.message).toBe(
			'Invoice i1 was created, but BildOut has 0 of its 2 line items',
		);
		keeping(({ id }) => ({ data: { id, total: 0 } }));
		const done = await run(create);
		expect([done.error, done.hints]).toEqual([undefined, []]);
	});

	it('names what else of an invoice came back otherwise', async () => {
		const other = {
			issue_date: '2025-01-16',
			due_date: '2025-02-16',
			currency: 'USD',
			discount_total: 0,
			deposit_required: 0,
			client_id: 'c2',
			project_id: null,
		};
		keeping((invoice) => ({ data: { ...invoice, ...other } }));
		const additionalFields = {
			currency: 'eur',
			depositRequired: 50,
			discountTotal: 5,
			issueDate: '2025-01-15',
			projectId: locator('p1'),
		};
		const done = await run({ ...create, additionalFields });
		expect(done.error).toBeUndefined();
		const names = Object.keys(other).map((field) => `${field} of invoice INV-1001`);
		expect(done.hints).toEqual([`BildOut has another value than was sent: ${names.join(', ')}.`]);
	});

	it.each([
		['usd', 100],
		['kwd', 1000],
	])(
		'is no failure where BildOut returns amounts of %s in the smallest unit',
		async (currency, of) => {
			const inUnits = (total: number) => (invoice: JsonObject) => ({
				data: { ...invoice, line_items: [{ ...LINES[0], unit_price: 75 * of }], total },
			});
			const parameters = {
				...create,
				lineItemsJson: JSON.stringify(LINES.slice(0, 1)),
				additionalFields: { currency },
			};
			keeping(inUnits(1302 * of));
			const done = await run(parameters);
			expect(done.error).toBeUndefined();
			expect(done.json[0]).not.toHaveProperty('check');
			expect(done.hints).toEqual([
				expect.stringMatching(/as if they were in cents\..*: INV-1001\.$/),
			]);
			// A price that is wrong without a total that confirms it is still a failure.
			keeping(inUnits(1302));
			const wrong = keeping(inUnits(1302), (body) => ({
				...body,
				line_items: [{ ...LINES[0], unit_price: 75 * of }],
			}));
			expect((await run(parameters)).error?.message).toMatch(/as 'unit_price' of line 1$/);
			expect(wrong.size).toBe(1);
		},
	);

	it('names custom fields that BildOut dropped of an invoice', async () => {
		keeping((invoice) => ({ data: { ...invoice, po: null, notes: 'Thanks' } }));
		const customFields = { field: [{ name: 'po', value: 'PO-7' }] };
		const done = await run({ ...create, additionalFields: { notes: 'Thanks ', customFields } });
		expect(done.hints).toEqual([
			'BildOut has another value than was sent: po of invoice INV-1001.',
		]);
		expect(requests()).toEqual(['POST /invoices']);
	});

	it.each([
		['drops', ({ po: _, ...kept }: JsonObject) => kept, 'lost'],
		['does not return', (body: JsonObject) => body, ''],
	])('names what an update lost, once it is clear that BildOut %s it', async (_, stored, lost) => {
		const invoices = keeping(({ po: __, ...shown }) => ({ data: shown }), stored);
		for (const id of ['i1', 'i2']) {
			invoices.set(id, { id, invoice_number: `INV-${id}`, po: 'PO-7', line_items: LINES });
		}
		const notes = onOne('invoice update', '={{ $json.id }}', { updateFields: { notes: 'n' } });
		const done = await run(notes, { items: [{ id: 'i1' }, { id: 'i2' }] });
		expect(done.error).toBeUndefined();
		expect(done.hints.join()).toBe(
			lost &&
				'BildOut has another value than was sent: po of invoice INV-i1, po of invoice INV-i2.',
		);
		expect(requests().filter((line) => line.startsWith('GET'))).toEqual([
			'GET /invoices/i1',
			'GET /invoices/i1',
			'GET /invoices/i2',
		]);
	});

	it('takes the default of an emptied field for what was sent', async () => {
		const row = { name: 'Labor', quantity: 1, unit_price: 75 };
		server.respond((request, _, text) => {
			const stored = { id: 'i1', client_id: 'c1', discount_total: 5, line_items: [row] };
			const sent = text === '' ? stored : { ...(JSON.parse(text) as JsonObject), id: 'i1' };
			return [
				200,
				{ data: request.startsWith('PUT') ? { ...sent, discount_total: '0.00' } : sent },
			];
		});
		const done = await run(onOne('invoice update', 'i1', { clearFields: ['discount_total'] }));
		expect([done.error, done.hints]).toEqual([undefined, []]);
	});

	it('gives the difference where BildOut rounded a price', async () => {
		const fine = { name: 'Stone', quantity: 1000, unit_price: 0.1648 };
		keeping((invoice) => ({
			data: { ...invoice, line_items: [{ ...fine, unit_price: '0.16' }], total: '160.00' },
		}));
		const done = await run({ ...create, lineItemsJson: JSON.stringify([fine]) });
		expect(done.error).toBeUndefined();
		expect(done.json[0].check).toEqual({ sent: 164.8, billed: 160, difference: -4.8 });
		expect(done.hints).toEqual([
			'BildOut bills another amount than was sent: INV-1001 (160.00 instead of 164.80, a difference of -4.80).',
		]);
		const off = await run({
			...create,
			lineItemsJson: JSON.stringify([fine]),
			options: { checkResult: false },
		});
		expect(off.json[0]).not.toHaveProperty('check');
		expect(off.hints).toEqual([]);
	});

	it('is right about the rounding of the sandbox', async () => {
		const { id } = await bildout.create('/customers', { name: 'Ace' });
		const lines = [
			{ name: 'A', quantity: 3, unit_price: 0.335, tax_rate: 8.5 },
			{ name: 'B', quantity: 1.255, unit_price: 99.995, tax_rate: 7.375 },
		];
		const parameters = { ...create, customerId: locator(id as string) };
		const done = await bildout.run({ ...parameters, lineItemsJson: JSON.stringify(lines) });
		expect(done.error).toBeUndefined();
		const { sent, billed, difference } = done.json[0].check as IDataObject;
		expect(billed).toBe(done.json[0].total);
		expect(Math.round((sent as number) * 100) + Math.round((difference as number) * 100)).toBe(
			Math.round((billed as number) * 100),
		);
		const plain = await bildout.run(parameters);
		expect(plain.error).toBeUndefined();
	});

	it('is for updates too, and does not add lines again by a retry', async () => {
		const invoices = keeping(
			(invoice) => ({ data: invoice }),
			(body) => body,
		);
		await run(create);
		let mayKeep = false;
		const keptLines = invoices.get('i1')!.line_items as JsonObject[];
		keeping(
			(invoice) => ({ data: invoice }),
			(body) =>
				mayKeep ? body : { ...body, line_items: [...keptLines, { ...LINES[0], quantity: 17 }] },
		).set('i1', { ...invoices.get('i1')!, line_items: keptLines });
		const added = onOne('invoice update', 'i1', {
			lineItemsInput: 'addJson',
			lineItemsJson: JSON.stringify([LINES[0]]),
		});
		const failed = await run(added);
		expect(failed.error?.message).toBe(
			"Invoice INV-1001 was updated, but BildOut has 17 instead of 16 as 'quantity' of line 3",
		);
		mayKeep = true;
		const credential = await bildout.connect({ baseUrl: server.url });
		const retried = await bildout.retry(failed, added, { credential });
		expect(retried.error?.message).toMatch(/may have added line items/);
		expect(requests().filter((line) => line.startsWith('PUT'))).toHaveLength(1);
	});

	it.each(['create', 'update'])('is read before the %s is sent', async (operation) => {
		keeping((invoice) => ({ data: invoice }));
		await run(create);
		server.seen.length = 0;
		const { error } = await run({
			...create,
			operation,
			invoiceId: locator('i1'),
			options: { checkResult: 'maybe' },
		});
		expect(error?.message).toBe("'Check Result' must be true or false, got 'maybe'");
		expect(requests().filter((line) => !line.startsWith('GET'))).toEqual([]);
	});

	it('names fields of other records that came back otherwise, and only those', async () => {
		server.respond((_, __, text) => {
			const body = JSON.parse(text) as JsonObject;
			return [
				201,
				{
					data: { ...body, id: 'c9', email: 'ADA@example.com', phone: '1 303 555 0142', po: null },
				},
			];
		});
		const person = op('customer create', {
			name: 'Ada',
			additionalFields: {
				email: 'ada@example.com',
				phone: '+1 (303) 555-0142',
				customFields: { field: [{ name: 'po', value: 'PO-7' }] },
			},
		});
		const done = await run(person);
		expect(done.error).toBeUndefined();
		expect(done.hints).toEqual([
			'BildOut has another value than was sent: po of customer Ada (ADA@example.com).',
		]);
	});

	it.each([
		[
			'of each record that BildOut dropped',
			({ id, name }: JsonObject) => ({ id, name }),
			['phone of customer Ada', 'phone of customer Bo'],
		],
		['of none where only the response is short', (record: JsonObject) => record, []],
	])('names fields that the response leaves out, %s', async (_, kept, named) => {
		const records = new Map<string, JsonObject>();
		server.respond((request, __, text) => {
			const [method, path] = request.split(' ');
			if (method === 'GET') return [200, { data: records.get(path.split('/')[2])! }];
			const record = { ...(JSON.parse(text) as JsonObject), id: `c${records.size}` };
			records.set(record.id, kept(record));
			return [201, { data: { id: record.id, name: (record as JsonObject).name } }];
		});
		const person = op('customer create', {
			name: '={{ $json.name }}',
			additionalFields: { phone: '1' },
		});
		const done = await run(person, { items: [{ name: 'Ada' }, { name: 'Bo' }] });
		expect(done.hints.join()).toBe(
			named.length > 0 ? `BildOut has another value than was sent: ${named.join(', ')}.` : '',
		);
		expect(requests()).toEqual(['POST /customers', 'GET /customers/c0', 'POST /customers']);
	});
});
