import type { JsonObject } from '../../tools/lib/n8n-client.mts';
import { withProgress } from '../../tools/lib/progress.cjs';
import { type Contender, CREATE, GET, LIST } from './nodes.mts';
import { type Bound, median, type Report, spread } from './report.mts';
import { publishWorkflow, type Run, type RunWorkflow } from './workflow.mts';
import { type BildOut, withBildOut, type World } from './world.mts';

const ROUNDS = 5;
const MOST_IN_FLIGHT = 20;
const ANNOUNCED_LIMIT = 1_000_000;
const SLOW_ANSWER_MS = 500;

/** One kind of work, done by our node and by n8n's HTTP Request node in turns. */
interface Comparison {
	title: string;
	notes: string[];
	/** Ours first. */
	contenders: Contender[];
	/** How many records the work is to put out. */
	records: number;
	/** How many requests it takes. */
	requests: number;
	/** Puts what is needed into the sandbox; answers the items that the work gets. */
	prepare(bildOut: BildOut): Promise<JsonObject[]>;
	/** Whether our node must not be slower. */
	demanded: boolean;
	/** Whether our node is to do it once more while each answer takes long, so that requests pile up. */
	pileUp: boolean;
}

/** The timed runs of one contender. */
interface Result {
	name: string;
	runs: Run[];
}

const NOTE =
	'Milliseconds: the median of five interleaved runs after one to warm up, and the least and the most.';

export const getMany500 = async (world: World): Promise<Report> =>
	await compare(world, {
		title: '500 customers, each by its ID',
		notes: [NOTE],
		contenders: GET,
		records: 500,
		requests: 500,
		prepare: async (bildOut) => {
			await bildOut.seed({ customers: 500 });
			return (await bildOut.customerIds()).map((id) => ({ id }));
		},
		demanded: true,
		pileUp: true,
	});

export const create500 = async (world: World): Promise<Report> =>
	await compare(world, {
		title: '500 customers created',
		notes: [NOTE, 'Our node creates in the order of the items, one after the other.'],
		contenders: CREATE,
		records: 500,
		requests: 500,
		prepare: async () =>
			Array.from({ length: 500 }, (_, index) => ({
				name: `Customer ${index + 1}`,
				email: `customer${index + 1}@bench.test`,
			})),
		demanded: false,
		pileUp: false,
	});

export const returnAll5000 = async (world: World): Promise<Report> =>
	await compare(world, {
		title: 'All of 5,000 customers, 100 a page',
		notes: [
			NOTE,
			"The HTTP Request node pages with its own pagination; a Split Out node, in 'whole', makes records of its pages.",
		],
		contenders: LIST,
		records: 5_000,
		requests: 50,
		prepare: async (bildOut) => {
			await bildOut.seed({ customers: 5_000 });
			return [{}];
		},
		demanded: false,
		pileUp: true,
	});

/** Runs all contenders in turns, as often for each, in one n8n against one sandbox without latency. */
async function compare(world: World, comparison: Comparison): Promise<Report> {
	const { title, contenders, prepare, pileUp } = comparison;
	return await withBildOut(world, async (bildOut) => {
		await bildOut.configure({ latencyMs: 0, announcedLimit: ANNOUNCED_LIMIT });
		const items = await prepare(bildOut);
		const entrants: Entrant[] = [];
		for (const { name, nodes } of contenders) {
			const run = await publishWorkflow(world, `${title}: ${name}`, nodes(bildOut));
			entrants.push({ run, result: { name, runs: [] } });
		}
		const results = entrants.map(({ result }) => result);
		const [ours] = entrants;

		await bildOut.takeRequests();
		let inFlight = 0;
		await withProgress(`${title}, in turns`, async () => {
			for (let round = 0; round <= ROUNDS; round++) {
				// Who goes first in a round goes last in the next.
				for (const entrant of round % 2 === 0 ? entrants : entrants.toReversed()) {
					const { run, mostInFlight } = await runOnce(comparison, bildOut, entrant, items);
					if (round > 0) entrant.result.runs.push(run);
					if (entrant === ours) inFlight = Math.max(inFlight, mostInFlight);
				}
			}
			if (pileUp) {
				await bildOut.configure({ latencyMs: SLOW_ANSWER_MS });
				const { mostInFlight } = await runOnce(comparison, bildOut, ours, items);
				inFlight = Math.max(inFlight, mostInFlight);
			}
		});
		return report(comparison, results, inFlight);
	});
}

interface Entrant {
	run: RunWorkflow;
	result: Result;
}

/** One run, which counts only when it did all of the work with as many requests as that takes. */
async function runOnce(
	{ records, requests }: Comparison,
	bildOut: BildOut,
	{ run: runWorkflow, result: { name } }: Entrant,
	items: JsonObject[],
): Promise<{ run: Run; mostInFlight: number }> {
	const run = await runWorkflow(items);
	const seen = await bildOut.takeRequests();
	const refused = seen.filter(({ status }) => status === null || status >= 300).length;
	if (run.output.length !== records || seen.length !== requests || refused > 0) {
		throw new Error(
			`${name} put out ${run.output.length} records of ${records} with ${seen.length} requests of ${requests}, ${refused} of them refused`,
		);
	}
	return { run, mostInFlight: Math.max(...seen.map(({ inFlight }) => inFlight)) };
}

function report(
	{ title, notes, demanded, pileUp }: Comparison,
	results: Result[],
	inFlight: number,
): Report {
	const [ours, theirs] = results;
	const ratio = (time: (run: Run) => number) =>
		median(ours.runs.map(time)) / median(theirs.runs.map(time));
	const nodeRatio = ratio(({ nodeMs }) => nodeMs);
	const wholeRatio = ratio(({ wholeMs }) => wholeMs);
	const bounds: Bound[] = [
		{
			text: `at most ${MOST_IN_FLIGHT} requests in flight${pileUp ? `, also when each answer takes ${SLOW_ANSWER_MS} ms` : ''}: ${inFlight}`,
			holds: inFlight <= MOST_IN_FLIGHT,
		},
	];
	if (demanded) {
		bounds.push(
			{
				text: `our node takes no longer than the HTTP Request node: ${nodeRatio.toFixed(2)} ×`,
				holds: nodeRatio <= 1,
			},
			{
				text: `nor does the whole execution: ${wholeRatio.toFixed(2)} ×`,
				holds: wholeRatio <= 1,
			},
		);
	}
	return {
		title,
		notes,
		table: [
			['', 'node', 'whole'],
			...results.map(({ name, runs }) => [
				name,
				spread(runs.map(({ nodeMs }) => nodeMs)),
				spread(runs.map(({ wholeMs }) => wholeMs)),
			]),
			['ratio', nodeRatio.toFixed(2), wholeRatio.toFixed(2)],
		],
		bounds,
	};
}
