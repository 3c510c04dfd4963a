import { bildOut } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

const given = '={{ $json.value }}';

const project = (customFields: unknown, more: object = {}) =>
	op('project create', { name: 'Deck', additionalFields: { ...more, customFields } });

async function run(customFields: unknown, item: object = {}) {
	return await bildout.run(project(customFields), { items: [item as never] });
}

/** The value that goes out for a row of the panel, as its bytes. */
async function sent(row: object, value?: unknown): Promise<string> {
	const { error } = await run({ field: [{ name: 'extra', ...row }] }, { value });
	expect(error).toBeUndefined();
	const calls = await bildout.calls();
	expect(calls).toHaveLength(1);
	return calls[0].body.slice('{"name":"Deck","extra":'.length, -1);
}

describe('a value goes out as its type says', () => {
	it.each(['PO-1042', '3.10', '12E4', '1.0', '-0', '007', 'true', 'null', '{"a":1}', '', '1E400'])(
		'text, which is the type that nobody has to choose: %j',
		async (value) => {
			expect(await sent({ value })).toBe(JSON.stringify(value));
		},
	);

	it.each<[unknown, string]>([
		[12.5, '"12.5"'],
		[true, '"true"'],
		['', '""'],
	])('text from an expression: %j', async (value, expected) => {
		expect(await sent({ value: given }, value)).toBe(expected);
	});

	it.each([
		['3.10', '3.1'],
		[' 1e3 ', '1000'],
		['-0.5', '-0.5'],
	])('number: %j', async (value, expected) => {
		expect(await sent({ type: 'number', value })).toBe(expected);
	});

	it.each([
		['TRUE', 'true'],
		['no', 'false'],
		['0', 'false'],
	])('yes or no: %j', async (value, expected) => {
		expect(await sent({ type: 'boolean', value })).toBe(expected);
	});

	it.each([
		['null', 'null'],
		['["a", "b"]', '["a","b"]'],
		['{"key": {"deep": 1.50}}', '{"key":{"deep":1.5}}'],
		['{"account": "12345678901234567890"}', '{"account":"12345678901234567890"}'],
	])('JSON: %s', async (value, expected) => {
		expect(await sent({ type: 'json', value })).toBe(expected);
	});

	it.each<[unknown, string]>([
		[[1, { a: 2 }], '[1,{"a":2}]'],
		[null, 'null'],
	])('JSON from an expression that gives the value itself: %j', async (value, expected) => {
		expect(await sent({ type: 'json', value: given }, value)).toBe(expected);
	});
});

describe('a row that cannot be sent is named, and nothing is sent', () => {
	it.each<[string, object, unknown, string | RegExp]>([
		['no name', { name: '' }, 'x', "Custom field 1 has no 'Name'"],
		['a name that is lost', { name: 'constructor' }, 'x', /^n8n does not send .*'constructor'$/],
		['no value', {}, undefined, "Custom field 'extra' has no 'Value'"],
		['null', {}, null, "Custom field 'extra' has no 'Value'"],
		['a record as text', {}, { a: 1 }, `Custom field 'extra' must be text, got {"a":1}`],
		['no number', { type: 'number' }, '', "Custom field 'extra' must be a number, got ''"],
		['neither', { type: 'boolean' }, 'perhaps', /^Custom field 'extra' must be true or false/],
		['no JSON', { type: 'json' }, '{not json', /^Custom field 'extra' is not valid JSON/],
		['unknown type', { type: 'date' }, 'x', "Custom field 'extra' has the unknown type 'date'"],
		...[
			'[12345678901234567890]',
			'{"a": {"b": 90071992547409931}}',
			'0.1234567890123456789',
			'1E400',
		].map((json): [string, object, unknown, RegExp] => [
			'digits that would be lost',
			{ type: 'json' },
			json,
			/^Custom field 'extra' has the number [\d.E]+, which has more digits/,
		]),
		[
			'digits that are lost',
			{ type: 'json' },
			{ a: [2 ** 60] },
			/has the number 1152921504606847000/,
		],
		[
			'digits that are lost as text',
			{},
			2 ** 60,
			/^Custom field 'extra' must be text.*lost digits$/,
		],
	])('%s: %j %j', async (_, row, value, message) => {
		const field = [{ name: 'extra', value: given, ...row }];
		const { error } = await run({ field }, { value });
		expect(error?.message).toMatch(message);
		expect(error?.description).toBeTruthy();
		expect(await bildout.wire()).toEqual([]);
	});

	it.each([
		[['budget'], { budget: 1 }, 'budget'],
		[['Budget'], { budget: 1 }, 'Budget'],
		[['permit', 'Permit '], {}, 'Permit'],
	])('that are given twice: %j beside %j', async (names, more, twice) => {
		const rows = { field: names.map((name) => ({ name, type: 'number', value: '2' })) };
		await bildout.expectRefusal(project(rows, more), `Custom field '${twice}' is given twice`);
	});
});

it('empties a field by JSON null, in an update', async () => {
	const { id } = await bildout.create('/projects', { name: 'Deck', permit: 'B-17' });
	await bildout.run(
		onOne('project update', id, {
			updateFields: { customFields: { field: [{ name: 'permit', type: 'json', value: 'null' }] } },
		}),
	);
	expect(((await bildout.read(`/projects/${id}`)) as JsonObject).permit).toBeNull();
});
