import type { Forms } from '../support/account.cts';
import { bildOut, locator, type NodeOptions } from '../support/bildout.cts';
import { CONTINUING, fromModel, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

const bildout = bildOut();
const server = scriptedServer();

let customer: string;

const upsert = (more: object = {}) =>
	op('invoice upsert', {
		externalId: '={{ $json.job }}',
		customerId: locator(customer),
		dueDate: '2025-02-15',
		lineItemsInput: 'json',
		lineItemsJson: '={{ [{ name: "Labor", quantity: 1, unit_price: $json.price }] }}',
		...more,
	});
const create = (more: object) => ({ ...upsert(more), operation: 'create' });
const row = (job: string | number, price = 1) => ({ job, price });

beforeEach(async () => {
	customer = (await bildout.create('/customers', { name: 'Harbor View Homes' })).id;
	await bildout.control.clearRequests();
});

describe('Create or Update of an invoice', () => {
	it('creates each External ID once, however often the import runs', async () => {
		const rows = (price: number) => ['A-1', 'A-2', 'A-3', 'A-1'].map((job) => row(job, price));
		const first = await bildout.succeed(upsert(), { items: rows(10) });
		expect(first.json.map(({ upsert: done, external_id: id }) => [done, id])).toEqual([
			['created', 'A-1'],
			['created', 'A-2'],
			['created', 'A-3'],
			['updated', 'A-1'],
		]);
		const second = await bildout.run(upsert(), { items: rows(20) });
		expect(second.json.map(({ upsert: done }) => done)).toEqual(Array(4).fill('updated'));
		expect(second.json.map(({ id }) => id)).toEqual(first.json.map(({ id }) => id));
		expect(second.json.map(({ total }) => total)).toEqual([20, 20, 20, 20]);
		const posts = (await bildout.writes()).filter(([line]) => line.startsWith('POST'));
		expect(posts).toHaveLength(3);
	});

	it('costs the first run one look at the list more than the second', async () => {
		const looks = async (job: string) => {
			await bildout.control.clearRequests();
			await bildout.run(upsert(), { items: [row(job)] });
			return (await bildout.wire()).filter(([line]) => line.startsWith('GET /invoices?')).length;
		};
		const first = await looks('A-1');
		expect(first - (await looks('A-2'))).toBe(1);
	});

	it('leaves an invoice that is no draft, unless it is to be updated', async () => {
		const sent = upsert({ additionalFields: { status: 'sent' } });
		const [{ id }] = (await bildout.run(sent, { items: [row('A-1', 10)] })).json;
		const before = await bildout.read(`/invoices/${id}`);
		const other = { items: [row('A-1', 99)] };
		for (const ifExists of ['updateDraft', 'leave']) {
			const { json } = await bildout.run(upsert({ ifExists }), other);
			expect(json).toEqual([{ ...before, upsert: 'found' }]);
		}
		expect(await bildout.read(`/invoices/${id}`)).toEqual(before);
		const preview = await bildout.run(upsert({ options: { previewOnly: true } }), other);
		expect(preview.json).toMatchObject([{ preview: 'none', total: { before: 10, after: 10 } }]);
		const { json } = await bildout.run(upsert({ ifExists: 'update' }), other);
		expect(json).toMatchObject([{ id, total: 99, upsert: 'updated', status: 'sent' }]);
	});

	it.each<[string, Array<string | number>, string[]]>([
		[
			'tells IDs apart by upper and lower case, and numbers from text with zeros',
			['a1', 'A1', ' A1 ', 7, '007'],
			['created', 'created', 'updated', 'created', 'created'],
		],
		[
			'takes IDs that look the same for the same',
			['J\u00e4 1', 'Ja\u0308  1', '\u200bJ\u00e4\u00a01\u2060'],
			['created', 'updated', 'updated'],
		],
	])('%s', async (_, jobs, done) => {
		const { json } = await bildout.run(upsert(), { items: jobs.map((job) => row(job)) });
		expect(json.map((output) => output.upsert)).toEqual(done);
		const created = done.filter((one) => one === 'created');
		expect(new Set(json.map(({ id }) => id)).size).toBe(created.length);
	});

	it('keeps the ID in the field that is named, and finds what Create kept there', async () => {
		const options = { externalIdField: 'job_number' };
		const { json } = await bildout.run(
			create({ options, additionalFields: { externalId: 'A-1' } }),
			{ items: [{ price: 10 }] },
		);
		expect(json).toMatchObject([{ job_number: 'A-1' }]);
		const again = await bildout.run(upsert({ options }), { items: [row('A-1', 11)] });
		expect(again.json).toMatchObject([{ id: json[0].id, total: 11, upsert: 'updated' }]);
	});

	it('does nothing where several invoices have the ID', async () => {
		for (const external_id of ['A-1', 'A-1']) {
			await bildout.createInvoice(customer, { external_id });
		}
		const { error } = await bildout.run(upsert(), { items: [row('A-1')] });
		expect(error?.message).toMatch(/^2 invoices have the External ID 'A-1': /);
		expect(await bildout.writes()).toEqual([]);
	});

	it('is previewed: rows of one run know each other', async () => {
		const items = [10, 12, 12].map((price) => row('A-1', price));
		const { json } = await bildout.run(upsert({ options: { previewOnly: true } }), { items });
		expect(json.map(({ preview, total }) => [preview, total])).toEqual([
			['create', { before: null, after: 10 }],
			['update', { before: 10, after: 12 }],
			['none', { before: 12, after: 12 }],
		]);
		expect(json[1].changes).toEqual([{ field: 'line_items[0].unit_price', before: 10, after: 12 }]);
		expect(await bildout.writes()).toEqual([]);
	});

	const taken = (field: string) =>
		`'External ID Field' is '${field}', which BildOut uses for something else`;
	const noField = (text: string) =>
		`'External ID Field' must be the name of a field, got '${text}'`;
	const another = (name: string) => ({
		additionalFields: { customFields: { field: [{ name, value: 'x' }] } },
	});

	it.each([
		[{ externalId: '={{ "" }}' }, "'External ID' is empty"],
		[
			{ ifExists: 'replace' },
			"'If It Exists' must be one of leave, update, updateDraft, got 'replace'",
		],
		[{ options: { externalIdField: 'invoice_number' } }, taken('invoice_number')],
		[{ options: { externalIdField: 'updated_at' } }, taken('updated_at')],
		[{ options: { externalIdField: 'Invoice_Number' } }, taken('Invoice_Number')],
		[{ options: { externalIdField: 'constructor' } }, noField('constructor')],
		[{ options: { externalIdField: ' ' } }, noField(' ')],
		[another('external_id'), "Custom field 'external_id' is given twice"],
		[another('External_ID'), "Custom field 'external_id' is given twice"],
	])('refuses %j before any request', async (more, message) => {
		const items = [{ price: 1 }];
		await bildout.expectRefusal(upsert({ externalId: 'A-1', ...more }), message, { items });
	});

	it('is a tool of an agent', async () => {
		const parameters = {
			...upsert(),
			externalId: fromModel('job'),
			lineItemsJson: fromModel('lines', 'json'),
		};
		const input = { job: 'A-1', lines: [{ name: 'Labor', quantity: 1, unit_price: 5 }] };
		const made = await bildout.runTool(parameters, input);
		expect(made.response).toMatchObject([{ upsert: 'created', external_id: 'A-1' }]);
		const again = await bildout.runTool(parameters, input);
		expect(again.response).toMatchObject([{ upsert: 'updated' }]);
	});
});

describe('A BildOut that does not keep the External ID', () => {
	const items = ['A-1', 'A-2', 'A-3'].map((job) => row(job));
	const without = ({ external_id: _, ...body }: JsonObject) => body;
	const keeping = (forms: Forms, invoices: JsonObject[] = []) =>
		server.holds({ invoices }, forms).records.invoices;
	const run = async (parameters: object, options: NodeOptions = {}) =>
		await bildout.runAt(server, parameters, { items, ...options });
	/** Whether the node stops at an error or continues. */
	const STOPPING = { onError: 'stopWorkflow' } as const;
	const messagesOf = async (node: NodeOptions['node']) => {
		const { json, error } = await run(upsert(), { node });
		return error ? [error.message] : json.map((item) => String(item.error));
	};

	it.each<[string, Forms, string]>([
		['drops it', { stored: without }, 'did not keep the field'],
		['does not show it in its list', { listed: without }, 'does not show the field'],
	])('says so at the first row where it %s', async (_, forms, words) => {
		for (const node of [STOPPING, CONTINUING]) {
			const invoices = keeping(forms);
			const [first, ...others] = await messagesOf(node);
			expect(first).toContain(`Invoice INV-1001 was created, but BildOut ${words} 'external_id'`);
			for (const message of others) expect(message).toContain('could not be found again');
			expect(invoices).toHaveLength(1);
		}
	});

	it('finds that the list does not show it where the list begins with the oldest', async () => {
		const older = Array.from({ length: 250 }, (_, index) => ({ id: `i${index}` }));
		const invoices = keeping({ listed: without }, older);
		const { error } = await run(upsert());
		expect(error?.message).toContain("BildOut does not show the field 'external_id' in its list");
		expect(invoices).toHaveLength(251);
	});

	it.each([STOPPING, CONTINUING])(
		'says so at the first row that an update makes lose it, with %j',
		async (node) => {
			const draft = { status: 'draft', client_id: customer, line_items: [] };
			const invoices = keeping(
				{ stored: without },
				items.map(({ job }) => ({ ...draft, id: String(job), external_id: job })),
			);
			const [first, ...others] = await messagesOf(node);
			expect(first).toContain(
				"Invoice A-1 was updated, but BildOut did not keep the field 'external_id'",
			);
			for (const message of others) expect(message).toContain('in updates');
			// The others can still be found.
			expect(invoices.map(({ external_id: id }) => id)).toEqual([undefined, 'A-2', 'A-3']);
		},
	);

	it('does not create the invoice again by a retry', async () => {
		const invoices = keeping({ stored: without });
		const credential = await bildout.connect({ baseUrl: server.url });
		const failed = await run(upsert(), { credential });
		const retried = await bildout.retry(failed, upsert(), { items, credential });
		expect(retried.error?.message).toContain('did not keep the field');
		expect(invoices).toHaveLength(1);
	});

	it('says that an invoice was created that cannot be read, and checks it at the retry', async () => {
		const { respond, records } = server.holds({ invoices: [] }, { shown: ({ id }) => ({ id }) });
		let isDown = true;
		server.respond((request, ...more) =>
			isDown && request.startsWith('GET /invoices/') ? [500, {}] : respond(request, ...more),
		);
		const credential = await bildout.connect({ baseUrl: server.url });
		const options = { items: items.slice(0, 1), credential };
		const parameters = upsert({ options: { maxRetries: 0 } });
		const failed = await bildout.run(parameters, options);
		expect(failed.error?.message).toBe(
			"Invoice new-1 was created, but BildOut could not be asked whether it keeps the field 'external_id'",
		);
		isDown = false;
		const { json, error } = await bildout.retry(failed, parameters, options);
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id: 'new-1', upsert: 'created' }]);
		expect(records.invoices).toHaveLength(1);
	});

	it('says so of Create too', async () => {
		const invoices = keeping({ stored: without });
		const { error } = await run(create({ additionalFields: { externalId: '={{ $json.job }}' } }));
		expect(error?.message).toContain('did not keep the field');
		expect(invoices).toHaveLength(1);
	});

	it.each<[string, Forms['shown']]>([
		['is short but the record', ({ id }) => ({ id })],
		['is empty but the list', () => ({})],
	])('is not suspected where the response %s has it', async (_, shown) => {
		const invoices = keeping({ shown });
		expect((await run(upsert())).error).toBeUndefined();
		expect(invoices).toHaveLength(3);
	});
});
