import { parseArgs } from 'node:util';

import { n8nVersion } from '../../tools/lib/places.cjs';
import { create500, getMany500, returnAll5000 } from './comparison.mts';
import { growth } from './growth.mts';
import { limits } from './limits.mts';
import { money } from './money.mts';
import { queueMode } from './queue.mts';
import { printReport, type Report } from './report.mts';
import { triggerDeliveries } from './trigger.mts';
import { withWorld, type World } from './world.mts';

/**
 * `npm run bench [-- section … [--quick]]`: the packed tarball in a real n8n against a sandbox. Exits with 1 when
 * a demanded bound is missed.
 */

const SECTIONS: Record<string, (world: World) => Promise<Report>> = {
	limits,
	get: getMany500,
	create: create500,
	list: returnAll5000,
	money,
	trigger: triggerDeliveries,
};

/** Those that start an n8n of their own, only where they are named. */
const APART: Record<string, () => Promise<Report>> = {
	queue: queueMode,
	growth: async () => await growth(values.quick),
};

/** What Node prints when a program leaves listeners behind. */
const LEAK = /MaxListenersExceededWarning.*/;

const { positionals, values } = parseArgs({
	allowPositionals: true,
	options: { quick: { type: 'boolean', default: false } },
});
const names = Object.keys({ ...SECTIONS, ...APART });
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
for (const name of chosen) if (Object.hasOwn(APART, name)) print(await APART[name]());
const together = chosen.filter((name) => Object.hasOwn(SECTIONS, name));
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
if (missed > 0) console.error(`${missed} of the demanded bounds missed`);
process.exit(missed > 0 ? 1 : 0);
