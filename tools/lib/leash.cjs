const { isMainThread } = require('node:worker_threads');

/**
 * Preloaded into the programs that tools and tests start, with a pipe as standard input: when the
 * other end is gone, however that came about, this program and all that it started end too.
 */
if (isMainThread) {
	process.stdin.once('close', () => process.kill(-process.pid, 'SIGKILL'));
	process.stdin.resume();
	/** @type {import('node:net').Socket} */ (process.stdin).unref();
}
