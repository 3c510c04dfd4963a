import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { coverage } from '../../../tools/lib/coverage.mts';

const FILE = resolve(__dirname, '../../../nodes/BildOut/ttlCache.ts');

/** What V8 notes of a file: it was run, but for what comes after so many times 1,200 characters. */
const script = (share: number) => ({
	url: FILE,
	functions: [
		{ ranges: [{ startOffset: 0, endOffset: 1e6, count: 1 }] },
		{ ranges: [{ startOffset: share * 1_200, endOffset: 1e6, count: 0 }] },
	],
});

it('adds up what any test file ran of the lines of code', () => {
	const folder = mkdtempSync(join(tmpdir(), 'bildout-coverage-'));
	const after = (...scripts: object[]) => {
		writeFileSync(join(folder, 'one.json'), JSON.stringify(scripts));
		return /^Coverage: +([\d.]+) % of (\d+) lines of code in 1 files/.exec(coverage(folder))!;
	};
	const [, none, all] = after(script(0));
	const [, half] = after(script(1));
	const [, both] = after(script(0), script(1), script(1_000));
	rmSync(folder, { recursive: true });
	expect([none, both]).toEqual(['0.0', '100.0']);
	expect(Number(half)).toBeGreaterThan(20);
	expect(Number(half)).toBeLessThan(80);
	// Comments and types are none.
	expect(Number(all)).toBeLessThan(readFileSync(FILE, 'utf8').split('\n').length);
});
