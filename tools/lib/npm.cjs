const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Runs npm in `folder` and returns its standard output. Its messages go nowhere else, but a
 * failure throws all of it. `variables` are added to the environment.
 * @param {string} folder
 * @param {string[]} args
 * @param {Record<string, string>} [variables]
 * @returns {Promise<string>}
 */
async function npm(folder, args, variables) {
	const { npm_execpath: script, npm_node_execpath: node } = process.env;
	// Not the node of node_modules, which `npm ci` is about to delete under its own feet.
	const direct = script !== undefined && node !== undefined && existsSync(node);
	const env = { ...process.env, ...variables };
	const child = direct
		? spawn(node, [script, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
		: spawn('npm', args, {
				cwd: folder,
				env,
				stdio: ['ignore', 'pipe', 'pipe'],
				shell: process.platform === 'win32',
			});
	let output = '';
	let messages = '';
	child.stdout.setEncoding('utf8').on('data', (text) => {
		output += text;
		messages += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text) => (messages += text));
	const stop = () => child.kill('SIGKILL');
	process.once('exit', stop);
	const status = await new Promise((done, failed) => child.on('error', failed).on('close', done));
	process.off('exit', stop);
	if (status !== 0)
		throw new Error(`npm ${args.join(' ')} failed in ${folder}:\n\n${messages.trim()}`);
	return output;
}

/** @param {string} folder */
const lockOf = (folder) => join(folder, 'package-lock.json');
/** @param {string} folder */
const recordOf = (folder) => join(folder, 'node_modules', '.installed-lock');
/** @param {string} folder */
const lockHash = (folder) =>
	createHash('sha256')
		.update(readFileSync(lockOf(folder)))
		.digest('hex');

/**
 * Notes which `package-lock.json` `folder/node_modules` was installed from.
 * @param {string} folder
 */
function recordInstallation(folder) {
	writeFileSync(recordOf(folder), lockHash(folder));
}

/**
 * Whether `folder/node_modules` holds what `folder/package-lock.json` asks for: by the note above, which
 * outlives a checkout that touches the lock, or, after an installation by hand, because the record that npm
 * writes last is not older than the lock.
 * @param {string} folder
 */
function isInstalled(folder) {
	const byNpm = statSync(join(folder, 'node_modules', '.package-lock.json'), {
		throwIfNoEntry: false,
	});
	if (byNpm === undefined) return false;
	if (byNpm.mtimeMs >= statSync(lockOf(folder)).mtimeMs) return true;
	return (
		existsSync(recordOf(folder)) && readFileSync(recordOf(folder), 'utf8') === lockHash(folder)
	);
}

module.exports = { npm, isInstalled, recordInstallation };
