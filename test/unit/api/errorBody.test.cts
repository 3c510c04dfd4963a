import { readErrorBody } from '../../../nodes/BildOut/api/errorBody';

describe('what a response says went wrong', () => {
	it('is read as BildOut documents it', () => {
		const words = { code: 'validation_error', message: 'Not valid' };
		const taken = { field: 'email', message: 'is taken' };
		const error = { ...words, details: [taken, { message: 'too long' }], request_id: 'req_1' };
		expect(readErrorBody({ error })).toEqual({
			...words,
			details: ['email: is taken', 'too long'],
			fields: [taken],
			requestId: 'req_1',
		});
	});

	it.each<[unknown, string, string[]]>([
		['Bad Gateway\n', 'Bad Gateway', []],
		[['one', 'two'], 'one, two', []],
		[{ error: 'nope' }, 'nope', []],
		[{ message: 'nope' }, 'nope', []],
		[{ error: 'invalid_request', message: 'nope' }, 'nope', []],
		[{ errors: ['one', 'two'] }, 'one, two', []],
		[{ error: { message: { en: 'nope' } } }, '{"en":"nope"}', []],
		[{ error: { message: 'm', details: ['one', null, 2] } }, 'm', ['one', '2']],
		[
			{ error: { message: 'm', details: { name: ['is bad', 'is long'] } } },
			'm',
			['name: is bad, is long'],
		],
		[{ error: { message: 'm', details: 'all of it' } }, 'm', ['all of it']],
		[{ error: { message: 'm', details: [{ loc: 'a' }] } }, 'm', ['{"loc":"a"}']],
		[{ error: 'invalid_request', error_description: 'nope' }, 'nope', []],
		[{ error: ['one', 'two'] }, 'one, two', []],
		[
			{ message: 'm', errors: { email: ['is taken', 'is long'] } },
			'm',
			['email: is taken, is long'],
		],
		[
			{ error: { message: 'm', details: { address: { zip: ['is bad'] } } } },
			'm',
			['address.zip: is bad'],
		],
		[
			{ title: 'm', detail: 'nope', 'invalid-params': [{ name: 'a', reason: 'is bad' }] },
			'nope',
			['a: is bad'],
		],
		[{ reason: 'nope' }, 'nope', []],
	])('is found in %j', (body, message, details) => {
		expect(readErrorBody(body)).toMatchObject({ message, details });
	});

	it.each<[unknown, string]>([
		[{ errors: { email: ['is taken'] } }, 'email'],
		[{ errors: [{ field: 'email', message: 'is taken' }] }, 'email'],
		[[{ path: ['line_items', 0, 'name'], message: 'is taken' }], 'line_items.0.name'],
		[{ errors: [{ detail: 'is taken', source: { pointer: '/data/attributes/email' } }] }, 'email'],
		[{ detail: [{ loc: ['body', 'email'], msg: 'is taken', type: 'value_error' }] }, 'email'],
		[{ error: { issues: [{ path: ['email'], message: 'is taken' }], name: 'ZodError' } }, 'email'],
		[{ error: [{ property: 'email', message: 'is taken' }] }, 'email'],
		[{ errors: [{ attribute: 'email', reason: 'is taken' }] }, 'email'],
	])('names the faulty field, without other words, in %j', (body, field) => {
		const read = readErrorBody(body);
		expect(read).toMatchObject({ details: [`${field}: is taken`], message: undefined });
		expect(read?.fields).toMatchObject([{ field, message: 'is taken' }]);
	});

	it('is read from any depth', () => {
		const details = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`) as unknown;
		expect(readErrorBody({ error: { message: 'm', details } })?.message).toBe('m');
	});

	it('is a code where there are no words', () => {
		expect(readErrorBody({ error: { code: 7 } })).toMatchObject({ code: '7', message: undefined });
	});

	it('is cut short where it is a whole log', () => {
		expect(readErrorBody('x'.repeat(10_000))?.message).toHaveLength(300);
	});

	it('names twenty faulty fields, and how many there are besides', () => {
		const details = Array.from({ length: 25 }, (_, at) => ({ field: `f${at}`, message: 'no' }));
		const read = readErrorBody({ error: { message: 'Not valid', details } });
		expect(read?.details).toHaveLength(21);
		expect(read?.details.at(-1)).toBe('and 5 more');
	});

	it.each([
		...[undefined, null, '', '  ', {}, [], { data: [] }],
		...['<html>oops</html>', ' <!doctype html>'],
	])('is nothing in %j', (body) => {
		expect(readErrorBody(body)).toBeUndefined();
	});
});
