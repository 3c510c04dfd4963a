import type { IDataObject } from 'n8n-workflow';
import { bildOut, locator } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';

const bildout = bildOut();

describe('among several items', () => {
	const create = op('customer create', {
		name: '={{ $json.name }}',
		additionalFields: { email: '={{ $json.email }}' },
	});
	const ITEMS = [
		{ name: 'First', email: 'first@example.com' },
		{ name: 'Second', email: 'no..dots@example.com' },
		{ name: 'Third', email: 'third@example.com' },
	];

	it('names the item that failed', async () => {
		const { error } = await bildout.run(create, { items: ITEMS });
		expect(error).toMatchObject({ httpCode: '422', context: { itemIndex: 1 } });
		expect(error?.message).toMatch(/\(email: .*email/);
	});

	it('leaves the others as they are, on the regular output', async () => {
		const { items } = await bildout.run(create, {
			items: ITEMS,
			node: { onError: 'continueRegularOutput' },
		});
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(items[0].json).toEqual(await bildout.read(`/customers/${items[0].json.id}`));
		expect(Object.keys(items[1].json)).toEqual(['error', 'message']);
		expect(items[2].json).toEqual(await bildout.read(`/customers/${items[2].json.id}`));
	});

	it('parts them, on the error output', async () => {
		const { items, errorItems } = await bildout.run(create, {
			items: ITEMS,
			node: { onError: 'continueErrorOutput' },
		});
		expect(items.map(({ json, pairedItem }) => [json.name, pairedItem])).toEqual([
			['First', { item: 0 }],
			['Third', { item: 2 }],
		]);
		expect(errorItems.map(({ json, pairedItem }) => [json.name, pairedItem])).toEqual([
			['Second', { item: 1 }],
		]);
	});

	it.each(['get', 'update', 'delete'])('keeps them apart: %s', async (operation) => {
		const [{ id: first }, { id: third }] = [
			await bildout.create('/customers', { name: 'First' }),
			await bildout.create('/customers', { name: 'Third' }),
		];
		const gone = '00000000-0000-4000-8000-000000000000';
		const { items, errorItems } = await bildout.run(
			{
				resource: 'customer',
				operation,
				customerId: locator('={{ $json.id }}'),
				updateFields: { phone: '1' },
			},
			{
				items: [{ id: first }, { id: gone }, { id: third }, { id: '../webhooks' }] as IDataObject[],
				node: { onError: 'continueErrorOutput' },
			},
		);
		expect(items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual([
			[first, { item: 0 }],
			[third, { item: 2 }],
		]);
		expect(errorItems.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			[`The customer '${gone}' was not found`, { item: 1 }],
			["'../webhooks' under 'Customer' is not the ID of a customer", { item: 3 }],
		]);
	});
});

describe('an update whose write fails', () => {
	it.each([
		[
			{ kind: 'status', status: 500, message: 'Oh no.' } as const,
			'BildOut returned a server error: Oh no',
		],
		[
			{ kind: 'drop_after' } as const,
			'The connection to BildOut broke before the response arrived',
		],
	])('says that it may have been done: %j', async (fault, message) => {
		const { id } = await bildout.create('/customers', { name: 'First' });
		await bildout.control.fault({ ...fault, method: 'PUT', times: 1 });
		const { error } = await bildout.run(
			onOne('customer update', id, { updateFields: { phone: '1' } }),
		);
		expect(error?.message).toBe(message);
		expect(error?.description).toMatch(/The customer may or may not have been changed/);
		expect(await bildout.calls()).toHaveLength(2);
	});
});
