import { parseArgs } from 'node:util';

import { waitFor } from '../../tools/lib/program.mts';
import { installServices } from '../../tools/lib/services.mts';
import { outcomes } from './outcome.mts';
import { Random } from './random.mts';
import { injectFaults } from './faults.mts';
import { verdict } from './verdict.mts';
import { publishWorkflows, type Workflows } from './workflows.mts';
import { openWorld, type World } from './world.mts';

/**
 * `npm run test:chaos [-- --minutes 10 --seed 7 --queue]`: workflows run in a real n8n while it, the sandbox,
 * their connections and their clocks fail; afterwards what is there is compared with what was asked for. The
 * same seed asks and breaks the same in the same order; when that meets what is under way, differs. With
 * `--queue` n8n is several processes over Redis and PostgreSQL, which fail too.
 */

const MOST_GROWTH_MB = 4;

const { values } = parseArgs({
	options: {
		minutes: { type: 'string', default: '2' },
		seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
		queue: { type: 'boolean', default: false },
	},
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
	console.error('--minutes takes a number above 0, --seed a whole number');
	process.exit(2);
}
// What was started ends with the process, but only with one that exits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

console.log(`Chaos of ${minutes} minutes with the seed ${seed}: repeat it with --seed ${seed}`);
if (values.queue) installServices();
const world = await openWorld(values.queue);
let faults: string[];
try {
	const workflows = await publishWorkflows(world);
	const asked = await injectFaults(world, workflows, new Random(seed), minutes);
	await calm(world);
	console.log(
		`${asked.jobs.length} jobs with ${asked.jobs.flatMap(({ rows }) => rows).length} rows, ` +
			`${asked.events.length} events, ${asked.projects.length} projects`,
	);
	console.log(
		Object.entries(asked.counts)
			.map(([action, times]) => `${action}: ${times}`)
			.join(', '),
	);
	// While the polling trigger looks once more.
	const grown = await growth(world, workflows);
	faults = [...(await verdict(world, workflows, asked)), ...grown];
} finally {
	await world.close();
}
for (const fault of faults) console.error(`- ${fault}`);
console.log(
	faults.length === 0 ? 'Everything is as asked.' : `${faults.length} faults, seed ${seed}`,
);
process.exit(faults.length === 0 ? 0 : 1);

/** Lets n8n and the sandbox end what is under way, with nothing in the way any more. */
async function calm(world: World): Promise<void> {
	await world.control.clearFaults();
	await world.setClock(0);
	await world.kill(world.victims[0]!);
	await waitFor(
		'all deliveries ended',
		async () => (await world.control.deliveries()).every(({ state }) => state !== 'pending'),
		{ seconds: 150 },
	).catch(() => {});
}

/** How much more n8n holds after each of the same rounds of work, when nothing disturbs it. */
async function growth(world: World, { works }: Workflows): Promise<string[]> {
	const rounds = async (count: number) => {
		for (let round = 0; round < count; round++) {
			await world.send(works.upsert.path, {
				job: 'growth',
				rows: Array.from({ length: 20 }, (_, index) => ({
					name: `Growth ${index}`,
					email: `growth${index}@chaos.test`,
					phone: String(round),
				})),
			});
			// One after the other: what waits for BildOut's limit is held, and is no growth.
			await outcomes(world, works.upsert.id);
		}
	};
	await rounds(5);
	const before = await world.heapMb();
	await rounds(10);
	const grown = (await world.heapMb()) - before;
	const said = `n8n holds ${grown.toFixed(1)} MB more after 10 rounds of 20 rows`;
	console.log(said);
	return grown > MOST_GROWTH_MB ? [said] : [];
}
