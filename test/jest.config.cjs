const { availableParallelism } = require('node:os');
const { resolve } = require('node:path');

const typescript = {
	swcrc: false,
	jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
	module: { type: 'commonjs' },
	sourceMaps: 'inline',
};

/**
 * Tests of the kind `name` stand in `test/<name>/`. `testTimeout` in milliseconds: Jest reads its own
 * option of that name only once for all projects, so a set-up file applies it. `retries` is how often a failed
 * test is run again, with the failure in the log and in the number that the run ends with. Random tests never
 * are: another seed would hide what the first one found.
 */
const project = (name, testTimeout, { retries = 0, ...more } = {}) => ({
	displayName: name,
	rootDir: resolve(__dirname, '..'),
	testMatch: [`<rootDir>/test/${name}/**/*.test.cts`],
	testEnvironment: '<rootDir>/test/support/coverage-environment.cjs',
	globals: { testTimeout, retries },
	setupFilesAfterEnv: ['<rootDir>/test/support/time-out.cts'],
	moduleFileExtensions: ['cts', 'ts', 'mts', 'js', 'cjs', 'mjs', 'json', 'node'],
	transform: { '\\.[cm]?ts$': ['@swc/jest', typescript] },
	modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/sandbox/node_modules/'],
	...more,
});

const shared = { testEnvironment: '<rootDir>/test/support/worker-environment.cjs' };

const inN8n = {
	...shared,
	globalSetup: '<rootDir>/test/support/built.cjs',
	moduleNameMapper: { '^(n8n-core|n8n-workflow)$': '<rootDir>/test/support/loaded-once/$1.cjs' },
};

module.exports = {
	// One more than can work at once: a third of the time, tests wait.
	maxWorkers: availableParallelism() + 1,
	reporters: ['default', '<rootDir>/support/retries.cjs'],
	// A time-out is there for what never ends: on a busy machine a test of a second can take half a minute.
	projects: [
		project('unit', 120_000),
		project('sandbox', 120_000, shared),
		project('workflows', 120_000, inN8n),
		// A browser and an n8n that share two cores can be late for each other.
		project('e2e', 600_000, { retries: 1 }),
		project('versions', 180_000, { setupFiles: ['<rootDir>/test/support/oldest-n8n.cjs'] }),
		// One deployment for all cases, so a retry would start from what the first one left.
		project('queue', 300_000),
	],
};
