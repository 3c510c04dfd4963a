const { readFileSync } = require('node:fs');

/**
 * Preloaded into n8n: its clock differs by as many milliseconds as the file says that `CHAOS_CLOCK` names.
 * Timers run on, as they do where the clock of a machine is set.
 */
const file = process.env.CHAOS_CLOCK ?? '';
let offset = 0;
const read = () => {
	try {
		offset = Number(readFileSync(file, 'utf8')) || 0;
	} catch {
		offset = 0;
	}
};
read();
setInterval(read, 250).unref();

const RealDate = Date;
globalThis.Date = class extends RealDate {
	constructor(/** @type {[]} */ ...args) {
		if (args.length > 0) super(...args);
		else super(RealDate.now() + offset);
	}

	static now() {
		return RealDate.now() + offset;
	}
};
