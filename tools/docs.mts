import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { root } from './lib/places.cjs';
import { assumptionsTable } from './probe/assumptions.mts';

/**
 * Writes the table of assumptions into its page, between the comments that name it.
 *
 *   node tools/docs.mts           writes it
 *   node tools/docs.mts --check   fails when what is there is not what would be written
 */

const path = join(root, 'docs/assumptions.md');
const before = readFileSync(path, 'utf8');
const [head, rest] = before.split('<!-- assumptions -->\n');
const [, tail] = rest.split('<!-- /assumptions -->');
const written = `${head}<!-- assumptions -->\n\n${assumptionsTable()}\n\n<!-- /assumptions -->${tail}`;
const after = await format(written, { ...(await resolveConfig(path)), filepath: path });
if (!process.argv.includes('--check')) writeFileSync(path, after);
else if (after !== before) {
	console.error('docs/assumptions.md is out of date. Run `npm run docs`.');
	process.exitCode = 1;
}
