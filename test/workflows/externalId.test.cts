import { scriptedServer } from '../support/scripted-server.cts';
import { bildOut, locator, type NodeOptions } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();
const server = scriptedServer();

let customer: string;

const line = (price: number) => ({ name: 'Labor', quantity: 1, unit_price: price });
const upsert = (more: object = {}) =>
	op('invoice upsert', {
		externalId: '={{ $json.job }}',
		customerId: locator(customer),
		dueDate: '2025-02-15',
		lineItemsInput: 'json',
		lineItemsJson: '={{ [{ name: "Labor", quantity: 1, unit_price: $json.price }] }}',
		...more,
	});

beforeEach(async () => {
	customer = (await bildout.create('/customers', { name: 'Harbor View Homes' })).id as string;
	await bildout.control.clearRequests();
});

const count = async () => (await bildout.wire()).filter(([line]) => line.startsWith('POST')).length;

describe('Create or Update of an invoice', () => {
	it('creates each External ID once, however often the import runs', async () => {
		const rows = (price: number) => ['A-1', 'A-2', 'A-3', 'A-1'].map((job) => ({ job, price }));
		const first = await bildout.run(upsert(), { items: rows(10) });
		expect(first.error).toBeUndefined();
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
		expect(await count()).toBe(3);
	});

	it('costs the first run one look at the list more than the second', async () => {
		await bildout.run(upsert(), { items: [{ job: 'A-1', price: 1 }] });
		const first = (await bildout.wire()).filter(([request]) =>
			request.startsWith('GET /invoices?'),
		);
		await bildout.control.clearRequests();
		await bildout.run(upsert(), { items: [{ job: 'A-2', price: 1 }] });
		const second = (await bildout.wire()).filter(([request]) =>
			request.startsWith('GET /invoices?'),
		);
		expect(first.length - second.length).toBe(1);
	});

	it('leaves an invoice that is no draft, unless it is to be updated', async () => {
		const item = { items: [{ job: 'A-1', price: 10 }] };
		const [{ id }] = (await bildout.run(upsert({ additionalFields: { status: 'sent' } }), item))
			.json;
		const before = await bildout.read(`/invoices/${id as string}`);
		const other = { items: [{ job: 'A-1', price: 99 }] };
		for (const ifExists of ['updateDraft', 'leave']) {
			const { json } = await bildout.run(upsert({ ifExists }), other);
			expect(json).toEqual([{ ...before, upsert: 'found' }]);
		}
		expect(await bildout.read(`/invoices/${id as string}`)).toEqual(before);
		const { json } = await bildout.run(upsert({ ifExists: 'update' }), other);
		expect(json).toMatchObject([{ id, total: 99, upsert: 'updated', status: 'sent' }]);
	});

	it('tells IDs apart by upper and lower case, and numbers from text with zeros', async () => {
		const items = ['a1', 'A1', ' A1 ', 7, '007'].map((job) => ({ job, price: 1 }));
		const { json } = await bildout.run(upsert(), { items });
		expect(json.map(({ upsert: done }) => done)).toEqual([
			'created',
			'created',
			'updated',
			'created',
			'created',
		]);
	});

	it('takes IDs that look the same for the same', async () => {
		const look = ['J\u00e4 1', 'Ja\u0308  1', '\u200bJ\u00e4\u00a01\u2060'];
		const items = look.map((job) => ({ job, price: 1 }));
		const { json } = await bildout.run(upsert(), { items });
		expect(json.map(({ upsert: done }) => done)).toEqual(['created', 'updated', 'updated']);
		expect(new Set(json.map(({ id }) => id)).size).toBe(1);
	});

	it('keeps the ID in the field that is named, and finds what Create kept there', async () => {
		const options = { externalIdField: 'job_number' };
		const { json } = await bildout.run(
			{ ...upsert({ options }), operation: 'create', additionalFields: { externalId: 'A-1' } },
			{ items: [{ price: 10 }] },
		);
		expect(json).toMatchObject([{ job_number: 'A-1' }]);
		const again = await bildout.run(upsert({ options }), { items: [{ job: 'A-1', price: 11 }] });
		expect(again.json).toMatchObject([{ id: json[0].id, total: 11, upsert: 'updated' }]);
	});

	it('does nothing where several invoices have the ID', async () => {
		for (const price of [1, 2]) {
			await bildout.create('/invoices', {
				client_id: customer,
				due_date: '2025-02-15',
				line_items: [line(price)],
				external_id: 'A-1',
			});
		}
		const { error } = await bildout.run(upsert(), { items: [{ job: 'A-1', price: 3 }] });
		expect(error?.message).toMatch(/^2 invoices have the External ID 'A-1': /);
		expect(await count()).toBe(0);
	});

	it('is previewed: rows of one run know each other', async () => {
		const items = [
			{ job: 'A-1', price: 10 },
			{ job: 'A-1', price: 12 },
			{ job: 'A-1', price: 12 },
		];
		const { json } = await bildout.run(upsert({ options: { previewOnly: true } }), { items });
		expect(json.map(({ preview, total }) => [preview, total])).toEqual([
			['create', { before: null, after: 10 }],
			['update', { before: 10, after: 12 }],
			['none', { before: 12, after: 12 }],
		]);
		expect(json[1].changes).toEqual([{ field: 'line_items[0].unit_price', before: 10, after: 12 }]);
		expect(await count()).toBe(0);
	});

	it.each([
		[{ externalId: '={{ "" }}' }, "'External ID' is empty"],
		[
			{ ifExists: 'replace' },
			"'If It Exists' must be one of leave, update, updateDraft, got 'replace'",
		],
		[
			{ options: { externalIdField: 'invoice_number' } },
			"'External ID Field' is 'invoice_number', which BildOut uses for something else",
		],
		[
			{ options: { externalIdField: 'updated_at' } },
			"'External ID Field' is 'updated_at', which BildOut uses for something else",
		],
		[
			{ options: { externalIdField: 'Invoice_Number' } },
			"'External ID Field' is 'Invoice_Number', which BildOut uses for something else",
		],
		[
			{ options: { externalIdField: 'constructor' } },
			"'External ID Field' must be the name of a field, got 'constructor'",
		],
		[
			{ options: { externalIdField: ' ' } },
			"'External ID Field' must be the name of a field, got ' '",
		],
		[
			{ additionalFields: { customFields: { field: [{ name: 'external_id', value: 'x' }] } } },
			"Custom field 'external_id' is given twice",
		],
		[
			{ additionalFields: { customFields: { field: [{ name: 'External_ID', value: 'x' }] } } },
			"Custom field 'external_id' is given twice",
		],
	])('refuses %j before any request', async (more, message) => {
		await bildout.expectRefusal(upsert({ externalId: 'A-1', ...more }), message, {
			items: [{ price: 1 }],
		});
	});

	it('is a tool of an agent', async () => {
		const parameters = {
			...upsert(),
			externalId: "={{ $fromAI('job', '', 'string') }}",
			lineItemsJson: "={{ $fromAI('lines', '', 'json') }}",
		};
		const input = { job: 'A-1', lines: [line(5)] };
		const made = await bildout.runTool(parameters, input as never);
		expect(made.response).toMatchObject([{ upsert: 'created', external_id: 'A-1' }]);
		const again = await bildout.runTool(parameters, input as never);
		expect(again.response).toMatchObject([{ upsert: 'updated' }]);
	});
});

