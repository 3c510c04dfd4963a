import type { IDataObject } from 'n8n-workflow';
import { bildOut } from '../support/bildout.cts';
import { LABOR, onOne } from '../support/parameters.cts';
import type { Json, JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/** A BildOut that owns fields which the package does not know, and refuses them in an update. */
const server = scriptedServer();
const bildout = bildOut(server);

const RECORD = {
	...{ id: 'c1', name: 'Ace', phone: '1', org_id: 'o1', tier: 'gold', po_number: 'P-1' },
	address: { city: 'Denver', geo_hash: 'x' },
};
const updateOf = (id: string, more: object = {}) =>
	onOne('customer update', id, { updateFields: { name: 'Ace Ltd', ...more } });
const update = updateOf('c1');

/** Refuses an update once for each of the errors. */
async function refusedWith(
	errors: Json[],
	parameters: object = update,
	record: JsonObject = RECORD,
	items: IDataObject[] = [{}],
) {
	const left = [...errors];
	server.respond((request) => {
		const error = request.startsWith('PUT') ? left.shift() : undefined;
		return error === undefined ? [200, { data: { ...record, name: 'Ace Ltd' } }] : [422, { error }];
	});
	const { error } = await bildout.run(parameters, { items });
	const bodies = server.seen.flatMap(([, body]) => (body ? [body as JsonObject] : []));
	return { error, bodies };
}

const named = (field: string, message: string, ...others: string[]) => ({
	details: [field, ...others].map((one) => ({ field: one, message })),
});
const SILVER = { customFields: { field: [{ name: 'tier', value: 'silver' }] } };
const both = (...errors: Array<{ details: Json[] }>) => ({
	details: errors.flatMap(({ details }) => details),
});

it('is updated without them, in the sandbox that has such a field', async () => {
	await bildout.control.config({ quirks: { unknownServerField: true } });
	const { id } = await bildout.create('/customers', { name: 'Ace', phone: '1' });
	const { json } = await bildout.runAt(bildout.sandbox, updateOf(id));
	expect(json).toMatchObject([{ id, name: 'Ace Ltd', phone: '1' }]);
});

it.each<[string, Json]>([
	['a detail', { message: 'Invalid', ...named('org_id', 'is not allowed') }],
	['a detail below the body', named('body.org_id', 'is not allowed')],
	['an object of details', { message: 'Invalid', details: { org_id: ['is not allowed'] } }],
])('leaves out what is named in %s, once, and keeps all else', async (_, detail) => {
	const { error, bodies } = await refusedWith([detail]);
	expect(error).toBeUndefined();
	const { id: _id, org_id, ...rest } = { ...RECORD, name: 'Ace Ltd' };
	expect(bodies).toEqual([{ ...rest, org_id }, rest]);
});

it('leaves out fields of an address and of lines', async () => {
	const { bodies } = await refusedWith([named('address.geo_hash', 'is not allowed')]);
	expect(bodies[1].address).toEqual({ city: 'Denver' });

	const line_items = [LABOR, LABOR].map((one) => ({ ...one, org_id: 'o1' }));
	const details = named('line_items[0].org_id', 'is read-only', 'line_items[1].org_id');
	const notes = onOne('invoice update', 'c1', { updateFields: { notes: 'n' } });
	const invoice = await refusedWith([details], notes, { id: 'c1', client_id: 'c', line_items });
	expect(invoice.bodies[1].line_items).toEqual([LABOR, LABOR]);
});

it('leaves out several that are named one at a time, and for later items from the start', async () => {
	const details = ['org_id', 'tier'].map((field) => named(field, 'is read-only'));
	const { error } = await refusedWith(details, update, RECORD, [{}, {}]);
	expect(error).toBeUndefined();
	expect(server.writes).toHaveLength(4);
});

it.each<[string, Json, object?]>([
	['the value of one', named('org_id', 'is malformed')],
	['one that clients write', named('phone', 'is read-only')],
	['one that clients write in an address', named('address.city', 'is read-only')],
	['one that the user gave', named('tier', 'is not allowed'), SILVER],
	['one of both kinds', both(named('org_id', 'is not allowed'), named('name', 'is too short'))],
	[
		'one of both kinds that nobody knows',
		both(named('org_id', 'is not allowed'), named('tier', 'is malformed')),
	],
	['one that is not in the record', named('team_id', 'is missing')],
	['one in words only', { message: 'The field "org_id" cannot be set' }],
	['a word of a sentence', { message: 'The source must be stated' }],
	['none', { message: 'Invalid' }],
])('leaves out nothing where it names %s', async (_, detail, more = {}) => {
	const { error, bodies } = await refusedWith([detail], updateOf('c1', more));
	expect(error).toBeDefined();
	expect(bodies).toHaveLength(1);
});

/** What is left of a field that an update sends and BildOut refuses in these words. */
async function refusedIn(words: string | object) {
	const detail = typeof words === 'string' ? { message: words } : words;
	return await refusedWith([{ details: [{ field: 'po_number', ...detail }] }]);
}

it.each<string | object>([
	...['has already been taken', 'is invalid', 'must be unique', '"P-1" is not allowed'],
	...['is too long (maximum is 3 characters)', 'is not allowed to be empty', 'Unsupported value'],
	...['value is not allowed', 'is not a valid choice', 'cannot be set to this', 'is unknown'],
	...['cannot be changed once the invoice is paid', 'must not be present with status sent'],
	...['cannot be changed while an invoice is open', 'must not be included twice', 'is required'],
	...['may not be provided again', 'must not be set by another customer', 'Unexpected input'],
	...['is not a valid input', 'is read only while the invoice is paid'],
	'is generated after approval',
	{ code: 'immutable', message: 'cannot be changed once sent' },
	{ code: 'read_only', message: 'Locked by accounting' },
	{ code: 'taken', message: 'Already in use' },
	{ code: 'invalid', message: '' },
	{ code: 'not_allowed', message: 'This value is not allowed' },
])('fails with a value that BildOut refuses: %j', async (words) => {
	const { error, bodies } = await refusedIn(words);
	expect(error?.message).toMatch(/po_number/);
	expect(bodies).toHaveLength(1);
});

it.each<string | object>([
	...['is read-only', 'is readonly', 'is not allowed', '"po_number" is not allowed'],
	...['Unknown field', 'Unknown field: po_number', 'The po number field is prohibited.'],
	...['property po_number should not exist', 'cannot be set', "can't be modified"],
	...['is managed by the server and cannot be written by clients', 'must not be provided'],
	...['is set by the server', 'Field is immutable', 'The po number field must be missing.'],
	...["Unrecognized key(s) in object: 'po_number'", 'is a generated column', 'is computed'],
	...['is set automatically', 'is not a valid field', 'is not an accepted attribute'],
	'Please do not send this field.',
	{ message: 'Extra inputs are not permitted', code: 'extra_forbidden' },
	{ code: 'READ_ONLY', message: '' },
	{ code: 'unknownField', message: '' },
	{ code: 'unrecognized_keys', message: '' },
])('leaves out a field that may not be written: %j', async (words) => {
	const { error, bodies } = await refusedIn(words);
	expect(error).toBeUndefined();
	expect(bodies.map((body) => 'po_number' in body)).toEqual([true, false]);
});
