const { createHash } = require('node:crypto');
const { accessSync, constants, existsSync, readFileSync, readdirSync } = require('node:fs');
const { homedir } = require('node:os');
const { delimiter, isAbsolute, join, resolve } = require('node:path');

/** The checkout. */
const root = resolve(__dirname, '../..');

/**
 * Which n8n is meant, by the variable `BILDOUT_N8N`: the one that demo, end-to-end tests and bench run where it is
 * empty, `oldest` for the oldest that the package supports, any version's number, or the absolute path of a
 * folder in whose `node_modules` an n8n is installed already.
 */
const n8nChoice = () => process.env.BILDOUT_N8N ?? '';

const isFolder = () => isAbsolute(n8nChoice());

/** Holds the manifest and the lock of that n8n; for a number there is no lock, and the oldest's manifest. */
const n8nManifestFolder = () => join(root, 'tools', n8nChoice() === '' ? 'n8n' : 'n8n-oldest');

/** Whether the n8n that is meant has a lock, and is not one of the numbers. */
const n8nHasLock = () => ['', 'oldest'].includes(n8nChoice());

/** What is kept between runs and between clones: `$BILDOUT_CACHE`, or a folder in the user's cache. */
const cacheFolder = () =>
	resolve(
		process.env.BILDOUT_CACHE ||
			join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-bildout'),
	);

/** What npm installs: the manifest, with the version that is meant. */
const n8nManifest = () => {
	const manifest = JSON.parse(readFileSync(join(n8nManifestFolder(), 'package.json'), 'utf8'));
	return n8nHasLock() ? manifest : { ...manifest, dependencies: { n8n: n8nChoice() } };
};

/** @returns {string} */
const n8nVersion = () => {
	if (!isFolder()) return n8nManifest().dependencies.n8n;
	const installed = join(n8nChoice(), 'node_modules', 'n8n', 'package.json');
	return JSON.parse(readFileSync(installed, 'utf8')).version;
};

/** Where that n8n is installed. Another lock is another folder, so that no clone changes another's. */
const n8nFolder = () => {
	if (isFolder()) return n8nChoice();
	if (!n8nHasLock()) return join(cacheFolder(), `n8n-${n8nVersion()}`);
	const lock = readFileSync(join(n8nManifestFolder(), 'package-lock.json'));
	const key = createHash('sha256').update(lock).digest('hex').slice(0, 12);
	return join(cacheFolder(), `n8n-${n8nVersion()}-${key}`);
};

const isExecutable = (/** @type {string} */ file) => {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
};

/**
 * The first of `names` in the folders of the PATH that can be run; undefined when there is none.
 * @param {string[]} names
 */
const onPath = (...names) => {
	const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
	return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
};

/** The Chromium to test with: `$CHROMIUM`, or the first that is installed; undefined without one. */
const chromium = () =>
	[process.env.CHROMIUM ?? ''].find(isExecutable) ??
	onPath('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome') ??
	[
		'/Applications/Chromium.app/Contents/MacOS/Chromium',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	].find(isExecutable);

const ffmpeg = () => onPath('ffmpeg');

const redis = () => onPath('redis-server');

/** PostgreSQL's server. Debian keeps its programs apart, by version; elsewhere they are on the PATH. */
const postgres = () => {
	const versions = '/usr/lib/postgresql';
	const installed = existsSync(versions) ? readdirSync(versions).sort().reverse() : [];
	return (
		installed.map((version) => join(versions, version, 'bin', 'postgres')).find(isExecutable) ??
		onPath('postgres')
	);
};

module.exports = {
	root,
	n8nManifestFolder,
	n8nManifest,
	n8nHasLock,
	cacheFolder,
	n8nVersion,
	n8nFolder,
	chromium,
	ffmpeg,
	redis,
	postgres,
};
