import { bildOut } from '../support/bildout.cts';
import { CONTINUING, onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/** What the items of one run, and of two at once, know and may overtake of each other. */
const bildout = bildOut();

const customer = async (name: string, email: string) =>
	await bildout.create('/customers', { name, email });

const writes = async () => (await bildout.writes()).map(([line]) => line);

describe('updates of one record', () => {
	const update = op('customer update', {
		customerId: '={{ $json.who }}',
		updateFields: { phone: '={{ $json.phone }}' },
	});

	// A slow reading of the list lets what needs no list get ahead of it.
	const SLOW_LIST = { kind: 'slow', method: 'GET', path: '^/api/v1/customers$' } as const;
	const slowList = async () => await bildout.control.fault({ ...SLOW_LIST, delayMs: 150 });

	it('are done in the order of the items, whatever their look-ups take', async () => {
		const { id } = await customer('Ace', 'ace@example.com');
		const other = await customer('Bay', 'bay@example.com');
		await slowList();
		const who = ['ace@example.com', id, other.id, 'ACE@example.com', id];
		const { json } = await bildout.succeed(update, {
			items: who.map((one, at) => ({ who: one, phone: `${at}` })) as never,
		});
		expect(json.map(({ phone }) => phone)).toEqual(['0', '1', '2', '3', '4']);
		expect(await bildout.read(`/customers/${id}`)).toMatchObject({ phone: '4' });
	});

	it('are done in order also where a customer is given by email', async () => {
		const to = await customer('Ace', 'ace@example.com');
		const [{ id }] = await bildout.list('/invoices?limit=1');
		await slowList();
		const updateFields = { customerId: '={{ $json.customer }}', notes: '={{ $json.notes }}' };
		const first = { customer: 'ace@example.com', notes: 'one' };
		const items = [first, { customer: '', notes: 'two' }];
		await bildout.succeed(onOne('invoice update', id, { updateFields }), { items });
		const after = await bildout.read(`/invoices/${id}`);
		expect(after).toMatchObject({ client_id: to.id, notes: 'two' });
	});

	it('go out one at a time, whichever records they are about', async () => {
		const made = await Promise.all(
			Array.from({ length: 8 }, async (_, n) => await customer(`Ace ${n}`, `ace${n}@example.com`)),
		);
		await bildout.control.config({ latencyMs: 10 });
		await bildout.succeed(update, {
			items: made.map(({ id, email }, n) => ({ who: n % 2 ? id : email, phone: `${n}` })) as never,
		});
		expect((await bildout.calls()).map(({ inFlight }) => inFlight)).toEqual(Array(17).fill(1));
		expect(await writes()).toEqual(made.map(({ id }) => `PUT /customers/${id}`));
	});

	it('end with the first that fails, and go on only where the node is set to continue', async () => {
		const { id } = await customer('Ace', 'ace@example.com');
		const items = ['1', '2'].map((phone) => ({ who: id as string, phone }));
		const fault = { kind: 'status', status: 500, method: 'PUT', times: 1 } as const;
		await bildout.control.fault(fault);
		const { error } = await bildout.run(update, { items });
		expect(error?.message).toMatch(/server error/);
		expect(await writes()).toEqual([`PUT /customers/${id}`]);
		await bildout.control.fault(fault);
		const { json } = await bildout.run(update, { items, node: CONTINUING });
		expect(json).toMatchObject([{ error: expect.any(String) as string }, { id, phone: '2' }]);
	});
});

describe('what a run created or changed', () => {
	it('is found by the next items, whichever field they match by', async () => {
		const upsert = op('customer upsert', {
			...{ matchBy: '={{ $json.by }}', name: '={{ $json.name }}', email: '={{ $json.email }}' },
			additionalFields: { email: '={{ $json.email }}' },
		});
		const person = { name: 'Harbor View', email: 'harbor@example.com' };
		const { json } = await bildout.succeed(upsert, {
			items: [
				{ ...person, by: 'email' },
				{ ...person, by: 'name' },
				{ ...person, name: 'Harbor', by: 'email' },
				{ ...person, name: 'harbor', email: 'new@example.com', by: 'name' },
				{ name: 'Harbor', email: 'NEW@example.com', by: 'email' },
				{ name: 'Other', email: 'harbor@example.com', by: 'email' },
			],
		});
		const updated = Array<string>(4).fill('updated');
		expect(json.map(({ upsert: done }) => done)).toEqual(['created', ...updated, 'created']);
		expect(new Set(json.slice(0, 5).map(({ id }) => id)).size).toBe(1);
	});

	it('is found by email although it was under way when the next item looked', async () => {
		const { id } = await customer('Ace', 'old@example.com');
		await customer('Bay', 'bay@example.com');
		const emails = ['bay@', 'new@', 'newest@', 'newest@'].map((user) => `${user}example.com`);
		const who = ['bay@example.com', id, emails[1], emails[2]];
		const updateFields = { email: '={{ $json.email }}', phone: '={{ $json.phone }}' };
		const { json } = await bildout.succeed(
			op('customer update', { customerId: '={{ $json.who }}', updateFields }),
			{ items: who.map((one, at) => ({ who: one, email: emails[at], phone: `${at}` })) as never },
		);
		expect(json.slice(1).map((record) => record.id)).toEqual([id, id, id]);
		const after = await bildout.read(`/customers/${id}`);
		expect(after).toMatchObject({ email: 'newest@example.com', phone: '3' });
	});
});

describe('create or update in two executions at once', () => {
	const upsert = op('vendor upsert', {
		...{ matchBy: '={{ $json.by ?? "email" }}', name: '={{ $json.name }}' },
		email: '={{ $json.email }}',
		additionalFields: { email: '={{ $json.email }}' },
	});
	const form = { name: 'Ace', email: 'ace@example.com' };
	/** An execution for each list of items, all at once. */
	const together = async (parameters: object, executions: object[][]) =>
		await Promise.all(
			executions.map(async (items) => await bildout.run(parameters, { items: items as never })),
		);
	const found = async (): Promise<JsonObject[]> =>
		(await bildout.list('/vendors?limit=100')).filter(({ email }) => email === form.email);

	const shouted = { ...form, email: ` ${form.email.toUpperCase()}` };
	const many = (first: string) => [first, 'b', 'c', 'd', 'e'].map((name) => ({ ...form, name }));
	const own = { name: 'Own', email: 'own@example.com' };

	it.each<[string, JsonObject[][]]>([
		['one email', [1, 2, 3, 4].map(() => [shouted, form])],
		[
			'a person, by email and by name',
			['email', 'name', 'email', 'name'].map((by) => [{ ...form, by }]),
		],
		[
			'one email that another had not created when the list was read',
			[many('x'), [own, ...many('y')], [own, own, own, ...many('z')]],
		],
	])('makes one record of %s', async (_, executions) => {
		await bildout.control.config({ latencyMs: 20 });
		const runs = await together(upsert, executions);
		expect(runs.map(({ error }) => error)).toEqual(runs.map(() => undefined));
		expect(await found()).toHaveLength(1);
	});

	it('looks again where the response to the other create was lost', async () => {
		await bildout.control.config({ latencyMs: 20 });
		await bildout.control.fault({ kind: 'drop_after', method: 'POST', path: '^/api/', times: 1 });
		const runs = await together(upsert, [[form], [form]]);
		expect(runs.filter(({ error }) => error !== undefined)).toHaveLength(1);
		expect(await found()).toHaveLength(1);
	});

	it('lets other values go ahead', async () => {
		await bildout.control.config({ latencyMs: 300 });
		const forms = ['a', 'b', 'c'].map((name) => [{ name, email: `${name}@example.com` }]);
		await together(upsert, forms);
		const inFlight = (await bildout.calls()).map((call) => call.inFlight);
		expect(Math.max(...inFlight)).toBeGreaterThan(1);
	});

	it('makes one project of a name for each customer, whichever was created last', async () => {
		const owners = [await customer('A', 'a@example.com'), await customer('B', 'b@example.com')];
		const project = { name: '={{ $json.name }}', customerId: '={{ $json.customer }}' };
		const of = (index: number, name = 'Kitchen') => ({ name, customer: owners[index].id });
		await bildout.control.config({ latencyMs: 20 });
		const first = [of(0, 'one'), of(0, 'two'), of(0, 'three'), of(0)];
		const runs = await together(op('project upsert', project), [first, [of(0), of(1)]]);
		expect(runs.map(({ error }) => error)).toEqual([undefined, undefined]);
		const projects = await bildout.list('/projects?limit=100');
		expect(projects.filter(({ name }) => name === 'Kitchen')).toHaveLength(2);
	});
});
