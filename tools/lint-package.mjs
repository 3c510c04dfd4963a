import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

import {
	SOURCE_FILE_PATTERNS,
	analyzePackage,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

import { buildPackage, packPackage } from './lib/package.mts';
import { root } from './lib/places.cjs';
import { temporaryFolder } from './lib/temporary.mts';

/**
 * Looks at the package as n8n does before it verifies one: the rules of the published scanner, with
 * comments that switch rules off ignored, over the checkout's sources and over what is in the
 * tarball. And that the tarball holds nothing but what a user needs.
 */

const ALLOWED =
	/^(dist\/(credentials|icons|nodes)\/.+|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
const REQUIRED = ['package.json', 'README.md', 'LICENSE'];
const LIMIT_BYTES = 150_000;

let failed = false;

/** @param {string} subject @param {string[]} problems */
function report(subject, problems) {
	failed ||= problems.length > 0;
	console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${subject}`);
	for (const problem of problems) console.log(`       ${problem.replaceAll('\n', '\n       ')}`);
}

/**
 * What n8n's scanner finds in the files in `folder` that match.
 * @param {string} folder
 * @param {string[]} patterns
 */
async function scan(folder, patterns) {
	const result = await analyzePackage(folder, patterns);
	if (!result.passed) return [(result.details ?? result.message).trim()];
	// The scanner calls a folder without such files good; here it would mean that we look in the wrong place.
	return result.message === undefined ? [] : [result.message];
}

/**
 * What publint finds in the tarball's manifest: entries that are missing or that Node.js reads otherwise.
 * @param {string} file
 */
function publint(file) {
	const cli = join(root, 'node_modules', 'publint', 'src', 'cli.js');
	const { stdout, stderr } = spawnSync(process.execPath, [cli, 'run', file], { encoding: 'utf8' });
	return stdout.includes('All good!') ? [] : [`${stdout}${stderr}`.trim()];
}

const folder = await temporaryFolder('bildout-lint-');
try {
	await buildPackage();
	const tarball = await packPackage(folder);
	execFileSync('tar', ['-xzf', tarball.file, '-C', folder]);
	const paths = tarball.contents.map(({ path }) => path);

	report("n8n's rules over the sources", await scan(root, SOURCE_FILE_PATTERNS));
	report(
		"n8n's rules over the tarball",
		await scan(join(folder, 'package'), ['**/*.js', 'package.json']),
	);
	report('publint over the tarball', publint(tarball.file));
	report(`Contents of the tarball (${paths.length} files)`, [
		...paths.filter((path) => !ALLOWED.test(path)).map((path) => `${path} does not belong in it`),
		...REQUIRED.filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
	]);
	report(
		`Size of the tarball (${(tarball.size / 1000).toFixed(1)} kB)`,
		tarball.size < LIMIT_BYTES ? [] : [`It has to stay under ${LIMIT_BYTES / 1000} kB`],
	);
} catch (error) {
	report('Building and packing', [/** @type {Error} */ (error).message]);
}
process.exitCode = failed ? 1 : 0;
