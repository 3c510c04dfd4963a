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

/**
 * Installs what is missing, and says nothing when nothing is.
 *
 *   node tools/setup.mjs              the packages of the project and of its sandbox
 *   node tools/setup.mjs --n8n        and an n8n of its own, in the cache folder
 *   node tools/setup.mjs --n8n-oldest the same of the oldest n8n that the package supports
 *   node tools/setup.mjs --chromium   and Chromium
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
 * Tries an installation a second time when it fails: a registry or a download can fail for a moment.
 * @type {(title: string, work: () => Promise<void>) => Promise<void>}
 */
const twice = async (title, work) => {
	try {
		await withProgress(title, work);
	} catch (error) {
		console.log(`${/** @type {Error} */ (error).message}\n\nTrying once more.`);
		await withProgress(title, work);
	}
};

/** @type {(command: 'ci' | 'install') => (title: string, folder: string) => Promise<unknown>} */
const installBy = (command) => async (title, folder) =>
	await twice(title, async () => {
		await npm(folder, [command, '--ignore-scripts', '--no-audit', '--no-fund']);
		recordInstallation(folder);
	});

const installLocked = installBy('ci');
const installUnlocked = installBy('install');

/** @type {(title: string, folder: string, packages: string[]) => Promise<unknown>} */
const runInstallScripts = async (title, folder, packages) =>
	await twice(title, async () => {
		await npm(folder, ['rebuild', '--ignore-scripts=false', ...packages]);
	});

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
			await runInstallScripts("Building n8n's database driver", partial, ['sqlite3']);
			await run(process.execPath, ['-e', 'require("sqlite3")'], { cwd: partial });
			renameSync(partial, folder);
		} finally {
			process.off('exit', remove);
			remove();
		}
	},
};

/**
 * Installs packages of Debian or Ubuntu, which only root can do there.
 * @type {(title: string, packages: string[], otherwise: string) => Promise<void>}
 */
const aptInstall = async (title, packages, otherwise) => {
	if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) throw new Error(otherwise);
	const apt = async (/** @type {string[]} */ ...args) =>
		await run('apt-get', ['-qq', '-y', ...args], {
			env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
		});
	try {
		await twice(title, async () => {
			await apt('update');
			await apt('install', '--no-install-recommends', ...packages);
		});
	} catch (cause) {
		const { message } = /** @type {Error} */ (cause);
		throw new Error(`${otherwise}\n\nInstalling them failed: ${message.trim()}`, { cause });
	}
};

/** @type {Part} */
const browser = {
	isThere: () => chromium() !== undefined,
	install: async () =>
		await aptInstall(
			'Installing Chromium',
			['chromium', 'fonts-liberation'],
			'Chromium is needed for the end-to-end tests. Install it (on Debian and Ubuntu: ' +
				'sudo apt-get install chromium), or name a Chromium or Chrome in the variable CHROMIUM.',
		),
};

/** @type {Part} */
const services = {
	isThere: () => redis() !== undefined && postgres() !== undefined,
	install: async () =>
		await aptInstall(
			'Installing Redis and PostgreSQL',
			['redis-server', 'postgresql'],
			'Redis and PostgreSQL are needed for queue mode. Install them ' +
				'(on Debian and Ubuntu: sudo apt-get install redis-server postgresql).',
		),
};

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
