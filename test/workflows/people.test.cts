import { bildOut, locator } from '../support/bildout.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { PEOPLE, PERSON } from './people.cts';

const bildout = bildOut();

describe.each(PEOPLE)('$resource', ({ resource, path, own }) => {
	const idName = `${resource}Id`;
	const whole: JsonObject = { ...PERSON, ...own };
	const { name: _, ...additional } = whole;
	const run = bildout.run;
	const add = async () => await bildout.create(path, whole);

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
			expect(error?.message).toBe("The expression for 'Name' returned no value");
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
			const { json } = await run({ resource, operation: 'get', [idName]: locator(id as string) });
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
});
