import { appendFileSync } from 'node:fs';

/** Notes what a test measured: in the log, and for `npm run bench -- queue` in the file that it names. */
export function figure(name: string, measured: string): void {
	console.log(`${name}: ${measured}`);
	const { BILDOUT_FIGURES: file } = process.env;
	if (file) appendFileSync(file, `${JSON.stringify([name, measured])}\n`);
}
