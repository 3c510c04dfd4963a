import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { root } from './lib/places.cjs';
import { assumptionsTable } from './probe/assumptions.mts';

/**
 * Writes the tables in the documents that are made from code, between the comments that name them.
 *
 *   node tools/docs.mts           writes them
 *   node tools/docs.mts --check   fails when what is there is not what would be written
 */

const TABLES: Array<{ file: string; name: string; text: () => string }> = [
	{ file: 'docs/assumptions.md', name: 'assumptions', text: assumptionsTable },
];

const isCheck = process.argv.includes('--check');
for (const { file, name, text } of TABLES) {
	const path = join(root, file);
	const before = readFileSync(path, 'utf8');
	const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
	if (!place.test(before)) throw new Error(`${file} has no place for ${name}`);
	const written = before.replace(place, (_, begin, end) => `${begin}\n${text()}\n\n${end}`);
	const after = await format(written, { ...(await resolveConfig(path)), filepath: path });
	if (after === before) continue;
	if (isCheck) {
		console.error(`${relative(root, path)} is out of date. Run \`npm run docs\`.`);
		process.exitCode = 1;
	} else {
		writeFileSync(path, after);
	}
}
