import type { JsonObject, WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { withProgress } from '../../tools/lib/progress.cjs';
import { type Bound, median, type Report, spread } from './report.mts';
import { memoryMb, watch } from './watch.mts';
import { publishWorkflow, type Run } from './workflow.mts';
import { type Work, WORKS } from './works.mts';
import { type BildOut, withBildOut, type World, withWorld } from './world.mts';

const ROUNDS = 5;
/** Or as long as another workflow that returns as many records. */
const MOST_SILENCE_MS = 200;
/** The time and the memory of an item in the largest run over those in the smallest. */
const MOST_GROWTH = 1.25;

/** What one run cost. */
interface Cost extends Run {
	/** The longest time in which n8n responded to nobody. */
	silenceMs: number;
	/** The memory that it took on top of what n8n held before, in MB. */
	moreMb: number;
	requests: number;
}

/** The runs of one kind of work with one number of records. */
interface Row {
	work: string;
	count: number;
	ours: Cost[];
	/** None where it would take minutes. */
	httpRequest: Cost[];
	/** A workflow that returns the same records without asking BildOut for them. */
	without: Cost[];
}

const medianOf = (costs: Cost[], of: (cost: Cost) => number) => median(costs.map(of));

/** One kind of work, five times by each node in turns. */
export const compare = async (world: World, work: string): Promise<Report> =>
	report(`${work}: BildOut beside the HTTP Request node`, [
		await measure(world, work, WORKS[work].sizes[0], ROUNDS),
	]);

/** How time, memory and silence of all kinds of work grow with the number of records. */
export async function growth(): Promise<Report> {
	const rows: Row[] = [];
	const works = Object.entries(WORKS);
	await withWorld(
		async (world) => {
			for (const [work, { sizes }] of works) {
				for (const count of sizes) rows.push(await measure(world, work, count, 1));
			}
		},
		{ N8N_PAYLOAD_SIZE_MAX: '512' },
	);
	const { bounds, ...rest } = report('Growth: the same work with more and more records', rows);
	const grown = works.flatMap(([work]) => growthBounds(rows.filter((row) => row.work === work)));
	return { ...rest, bounds: [...bounds, ...grown] };
}

async function measure(world: World, name: string, count: number, rounds: number): Promise<Row> {
	const work = WORKS[name];
	return await withBildOut(world, async (bildOut) => {
		await bildOut.seed({ customers: count });
		const items = work.items(await bildOut.customerIds());
		const row: Row = { work: name, count, ours: [], httpRequest: [], without: [] };
		await withProgress(`${name} ${count}`, async () => {
			const ours = await contender(world, bildOut, work.ours(bildOut));
			const theirs =
				count > work.mostForHttpRequest
					? undefined
					: await contender(world, bildOut, work.httpRequest(bildOut));
			// What comes first would pay for what n8n loads and compiles only once.
			for (const run of [ours, theirs]) await run?.(items.slice(0, 200));
			for (let round = 0; round < rounds; round++) {
				row.ours.push(complete(work, count, await ours(items)));
				if (theirs) row.httpRequest.push(await theirs(items));
			}
			const without = await contender(world, bildOut, [
				{ name: 'Nothing', type: 'n8n-nodes-base.noOp', parameters: {} },
			]);
			// n8n stores equal texts once, so these have to differ as much as what ours returned.
			row.without.push(await without(row.ours[0].output));
		});
		return row;
	});
}

/** A run counts only when it did all of the work with as many requests as that takes. */
function complete(work: Work, count: number, cost: Cost): Cost {
	const { output, requests } = cost;
	if (output.length === count && requests === work.requests(count)) return cost;
	throw new Error(`${output.length} records of ${count} with ${requests} requests`);
}

async function contender(world: World, bildOut: BildOut, nodes: WorkflowNode[]) {
	const run = await publishWorkflow(world, `${nodes[0].name} ${bildOut.url}`, nodes);
	return async (items: JsonObject[]): Promise<Cost> => {
		await bildOut.takeRequests();
		const before = await memoryMb(world.n8n);
		const stop = watch(world.n8n);
		let watched = { peakMb: 0, silenceMs: 0 };
		const ended = await run(items, async () => {
			watched = await stop();
		});
		return {
			...ended,
			silenceMs: watched.silenceMs,
			moreMb: Math.max(1, watched.peakMb - before),
			requests: (await bildOut.takeRequests()).length,
		};
	};
}

function report(title: string, rows: Row[]): Report {
	const figure = (costs: Cost[], of: (cost: Cost) => number) =>
		costs.length > 1 ? spread(costs.map(of)) : (costs[0] && of(costs[0]).toFixed(0)) || '–';
	return {
		title,
		notes: [
			'Milliseconds of the whole execution, as the median and the least and most of all runs; MB at most on top',
			'of what n8n held before; the longest time in which n8n responded to nobody. “Without” returns the same',
			'records without BildOut. The ratio is that of the two nodes alone.',
		],
		table: [
			[
				...['', 'requests', 'ours', 'an item', 'HTTP Request', 'ratio'],
				...['MB', 'MB, HTTP', 'silence', 'silence, HTTP', 'silence, without'],
			],
			...rows.map(({ work, count, ours, httpRequest, without }) => [
				`${work} ${count}`,
				String(ours[0].requests),
				figure(ours, ({ wholeMs }) => wholeMs),
				(medianOf(ours, ({ wholeMs }) => wholeMs) / count).toFixed(2),
				figure(httpRequest, ({ wholeMs }) => wholeMs),
				ratio({ ours, httpRequest })?.toFixed(2) ?? '–',
				...[ours, httpRequest].map((costs) => figure(costs, ({ moreMb }) => moreMb)),
				...[ours, httpRequest, without].map((costs) => figure(costs, ({ silenceMs }) => silenceMs)),
			]),
		],
		bounds: rows.flatMap(boundsOf),
	};
}

const ratio = ({ ours, httpRequest }: Pick<Row, 'ours' | 'httpRequest'>) =>
	httpRequest.length === 0
		? undefined
		: medianOf(ours, ({ nodeMs }) => nodeMs) / medianOf(httpRequest, ({ nodeMs }) => nodeMs);

function boundsOf(row: Row): Bound[] {
	const { work, count, ours, httpRequest, without } = row;
	const { mostMsAnItem, mostRatio } = WORKS[work];
	const silence = (costs: Cost[]) =>
		costs.length === 0 ? 0 : medianOf(costs, ({ silenceMs }) => silenceMs);
	const mostSilence = Math.max(MOST_SILENCE_MS, silence(httpRequest), silence(without));
	const bounds: Array<[what: string, value: number | undefined, most: number | undefined]> = [
		['ms an item', medianOf(ours, ({ wholeMs }) => wholeMs) / count, mostMsAnItem],
		["of the HTTP Request node's time", ratio(row), mostRatio],
		['ms of silence', silence(ours), mostSilence],
	];
	return bounds.flatMap(([what, value, most]) =>
		value === undefined || most === undefined
			? []
			: {
					text: `${work} ${count}: at most ${Number(most.toFixed(1))} ${what}: ${value.toFixed(2)}`,
					holds: value <= most,
				},
	);
}

/** What an item takes in the largest run, over what it takes in the smallest. */
function growthBounds(rows: Row[]): Bound[] {
	const [least, most] = [rows[0], rows.at(-1)!];
	const grown = (of: (cost: Cost) => number) =>
		medianOf(most.ours, of) / most.count / (medianOf(least.ours, of) / least.count);
	const times = { time: grown(({ wholeMs }) => wholeMs), memory: grown(({ moreMb }) => moreMb) };
	return Object.entries(times).map(([what, value]) => ({
		text: `${least.work}: the ${what} of an item grows to at most ${MOST_GROWTH} ×: ${value.toFixed(2)}`,
		holds: value <= MOST_GROWTH,
	}));
}
