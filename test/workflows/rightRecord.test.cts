import { setTimeout as wait } from 'node:timers/promises';
import { account } from '../support/account.cts';
import { answersByHand } from '../support/answers.cts';
import { bildOut, locator, type NodeOptions } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/** That a write changes the record that is meant, and keeps what is the user's own. */
const bildout = bildOut();
const server = answersByHand();

const person = (id: string, more: JsonObject = {}): JsonObject => ({
	id,
	name: id.toUpperCase(),
	email: `${id}@ace.example`,
	...more,
});

async function run(world: ReturnType<typeof account>, parameters: object, more: NodeOptions = {}) {
	server.answer(world.answers);
	const credential = await bildout.connect({ baseUrl: server.url });
	return await bildout.run({ options: { maxRetries: 0 }, ...parameters }, { credential, ...more });
}

const continuing = { onError: 'continueRegularOutput' } as const;

describe('an update', () => {
	const update = op('customer update', {
		customerId: locator('={{ $json.who }}', 'email'),
		updateFields: { email: '={{ $json.email }}', phone: '={{ $json.phone }}' },
	});

	it('changes the record that has the email by then', async () => {
		const world = account({ customers: [person('a'), person('c')] });
		const { error } = await run(world, update, {
			items: [
				{ who: 'a@ace.example', email: 'gone@ace.example', phone: '1' },
				{ who: 'c@ace.example', email: 'a@ace.example', phone: '2' },
				{ who: 'a@ace.example', email: 'a@ace.example', phone: '3' },
			],
		});
		expect(error).toBeUndefined();
		expect(world.records.customers.map(({ phone }) => phone)).toEqual(['1', '3']);
	});

	it('changes nothing where the record has lost the email since the list was read', async () => {
		const world = account({ customers: [person('a', { email: 'other@ace.example' })] });
		world.lists((record) => ({ ...record, email: 'a@ace.example' }));
		const { error } = await run(world, update, {
			items: [{ who: 'a@ace.example', email: 'x@ace.example', phone: '1' }],
		});
		expect(error?.message).toMatch(/no customer has the email 'a@ace.example'/);
		expect(world.writes).toEqual([]);
	});

	it('keeps every field that is not certainly the server’s', async () => {
		const own = {
			url: 'https://ace.example',
			user_id: 'U-7',
			object: 'crane',
			created_by: 'Ann',
			org_id: 'O-1',
			project: 'Roof',
			customer: 'Ace',
			payments: 'monthly',
			deleted_at: null,
			paid_at: 'later',
		};
		const lines = [
			{ id: 'l1', name: 'Labor', quantity: 1, unit_price: 75, amount: 75, total: 'own' },
		];
		const world = account({
			invoices: [
				{ id: 'i1', client_id: 'c1', total: 75, ...own, client: { id: 'c1' }, line_items: lines },
			],
		});
		const { error } = await run(
			world,
			onOne('invoice update', 'i1', { updateFields: { notes: 'n' } }),
		);
		expect(error).toBeUndefined();
		const [line] = [{ name: 'Labor', quantity: 1, unit_price: 75, total: 'own' }];
		expect(world.writes).toEqual([
			['PUT /invoices/i1', { client_id: 'c1', ...own, line_items: [line], notes: 'n' }],
		]);
	});

	const refusal = (detail: object) => [422, { error: { message: 'Invalid', details: [detail] } }];
	const refused = async (detail: object, field = 'po_number') => {
		const world = account({ customers: [person('a', { [field]: 'P-1' })] });
		world.fate('PUT', refusal({ field, ...detail }) as never);
		const parameters = { ...update, customerId: locator('a'), updateFields: { phone: '1' } };
		return { ...(await run(world, parameters)), world };
	};

	it.each([
		{ message: 'has already been taken' },
		{ message: 'is invalid' },
		{ message: 'must be unique' },
		{ message: 'is too long (maximum is 3 characters)' },
		{ message: '"P-1" is not allowed' },
		{ message: 'is not allowed to be empty' },
		{ message: 'value is not allowed' },
		{ message: 'is not a valid choice' },
		{ message: 'cannot be changed once the invoice is paid' },
		{ message: 'must not be present with status sent' },
		{ message: 'must not be included twice' },
		{ message: 'cannot be set to this' },
		{ message: 'may not be provided again' },
		{ message: 'must not be set by another customer' },
		{ code: 'immutable', message: 'cannot be changed once sent' },
		{ code: 'read_only', message: 'Locked by accounting' },
		{ message: 'is unknown' },
		{ message: 'is required' },
		{ code: 'taken', message: 'Already in use' },
		{ code: 'invalid', message: '' },
		{ code: 'not_allowed', message: 'This value is not allowed' },
		{ message: 'is not a valid input' },
		{ message: 'Unexpected input' },
		{ message: 'Unsupported value' },
		{ message: 'is read only while the invoice is paid' },
		{ message: 'is generated after approval' },
	])('fails with a value that BildOut refuses: %j', async (detail) => {
		const { error, world } = await refused(detail);
		expect(error?.message).toMatch(/po_number/);
		expect(world.writes).toHaveLength(1);
		expect(world.records.customers[0].po_number).toBe('P-1');
	});

	it.each([
		{ message: 'is read-only' },
		{ message: 'is readonly' },
		{ message: 'is not allowed' },
		{ message: '"po_number" is not allowed' },
		{ message: 'Unknown field' },
		{ message: 'The po number field is prohibited.' },
		{ message: 'property po_number should not exist' },
		{ message: 'Unknown field: po_number' },
		{ message: 'is managed by the server and cannot be written by clients' },
		{ message: 'cannot be set' },
		{ message: "can't be modified" },
		{ message: 'must not be provided' },
		{ message: 'is set by the server' },
		{ message: 'Field is immutable' },
		{ message: 'Extra inputs are not permitted', code: 'extra_forbidden' },
		{ code: 'READ_ONLY', message: '' },
		{ code: 'unknownField', message: '' },
		{ code: 'unrecognized_keys', message: '' },
		{ message: "Unrecognized key(s) in object: 'po_number'" },
		{ message: 'The po number field must be missing.' },
		{ message: 'is a generated column' },
		{ message: 'is computed' },
		{ message: 'is set automatically' },
		{ message: 'is not a valid field' },
		{ message: 'is not an accepted attribute' },
		{ message: 'Please do not send this field.' },
	])('leaves out a field that may not be written: %j', async (detail) => {
		const { error, world } = await refused(detail);
		expect(error).toBeUndefined();
		expect(world.writes.map(([, body]) => 'po_number' in body!)).toEqual([true, false]);
	});

	it('leaves out several that are named one at a time, and for later items from the start', async () => {
		const own = { source: 'web', tier: 'gold' };
		const world = account({ customers: [person('a', own), person('c', own)] });
		for (const field of ['source', 'tier']) {
			world.fate('PUT', refusal({ field, message: 'is read-only' }) as never);
		}
		const { error } = await run(
			world,
			{ ...update, customerId: '={{ $json.who }}', updateFields: { phone: '1' } },
			{ items: [{ who: 'a' }, { who: 'c' }] },
		);
		expect(error).toBeUndefined();
		expect(world.writes.map(([line]) => line)).toEqual([
			...Array<string>(3).fill('PUT /customers/a'),
			'PUT /customers/c',
		]);
	});
});

