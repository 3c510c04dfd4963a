import { answersByHand } from '../support/answers.cts';
import { bildOut, locator } from '../support/bildout.cts';
import { onOne } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';

/** A BildOut that owns fields which the package does not know, and refuses them in an update. */
const bildout = bildOut();
const server = answersByHand();

const RECORD = {
	id: 'c1',
	name: 'Ace',
	phone: '1',
	org_id: 'o1',
	tier: 'gold',
	source: 'web',
	address: { city: 'Denver', geo_hash: 'x' },
};

const update = onOne('customer update', 'c1', { updateFields: { name: 'Ace Ltd' } });

/** Refuses an update once with the error. */
async function refusedWith(error: Json, parameters: object = update, record: JsonObject = RECORD) {
	let puts = 0;
	server.answer((request) => {
		if (!request.startsWith('PUT')) return [200, { data: record }];
		puts += 1;
		return puts === 1 ? [422, { error }] : [200, { data: { ...record, name: 'Ace Ltd' } }];
	});
	const { error: failure } = await bildout.runAt(server, parameters);
	return { failure, bodies: server.seen.slice(1).map(([, body]) => body as JsonObject) };
}

it('is updated without them, in the sandbox that has such a field', async () => {
	await bildout.control.config({ quirks: { unknownServerField: true } });
	const { id } = await bildout.create('/customers', { name: 'Ace', phone: '1' });
	const { json } = await bildout.succeed({ ...update, customerId: locator(String(id)) });
	expect(json).toMatchObject([{ id, name: 'Ace Ltd', phone: '1' }]);
});

it.each<[string, Json]>([
	['a detail', { message: 'Invalid', details: [{ field: 'org_id', message: 'is not allowed' }] }],
	['a detail below the body', { details: [{ field: 'body.org_id', message: 'is not allowed' }] }],
	['an object of details', { message: 'Invalid', details: { org_id: ['is not allowed'] } }],
])('leaves out what is named in %s, once', async (_, error) => {
	const { failure, bodies } = await refusedWith(error);
	expect(failure).toBeUndefined();
	const { id: _id, org_id, ...rest } = RECORD;
	expect(bodies).toEqual([
		{ ...rest, org_id, name: 'Ace Ltd' },
		{ ...rest, name: 'Ace Ltd' },
	]);
});

it('leaves out fields of an address and of lines', async () => {
	const { bodies } = await refusedWith({
		details: [{ field: 'address.geo_hash', message: 'is not allowed' }],
	});
	expect(bodies[1].address).toEqual({ city: 'Denver' });

	const line = { name: 'Labor', quantity: 1, unit_price: 75 };
	const lines = [line, line].map((one) => ({ ...one, org_id: 'o1' }));
	const invoice = await refusedWith(
		{
			details: [0, 1].map((row) => ({
				field: `line_items[${row}].org_id`,
				message: 'is read-only',
			})),
		},
		onOne('invoice update', 'c1', { updateFields: { notes: 'n' } }),
		{ id: 'c1', client_id: 'c', line_items: lines },
	);
	expect(invoice.failure).toBeUndefined();
	expect(invoice.bodies[1].line_items).toEqual([line, line]);
});

it.each<[string, Json, object?]>([
	['the value of one', { details: [{ field: 'org_id', message: 'is malformed' }] }],
	['one that clients write', { details: [{ field: 'phone', message: 'is read-only' }] }],
	[
		'one that clients write in an address',
		{ details: [{ field: 'address.city', message: 'is read-only' }] },
	],
	[
		'one that the user gave',
		{ details: [{ field: 'tier', message: 'is not allowed' }] },
		{ customFields: { field: [{ name: 'tier', value: 'silver' }] } },
	],
	[
		'one of both kinds',
		{
			details: [
				{ field: 'org_id', message: 'is not allowed' },
				{ field: 'name', message: 'is too short' },
			],
		},
	],
	[
		'one of both kinds that nobody knows',
		{
			details: [
				{ field: 'org_id', message: 'is not allowed' },
				{ field: 'tier', message: 'is malformed' },
			],
		},
	],
	[
		'one that may not be written now',
		{ details: [{ field: 'tier', message: 'cannot be changed while an invoice is open' }] },
	],
	['one that is not in the record', { details: [{ field: 'team_id', message: 'is missing' }] }],
	['one in words only', { message: 'The field "org_id" cannot be set' }],
	['a word of a sentence', { message: 'The source must be told' }],
	['none', { message: 'Invalid' }],
])('leaves out nothing where it names %s', async (_, error, updateFields = {}) => {
	const { failure, bodies } = await refusedWith(error, {
		...update,
		updateFields: { name: 'Ace Ltd', ...updateFields },
	});
	expect(failure).toBeDefined();
	expect(bodies).toHaveLength(1);
});
