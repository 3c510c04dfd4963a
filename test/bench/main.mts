import { parseArgs } from 'node:util';

import { n8nVersion } from '../../tools/lib/places.cjs';
import { compare, growth } from './comparison.mts';
import { money } from './money.mts';
import { printReport, type Report } from './report.mts';
import { triggerDeliveries } from './trigger.mts';
import { WORKS } from './works.mts';
import { withWorld, type World } from './world.mts';

/**
 * `npm run bench [-- section …]`: the packed tarball in a real n8n against a sandbox. Exits with 1 when a
 * bound is missed. `growth`, with up to 50,000 records, runs only where it is named.
 */

const SECTIONS: Record<string, (world: World) => Promise<Report>> = {
	...Object.fromEntries(
		Object.keys(WORKS).map((work) => [work, async (world: World) => await compare(world, work)]),
	),
	money,
	trigger: triggerDeliveries,
};

/** What Node prints when a program leaves listeners behind. */
const LEAK = /MaxListenersExceededWarning.*/;

const { positionals } = parseArgs({ allowPositionals: true });
const names = [...Object.keys(SECTIONS), 'growth'];
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
	console.error(`There is no section '${unknown[0]}'. The sections are ${names.join(', ')}.`);
	process.exit(2);
}
// What the bench has started ends with the process, but only one that exits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

const chosen = positionals.length > 0 ? positionals : Object.keys(SECTIONS);
console.log(`n8n ${n8nVersion()} and Node ${process.version} on ${process.platform}`);
let missed = 0;
const print = (report: Report) => {
	printReport(report);
	missed += report.bounds.filter(({ holds }) => !holds).length;
};
if (chosen.includes('growth')) print(await growth());
const together = chosen.filter((name) => name in SECTIONS);
if (together.length > 0) {
	await withWorld(async (world) => {
		for (const name of together) {
			const report = await SECTIONS[name](world);
			const warning = LEAK.exec(world.n8n.output())?.[0];
			report.bounds.push({
				text: `no listeners left behind in n8n: ${warning ?? 'no warning'}`,
				holds: warning === undefined,
			});
			print(report);
		}
	});
}
if (missed > 0) console.error(`${missed} bounds missed`);
process.exit(missed > 0 ? 1 : 0);
