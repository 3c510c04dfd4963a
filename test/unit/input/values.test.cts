import { readCustomFields } from '../../../nodes/BildOut/input/customFields';
import {
	asText,
	readSwitch,
	readBoolean,
	readEmail,
	readName,
	readNames,
	readPhone,
	readWholeNumber,
} from '../../../nodes/BildOut/input/values';
import { formatValue as shown } from '../../../nodes/BildOut/input/text';
import { itemIn } from '../../support/item.cts';

const item = itemIn();

const rows = (values: unknown[], expected: boolean) =>
	values.map((value): [unknown, boolean] => [value, expected]);

describe('a switch', () => {
	it.each<[unknown, boolean]>([
		...rows([true, 'true', 'TRUE', ' True ', 'yes', 'YES', 1, '1'], true),
		...rows([false, 'false', 'FALSE', '\u00a0False', 'no', 'No', 0, '0'], false),
	])('of %j is %j', (value, expected) => {
		expect(readBoolean(item, "'Allow'", value)).toBe(expected);
		expect(readSwitch(item, 'Allow', value)).toBe(expected);
	});

	it.each(['perhaps', 2, 'on', 'constructor', [true], {}, 't'])('is not %j', (value) => {
		expect(() => readBoolean(item, "'Allow'", value)).toThrow(
			`'Allow' must be true or false, got ${shown(value)}`,
		);
	});

	it.each([undefined, null, ''])('is off where nothing is said: %j', (value) => {
		expect(readSwitch(item, 'Allow', value)).toBe(false);
	});
});

describe.each<[string, (value: unknown) => unknown, Array<[unknown, unknown]>, unknown[], string]>([
	[
		'an email',
		(value) => readEmail(item, "'Field'", value),
		[
			['dana@whitfield.family', 'dana@whitfield.family'],
			[' dana@whitfield.family\u00a0\n', 'dana@whitfield.family'],
			['mailto:dana@whitfield.family', 'dana@whitfield.family'],
			['MAILTO: dana@whitfield.family', 'dana@whitfield.family'],
			['', ''],
			['  ', ''],
		],
		['dana', 'da na@x.example', 'Dana <dana@x.example>', 'a@x.example, b@x.example', 'a@b@c', 12],
		"'Field' must be one email address, got ",
	],
	[
		'a phone number',
		(value) => readPhone(item, "'Field'", value),
		[
			[' +1 303 555 0142 ', '+1 303 555 0142'],
			['0303', '0303'],
			[13035550142, '13035550142'],
			['', ''],
		],
		// As a spreadsheet shortens them.
		['1.30356E+10', '1,30356e10'],
		"'Field' must be a phone number, got ",
	],
	[
		'text',
		(value) => asText(item, "'Field'", value),
		[
			['  kept as it is ', '  kept as it is '],
			[42, '42'],
			[0.1, '0.1'],
			[false, 'false'],
		],
		[['a'], {}, null, undefined, NaN, 2 ** 60],
		"'Field' must be text, got ",
	],
	[
		'a name',
		(value) => readName(item, "'Field'", value),
		[
			['Ace Roofing', 'Ace Roofing'],
			['\u00a0Ace Roofing ', 'Ace Roofing'],
		],
		['', ' ', '\u00a0'],
		"'Field' is empty",
	],
	[
		'a whole number',
		(value) => readWholeNumber(item, 'Field', value, 1, 9),
		[
			['50', 50],
			[' 7 ', 7],
			['', 9],
			[null, 9],
			[undefined, 9],
		],
		[' ', true, [5], '1.5', 0, '1e30', 'ten'],
		"'Field' must be a whole",
	],
])('%s', (_, read, readable, refused, message) => {
	it.each(readable)('of %j is %j', (value, expected) => {
		expect(read(value)).toBe(expected);
	});

	it.each(refused.map((value) => [value]))('is not %p', (value) => {
		expect(() => read(value)).toThrow(message);
	});
});

it.each<[unknown, string[]]>([
	[
		['a', ' b '],
		['a', 'b'],
	],
	['a, b,', ['a', 'b']],
	['["a", "b"]', ['a', 'b']],
	['[a', ['[a']],
	['12', ['12']],
	[undefined, []],
])('names of %j are %j', (value, expected) => {
	expect(readNames(value)).toEqual(expected);
});

describe('rows of custom fields that no panel makes', () => {
	it.each<[unknown, string]>([
		[{ field: [null] }, 'Custom field 1 is null'],
		[{ field: ['a'] }, "Custom field 1 is 'a'"],
		[{ field: [{ name: 'a' }] }, "Custom field 'a' has no 'Value'"],
		[{ field: [{ name: 'a', value: null }] }, "Custom field 'a' has no 'Value'"],
		[{ field: [{ value: 'a' }] }, "Custom field 1 has no 'Name'"],
		[{ field: { name: 'a', value: 'b' } }, /^'Custom Fields' must be rows/],
		[{ po_number: 'a' }, /^'Custom Fields' must be rows/],
		['po_number', /^'Custom Fields' must be rows/],
	] as never)('%j is refused by name', (value, message) => {
		expect(() => readCustomFields(item, value, [])).toThrow(message);
	});

	it.each([undefined, null, '', {}, { field: [] }])('%j has none', (value) => {
		expect(readCustomFields(item, value, [])).toEqual({});
	});

	it('leaves out what a model gives an empty text for', () => {
		const rows = { field: [{ name: 'a', value: '' }] };
		expect(readCustomFields(itemIn('UTC', { isTool: true }), rows, [])).toEqual({});
	});
});
