import fc from 'fast-check';

import { parseJson, withLongNumbers } from '../../../nodes/BildOut/api/json.ts';

describe('parsing JSON', () => {
	it('gives what JSON.parse gives where every number can be held', () => {
		fc.assert(
			fc.property(fc.json(), (text) => {
				expect(parseJson(text)).toEqual(JSON.parse(text));
			}),
		);
	});

	it.each([
		'9007199254740993',
		'-9007199254740993',
		'12345678901234567890',
		'9007199254740993.5',
		'1.2345678901234567e400',
	])('keeps the digits of %s, which JavaScript cannot hold', (digits) => {
		const text = `{"a": ${digits}, "b": [{"c":${digits}}, "${digits}"]}`;
		expect(parseJson(text)).toEqual({ a: digits, b: [{ c: digits }, digits] });
	});

	it.each(['9007199254740992', '1234.5678901234567', '0.1000000000000000055', '1e21'])(
		'leaves %s a number',
		(digits) => {
			expect(parseJson(`[${digits}]`)).toEqual([Number(digits)]);
		},
	);

	it('does not look into texts', () => {
		const text = String.raw`{"a\" 12345678901234567890": "say \"12345678901234567890\\", "b": 1}`;
		expect(parseJson(text)).toEqual(JSON.parse(text));
	});

	it('keeps the digits beside a text of 20 MB', () => {
		const long = 'x'.repeat(20_000_000);
		const parsed = parseJson(`{"a":"${long}","b":12345678901234567890}`) as { b: string };
		expect(parsed.b).toBe('12345678901234567890');
	});

	it('gives what is no JSON as it is', () => {
		expect(parseJson('<html>')).toBe('<html>');
		expect(parseJson('12345678901234567890 or so')).toBe('12345678901234567890 or so');
	});
});

describe('writing a record back', () => {
	const read = parseJson(
		'{"account":12345678901234567890,"name":"Ace","lines":[{"sku":12345678901234567891},{"sku":7}]}',
	) as Record<string, never>;

	it('keeps its long numbers as the numbers they were', () => {
		const lines = (read.lines as object[]).map((line) => ({ ...line }));
		const written = { account: read.account, name: 'Ace & Sons', lines };
		expect(withLongNumbers(written, read)).toBe(
			'{"account":12345678901234567890,"name":"Ace & Sons","lines":[{"sku":12345678901234567891},{"sku":7}]}',
		);
	});

	it('writes a given value as it was given', () => {
		const written = { ...read, account: '12345678901234567899', lines: [] };
		expect(withLongNumbers(written, read)).toBe(written);
	});

	it('changes nothing where there are none', () => {
		const plain = parseJson('{"name":"12345678901234567890","total":12.5}') as typeof read;
		const written = { ...plain };
		expect(withLongNumbers(written, plain)).toBe(written);
	});

	it('says nothing of its marks, and forges none', () => {
		const written = { ...read, name: '"\u0000long number 1"' };
		const { name } = JSON.parse(withLongNumbers(written, read) as string) as typeof written;
		expect(name).toBe(written.name);
	});
});
