import { spawnSync } from 'node:child_process';

import { buildOnce, isBuilt } from './lib/built.cjs';
import { root } from './lib/places.cjs';

/**
 * `npm run build`: compiles the nodes into `dist`, with icons and output schemas. It does nothing where
 * `dist` is what these sources were built into before; without `dist` it always builds.
 */

/** @param {string} command */
const run = (command) =>
	spawnSync(command, { cwd: root, shell: true, stdio: 'inherit' }).status === 0;

if (isBuilt(root)) console.log('dist is built from these sources already.');
else if (!buildOnce(root, () => run('n8n-node build') && run('gulp'))) process.exitCode = 1;
