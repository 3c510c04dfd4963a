import { execFile } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { withLock } from './lib/lock.cjs';
import { isInstalled, npm, recordInstallation } from './lib/npm.cjs';
import {
	cacheFolder,
	chromium,
	ffmpeg,
	n8nFolder,
	n8nHasLock,
	n8nManifest,
	n8nManifestFolder,
	n8nVersion,
	postgres,
	redis,
	root,
} from './lib/places.cjs';
import { withProgress } from './lib/progress.cjs';
import { DRIVER_REMEDY, nodeHeaders, remedyFor } from './lib/remedies.cjs';

/**
 * Installs what is missing, and prints nothing when nothing is.
 *
 *   node tools/setup.mjs              the packages of the project and of its sandbox
 *   node tools/setup.mjs --n8n        and an n8n of its own, in the cache folder
 *   node tools/setup.mjs --n8n-oldest the same of the oldest n8n that the package supports
 *   node tools/setup.mjs --chromium   and Chromium
 *   node tools/setup.mjs --ffmpeg     and ffmpeg
 *   node tools/setup.mjs --services   and Redis and PostgreSQL
 *
 * It runs before anything is installed, so it needs nothing but Node 20 and npm.
 */

const run = promisify(execFile);
const OLDEST_NODE = 20;
const PARTIAL = '.partial';

/**
 * @typedef {object} Part
 * @property {() => boolean} isThere
 * @property {() => Promise<unknown>} install
 */

/**
 * Tries an installation a second time when it fails: a registry or a download can fail for a moment. What the
 * second one wrote goes to a log, and the error names a remedy.
 * @type {(title: string, work: () => Promise<void>, remedy?: string) => Promise<void>}
 */
const twice = async (title, work, remedy = '') => {
	try {
		await withProgress(title, work);
	} catch {
		console.log('Trying once more.');
		await withProgress(title, work).catch((/** @type {Error} */ cause) => {
			const log = join(cacheFolder(), 'setup.log');
			writeFileSync(log, cause.message);
			const advice = [remedyFor(cause.message), remedy].filter(Boolean).join(' ');
			throw new Error(`${title} failed. ${advice}\nThe whole output is in ${log}.`, { cause });
		});
	}
};

/** @type {(command: 'ci' | 'install') => (title: string, folder: string) => Promise<void>} */
const installBy = (command) => async (title, folder) =>
	await twice(title, async () => {
		await npm(folder, [command, '--ignore-scripts', '--no-audit', '--no-fund']);
		recordInstallation(folder);
	});

const installLocked = installBy('ci');
const installUnlocked = installBy('install');

/** @type {(title: string, folder: string, packages: string[], remedy?: string) => Promise<void>} */
const runInstallScripts = async (title, folder, packages, remedy) => {
	const headers = nodeHeaders();
	const variables = headers === undefined ? undefined : { npm_config_nodedir: headers };
	const work = async () => {
		await npm(folder, ['rebuild', '--ignore-scripts=false', ...packages], variables);
	};
	await twice(title, work, remedy);
};

/** The npm package `node` brings the Node 24 that npm scripts then run with. */
const node24 = () =>
	['node', 'node.exe'].some((name) => existsSync(join(root, 'node_modules/node/bin', name)));

/** @type {Part} */
const projectPackages = {
	isThere: () => isInstalled(root) && node24(),
	install: async () => {
		if (!isInstalled(root)) await installLocked('Installing the packages of the project', root);
		if (!node24()) await runInstallScripts('Installing Node 24 for the project', root, ['node']);
	},
};

const sandbox = join(root, 'sandbox');
/** @type {Part} */
const sandboxPackages = {
	isThere: () => isInstalled(sandbox),
	install: async () => await installLocked('Installing the packages of the sandbox', sandbox),
};

