const TERMINAL_INTERVAL_MS = 1_000;
const LOG_INTERVAL_MS = 20_000;

/**
 * Shows that `work` goes on: its title and the seconds so far. One line that changes on a terminal, a
 * new line now and then in a log. Something quick leaves one line.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withProgress(title, work) {
	const { stdout } = process;
	const start = performance.now();
	const line = (/** @type {string} */ detail = '') =>
		[`${title} … ${Math.round((performance.now() - start) / 1000)} s`, detail]
			.filter(Boolean)
			.join(', ');
	const show = () => stdout.write(stdout.isTTY ? `\r\u001b[2K${line()}` : `${line()}\n`);
	stdout.write(stdout.isTTY ? `${title} …` : `${title} …\n`);
	const timer = setInterval(show, stdout.isTTY ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
	try {
		const result = await work();
		stdout.write(`${stdout.isTTY ? '\r\u001b[2K' : ''}${line('done')}\n`);
		return result;
	} catch (error) {
		stdout.write(`${stdout.isTTY ? '\r\u001b[2K' : ''}${line('failed')}\n`);
		throw error;
	} finally {
		clearInterval(timer);
	}
}

module.exports = { withProgress };
