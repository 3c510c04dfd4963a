import { bildOut } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/** What the items of one run, and of two at once, know and may overtake of each other. */
const bildout = bildOut();

const customer = async (name: string, email: string) =>
	await bildout.create('/customers', { name, email });

/** Makes the reading of a list slow, so that what needs no list is ahead of it. */
const slowList = async (path: string) =>
	await bildout.control.fault({
		kind: 'slow',
		method: 'GET',
		path: `^/api/v1${path}$`,
		delayMs: 150,
	});

const writes = async () =>
	(await bildout.wire()).filter(([line]) => !line.startsWith('GET ')).map(([line]) => line);

describe('updates of one record', () => {
	const update = op('customer update', {
		customerId: '={{ $json.who }}',
		updateFields: { phone: '={{ $json.phone }}' },
	});

	it('are done in the order of the items, whatever their look-ups take', async () => {
		const { id } = await customer('Ace', 'ace@example.com');
		const other = await customer('Bay', 'bay@example.com');
		await slowList('/customers');
		const { json } = await bildout.succeed(update, {
			items: [
				{ who: 'ace@example.com', phone: '1' },
				{ who: id, phone: '2' },
				{ who: other.id, phone: '3' },
				{ who: 'ACE@example.com', phone: '4' },
				{ who: id, phone: '5' },
			] as never,
		});
		expect(json.map(({ phone }) => phone)).toEqual(['1', '2', '3', '4', '5']);
		expect(await bildout.read(`/customers/${id}`)).toMatchObject({ phone: '5' });
	});

	it('are done in order also where a customer is given by email', async () => {
		const to = await customer('Ace', 'ace@example.com');
		const [first] = await bildout.list('/invoices?limit=1');
		await slowList('/customers');
		await bildout.succeed(
			onOne('invoice update', first.id, {
				updateFields: { customerId: '={{ $json.customer }}', notes: '={{ $json.notes }}' },
			}),
			{
				items: [
					{ customer: 'ace@example.com', notes: 'one' },
					{ customer: '', notes: 'two' },
				],
			},
		);
		expect(await bildout.read(`/invoices/${first.id}`)).toMatchObject({
			client_id: to.id,
			notes: 'two',
		});
	});

	it('go out one at a time, whichever records they are about', async () => {
		const made = await Promise.all(
			Array.from({ length: 8 }, async (_, n) => await customer(`Ace ${n}`, `ace${n}@example.com`)),
		);
		await bildout.control.config({ latencyMs: 10 });
		const { json } = await bildout.run(update, {
			items: made.map(({ id, email }, n) => ({ who: n % 2 ? id : email, phone: `${n}` })) as never,
		});
		expect(json.map(({ phone }) => phone)).toEqual(made.map((_, n) => `${n}`));
		expect((await bildout.calls()).map(({ inFlight }) => inFlight)).toEqual(Array(17).fill(1));
		const written = made.map(({ id }) => `PUT /customers/${id}`);
		expect(await writes()).toEqual(written);
	});

	it('come to an end with the first that fails, so that the order can be kept later', async () => {
		const { id } = await customer('Ace', 'ace@example.com');
		await bildout.control.fault({ kind: 'status', status: 500, method: 'PUT', times: 1 });
		const { error } = await bildout.run(update, {
			items: [
				{ who: id, phone: '1' },
				{ who: id, phone: '2' },
			] as never,
		});
		expect(error?.message).toMatch(/server error/);
		expect(await writes()).toEqual([`PUT /customers/${id}`]);
	});

	it('go on after one that fails, where the node is set to continue', async () => {
		const { id } = await customer('Ace', 'ace@example.com');
		await bildout.control.fault({ kind: 'status', status: 500, method: 'PUT', times: 1 });
		const { json } = await bildout.run(update, {
			items: [
				{ who: id, phone: '1' },
				{ who: id, phone: '2' },
			] as never,
			node: { onError: 'continueRegularOutput' },
		});
		expect(json).toMatchObject([{ error: expect.any(String) as string }, { id, phone: '2' }]);
	});
});

