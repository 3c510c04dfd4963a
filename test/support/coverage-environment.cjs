const { mkdirSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { join } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');
const { root } = require('../../tools/lib/places.cjs');

/** Where `npm test` wants to have noted what was run; otherwise nothing is. */
const folder = process.env.BILDOUT_COVERAGE;

/** The nodes as Jest loads them, and as they are built. */
const OURS = new RegExp(`^(file://)?${root}/(dist/)?(nodes|credentials)/.*\\.[jt]s$`);

let written = 0;

const session = new Session();
session.connect();
const call = (method, options) => {
	let returned;
	session.post(`Profiler.${method}`, options, (error, result) => {
		if (error) throw error;
		returned = result;
	});
	return returned;
};

/** What V8 notes of all that runs in this process. */
const profiler = {
	start() {
		call('enable');
		call('startPreciseCoverage', { callCount: false, detailed: true });
	},
	take() {
		const { result } = call('takePreciseCoverage');
		call('stopPreciseCoverage');
		return result;
	},
};

/** The environment of every test file: notes which parts of the nodes the file ran (see `tools/lib/coverage.mts`). */
module.exports = class CoverageEnvironment extends TestEnvironment {
	/**
	 * @param {object} config
	 * @param {import('@jest/environment').EnvironmentContext} context of the file: a docblock with `@coverage off`
	 *   leaves it out, as counting slows it down and shows nothing that other files do not
	 */
	constructor(config, context) {
		super(config, context);
		this.counts = Boolean(folder) && context.docblockPragmas.coverage !== 'off';
	}

	async setup() {
		await super.setup();
		if (this.counts) profiler.start();
	}

	async teardown() {
		if (this.counts) {
			const ours = profiler.take().filter(({ url }) => OURS.test(url));
			mkdirSync(folder, { recursive: true });
			writeFileSync(join(folder, `${process.pid}-${written++}.json`), JSON.stringify(ours));
		}
		await super.teardown();
	}
};
