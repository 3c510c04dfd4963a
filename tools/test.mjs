import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';

import { coverage } from './lib/coverage.mts';
import { root } from './lib/places.cjs';

/**
 * `npm test`: builds, and runs the unit and workflow tests while lint and type checks run beside them, whose
 * output follows that of the tests. Fails when one of them does.
 */

/** What the tests ran of the nodes. */
const coverageFolder = join(root, 'node_modules', '.cache', 'coverage');

/**
 * @param {string} command
 * @param {'inherit' | 'pipe'} output
 */
async function run(command, output) {
	const start = performance.now();
	const child = spawn(command, {
		cwd: root,
		shell: true,
		stdio: ['ignore', output, output],
		env: { ...process.env, BILDOUT_COVERAGE: coverageFolder },
	});
	// Some tests watch the clock, and what runs beside them must not take their time.
	if (output === 'pipe' && child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW);
	let text = '';
	for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (text += part));
	const status = await new Promise((done) => child.once('close', done));
	return { command, status, text, seconds: Math.round((performance.now() - start) / 1000) };
}

rmSync(coverageFolder, { recursive: true, force: true });
const build = await run('npm run build', 'inherit');
const outcomes = [build];
if (build.status === 0) {
	const checks = (async () => {
		const lint = await run('npm run --silent lint', 'pipe');
		// The build has checked the types of the nodes.
		return [lint, await run('npm run --silent typecheck:rest', 'pipe')];
	})();
	const config = '--config test/jest.config.cjs';
	outcomes.push(await run(`jest ${config} --selectProjects unit workflows`, 'inherit'));
	outcomes.push(...(await checks));
}
if (existsSync(coverageFolder)) console.log(coverage(coverageFolder));
for (const { command, status, text, seconds } of outcomes) {
	if (status !== 0) console.log(`\n${text}`);
	console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${command} (${seconds} s)`);
}
process.exitCode = outcomes.every(({ status }) => status === 0) ? 0 : 1;
