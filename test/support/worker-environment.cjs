require('reflect-metadata');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const CoverageEnvironment = require('./coverage-environment.cjs');

/** n8n reads these when it is loaded, and writes its settings into the folder. */
const home = mkdtempSync(join(tmpdir(), 'n8n-core-'));
Object.assign(process.env, {
	N8N_USER_FOLDER: home,
	N8N_ENCRYPTION_KEY: 'tests',
	N8N_LOG_LEVEL: 'silent',
});
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

/** @type {Promise<string> | undefined} */
let sandboxUrl;

/** Starts the sandbox that the test files of this worker share; it ends with the worker. */
const sharedSandbox = () =>
	(sandboxUrl ??= require('../../tools/lib/sandbox.mts')
		.startSandbox(0, ['--control'])
		.then((sandbox) => {
			// The worker can be Jest itself, which ends when nothing is left to do.
			sandbox.unref();
			return sandbox.url;
		}));

/**
 * Where tests run that share what takes seconds to start. Jest gives every test file its own copy of every
 * module; n8n's engine is loaded by Node itself, once for all files of a worker (see `loaded-once/`), and one
 * sandbox serves them all.
 */
module.exports = class WorkerEnvironment extends CoverageEnvironment {
	timeZone = process.env.TZ;

	async setup() {
		await super.setup();
		this.global.loadedOnce = (name) => require(name);
		this.global.sharedSandbox = sharedSandbox;
		this.global.setMachineTimeZone = setMachineTimeZone;
	}

	async teardown() {
		setMachineTimeZone(this.timeZone);
		await untilNothingWaits();
		await super.teardown();
	}
};

/**
 * A run that was given up may still wait for the rate limit, in steps of a second that n8n's `sleep` does not
 * cancel. Jest kills a worker that does not end within half of that.
 */
async function untilNothingWaits() {
	const isWaiting = () => process.getActiveResourcesInfo().includes('Timeout');
	for (let turn = 0; turn < 11 && isWaiting(); turn++) await sleep(100);
}

/** Node reads the time zone again when the variable of the real process changes, not of Jest's copy. */
function setMachineTimeZone(zone) {
	if (zone === undefined) delete process.env.TZ;
	else process.env.TZ = zone;
}
