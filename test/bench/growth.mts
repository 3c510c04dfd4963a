import type { JsonObject } from '../../tools/lib/n8n-client.mts';
import { withProgress } from '../../tools/lib/progress.cjs';
import { bareClient, type Work } from './bare.mts';
import { type Contender, CREATE, GET, LIST } from './nodes.mts';
import type { Bound, Report } from './report.mts';
import { memoryMb, watch, type Watched } from './watch.mts';
import { publishWorkflow } from './workflow.mts';
import { type BildOut, withBildOut, type World, withWorld } from './world.mts';

const SIZES: Record<Work, number[]> = {
	list: [1_000, 10_000, 50_000],
	get: [500, 5_000, 20_000],
	create: [1_000, 10_000],
};

const QUICK_SIZES: Record<Work, number[]> = {
	list: [1_000, 10_000],
	get: [500, 2_000],
	create: [1_000],
};

const WARM_UP = 200;

/** The HTTP Request node takes ten minutes for more, so it is left out there. */
const MOST_FOR_HTTP_REQUEST = 10_000;

const CONTENDERS: Record<Work, Contender[]> = { list: LIST, get: GET, create: CREATE };

/** The bars: milliseconds an item, and ours over the HTTP Request node. */
const MOST_MS_AN_ITEM: Partial<Record<Work, number>> = { get: 2.5, create: 3.5 };
const MOST_RATIO: Partial<Record<Work, number>> = { list: 0.5, get: 0.4 };
/** Or as long as another workflow that puts out as many records. */
const MOST_SILENCE_MS = 200;
/** The time and the memory of an item in the largest run over those in the smallest. */
const MOST_GROWTH = 1.25;

/** What a run of so many records cost. */
interface Cost extends Watched {
	ms: number;
	requests: number;
	/** The time of the node alone, without n8n's start and end of an execution. */
	nodeMs: number;
	/** The memory that it took on top of what n8n held before, in MB. */
	moreMb: number;
	output: JsonObject[];
}

interface Row {
	work: Work;
	count: number;
	ours: Cost;
	theirs?: Cost;
	/** A workflow that puts out the same records without asking BildOut for them. */
	without: Cost;
	bareMs: number;
}

/** How the nodes' time, memory and silence grow with the number of records, beside others at the same work. */
export async function growth(isQuick: boolean): Promise<Report> {
	const sizes = isQuick ? QUICK_SIZES : SIZES;
	const rows: Row[] = [];
	await withWorld(
		async (world) => {
			for (const work of Object.keys(sizes) as Work[]) {
				// Whoever comes first would pay for what n8n loads and compiles only once.
				await measure(world, work, WARM_UP);
				for (const count of sizes[work]) {
					const title = `${work} ${count}`;
					rows.push(await withProgress(title, async () => await measure(world, work, count)));
				}
			}
		},
		{ N8N_PAYLOAD_SIZE_MAX: '512' },
	);
	return report(rows);
}

async function measure(world: World, work: Work, count: number): Promise<Row> {
	return await withBildOut(world, async (bildOut) => {
		await bildOut.configure({ announcedLimit: 10_000_000 });
		const records = await prepare(bildOut, work, count);
		const [our, theirs] = CONTENDERS[work];
		const input = work === 'list' ? [{}] : records;
		const isForHttpRequest = input.length <= MOST_FOR_HTTP_REQUEST;
		const run = async (contender: Contender, items: JsonObject[]) =>
			await cost(world, bildOut, `${work} ${count}`, contender, items);
		const ours = await run(our, input);
		return {
			work,
			count,
			ours,
			theirs: isForHttpRequest ? await run(theirs, input) : undefined,
			// n8n stores equal texts once, so these have to differ as much as what ours puts out.
			without: await run(WITHOUT, ours.output),
			bareMs: await bareClient(bildOut, work, records, count),
		};
	});
}

/** Puts what is needed into the sandbox; answers the records that the work is about. */
async function prepare(bildOut: BildOut, work: Work, count: number): Promise<JsonObject[]> {
	if (work === 'create') {
		return Array.from({ length: count }, (_, index) => ({
			name: `Customer ${index + 1}`,
			email: `customer${index + 1}@bench.test`,
		}));
	}
	await bildOut.seed({ customers: count });
	return work === 'get' ? (await bildOut.customerIds()).map((id) => ({ id })) : [];
}

