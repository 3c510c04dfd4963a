import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The checkout. */
export const ROOT = resolve(__dirname, '../..');

/** The text of a file of the checkout. */
export const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** The files of the checkout that match, but for those that git ignores. */
export const filesIn = (...patterns: string[]) =>
	execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], {
		cwd: ROOT,
		encoding: 'utf8',
	})
		.split('\n')
		.filter(Boolean);

/** A new folder for each test. */
export function useFolder() {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'bildout-test-'));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	const path = (...names: string[]) => join(folder, ...names);
	return {
		path,
		/** Writes a file, and makes the folders that it is in. */
		write(file: string, text: string) {
			mkdirSync(dirname(path(file)), { recursive: true });
			writeFileSync(path(file), text);
		},
	};
}
