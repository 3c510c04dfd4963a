const { mkdirSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { join } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');
const { root } = require('../../tools/lib/places.cjs');

/** Where `npm test` wants to have noted what was run; otherwise nothing is. */
const folder = process.env.BILDOUT_COVERAGE;

/** The nodes as Jest loads them, and as they are built. */
const OURS = new RegExp(`^(file://)?${root}/(dist/)?(nodes|credentials)/.*\\.[jt]s$`);

/** @type {{ take: () => Array<{ url: string }> } | undefined} */
let profiler;
let written = 0;

/** Makes V8 count what runs in this process, for all test files to come. */
function startProfiler() {
	const session = new Session();
	session.connect();
	const call = (method, options) => {
		let answer;
		session.post(`Profiler.${method}`, options, (error, result) => {
			if (error) throw error;
			answer = result;
		});
		return answer;
	};
	call('enable');
	call('startPreciseCoverage', { callCount: true, detailed: true });
	return { take: () => call('takePreciseCoverage').result };
}

/** The environment of every test file: notes which parts of the nodes the file ran (see `tools/lib/coverage.mts`). */
module.exports = class CoverageEnvironment extends TestEnvironment {
	async setup() {
		await super.setup();
		if (folder) profiler ??= startProfiler();
	}

	async teardown() {
		if (folder && profiler) {
			const ours = profiler.take().filter(({ url }) => OURS.test(url));
			mkdirSync(folder, { recursive: true });
			writeFileSync(join(folder, `${process.pid}-${written++}.json`), JSON.stringify(ours));
		}
		await super.teardown();
	}
};
