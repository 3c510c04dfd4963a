const { createHash } = require('node:crypto');
const {
	existsSync,
	globSync,
	mkdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} = require('node:fs');
const { dirname, join } = require('node:path');

/** Everything that `n8n-node build` and gulp read, by which a build of the same comes out the same. */
const SOURCES = [
	'{nodes,credentials,icons}/**',
	'gulpfile.js',
	'package.json',
	'package-lock.json',
	'tsconfig.json',
];

/**
 * A digest of the names and contents of the files that match.
 * @param {string} root
 * @param {string[]} patterns
 */
function digestOf(root, patterns) {
	const hash = createHash('sha256');
	const files = globSync(patterns, { cwd: root }).sort();
	for (const file of files.filter((each) => statSync(join(root, each)).isFile())) {
		hash
			.update(`${file}\0`)
			.update(readFileSync(join(root, file)))
			.update('\0');
	}
	return hash.digest('hex');
}

/** @param {string} root */
const recordOf = (root) => join(root, 'node_modules', '.cache', 'built.json');
/** @param {string} root */
const sourcesOf = (root) => digestOf(root, SOURCES);
/** @param {string} root */
const distOf = (root) => digestOf(root, ['dist/**']);

/**
 * Whether `dist` is what the last build made of the sources as they are now. Contents count, not times:
 * a checkout changes those.
 * @param {string} root the checkout
 */
function isBuilt(root) {
	if (!existsSync(recordOf(root))) return false;
	const { sources, dist } = JSON.parse(readFileSync(recordOf(root), 'utf8'));
	return sources === sourcesOf(root) && dist === distOf(root);
}

/**
 * Runs `build`, and notes what it made of which sources where it succeeds.
 * @param {string} root the checkout
 * @param {() => boolean} build whether it succeeded
 */
function buildOnce(root, build) {
	// Of the sources from before: one that is saved meanwhile is not in `dist`.
	const sources = sourcesOf(root);
	rmSync(recordOf(root), { force: true });
	if (!build()) return false;
	mkdirSync(dirname(recordOf(root)), { recursive: true });
	writeFileSync(recordOf(root), JSON.stringify({ sources, dist: distOf(root) }));
	return true;
}

module.exports = { isBuilt, buildOnce };