describe('A BildOut that does not keep the External ID', () => {
	/** What is stored of an invoice, and shown of it in a list. */
	function keeping(
		stored: (body: JsonObject) => JsonObject,
		inList: (invoice: JsonObject) => JsonObject = (invoice) => invoice,
		inResponse: (invoice: JsonObject) => JsonObject = (invoice) => invoice,
		known = { isDown: false },
	) {
		const invoices: JsonObject[] = [];
		server.respond((request, _, text) => {
			const [method, path] = request.split(' ');
			if (path === '/invoices' && method === 'GET') {
				return [200, { data: invoices.map(inList), pagination: { total: invoices.length } }];
			}
			if (method === 'PUT') {
				const id = path.split('/')[2];
				const at = invoices.findIndex((one) => one.id === id);
				invoices[at] = { id, ...stored(JSON.parse(text) as JsonObject) };
				return [200, { data: inResponse(invoices[at]) }];
			}
			if (method === 'GET') {
				if (known.isDown) return [500, {}];
				const found = invoices.find(({ id }) => path.endsWith(`/${id as string}`));
				return found ? [200, { data: found }] : [404, {}];
			}
			const id = `i${invoices.length + 1}`;
			invoices.push({ id, ...stored(JSON.parse(text) as JsonObject) });
			return [201, { data: inResponse(invoices.at(-1)!) }];
		});
		return invoices;
	}

	const items = ['A-1', 'A-2', 'A-3'].map((job) => ({ job, price: 1 }));
	const run = async (parameters: object, options: NodeOptions = {}) =>
		await bildout.run(parameters, {
			items,
			credential: await bildout.connect({ baseUrl: server.url }),
			...options,
		});
	const without = ({ external_id: _, ...body }: JsonObject) => body;

	it.each([
		['drops it', without, undefined, 'did not keep the field'],
		[
			'does not show it in its list',
			(body: JsonObject) => body,
			without,
			'does not show the field',
		],
	])('says so at the first row where it %s', async (_, stored, inList, words) => {
		const invoices = keeping(stored, inList);
		for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
			invoices.length = 0;
			const { json, error } = await run(upsert(), { node: { onError } });
			const messages = error ? [error.message] : json.map((item) => String(item.error));
			expect(messages[0]).toContain(`Invoice i1 was created, but BildOut ${words} 'external_id'`);
			expect(messages.slice(1)).toEqual(
				messages.slice(1).map(() => expect.stringContaining('could not be found again') as string),
			);
			expect(invoices).toHaveLength(1);
		}
	});

	it('finds that the list does not show it where the list begins with the oldest', async () => {
		const invoices = keeping((body) => body, without);
		for (let index = 0; index < 250; index++) invoices.push({ id: `i${index + 1}` });
		const { error } = await run(upsert());
		expect(error?.message).toContain("BildOut does not show the field 'external_id' in its list");
		expect(invoices).toHaveLength(251);
	});

	it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
		'says so at the first row that an update makes lose it, with %s',
		async (onError) => {
			const invoices = keeping(without);
			const draft = { status: 'draft', client_id: customer, line_items: [line(1)] };
			for (const { job } of items) invoices.push({ id: job, ...draft, external_id: job });
			const { json, error } = await run(upsert(), { node: { onError } });
			const messages = error ? [error.message] : json.map((item) => String(item.error));
			expect(messages[0]).toContain(
				"Invoice A-1 was updated, but BildOut did not keep the field 'external_id'",
			);
			expect(messages.slice(1).every((text) => text.includes('in updates'))).toBe(true);
			// The others can still be found.
			expect(invoices.map(({ external_id: id }) => id)).toEqual([undefined, 'A-2', 'A-3']);
		},
	);

	it('does not create the invoice again by a retry', async () => {
		const invoices = keeping(without);
		const failed = await run(upsert());
		const credential = await bildout.connect({ baseUrl: server.url });
		const retried = await bildout.retry(failed, upsert(), { items, credential });
		expect(retried.error?.message).toContain('did not keep the field');
		expect(invoices).toHaveLength(1);
	});

	it('says that an invoice was created that cannot be read, and checks it at the retry', async () => {
		const known = { isDown: true };
		const invoices = keeping(
			(body) => body,
			(invoice) => invoice,
			({ id }) => ({ id }),
			known,
		);
		const options = { items: items.slice(0, 1) };
		const parameters = upsert({ options: { maxRetries: 0 } });
		const failed = await run(parameters, options);
		expect(failed.error?.message).toBe(
			"Invoice i1 was created, but BildOut could not be asked whether it keeps the field 'external_id'",
		);
		known.isDown = false;
		const credential = await bildout.connect({ baseUrl: server.url });
		const { json, error } = await bildout.retry(failed, parameters, { ...options, credential });
		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id: 'i1', upsert: 'created' }]);
		expect(invoices).toHaveLength(1);
	});

	it('says so of Create too', async () => {
		const invoices = keeping(without);
		const create = {
			...upsert(),
			operation: 'create',
			additionalFields: { externalId: '={{ $json.job }}' },
		};
		const { error } = await run(create);
		expect(error?.message).toContain('did not keep the field');
		expect(invoices).toHaveLength(1);
	});

	it.each([
		['is short but the record', ({ id }: JsonObject) => ({ id })],
		['is empty but the list', () => ({})],
	])('is not suspected where the response %s has it', async (_, inResponse) => {
		const invoices = keeping(
			(body) => body,
			(invoice) => invoice,
			inResponse,
		);
		const { error } = await run(upsert());
		expect(error).toBeUndefined();
		expect(invoices).toHaveLength(3);
	});
});
