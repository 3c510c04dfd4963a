import { bildOut, locator } from '../support/bildout.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();
const run = bildout.run;
const resource = 'project';

let customer: string;

beforeEach(async () => {
	customer = (await bildout.create('/customers', { name: 'Harbor View Homes' })).id as string;
});

const whole = (): JsonObject => ({
	name: 'Maple Street Kitchen Remodel',
	client_id: customer,
	description: 'Cabinets and counters',
	status: 'active',
	address: { line1: '410 Maple Street', city: 'Tacoma' },
	start_date: '2025-03-01',
	end_date: '2025-06-30',
	budget: 48500.5,
});

describe('create', () => {
	it('sends every field', async () => {
		const { json, error } = await run({
			resource,
			operation: 'create',
			name: 'Maple Street Kitchen Remodel',
			additionalFields: {
				customerId: locator(customer),
				description: 'Cabinets and counters',
				status: 'active',
				address: { line1: '410 Maple Street', city: 'Tacoma' },
				startDate: '2025-03-01T00:00:00',
				endDate: '2025-06-30',
				budget: 48500.5,
				customFields: { field: [{ name: 'permit', type: 'json', value: '{"number": "B-17"}' }] },
			},
		});
		expect(error).toBeUndefined();
		expect(await bildout.wire()).toEqual([
			['POST /projects', { ...whole(), permit: { number: 'B-17' } }],
		]);
		expect(json).toEqual([await bildout.read(`/projects/${json[0].id}`)]);
	});

	it('sends nothing but the name when nothing else is given', async () => {
		await run({ resource, operation: 'create', name: 'Deck' });
		expect(await bildout.wire()).toEqual([['POST /projects', { name: 'Deck' }]]);
	});
});

describe('create or update', () => {
	const upsert = {
		resource,
		operation: 'upsert',
		name: '={{ $json.name }}',
		customerId: locator('={{ $json.customer }}'),
		additionalFields: { status: '={{ $json.status }}' },
	};
	const deck = (of: string, status: string) => ({ name: 'Deck', customer: of, status });

	it('tells projects of one name apart by their customer', async () => {
		const other = (await bildout.create('/customers', { name: 'Other' })).id as string;
		const before = await bildout.create('/projects', { ...whole(), name: 'DECK' });
		const { json, error } = await run(upsert, {
			items: [
				deck(customer, 'planning'),
				deck(other, 'planning'),
				deck(other, 'active'),
				deck(customer, 'completed'),
			],
		});
		expect(error).toBeUndefined();
		expect(json.map((made) => made.upsert)).toEqual(['updated', 'created', 'updated', 'updated']);
		expect(json[2].id).toBe(json[1].id);
		expect(await bildout.read(`/projects/${before.id}`)).toEqual({
			...before,
			name: 'Deck',
			status: 'completed',
			updated_at: expect.any(String) as string,
		});
	});

	it('looks among all projects where no customer is given', async () => {
		const { id } = await bildout.create('/projects', { ...whole(), name: 'Deck' });
		const { json } = await run(upsert, { items: [deck('', 'completed')] });
		expect(json).toMatchObject([
			{ id, status: 'completed', client_id: customer, upsert: 'updated' },
		]);
		await bildout.create('/projects', { name: 'Deck' });
		const { error } = await run(upsert, { items: [deck('', 'active')] });
		expect(error?.message).toMatch(/^2 projects have the name 'Deck'/);
	});

	it('leaves a project that exists as it is, where it is told to', async () => {
		const before = await bildout.create('/projects', { ...whole(), name: 'Deck' });
		const { json } = await run(
			{ ...upsert, ifExists: 'leave' },
			{ items: [deck(customer, 'completed'), { ...deck(customer, 'planning'), name: 'Porch' }] },
		);
		expect(json).toMatchObject([
			{ ...before, upsert: 'found' },
			{ status: 'planning', upsert: 'created' },
		]);
		expect(await bildout.read(`/projects/${before.id}`)).toEqual(before);
	});
});

describe('get and get many', () => {
	it('reads one, whole and simplified', async () => {
		const { id } = await bildout.create('/projects', whole());
		const get = { resource, operation: 'get', projectId: locator(id as string) };
		const raw = await run({ ...get, simplify: false });
		const simplified = await run(get);
		expect(await bildout.wire()).toEqual([[`GET /projects/${id}`], [`GET /projects/${id}`]]);
		expect(raw.json).toEqual([await bildout.read(`/projects/${id}`)]);
		expect(Object.keys(simplified.json[0])).toHaveLength(10);
		expect(simplified.json[0]).toMatchObject({ id, name: whole().name, client_id: customer });
	});

	it('reads a list', async () => {
		const { json } = await run({ resource, operation: 'getAll', limit: 7, simplify: false });
		expect(await bildout.wire()).toEqual([['GET /projects?limit=7']]);
		expect(json).toEqual(await bildout.list('/projects?limit=7'));
	});
});

describe('update', () => {
	it('changes a date and keeps all else', async () => {
		const before = await bildout.create('/projects', { ...whole(), permit: 'B-17' });
		const { json } = await run({
			resource,
			operation: 'update',
			projectId: locator(before.id as string),
			updateFields: { endDate: '2025-07-15' },
		});
		expect(await bildout.wire()).toEqual([
			[`GET /projects/${before.id}`],
			[`PUT /projects/${before.id}`, { ...whole(), permit: 'B-17', end_date: '2025-07-15' }],
		]);
		expect(json).toEqual([await bildout.read(`/projects/${before.id}`)]);
	});

	it('gives it to another customer, and clears what is to be cleared', async () => {
		const other = await bildout.create('/customers', { name: 'Other' });
		const { id } = await bildout.create('/projects', whole());
		await run({
			resource,
			operation: 'update',
			projectId: locator(id as string),
			updateFields: { customerId: locator(other.id as string), name: 'New name', budget: 0 },
			clearFields: ['end_date', 'address.city', 'description'],
		});
		expect(await bildout.read(`/projects/${id}`)).toMatchObject({
			...whole(),
			name: 'New name',
			client_id: other.id,
			budget: 0,
			end_date: null,
			description: null,
			address: { line1: '410 Maple Street', city: null },
		});
	});
});

it('deletes', async () => {
	const { id } = await bildout.create('/projects', whole());
	const { json } = await run({ resource, operation: 'delete', projectId: locator(id as string) });
	expect(await bildout.wire()).toEqual([[`DELETE /projects/${id}`]]);
	expect(json).toEqual([{ deleted: true, id }]);
});

it('gets the financials', async () => {
	const { id } = await bildout.create('/projects', whole());
	await bildout.create('/invoices', {
		client_id: customer,
		project_id: id,
		due_date: '2025-02-15',
		status: 'sent',
		line_items: [{ name: 'Labor', quantity: 2, unit_price: 150.25 }],
	});
	const { json } = await run({
		resource,
		operation: 'getFinancials',
		projectId: locator(id as string),
	});
	expect(await bildout.wire()).toEqual([[`GET /projects/${id}/financials`]]);
	expect(json).toEqual([await bildout.read(`/projects/${id}/financials`)]);
	expect(json[0]).toMatchObject({ project_id: id, budget: 48500.5, invoiced_total: 300.5 });
});
