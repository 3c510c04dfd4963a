const { writeFileSync } = require('node:fs');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

/**
 * Preloaded into n8n: at SIGUSR2 it frees what nobody holds any more, and writes how many bytes its heap
 * still has to the file that `CHAOS_HEAP` and its process ID name. What the system counts as its memory
 * moves by a hundred megabytes with nothing kept.
 */
const file = process.env.CHAOS_HEAP;
if (file) {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc');
	process.on('SIGUSR2', () => {
		collect();
		writeFileSync(`${file}-${process.pid}`, String(process.memoryUsage().heapUsed));
	});
}
