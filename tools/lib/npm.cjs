const { spawn } = require('node:child_process');
const { existsSync, statSync } = require('node:fs');
const { join } = require('node:path');

/**
 * Runs npm in `folder` and returns its standard output. What npm says goes nowhere else, but a
 * failure throws all of it.
 * @param {string} folder
 * @param {string[]} args
 * @returns {Promise<string>}
 */
async function npm(folder, args) {
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
	let output = '';
	let said = '';
	child.stdout.setEncoding('utf8').on('data', (text) => {
		output += text;
		said += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
	const stop = () => child.kill('SIGKILL');
	process.once('exit', stop);
	const status = await new Promise((done, failed) => child.on('error', failed).on('close', done));
	process.off('exit', stop);
	if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${folder}:\n\n${said.trim()}`);
	return output;
}

/**
 * Whether `folder/node_modules` holds what `folder/package-lock.json` asks for: the record that npm
 * writes there at the end of an installation is not older than the lock.
 * @param {string} folder
 */
function isInstalled(folder) {
	const record = statSync(join(folder, 'node_modules', '.package-lock.json'), {
		throwIfNoEntry: false,
	});
	return (
		record !== undefined && record.mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs
	);
}

module.exports = { npm, isInstalled };