const WITHOUT: Contender = {
	name: 'without BildOut',
	nodes: () => [{ name: 'Nothing', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} }],
};

async function cost(
	world: World,
	bildOut: BildOut,
	title: string,
	{ name, nodes }: Contender,
	input: JsonObject[],
): Promise<Cost> {
	const run = await publishWorkflow(world, `${title}: ${name}`, nodes(bildOut));
	await bildOut.takeRequests();
	const before = await memoryMb(world.n8n);
	const stop = watch(world.n8n);
	let watched: Watched = { peakMb: 0, silenceMs: 0 };
	const { wholeMs, nodeMs, output } = await run(input, async () => {
		watched = await stop();
	});
	const requests = (await bildOut.takeRequests()).length;
	const moreMb = Math.max(1, watched.peakMb - before);
	return { ...watched, ms: wholeMs, nodeMs, requests, moreMb, output };
}

function report(rows: Row[]): Report {
	const ms = (value?: number) => value?.toFixed(0) ?? '–';
	return {
		title: 'Growth: the same work with more and more records',
		notes: [
			'Milliseconds of the whole execution, in one run; MB of n8n at its peak, and how much more that is than',
			'before; the longest time in which n8n answered nobody. The ratio is that of the two nodes alone.',
			'“Without” puts out the same records without BildOut; “bare” is fetch, 20 at once.',
		],
		table: [
			[
				...['', 'requests', 'ours', 'an item', 'HTTP Request', 'ratio', 'bare'],
				...['MB', 'more', 'MB, HTTP', 'more', 'silence', 'silence, HTTP', 'silence, without'],
			],
			...rows.map(({ work, count, ours, theirs, without, bareMs }) => [
				`${work} ${count}`,
				String(ours.requests),
				ms(ours.ms),
				(ours.ms / count).toFixed(2),
				ms(theirs?.ms),
				theirs ? (ours.nodeMs / theirs.nodeMs).toFixed(2) : '–',
				ms(bareMs),
				ms(ours.peakMb),
				ms(ours.moreMb),
				ms(theirs?.peakMb),
				ms(theirs?.moreMb),
				ms(ours.silenceMs),
				ms(theirs?.silenceMs),
				ms(without.silenceMs),
			]),
		],
		bounds: [...rows.flatMap(boundsOf), ...growthBounds(rows)],
	};
}

function boundsOf({ work, count, ours, theirs, without }: Row): Bound[] {
	const mostMs = MOST_MS_AN_ITEM[work] ?? Infinity;
	const mostRatio = MOST_RATIO[work] ?? Infinity;
	const mostSilence = Math.max(MOST_SILENCE_MS, without.silenceMs, theirs?.silenceMs ?? 0);
	const bounds = [
		[`${mostMs} ms an item`, ours.ms / count, mostMs],
		...(theirs
			? [
					[
						`${mostRatio} of the HTTP Request node's time`,
						ours.nodeMs / theirs.nodeMs,
						mostRatio,
					] as const,
				]
			: []),
		[`${mostSilence.toFixed(0)} ms of silence`, ours.silenceMs, mostSilence],
	] as const;
	return bounds
		.filter(([, , most]) => most !== Infinity)
		.map(([what, value, most]) => ({
			text: `${work} ${count}: at most ${what}: ${value.toFixed(2)}`,
			holds: value <= most,
		}));
}

/** What an item takes in the largest run, over what it takes in the smallest. */
function growthBounds(rows: Row[]): Bound[] {
	return (Object.keys(SIZES) as Work[]).flatMap((work) => {
		const own = rows.filter((row) => row.work === work);
		const [least, most] = [own[0], own.at(-1)!];
		if (own.length < 2) return [];
		const grown = (of: (cost: Cost) => number) =>
			of(most.ours) / most.count / (of(least.ours) / least.count);
		return [
			{ what: 'time', times: grown(({ ms }) => ms) },
			{ what: 'memory', times: grown(({ moreMb }) => moreMb) },
		].map(({ what, times }) => ({
			text: `${work}: the ${what} of an item grows to at most ${MOST_GROWTH} ×: ${times.toFixed(2)}`,
			holds: times <= MOST_GROWTH,
		}));
	});
}
