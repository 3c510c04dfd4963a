import { join } from 'node:path';

import { coverage } from '../../../tools/lib/coverage.mts';
import { read, ROOT, useFolder } from '../../support/files.cts';

const SOURCE = 'nodes/BildOut/ttlCache.ts';
const { path, write } = useFolder();

/** What V8 notes of a file: it was run, but for what comes after so many times 1,200 characters. */
const script = (share: number) => ({
	url: join(ROOT, SOURCE),
	functions: [
		{ ranges: [{ startOffset: 0, endOffset: 1e6, count: 1 }] },
		{ ranges: [{ startOffset: share * 1_200, endOffset: 1e6, count: 0 }] },
	],
});

it('adds up what any test file ran of the lines of code', () => {
	const after = (...scripts: object[]) => {
		write('one.json', JSON.stringify(scripts));
		return /^Coverage: +([\d.]+) % of (\d+) lines of code in 1 files/.exec(coverage(path()))!;
	};
	const [, none, all] = after(script(0));
	const [, half] = after(script(1));
	const [, both] = after(script(0), script(1), script(1_000));
	expect([none, both]).toEqual(['0.0', '100.0']);
	expect(Number(half)).toBeGreaterThan(20);
	expect(Number(half)).toBeLessThan(80);
	// Comments and types are none.
	expect(Number(all)).toBeLessThan(read(SOURCE).split('\n').length);
});
