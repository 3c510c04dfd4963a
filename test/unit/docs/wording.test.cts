import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');

/** What a second reading is needed for, with the field's term for it. */
const INSTEAD: Record<string, string> = {
	allowance: 'rate limit',
	happenings: 'events',
	'puts? out|hands? out|handed out': 'return',
	'put right': 'repair, correct or reconcile',
	'way out|way round': 'hint or workaround',
	'side by side': 'concurrently',
	'for want of': 'because … ran out of',
	'all the same': 'still',
	'by (itself|themselves)': 'automatically',
	'anew|afresh': 'again, or from scratch',
	'as of whoever': 'of the one who',
	'lets? go of': 'detaches',
	'in place of': 'instead of',
	'answer(s|ed|ing)?': 'response, respond or return',
};

/** The assumptions' table is written from the probe's own words. */
const NOT_YET = ['docs/assumptions.md'];

const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
	cwd: ROOT,
	encoding: 'utf8',
})
	.split('\n')
	.filter((page) => page !== '' && !NOT_YET.includes(page));

it.each(pages)('%s uses the terms of the field', (page) => {
	const lines = readFileSync(join(ROOT, page), 'utf8').split('\n');
	const found = Object.entries(INSTEAD).flatMap(([words, term]) =>
		lines
			.filter((line) => new RegExp(`\\b(${words})\\b`, 'i').test(line))
			.map((line) => `${term}: ${line}`),
	);
	expect(found).toEqual([]);
});
