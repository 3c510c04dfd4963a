const { mkdirSync, openSync, closeSync, rmSync, statSync, utimesSync } = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const HEARTBEAT_MS = 2_000;
const DEAD_AFTER_MS = 20_000;

/**
 * Creates the empty file, unless it is there already.
 * @param {string} file
 * @returns {boolean} whether it was created
 */
function createNew(file) {
	try {
		closeSync(openSync(file, 'wx'));
		return true;
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
		throw error;
	}
}

/**
 * The name of a lock that nobody has touched for 20 s: its inode and the moment of the last touch.
 * @param {string} file
 */
function deadLock(file) {
	const found = statSync(file, { throwIfNoEntry: false });
	const isDead = found !== undefined && Date.now() - found.mtimeMs > DEAD_AFTER_MS;
	return isDead ? `${found.ino}-${found.mtimeMs}` : undefined;
}

/**
 * Removes a lock that a crash left behind. Of several processes that find it, only the one that creates
 * the second file may, and it looks again first: by then another may have removed it and taken the lock.
 * @param {string} file
 */
function removeIfDead(file) {
	const dead = deadLock(file);
	if (dead === undefined) return;
	const removal = `${file}.${dead}`;
	if (!createNew(removal)) return;
	if (deadLock(file) === dead) rmSync(file, { force: true });
	rmSync(removal, { force: true });
}

/**
 * Takes the lock `file` and returns what gives it back, or undefined while another process holds it.
 * The holder touches the file as long as it lives, so one left behind by a crash counts for 20 s.
 * @param {string} file
 * @returns {(() => void) | undefined}
 */
function tryLock(file) {
	mkdirSync(dirname(file), { recursive: true });
	removeIfDead(file);
	if (!createNew(file)) return undefined;
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
