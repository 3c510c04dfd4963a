const { spawn } = require('node:child_process');

/**
 * Runs another program in this process group, so that the leash of this one holds it too:
 * `node --require leash.cjs command.cjs PROGRAM ARGUMENT…`
 */
const [command, ...args] = process.argv.slice(2);
const child = spawn(/** @type {string} */ (command), args, {
	stdio: ['ignore', 'inherit', 'inherit'],
});
child.once('error', (error) => {
	console.error(error.message);
	process.exit(1);
});
child.once('exit', (status) => process.exit(status ?? 1));
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
	process.on(signal, () => child.kill(signal));
}