describe('an upsert', () => {
	const upsert = op('vendor upsert', {
		matchBy: '={{ $json.by ?? "email" }}',
		email: '={{ $json.email }}',
		name: '={{ $json.name }}',
		additionalFields: { email: '={{ $json.email }}' },
	});
	const ace = { name: 'Ace', email: 'a@ace.example' };

	it.each([
		['every record', () => true],
		['some records', ({ id }: JsonObject) => id === 'a'],
	])('finds what a list does not show, where it leaves the email out of %s', async (_, lacks) => {
		const world = account({ vendors: [person('a'), person('b')] });
		world.lists(({ email, ...record }) => (lacks(record) ? record : { ...record, email }));
		const { json } = await run(world, upsert, { items: [ace] });
		expect(json).toMatchObject([{ id: 'a', upsert: 'updated' }]);
		expect(world.records.vendors).toHaveLength(2);
	});

	it('creates nothing where that would take too many requests', async () => {
		const many = Array.from({ length: 101 }, (_, n) => person(`v${n}`));
		const world = account({ vendors: many });
		world.lists(({ email: _, ...record }) => record);
		const { error } = await run(world, upsert, { items: [ace] });
		expect(error?.message).toMatch(/^BildOut's list leaves out the email of 101 vendors/);
		expect(world.writes).toEqual([]);
	});

	it('makes one record of a person by email and by name in two executions', async () => {
		await bildout.control.config({ latencyMs: 20 });
		const going = ['email', 'name', 'email', 'name'].map(
			async (by) => await bildout.run(upsert, { items: [{ ...ace, by }] }),
		);
		const create = { ...upsert, operation: 'create' };
		going.push(bildout.run(create, { items: [{ ...ace, name: 'Other' }] }));
		await Promise.all(going.slice(0, 4));
		const found = (await bildout.list('/vendors?limit=100')).filter(({ name }) => name === 'Ace');
		expect(found).toHaveLength(1);
		await going[4];
	});

	it('ends at once when it is cancelled while another execution is at the same record', async () => {
		await bildout.control.fault({ kind: 'slow', delayMs: 4_000, method: 'GET', times: 1 });
		const first = bildout.start(upsert, { items: [ace] });
		while ((await bildout.calls()).length === 0) await wait(10);
		const second = bildout.start(upsert, { items: [ace] });
		await wait(300);
		second.cancel();
		let firstEnded = false;
		void first.done.then(() => (firstEnded = true));
		expect((await second.done).run.status).toBe('canceled');
		expect(firstEnded).toBe(false);
		expect((await first.done).json).toMatchObject([{ upsert: 'created' }]);
	});

	it('gives a hint where two names of a run share an email', async () => {
		const world = account({ vendors: [] });
		const { run: done } = await run(world, upsert, {
			items: [ace, { ...ace, name: 'Bay' }, { name: 'Cliff', email: 'c@ace.example' }],
		});
		const { hints = [] } = done.data.resultData.runData.BildOut[0];
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^One record has several names in this run.*: 'Ace' and 'Bay'\./),
		]);
	});
});

