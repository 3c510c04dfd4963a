const { TestEnvironment } = require('jest-environment-node');

/** Lets a test move the machine to another time zone: `setMachineTimeZone('Pacific/Auckland')`. */
module.exports = class ZonedEnvironment extends TestEnvironment {
	before = process.env.TZ;

	async setup() {
		await super.setup();
		this.global.setMachineTimeZone = setMachineTimeZone;
	}

	async teardown() {
		setMachineTimeZone(this.before);
		await super.teardown();
	}
};

/** Node reads the time zone anew when the variable of the real process changes, not of Jest's copy. */
function setMachineTimeZone(zone) {
	if (zone === undefined) delete process.env.TZ;
	else process.env.TZ = zone;
}