describe('what a run created or changed', () => {
	const upsert = op('customer upsert', {
		matchBy: '={{ $json.by }}',
		name: '={{ $json.name }}',
		email: '={{ $json.email }}',
		additionalFields: { email: '={{ $json.email }}', phone: '={{ $json.phone }}' },
	});

	it('is found by the next items, whichever field they match by', async () => {
		const person = { name: 'Harbor View', email: 'harbor@example.com' };
		const { json } = await bildout.succeed(upsert, {
			items: [
				{ ...person, by: 'email', phone: '1' },
				{ ...person, by: 'name', phone: '2' },
				{ ...person, name: 'Harbor', by: 'email', phone: '3' },
				{ ...person, name: 'harbor', email: 'new@example.com', by: 'name', phone: '4' },
				{ name: 'Harbor', email: 'NEW@example.com', by: 'email', phone: '5' },
				{ name: 'Other', email: 'harbor@example.com', by: 'email', phone: '6' },
			],
		});
		expect(json.map(({ upsert: done }) => done)).toEqual([
			'created',
			'updated',
			'updated',
			'updated',
			'updated',
			'created',
		]);
		expect(new Set(json.slice(0, 5).map(({ id }) => id)).size).toBe(1);
	});

	it('is found by email although it was under way when the next item looked', async () => {
		const { id } = await customer('Ace', 'old@example.com');
		await customer('Bay', 'bay@example.com');
		const { json } = await bildout.succeed(
			op('customer update', {
				customerId: '={{ $json.who }}',
				updateFields: { email: '={{ $json.email }}', phone: '={{ $json.phone }}' },
			}),
			{
				items: [
					{ who: 'bay@example.com', email: 'bay@example.com', phone: '1' },
					{ who: id, email: 'new@example.com', phone: '2' },
					{ who: 'new@example.com', email: 'newest@example.com', phone: '3' },
					{ who: 'newest@example.com', email: 'newest@example.com', phone: '4' },
				] as never,
			},
		);
		expect(json.slice(1).map((record) => record.id)).toEqual([id, id, id]);
		expect(await bildout.read(`/customers/${id}`)).toMatchObject({
			email: 'newest@example.com',
			phone: '4',
		});
	});
});

describe('create or update in two executions at once', () => {
	const upsert = op('vendor upsert', {
		matchBy: 'email',
		name: '={{ $json.name }}',
		email: '={{ $json.email }}',
	});
	const form = { name: 'Ace', email: 'ace@example.com' };
	const found = async (): Promise<JsonObject[]> =>
		(await bildout.list('/vendors?limit=100')).filter(({ email }) => email === form.email);

	it('makes one record of one email', async () => {
		await bildout.control.config({ latencyMs: 20 });
		const runs = await Promise.all(
			['a', 'b', 'c', 'd'].map(
				async (phone) =>
					await bildout.run(
						{ ...upsert, additionalFields: { phone } },
						{ items: [{ ...form, email: ` ${form.email.toUpperCase()}` }, form] },
					),
			),
		);
		expect(runs.map(({ error }) => error)).toEqual(runs.map(() => undefined));
		expect(await found()).toHaveLength(1);
	});

	it('makes one record where the second had read its list before the first created', async () => {
		await bildout.control.config({ latencyMs: 20 });
		const many = (first: string) => [first, 'b', 'c', 'd', 'e'].map((name) => ({ ...form, name }));
		const ahead = [{ name: 'Own', email: 'own@example.com' }];
		await Promise.all([
			bildout.run(upsert, { items: many('x') }),
			bildout.run(upsert, { items: [...ahead, ...many('y')] }),
			bildout.run(upsert, { items: [...ahead, ...ahead, ...ahead, ...many('z')] }),
		]);
		expect(await found()).toHaveLength(1);
	});

	it('looks again where the answer to the other create got lost', async () => {
		await bildout.control.config({ latencyMs: 20 });
		await bildout.control.fault({ kind: 'drop_after', method: 'POST', path: '^/api/', times: 1 });
		const runs = await Promise.all([
			bildout.run(upsert, { items: [form] }),
			bildout.run(upsert, { items: [form] }),
		]);
		expect(runs.filter(({ error }) => error !== undefined)).toHaveLength(1);
		expect(await found()).toHaveLength(1);
	});

	it('lets other credentials and other values go ahead', async () => {
		await bildout.control.config({ latencyMs: 500 });
		await Promise.all(
			['a', 'b', 'c', 'd', 'e'].map(
				async (name) =>
					await bildout.run(upsert, { items: [{ name, email: `${name}@example.com` }] }),
			),
		);
		const inFlight = (await bildout.calls()).map((call) => call.inFlight);
		expect(Math.max(...inFlight)).toBeGreaterThan(1);
	});

	it('makes one project of a name for each customer, whichever was created last', async () => {
		const owners = [await customer('A', 'a@example.com'), await customer('B', 'b@example.com')];
		const kitchen = op('project upsert', {
			name: '={{ $json.name }}',
			customerId: '={{ $json.customer }}',
		});
		const of = (index: number, name = 'Kitchen') => ({ name, customer: owners[index].id });
		const own = ['one', 'two', 'three'].map((name) => of(0, name));
		await bildout.control.config({ latencyMs: 20 });
		const runs = await Promise.all([
			bildout.run(kitchen, { items: [...own, of(0)] as never }),
			bildout.run(kitchen, { items: [of(0), of(1)] as never }),
		]);
		expect(runs.map(({ error }) => error)).toEqual([undefined, undefined]);
		const projects = await bildout.list('/projects?limit=100');
		expect(projects.filter(({ name }) => name === 'Kitchen')).toHaveLength(2);
	});
});
