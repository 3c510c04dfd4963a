require('reflect-metadata');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');

/** n8n reads these when it is loaded, and writes its settings into the folder. */
const home = mkdtempSync(join(tmpdir(), 'n8n-core-'));
Object.assign(process.env, {
	N8N_USER_FOLDER: home,
	N8N_ENCRYPTION_KEY: 'tests',
	N8N_LOG_LEVEL: 'silent',
});
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

/**
 * Where the workflow tests run. Jest gives every test file its own copy of every module; n8n's engine
 * takes seconds to load, so it is loaded by Node itself, once for all files (see `loaded-once/`).
 */
module.exports = class N8nEnvironment extends TestEnvironment {
	timeZone = process.env.TZ;

	async setup() {
		await super.setup();
		this.global.loadedOnce = (name) => require(name);
		this.global.setMachineTimeZone = setMachineTimeZone;
	}

	async teardown() {
		setMachineTimeZone(this.timeZone);
		await super.teardown();
	}
};

/** Node reads the time zone anew when the variable of the real process changes, not of Jest's copy. */
function setMachineTimeZone(zone) {
	if (zone === undefined) delete process.env.TZ;
	else process.env.TZ = zone;
}
