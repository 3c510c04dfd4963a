import fc from 'fast-check';
import type { InputItem } from '../../../nodes/BildOut/input/inputItem.ts';
import { readPath } from '../../../nodes/BildOut/actions/apiRequest/readRequest.ts';
import { itemIn } from '../../support/item.cts';

const read = (path: string) =>
	readPath(itemIn(undefined, { required: () => path.trim() } as never as Partial<InputItem>));

/** The address as the transport makes it. */
const address = (segments: string[]) => ['https://bildout.com/api/v1', ...segments].join('/');

it.each([
	['/invoices', ['invoices']],
	['/api/v1/invoices/i1', ['invoices', 'i1']],
	['API/V1/invoices', ['invoices']],
	['/custom_fields/A-1', ['custom_fields', 'A-1']],
])('%s is read as segments', (path, segments) => {
	expect(read(path)).toEqual(segments);
});

it.each([
	...['/', '/api/v1', '/api/v1/', '/api', 'http:/x', 'https:\\x', '/a\u200bb', '/a%0ab', '/\ud800'],
])('%j is refused', (path) => {
	expect(() => read(path)).toThrow(/^'Path' /);
});

const PIECES = '/ .. . %2e %2F %25 % \\ ? # : @ api v1 a'.split(' ');

it('is refused, or leads to exactly what it says below the API', () => {
	const path = fc.oneof(
		fc.array(fc.constantFrom(...PIECES), { maxLength: 10 }).map((pieces) => pieces.join('')),
		fc.string({ unit: 'binary' }),
		fc.webUrl(),
	);
	fc.assert(
		fc.property(path, (given) => {
			let segments: string[];
			try {
				segments = read(given);
			} catch (error) {
				expect((error as Error).message).toMatch(/^'Path' /);
				return;
			}
			const { origin, pathname, search, hash } = new URL(address(segments));
			expect([origin, search, hash]).toEqual(['https://bildout.com', '', '']);
			expect(pathname.split('/').slice(1, 3)).toEqual(['api', 'v1']);
			expect(pathname.split('/').slice(3)).toEqual(segments);
		}),
		{ numRuns: 1_000 },
	);
});
