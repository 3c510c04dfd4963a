const { mkdirSync, openSync, closeSync, rmSync, statSync, utimesSync } = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const HEARTBEAT_MS = 2_000;
const DEAD_AFTER_MS = 20_000;

/**
 * Runs `work` while no other process holds `file`. The holder touches the file as long as it lives,
 * so one left behind by a crash stops nobody for longer than 20 s. `onWait` is called once if
 * another holds it now.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {() => void} onWait
 * @returns {Promise<T>}
 */
async function withLock(file, work, onWait) {
	mkdirSync(dirname(file), { recursive: true });
	for (let waited = false; !take(file); await sleep(500)) {
		if (!waited) onWait();
		waited = true;
	}
	const release = () => rmSync(file, { force: true });
	const heartbeat = setInterval(() => utimesSync(file, new Date(), new Date()), HEARTBEAT_MS);
	process.once('exit', release);
	try {
		return await work();
	} finally {
		clearInterval(heartbeat);
		process.off('exit', release);
		release();
	}
}

function take(/** @type {string} */ file) {
	try {
		closeSync(openSync(file, 'wx'));
		return true;
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
	}
	const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
	if (Date.now() - mtimeMs > DEAD_AFTER_MS) rmSync(file, { force: true });
	return false;
}

module.exports = { withLock };
