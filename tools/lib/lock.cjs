const { mkdirSync, openSync, closeSync, rmSync, statSync, utimesSync } = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const HEARTBEAT_MS = 2_000;
const DEAD_AFTER_MS = 20_000;

/**
 * Takes the lock `file` and returns what gives it back, or undefined while another process holds it.
 * The holder touches the file as long as it lives, so one left behind by a crash counts for 20 s.
 * @param {string} file
 * @returns {(() => void) | undefined}
 */
function tryLock(file) {
	mkdirSync(dirname(file), { recursive: true });
	const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
	if (touched !== undefined && Date.now() - touched > DEAD_AFTER_MS) rmSync(file, { force: true });
	try {
		closeSync(openSync(file, 'wx'));
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return undefined;
		throw error;
	}
	const heartbeat = setInterval(() => utimesSync(file, new Date(), new Date()), HEARTBEAT_MS);
	heartbeat.unref();
	const release = () => {
		clearInterval(heartbeat);
		process.off('exit', release);
		rmSync(file, { force: true });
	};
	process.once('exit', release);
	return release;
}

/**
 * Runs `work` while no other process holds `file`; `onWait` is called once if another does now.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {() => void} onWait
 * @returns {Promise<T>}
 */
async function withLock(file, work, onWait) {
	let release = tryLock(file);
	if (release === undefined) onWait();
	for (; release === undefined; release = tryLock(file)) await sleep(500);
	try {
		return await work();
	} finally {
		release();
	}
}

module.exports = { tryLock, withLock };