describe('a create', () => {
	const create = op('invoice create', {
		customerId: locator('c1'),
		dueDate: '2025-02-15',
		lineItemsInput: 'json',
		lineItemsJson: '[{"name": "Labor", "quantity": 1, "unit_price": 75}]',
	});
	const custom = (name: string, type: string, value: string) => ({
		additionalFields: { customFields: { field: [{ name, type, value }] } },
	});

	it('takes no lines twice', async () => {
		const world = account({ invoices: [] });
		const { error } = await run(world, { ...create, ...custom('line_items', 'json', '[]') });
		expect(error?.message).toBe("Custom field 'line_items' is given twice");
		expect(world.writes).toEqual([]);
	});

	it('takes the customer from a custom field where Customer is empty', async () => {
		const world = account({ invoices: [] });
		const parameters = { ...create, customerId: locator('={{ "" }}') };
		const { error } = await run(world, { ...parameters, ...custom('client_id', 'text', 'c9') });
		expect(error).toBeUndefined();
		expect(world.records.invoices).toMatchObject([{ client_id: 'c9' }]);
	});
});

describe('an item that fails', () => {
	const create = op('customer create', { name: '={{ $json.name }}' });
	const items = ['A', 'B', 'C'].map((name) => ({ name }));

	it('says how many were written before it where it ends the run', async () => {
		const world = account({ customers: [] });
		world.fate('"C"', 422);
		const { error } = await run(world, create, { items });
		expect(error?.description).toMatch(/ 2 items were written before this one\. .*use Retry/);
		expect(error?.description).toMatch(/'On Error' set to 'Continue'/);
	});

	it('is an error item by the rule of n8n 2.30', async () => {
		const world = account({ customers: [] });
		world.fate('"B"', 422);
		const { items: output } = await run(world, create, { items, node: continuing });
		const isError = output.map(({ json, error }) => {
			const keys = Object.keys(json).sort().join();
			const alone = Boolean(json.error) && keys === 'error';
			return (
				Boolean(error) || alone || Boolean(json.error && json.message && keys === 'error,message')
			);
		});
		expect(isError).toEqual([false, true, false]);
		expect(output[1].json.message).toMatch(/run it again/);
	});
});
