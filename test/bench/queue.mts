import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../../tools/lib/places.cjs';
import type { Report } from './report.mts';

/**
 * What was measured before the nodes were made for several processes, by the name of the figure. A figure
 * that is measured twice stands for the last time.
 */
const FORMERLY: Array<[what: string, figure: string, before: string]> = [
	[
		'A: other nodes wipe the data',
		'data wiped',
		'every later delivery refused, the subscription left behind (3 of 3)',
	],
	['B: deduplicated, twice at once', 'repeated at once', '15 of 100 acted on twice'],
	['B: deduplicated, again later', 'repeated later', '26 of 40 acted on twice'],
	['C: two workers, one token', 'shared token', '79 of 379 requests refused'],
	['D: retry after item 26 of 50', 'retry', '75 records of 50 items, 25 doubled'],
	[
		'E: worker killed in an import',
		'killed worker',
		'failed, nobody learns which 44 of 100 were done',
	],
	['F: one event 20 times at once', '20 at once', '2 executions'],
	['sign-in renewed', 'sign-in', '1 renewal for 150 items on 2 workers'],
];

/** Runs the tests of queue mode and lays what they measured beside what was measured formerly. */
export async function queueMode(): Promise<Report> {
	const folder = mkdtempSync(join(tmpdir(), 'bildout-figures-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	const file = join(folder, 'figures');
	const { status } = spawnSync('npm', ['run', 'test:queue'], {
		cwd: root,
		env: { ...process.env, BILDOUT_FIGURES: file },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
	const measured = new Map(lines.map((line) => JSON.parse(line) as [string, string]));
	const table = FORMERLY.map(([what, name, before]) => [
		what,
		before,
		measured.get(name) ?? 'not measured',
	]);
	return {
		title: 'n8n in queue mode: main, two workers, two webhook processors',
		table: [['', 'formerly', 'now'], ...table],
		bounds: [{ text: 'the tests of queue mode pass', holds: status === 0 }],
	};
}
