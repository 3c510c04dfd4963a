import { bildOut } from '../support/bildout.cts';
import { locator, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/** Create or Update of customers, vendors and projects; of invoices, see externalId. */
const bildout = bildOut();

const PERSON = {
	...{ name: 'Harbor View Homes', email: 'office@harborviewhomes.example', phone: '1' },
	address: { line1: '410 Maple Street', city: 'Tacoma' },
};

const NEW = { name: 'New', email: 'new@example.com' };

describe.each(['customer', 'vendor'])('%s', (resource) => {
	const path = `/${resource}s`;
	const add = async (more: JsonObject = {}) => await bildout.create(path, { ...PERSON, ...more });
	const upsert = op(`${resource} upsert`, { name: '={{ $json.name }}' });
	const byEmail = { ...upsert, matchBy: 'email', email: '={{ $json.email }}' };
	const byName = { ...upsert, matchBy: 'name' };

	it('is created where it is not there yet', async () => {
		const asPhone = { additionalFields: { phone: '2' } };
		const { json } = await bildout.succeed({ ...byEmail, ...asPhone }, { items: [NEW] });
		expect(await bildout.writes()).toEqual([[`POST ${path}`, { ...NEW, phone: '2' }]]);
		expect(json).toEqual([{ ...(await bildout.read(`${path}/${json[0].id}`)), upsert: 'created' }]);
	});

	it.each([
		['email', byEmail, { email: 'OFFICE@HarborViewHomes.example', name: 'Harbor' }],
		['name', byName, { name: 'harbor view HOMES' }],
	])('is updated by its %s, whatever its case, and keeps the rest', async (_, parameters, item) => {
		const { id } = await add();
		const { json } = await bildout.succeed(parameters, { items: [item] });
		expect(json).toMatchObject([{ id, upsert: 'updated', name: item.name }]);
		const { phone, address } = PERSON;
		expect(await bildout.read(`${path}/${id}`)).toMatchObject({ name: item.name, phone, address });
	});

	it('is left as it is, where that is chosen', async () => {
		const before = await add();
		const leaving = { ...byEmail, ifExists: 'leave', additionalFields: { phone: '2' } };
		const items = [{ name: 'Other', email: PERSON.email }, NEW];
		const { json } = await bildout.succeed(leaving, { items });
		expect(json).toMatchObject([
			{ ...before, upsert: 'found' },
			{ name: 'New', phone: '2', upsert: 'created' },
		]);
		expect(await bildout.read(`${path}/${before.id}`)).toEqual(before);
		expect(await bildout.writes()).toHaveLength(1);
	});

	it('is not found by a part of its email', async () => {
		await add();
		const items = [{ name: 'Other', email: 'fice@harborviewhomes.example' }];
		expect((await bildout.succeed(byEmail, { items })).json).toMatchObject([{ upsert: 'created' }]);
	});

	it('is named with all others that match, and none is changed', async () => {
		const twins = [await add({ name: 'First' }), await add({ name: 'Second' })];
		const items = [{ name: 'Third', email: PERSON.email }];
		const { error } = await bildout.run(byEmail, { items });
		for (const { id, name } of twins) expect(error?.message).toContain(`${name} (ID ${id})`);
		expect(await bildout.writes()).toEqual([]);
	});

	it('needs the value to match by', async () => {
		const message = "The expression for 'Email' returned no value";
		const run = await bildout.expectRefusal(byEmail, message, { items: [{ name: 'New' }] });
		expect(run.error?.description).toMatch(/choose Name under 'Match By'\.$/);
	});
});

describe('project', () => {
	const upsert = op('project upsert', {
		name: '={{ $json.name }}',
		customerId: locator('={{ $json.customer }}'),
		additionalFields: { status: '={{ $json.status }}' },
	});
	const deck = (of: string, status: string) => ({ name: 'Deck', customer: of, status });
	let customer: string;
	const add = async (name: string) =>
		await bildout.create('/projects', { name, client_id: customer, status: 'active', budget: 5 });

	beforeEach(async () => {
		customer = (await bildout.create('/customers', { name: 'Harbor View Homes' })).id;
	});

	it('is kept apart from those of the same name by its customer', async () => {
		const other = (await bildout.create('/customers', { name: 'Other' })).id;
		const before = await add('DECK');
		const planned = [deck(customer, 'planning'), deck(other, 'planning')];
		const items = [...planned, deck(other, 'active'), deck(customer, 'completed')];
		const { json } = await bildout.succeed(upsert, { items });
		expect(json.map((made) => made.upsert)).toEqual(['updated', 'created', 'updated', 'updated']);
		expect(json[2].id).toBe(json[1].id);
		const updated_at = expect.any(String) as string;
		const after = { ...before, name: 'Deck', status: 'completed', updated_at };
		expect(await bildout.read(`/projects/${before.id}`)).toEqual(after);
	});

	it('is looked for among all projects where no customer is given', async () => {
		const { id } = await add('Deck');
		const { json } = await bildout.succeed(upsert, { items: [deck('', 'completed')] });
		const done = { status: 'completed', client_id: customer, upsert: 'updated' };
		expect(json).toMatchObject([{ id, ...done }]);
		await bildout.create('/projects', { name: 'Deck' });
		const { error } = await bildout.run(upsert, { items: [deck('', 'active')] });
		expect(error?.message).toMatch(/^2 projects have the name 'Deck'/);
	});
});
