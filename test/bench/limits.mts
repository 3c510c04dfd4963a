import { withProgress } from '../../tools/lib/progress.cjs';
import { createCustomer } from './nodes.mts';
import type { Report } from './report.mts';
import { publishWorkflow } from './workflow.mts';
import { type World, withBildOut } from './world.mts';

const CUSTOMERS = 250;
const PER_MINUTE = 100;
const PER_SECOND = 20;
const MOST_OVER_SHORTEST = 1.15;

/**
 * The seconds in which `requests` can be sent when nothing else takes time: a full minute for each
 * `PER_MINUTE` before the last one, and a full second for each `PER_SECOND` of the rest.
 */
function shortestSeconds(requests: number): number {
	const before = requests - 1;
	const minutes = Math.floor(before / PER_MINUTE);
	return minutes * 60 + Math.floor((before % PER_MINUTE) / PER_SECOND);
}

/** Creates 250 customers in one run against the limits that BildOut documents. */
export async function limits(world: World): Promise<Report> {
	return await withBildOut(world, async (bildOut) => {
		const run = await publishWorkflow(world, 'Create at real limits', [createCustomer(bildOut)]);
		const customers = Array.from({ length: CUSTOMERS }, (_, index) => ({
			name: `Customer ${index + 1}`,
			email: `customer${index + 1}@bench.test`,
		}));
		const { output, wholeMs } = await withProgress(
			`Creating ${CUSTOMERS} customers at ${PER_MINUTE} a minute and ${PER_SECOND} a second`,
			async () => await run(customers),
		);
		const requests = await bildOut.takeRequests();
		const answered = (wanted: number) => requests.filter(({ status }) => status === wanted).length;
		const created = output.filter(({ id }) => id !== undefined).length;
		const shortest = shortestSeconds(CUSTOMERS);
		const took = wholeMs / 1000;
		return {
			title: `${CUSTOMERS} customers created in one run at BildOut's real limits`,
			notes: [
				`The shortest time: the first of a minute's ${PER_MINUTE} requests opens a window of 60 s, and any second`,
				`takes ${PER_SECOND}. So the 101st goes out after 60 s, the 201st after 120 s, and the last 50 need 2 s more.`,
			],
			table: [
				['', 'seconds'],
				['shortest that the limits allow', shortest.toFixed(1)],
				['measured, the whole execution', took.toFixed(1)],
				['ratio', (took / shortest).toFixed(3)],
			],
			bounds: [
				{
					text: `all ${CUSTOMERS} created, no answer of 429 reached the user: ${created} created (the sandbox refused ${answered(429)})`,
					holds: created === CUSTOMERS && answered(201) === CUSTOMERS,
				},
				{
					text: `at most ${MOST_OVER_SHORTEST} × the shortest time: ${(took / shortest).toFixed(3)} ×`,
					holds: took <= MOST_OVER_SHORTEST * shortest,
				},
			],
		};
	});
}
