import { bildOut, locator } from '../support/bildout.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

const ADDRESS = {
	line1: '410 Maple Street',
	line2: 'Suite 200',
	city: 'Tacoma',
	state: 'WA',
	zip: '98402',
	country: 'US',
};

const PERSON = {
	name: 'Harbor View Homes',
	email: 'office@harborviewhomes.example',
	phone: '(206) 555-0142',
	address: ADDRESS,
};

describe.each([
	{ resource: 'customer', path: '/customers', own: {} },
	{
		resource: 'vendor',
		path: '/vendors',
		own: { type: 'subcontractor', notes: 'Net 30. Delivers on Tuesdays.' },
	},
])('$resource', ({ resource, path, own }) => {
	const idName = `${resource}Id`;
	const whole = { ...PERSON, ...own } as JsonObject;
	const { name: _, ...additional } = whole;
	const run = bildout.run;
	const add = async (more: JsonObject = {}) => await bildout.create(path, { ...whole, ...more });

	describe('create', () => {
		it('sends every field and gives what BildOut made of it', async () => {
			const { json, error } = await run({
				resource,
				operation: 'create',
				name: PERSON.name,
				additionalFields: {
					...additional,
					customFields: {
						field: [
							{ name: 'tier', value: 'gold' },
							{ name: 'score', type: 'number', value: '7.5' },
							{ name: 'tags', type: 'json', value: '["roof", "deck"]' },
							{ name: 'code', value: '007' },
						],
					},
				},
			});
			expect(error).toBeUndefined();
			const custom = { tier: 'gold', score: 7.5, tags: ['roof', 'deck'], code: '007' };
			expect(await bildout.wire()).toEqual([[`POST ${path}`, { ...whole, ...custom }]]);
			expect(json).toEqual([await bildout.read(`${path}/${json[0].id}`)]);
			expect(json[0]).toMatchObject({ ...whole, ...custom });
		});

		it('sends nothing but the name when nothing else is given', async () => {
			await run({ resource, operation: 'create', name: 'Ace Roofing' });
			expect(await bildout.wire()).toEqual([[`POST ${path}`, { name: 'Ace Roofing' }]]);
		});

		it('keeps the order of the items and pairs each result with its own', async () => {
			await bildout.control.config({ latencyMs: 5 });
			const names = Array.from({ length: 12 }, (_unused, index) => `Company ${index}`);
			const { items } = await run(
				{ resource, operation: 'create', name: '={{ $json.company }}' },
				{ items: names.map((company) => ({ company })) },
			);
			expect((await bildout.wire()).map(([, body]) => (body as JsonObject).name)).toEqual(names);
			expect(items.map(({ json }) => json.name)).toEqual(names);
			expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
				names.map((_unused, item) => ({ item })),
			);
		});

		it('asks for a name before it sends anything', async () => {
			const { error } = await run({ resource, operation: 'create', name: '={{ $json.company }}' });
			expect(error?.message).toBe("'Name' is empty");
			expect(error?.description).toMatch(/expression/);
			expect(await bildout.wire()).toEqual([]);
		});
	});

	describe('get', () => {
		it('reads one record', async () => {
			const { id } = await add();
			const get = { resource, operation: 'get', [idName]: locator(id as string) };
			const { json } = await run({ ...get, simplify: false });
			expect(await bildout.wire()).toEqual([[`GET ${path}/${id}`]]);
			expect(json).toEqual([await bildout.read(`${path}/${id}`)]);
		});

		it('simplifies to ten fields unless told otherwise', async () => {
			const { id } = await add();
			const { json } = await run({
				resource,
				operation: 'get',
				[idName]: locator(id as string),
			});
			expect(Object.keys(json[0])).toHaveLength(10);
			expect(json[0]).toMatchObject({
				id,
				name: PERSON.name,
				email: PERSON.email,
				phone: PERSON.phone,
				address_city: 'Tacoma',
			});
		});

		it('reads many side by side and keeps their order', async () => {
			await bildout.control.seed({ [`${resource}s`]: 40 });
			const ids = (await bildout.list(`${path}?limit=60`)).map(({ id }) => id as string);
			await bildout.control.config({ latencyMs: 30 });
			const { json } = await run(
				{ resource, operation: 'get', [idName]: locator('={{ $json.id }}') },
				{ items: ids.map((id) => ({ id })) },
			);
			expect(json.map(({ id }) => id)).toEqual(ids);
			const calls = await bildout.calls();
			expect(calls).toHaveLength(ids.length);
			const most = Math.max(...calls.map(({ inFlight }) => inFlight));
			expect(most).toBeGreaterThan(10);
			expect(most).toBeLessThanOrEqual(20);
		});
	});

	describe('get many', () => {
		it('asks for 50 when nothing else is said', async () => {
			const { json } = await run({ resource, operation: 'getAll', simplify: false });
			expect(await bildout.wire()).toEqual([[`GET ${path}?limit=50`]]);
			expect(json).toEqual(await bildout.list(`${path}?limit=50`));
		});

		it('simplifies unless told otherwise', async () => {
			const { json } = await run({ resource, operation: 'getAll', limit: 3 });
			expect(json).toHaveLength(3);
			for (const record of json) expect(Object.keys(record)).toHaveLength(10);
		});
	});

	describe('update', () => {
		it('changes one field and leaves all others', async () => {
			const before = await add({ tier: 'gold' });
			const { json } = await run({
				resource,
				operation: 'update',
				[idName]: locator(before.id as string),
				updateFields: { phone: '(206) 555-0199' },
			});
			expect(await bildout.wire()).toEqual([
				[`GET ${path}/${before.id}`],
				[`PUT ${path}/${before.id}`, { ...whole, tier: 'gold', phone: '(206) 555-0199' }],
			]);
			const after = await bildout.read(`${path}/${before.id}`);
			expect(json).toEqual([after]);
			const { updated_at: _before, ...kept } = before;
			const { updated_at: _after, ...now } = after;
			expect(now).toEqual({ ...kept, phone: '(206) 555-0199' });
		});

		it('changes only the given parts of an address', async () => {
			const { id } = await add();
			await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { address: { line2: 'Suite 300' } },
			});
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({
				address: { ...ADDRESS, line2: 'Suite 300' },
			});
		});

		it('tells leaving a field out, setting it to empty and clearing it apart', async () => {
			const { id } = await add();
			await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { name: 'Harbor View', address: { line2: '' } },
				clearFields: ['phone', 'address.zip'],
			});
			expect((await bildout.wire())[1]).toEqual([
				`PUT ${path}/${id}`,
				{
					...whole,
					name: 'Harbor View',
					phone: null,
					address: { ...ADDRESS, line2: '', zip: null },
				},
			]);
		});

		it('clears a field that an expression turns into null', async () => {
			const { id } = await add();
			await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { phone: '={{ null }}' },
			});
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({ phone: null, name: PERSON.name });
		});

		it('writes just the given fields when told to', async () => {
			const { id } = await add();
			await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { name: 'Harbor View', email: PERSON.email },
				options: { sendOnlyGivenFields: true },
			});
			expect(await bildout.wire()).toEqual([
				[`PUT ${path}/${id}`, { name: 'Harbor View', email: PERSON.email }],
			]);
		});

		it('refuses to change nothing, and to set and clear the same field', async () => {
			const { id } = await add();
			const nothing = await run({ resource, operation: 'update', [idName]: locator(id as string) });
			expect(nothing.error?.message).toBe('There is nothing to change');
			const both = await run({
				resource,
				operation: 'update',
				[idName]: locator(id as string),
				updateFields: { phone: '1' },
				clearFields: ['phone'],
			});
			expect(both.error?.message).toMatch(/phone.* is both given a value and cleared/i);
			expect(await bildout.wire()).toEqual([]);
		});

		it('loses none of several changes to the same record', async () => {
			const { id } = await add();
			await bildout.control.config({ latencyMs: 10 });
			await run(
				{
					resource,
					operation: 'update',
					[idName]: locator(id as string),
					updateFields: {
						phone: '={{ $json.phone }}',
						email: '={{ $json.email }}',
						address: { zip: '={{ $json.zip }}' },
					},
				},
				{ items: [{ phone: '1' }, { email: 'new@example.com' }, { zip: '2' }] },
			);
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({
				phone: '1',
				email: 'new@example.com',
				address: { ...ADDRESS, zip: '2' },
			});
		});
	});

	describe('delete', () => {
		it('deletes and says so', async () => {
			const { id } = await add();
			const { json } = await run({
				resource,
				operation: 'delete',
				[idName]: locator(id as string),
			});
			expect(await bildout.wire()).toEqual([[`DELETE ${path}/${id}`]]);
			expect(json).toEqual([{ deleted: true, id }]);
			await expect(bildout.read(`${path}/${id}`)).rejects.toThrow('not_found');
		});
	});

	describe('create or update', () => {
		const upsert = { resource, operation: 'upsert', name: '={{ $json.name }}' };
		const byEmail = { ...upsert, matchBy: 'email', email: '={{ $json.email }}' };
		const byName = { ...upsert, matchBy: 'name' };

		it('creates what is not there yet', async () => {
			const { json } = await run(
				{ ...byEmail, additionalFields: { phone: '1' } },
				{
					items: [{ name: 'New', email: 'new@example.com' }],
				},
			);
			const body = { name: 'New', email: 'new@example.com', phone: '1' };
			expect((await bildout.wire()).at(-1)).toEqual([`POST ${path}`, body]);
			const { upsert: done, ...record } = json[0];
			expect(done).toBe('created');
			expect(record).toEqual(await bildout.read(`${path}/${record.id}`));
		});

		it('updates what has the same email, whatever its case, and keeps the rest', async () => {
			const { id } = await add();
			const { json } = await run(byEmail, {
				items: [{ name: 'Harbor View', email: 'OFFICE@HarborViewHomes.example' }],
			});
			expect(json).toMatchObject([{ id, upsert: 'updated', name: 'Harbor View' }]);
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({
				name: 'Harbor View',
				phone: PERSON.phone,
				address: ADDRESS,
			});
		});

		it('leaves what exists as it is, where it is told to', async () => {
			const before = await add();
			const { json } = await run(
				{ ...byEmail, ifExists: 'leave', additionalFields: { phone: '1' } },
				{
					items: [
						{ name: 'Other', email: PERSON.email },
						{ name: 'New', email: 'new@example.com' },
					],
				},
			);
			expect(json).toMatchObject([
				{ ...before, upsert: 'found' },
				{ name: 'New', phone: '1', upsert: 'created' },
			]);
			expect(await bildout.read(`${path}/${before.id}`)).toEqual(before);
			const writes = (await bildout.wire()).filter(([line]) => !line.startsWith('GET '));
			expect(writes).toHaveLength(1);
		});

		it('takes an email for what it is, not for a part of one', async () => {
			await add();
			const { json } = await run(byEmail, {
				items: [{ name: 'Other', email: 'fice@harborviewhomes.example' }],
			});
			expect(json).toMatchObject([{ upsert: 'created' }]);
		});

		it('updates what has the same name', async () => {
			const { id } = await add();
			const { json } = await run(
				{ ...byName, additionalFields: { email: 'new@example.com' } },
				{ items: [{ name: 'harbor view HOMES' }] },
			);
			expect(json).toMatchObject([{ id, upsert: 'updated', email: 'new@example.com' }]);
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({ phone: PERSON.phone });
		});

		it('names all that match, and changes none, when several do', async () => {
			const twins = [await add({ name: 'First' }), await add({ name: 'Second' })];
			const { error } = await run(byEmail, { items: [{ name: 'Third', email: PERSON.email }] });
			for (const { id, name } of twins) {
				expect(error?.message).toContain(`${name}`);
				expect(error?.message).toContain(`${id}`);
			}
			expect((await bildout.wire()).every(([line]) => line.startsWith('GET '))).toBe(true);
		});

		it('makes one record of ten items with the same email', async () => {
			const { json } = await run(byEmail, {
				items: Array.from({ length: 10 }, (_unused, index) => ({
					name: `Name ${index}`,
					email: 'one@example.com',
				})),
			});
			expect(json.map((record) => record.upsert)).toEqual(['created', ...Array(9).fill('updated')]);
			const { id } = json[0];
			expect(new Set(json.map((record) => record.id))).toEqual(new Set([id]));
			const found = (await bildout.list(`${path}?search=one@example.com`)).map((one) => one.id);
			expect(found).toEqual([id]);
			expect(await bildout.read(`${path}/${id}`)).toMatchObject({ name: 'Name 9' });
		});

		it('asks for the value to match by before it sends anything', async () => {
			const { error } = await run(byEmail, { items: [{ name: 'New' }] });
			expect(error?.message).toBe("'Email' is empty");
			expect(await bildout.wire()).toEqual([]);
		});
	});
});