/** @type {Part} */
const n8n = {
	isThere: () => existsSync(n8nFolder()),
	install: async () => {
		const folder = n8nFolder();
		const parent = dirname(folder);
		const partial = `${folder}${PARTIAL}`;
		// Holding the lock, so whatever is unfinished was left behind by a crash.
		for (const name of readdirSync(parent).filter((each) => each.endsWith(PARTIAL))) {
			rmSync(join(parent, name), { recursive: true });
		}
		const remove = () => rmSync(partial, { recursive: true, force: true, maxRetries: 3 });
		process.once('exit', remove);
		try {
			mkdirSync(partial);
			writeFileSync(join(partial, 'package.json'), JSON.stringify(n8nManifest(), null, 2));
			if (n8nHasLock()) {
				const lock = 'package-lock.json';
				cpSync(join(n8nManifestFolder(), lock), join(partial, lock));
			}
			console.log(`n8n ${n8nVersion()} goes to ${folder}, once: about 3 GB and 5 minutes.`);
			const install = n8nHasLock() ? installLocked : installUnlocked;
			await install(`Installing n8n ${n8nVersion()}`, partial);
			await runInstallScripts(
				"Building n8n's database driver",
				partial,
				['sqlite3'],
				DRIVER_REMEDY.replace('the folder', folder),
			);
			await run(process.execPath, ['-e', 'require("sqlite3")'], { cwd: partial });
			renameSync(partial, folder);
		} finally {
			process.off('exit', remove);
			remove();
		}
	},
};

/** How root's commands are run: as they are by root, or with a sudo that asks for no password. */
const asRoot = async () => {
	if (process.getuid?.() === 0) return [];
	const sudo = ['sudo', '--non-interactive'];
	const works = run(sudo[0], [sudo[1], 'true']).then(
		() => true,
		() => false,
	);
	return (await works) ? sudo : undefined;
};

/**
 * Packages of Debian or Ubuntu, which only root can install there; `otherwise` describes how to do it by hand.
 * @type {(isThere: () => boolean, title: string, packages: string[], otherwise: string) => Part}
 */
const aptPart = (isThere, title, packages, otherwise) => ({
	isThere,
	install: async () => {
		const rights = existsSync('/usr/bin/apt-get') ? await asRoot() : undefined;
		if (rights === undefined) throw new Error(otherwise);
		const [command, ...prefix] = [...rights, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
		const apt = async (/** @type {string[]} */ ...args) =>
			await run(command, [...prefix, '-qq', '-y', ...args]);
		const work = async () => {
			await apt('update');
			await apt('install', '--no-install-recommends', ...packages);
		};
		await twice(title, work, otherwise);
	},
});

const browser = aptPart(
	() => chromium() !== undefined,
	'Installing Chromium',
	['chromium', 'fonts-liberation'],
	'Chromium is needed for the end-to-end tests. Install it (on Debian and Ubuntu: ' +
		'sudo apt-get install chromium), or name a Chromium or Chrome in the variable CHROMIUM.',
);

const films = aptPart(
	() => ffmpeg() !== undefined,
	'Installing ffmpeg',
	['ffmpeg'],
	'ffmpeg is needed for films of the editor. Install it ' +
		'(on Debian and Ubuntu: sudo apt-get install ffmpeg).',
);

const services = aptPart(
	() => redis() !== undefined && postgres() !== undefined,
	'Installing Redis and PostgreSQL',
	['redis-server', 'postgresql'],
	'Redis and PostgreSQL are needed for queue mode. Install them ' +
		'(on Debian and Ubuntu: sudo apt-get install redis-server postgresql).',
);

async function setUp() {
	if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
		throw new Error(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}.`);
	}
	const asked = new Set(process.argv.slice(2));
	if (asked.has('--n8n-oldest')) {
		asked.add('--n8n');
		process.env.BILDOUT_N8N ??= 'oldest';
	}
	const parts = [
		projectPackages,
		sandboxPackages,
		...(asked.has('--n8n') ? [n8n] : []),
		...(asked.has('--chromium') ? [browser] : []),
		...(asked.has('--ffmpeg') ? [films] : []),
		...(asked.has('--services') ? [services] : []),
	];
	for (const part of parts) {
		if (part.isThere()) continue;
		await withLock(
			join(cacheFolder(), 'setup.lock'),
			async () => {
				if (!part.isThere()) await part.install();
			},
			() => console.log('Another setup is at work; waiting for it …'),
		);
	}
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.once(signal, () => process.exit(1));
}

try {
	await setUp();
} catch (error) {
	console.error(`\n${/** @type {Error} */ (error).message}`);
	process.exitCode = 1;
}
