import { readErrorBody } from '../../../nodes/BildOut/api/errors';

describe('what an answer says went wrong', () => {
	it('is read as BildOut documents it', () => {
		expect(
			readErrorBody({
				error: {
					code: 'validation_error',
					message: 'Not valid',
					details: [{ field: 'email', message: 'is taken' }, { message: 'too long' }],
					request_id: 'req_1',
				},
			}),
		).toEqual({
			code: 'validation_error',
			message: 'Not valid',
			details: ['email: is taken', 'too long'],
			fields: [{ field: 'email', message: 'is taken' }],
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
	])('is found in %j', (body, message, details) => {
		expect(readErrorBody(body)).toMatchObject({ message, details });
	});

	it('is a code where there are no words', () => {
		expect(readErrorBody({ error: { code: 7 } })).toMatchObject({ code: '7', message: undefined });
	});

	it('is cut short where it is a whole log', () => {
		expect(readErrorBody('x'.repeat(10_000))?.message).toHaveLength(300);
	});

	it('names twenty faulty fields, and how many there are besides', () => {
		const details = Array.from({ length: 25 }, (_, index) => ({
			field: `f${index}`,
			message: 'no',
		}));
		const read = readErrorBody({ error: { message: 'Not valid', details } });
		expect(read?.details).toHaveLength(21);
		expect(read?.details.at(-1)).toBe('and 5 more');
	});

	it.each([
		undefined,
		null,
		'',
		'  ',
		{},
		[],
		{ data: [] },
		'<html>oops</html>',
		' <!doctype html>',
	])('is nothing in %j', (body) => {
		expect(readErrorBody(body)).toBeUndefined();
	});
});
