import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a lock file says of a package.
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean, os?: string[], cpu?: string[] }} LockedPackage
 */

/**
 * Runs npm in `folder` and keeps what it says off the screen; a failure throws it.
 * @param {string} folder
 * @param {string[]} args
 */
export async function npm(folder, args) {
	const { npm_execpath: script, npm_node_execpath: node } = process.env;
	// Not the node of node_modules, which `npm ci` is about to delete under its own feet.
	const direct = script !== undefined && node !== undefined && existsSync(node);
	const child = direct
		? spawn(node, [script, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
		: spawn('npm', args, {
				cwd: folder,
				stdio: ['ignore', 'pipe', 'pipe'],
				shell: process.platform === 'win32',
			});
	let said = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text) => (said += text));
	}
	const stop = () => child.kill('SIGKILL');
	process.once('exit', stop);
	const status = await new Promise((done, failed) => child.on('error', failed).on('close', done));
	process.off('exit', stop);
	if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${folder}:\n\n${said.trim()}`);
}

/**
 * The packages of a lock file that this machine needs, by their folder below `folder`.
 * @param {string} file
 * @returns {Array<[path: string, LockedPackage]>}
 */
function neededPackages(file) {
	/** @type {{ packages: Record<string, LockedPackage> }} */
	const lock = JSON.parse(readFileSync(file, 'utf8'));
	const here = (/** @type {string[] | undefined} */ list, /** @type {string} */ mine) =>
		list === undefined ||
		list.includes(mine) ||
		(list.every((each) => each.startsWith('!')) && !list.includes(`!${mine}`));
	return Object.entries(lock.packages).filter(
		([path, { os, cpu, link }]) =>
			path !== '' && link !== true && here(os, process.platform) && here(cpu, process.arch),
	);
}

/**
 * Whether `folder/node_modules` holds what `folder/package-lock.json` asks for, by the record that
 * npm itself writes there at the end of an installation.
 * @param {string} folder
 */
export function isInstalled(folder) {
	const record = join(folder, 'node_modules', '.package-lock.json');
	if (!existsSync(record)) return false;
	const installed = new Map(neededPackages(record));
	return neededPackages(join(folder, 'package-lock.json')).every(
		([path, { version, optional, devOptional }]) =>
			(installed.get(path)?.version ?? (optional || devOptional ? version : undefined)) === version,
	);
}

/**
 * A function that says how many of the packages in `folder/package-lock.json` have arrived so far.
 * @param {string} folder
 */
export function arrivals(folder) {
	const manifests = neededPackages(join(folder, 'package-lock.json')).map(([path]) =>
		join(folder, path, 'package.json'),
	);
	return () =>
		`${manifests.filter((file) => existsSync(file)).length} of ${manifests.length} packages`;
}
