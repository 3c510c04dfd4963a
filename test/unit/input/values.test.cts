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

describe('a switch', () => {
	it.each<[unknown, boolean]>([
		...[true, 'true', 'TRUE', ' True ', 'yes', 'YES', 1, '1'].map((v): [unknown, boolean] => [
			v,
			true,
		]),
		...[false, 'false', 'FALSE', '\u00a0False', 'no', 'No', 0, '0'].map((v): [unknown, boolean] => [
			v,
			false,
		]),
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

describe('an email', () => {
	it.each([
		['dana@whitfield.family', 'dana@whitfield.family'],
		[' dana@whitfield.family\u00a0\n', 'dana@whitfield.family'],
		['mailto:dana@whitfield.family', 'dana@whitfield.family'],
		['MAILTO: dana@whitfield.family', 'dana@whitfield.family'],
		['', ''],
		['  ', ''],
	])('of %j is %j', (value, expected) => {
		expect(readEmail(item, "'Email'", value)).toBe(expected);
	});

	it.each([
		'dana',
		'da na@x.example',
		'Dana <dana@x.example>',
		'a@x.example, b@x.example',
		'a@b@c',
		12,
	])('is not %j', (value) => {
		expect(() => readEmail(item, "'Email'", value)).toThrow(
			/^'Email' must be one email address, got /,
		);
	});
});

describe('a phone number', () => {
	it.each<[unknown, string]>([
		[' +1 303 555 0142 ', '+1 303 555 0142'],
		['0303', '0303'],
		[13035550142, '13035550142'],
		['', ''],
	])('of %j is %j', (value, expected) => {
		expect(readPhone(item, "'Phone'", value)).toBe(expected);
	});

	it.each(['1.30356E+10', '1,30356e10'])(
		'is refused where a spreadsheet has shortened it: %j',
		(value) => {
			expect(() => readPhone(item, "'Phone'", value)).toThrow(
				/^'Phone' must be a phone number, got /,
			);
		},
	);
});

describe('text', () => {
	it.each<[unknown, string]>([
		['  kept as it is ', '  kept as it is '],
		[42, '42'],
		[0.1, '0.1'],
		[false, 'false'],
	])('of %j is %j', (value, expected) => {
		expect(asText(item, "'Notes'", value)).toBe(expected);
	});

	it.each([[['a']], [{}], [null], [undefined], [NaN], [2 ** 60]])('is not %p', (value) => {
		expect(() => asText(item, "'Notes'", value)).toThrow(/^'Notes' must be text, got /);
	});
});

it.each(['', ' ', '\u00a0'])('a name is never empty: %j', (value) => {
	expect(() => readName(item, "'Name'", value)).toThrow("'Name' is empty");
	expect(readName(item, "'Name'", `${value}Ace Roofing${value}`)).toBe('Ace Roofing');
});

describe('a whole number', () => {
	it.each<[unknown, number]>([
		['50', 50],
		[' 7 ', 7],
		['', 9],
		[null, 9],
		[undefined, 9],
	])('of %j is %d', (value, expected) => {
		expect(readWholeNumber(item, 'Limit', value, 1, 9)).toBe(expected);
	});

	it.each([' ', true, [5], '1.5', 0, '1e30', 'ten'])('is not %j', (value) => {
		expect(() => readWholeNumber(item, 'Limit', value, 1, 9)).toThrow(/^'Limit' must be a whole/);
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
