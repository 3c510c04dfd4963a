import { bildOut } from '../support/bildout.cts';
import { CONTINUING, fromModel, onOne, op, RETRYING } from '../support/parameters.cts';
import { everyOperation } from '../support/operations.cts';

const bildout = bildOut();
const options = { previewOnly: true };

/** That it says what the write then does, total and lines included, is in previewTruth. */
describe('Preview Only', () => {
	afterEach(async () => {
		expect(await bildout.writes()).toEqual([]);
	});

	it('is an option of every operation that writes, and writes nothing', async () => {
		const all = (await everyOperation(bildout)).filter(
			({ parameters: { operation } }) => !operation.startsWith('get'),
		);
		expect(all.length).toBeGreaterThanOrEqual(14);
		for (const { name, parameters } of all) {
			const { json, error } = await bildout.run({ ...parameters, options });
			expect({ name, error }).toEqual({ name, error: undefined });
			const keys = Object.keys(json[0]).filter((key) => key !== 'total');
			expect(keys).toEqual(['preview', 'resource', 'id', 'changes', 'body']);
			expect(json[0].resource).toBe(parameters.resource);
		}
	});

	it('shows what an update changes, and what it would send', async () => {
		const body = { name: 'Ace', phone: '1', address: { city: 'Tacoma', zip: '98402' } };
		const before = await bildout.create('/customers', body);
		const updateFields = { phone: '={{ $json.phone }}', address: { city: '={{ $json.city }}' } };
		const row = { phone: '2', city: 'Seattle' };
		const done = await bildout.run(onOne('customer update', before.id, { updateFields, options }), {
			items: [row, row],
		});
		const address = { city: 'Seattle', zip: '98402' };
		expect(done.json).toEqual([
			{
				preview: 'update',
				resource: 'customer',
				id: before.id,
				changes: [
					{ field: 'phone', before: '1', after: '2' },
					{ field: 'address.city', before: 'Tacoma', after: 'Seattle' },
				],
				body: expect.objectContaining({ ...body, phone: '2', address }),
			},
			// The second row finds the record as the first would leave it.
			expect.objectContaining({ preview: 'none', id: before.id, changes: [] }),
		]);
		expect(done.hints).toEqual([
			'Preview: 1 would be updated, 1 left as they are. Nothing was written.',
		]);
		expect(await bildout.read(`/customers/${before.id}`)).toEqual(before);
	});

	it('lets rows of one run know of each other, by email and by name', async () => {
		const known = await bildout.create('/customers', { name: 'Bob', email: 'bob@b.example' });
		const upsert = op('customer upsert', {
			email: '={{ $json.email }}',
			name: '={{ $json.name }}',
			options,
		});
		const items = [
			{ email: 'ann@a.example', name: 'Ann' },
			{ email: 'bob@b.example', name: 'Bob' },
			{ email: 'ANN@a.example', name: 'Ann Lee' },
			{ email: 'ann@a.example', name: 'Ann Lee' },
		];
		const done = await bildout.run(upsert, { items });
		expect(done.json.map(({ preview, id }) => [preview, id])).toEqual([
			['create', null],
			['none', known.id],
			['update', null],
			['update', null],
		]);
		expect(done.json[2].changes).toEqual([
			{ field: 'name', before: 'Ann', after: 'Ann Lee' },
			{ field: 'email', before: 'ann@a.example', after: 'ANN@a.example' },
		]);
		expect(done.hints).toEqual([
			'Preview: 1 would be created, 2 updated, 1 left as they are. Nothing was written.',
		]);
		const left = await bildout.run({ ...upsert, ifExists: 'leave' }, { items });
		expect(left.json.map(({ preview }) => preview)).toEqual(['create', 'none', 'none', 'none']);
	});

	it('finds the faults that the write would have', async () => {
		const remove = (id: string) => onOne('customer delete', id, { options });
		const unknown = await bildout.run(remove('c1'));
		expect(unknown.error?.message).toBe("The customer 'c1' was not found");
		const { id } = await bildout.create('/customers', { name: 'Ace' });
		const twice = await bildout.run(remove(id), { items: [{}, {}], node: CONTINUING });
		expect(twice.json).toMatchObject([
			{ preview: 'delete' },
			{ error: `An earlier item would delete the customer '${id}'` },
		]);
		const nameless = op('customer create', { name: '={{ $json.nothing }}', options });
		const empty = await bildout.run(nameless);
		expect(empty.error?.message).toMatch(/'Name'/);
	});

	it('is not off because its expression yields nothing', async () => {
		const misspelt = { previewOnly: '={{ $json.preview }}' };
		const create = op('customer create', { name: 'Ace', options: misspelt });
		const { error } = await bildout.run(create);
		expect(error?.message).toBe("The expression for 'Preview Only' returned no value");
	});

	it('costs an update the read only, also with Send Only Given Fields', async () => {
		const ids = [];
		for (const name of ['A', 'B', 'C']) {
			ids.push({ id: (await bildout.create('/customers', { name })).id });
		}
		const update = onOne('customer update', '={{ $json.id }}', { updateFields: { phone: '5' } });
		for (const more of [{}, { sendOnlyGivenFields: true }]) {
			await bildout.control.clearRequests();
			const both = { ...options, ...more };
			const { json } = await bildout.run({ ...update, options: both }, { items: ids });
			expect(await bildout.wire()).toEqual(ids.map(({ id }) => [`GET /customers/${id}`]));
			expect(json.map(({ changes }) => changes)).toEqual(
				ids.map(() => [{ field: 'phone', before: null, after: '5' }]),
			);
		}
	});

	it.each([
		['POST', '/customers', { name: 'Ace' }, 'create'],
		['PUT', '/customers/ID', { name: 'Ace', phone: '1' }, 'update'],
		['PATCH', '/customers/ID', { name: 'Bob' }, 'update'],
		['DELETE', '/customers/ID', undefined, 'delete'],
		['POST', '/tags', [{ a: 1 }], 'create'],
		['DELETE', '/tags/t1', undefined, 'delete'],
	])('sends no API request: %s %s', async (method, path, body, preview) => {
		const { id } = await bildout.create('/customers', { name: 'Bob' });
		const { json } = await bildout.succeed(
			op('apiRequest send', {
				method,
				path: path.replace('ID', id),
				...(body && { body: JSON.stringify(body) }),
				options,
			}),
		);
		expect(json).toMatchObject([{ preview, resource: 'apiRequest', body: body ?? null }]);
		if (method === 'PUT') {
			expect(json[0].changes).toEqual([
				{ field: 'name', before: 'Bob', after: 'Ace' },
				{ field: 'phone', before: null, after: '1' },
			]);
		}
	});

	it.each(['engine', 'invoke'] as const)(
		'is a switch that a model can turn, through %s',
		async (through) => {
			const parameters = op('customer create', {
				name: fromModel('name'),
				options: { previewOnly: fromModel('preview', 'boolean') },
			});
			const input = { name: 'Ace', preview: true };
			const { response } = await bildout.runTool(parameters, input, through);
			expect(response).toMatchObject([
				{ preview: 'create', resource: 'customer', body: { name: 'Ace' } },
			]);
		},
	);

	it('writes nothing whatever fails meanwhile', async () => {
		const { id } = await bildout.create('/customers', { name: 'Ace' });
		await bildout.control.fault({ kind: 'status', status: 500, times: 2 });
		await bildout.control.fault({ kind: 'drop_after', times: 2 });
		const updateFields = { phone: '5' };
		await bildout.run(
			onOne('customer update', id, { updateFields, options: { ...options, maxRetries: 1 } }),
			{ items: [{}, {}, {}], node: RETRYING },
		);
	});
});
