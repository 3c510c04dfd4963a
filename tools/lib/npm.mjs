import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

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
 * Whether `folder/node_modules` holds what `folder/package-lock.json` asks for: the record that npm
 * writes there at the end of an installation is not older than the lock.
 * @param {string} folder
 */
export function isInstalled(folder) {
	const record = statSync(join(folder, 'node_modules', '.package-lock.json'), {
		throwIfNoEntry: false,
	});
	return (
		record !== undefined && record.mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs
	);
}

/**
 * A function that says how many of the packages in `folder/package-lock.json` have arrived so far.
 * @param {string} folder
 */
export function arrivals(folder) {
	/** @type {{ packages: Record<string, { os?: string[], cpu?: string[] }> }} */
	const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
	const manifests = Object.entries(packages)
		.filter(([path, { os, cpu }]) => path !== '' && os === undefined && cpu === undefined)
		.map(([path]) => join(folder, path, 'package.json'));
	return () =>
		`${manifests.filter((file) => existsSync(file)).length} of about ${manifests.length} packages`;
}
