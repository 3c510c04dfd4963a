import type { WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { withProgress } from '../../tools/lib/progress.cjs';
import { median, type Report, spread } from './report.mts';
import { watch } from './watch.mts';
import { publishWorkflow } from './workflow.mts';
import { bildOutNode } from './works.mts';
import { type BildOut, withBildOut, type World } from './world.mts';

const ROUNDS = 3;
const INVOICES = 10_000;
const CUSTOMERS = 500;

/** How much longer than Return All receivables may take, and n8n may be silent, in milliseconds. */
const MOST_TIMES = 1.2;
const MORE_SILENCE_MS = 200;

/** What Get Receivables costs beside a list of the same invoices. */
export async function money(world: World): Promise<Report> {
	return await withBildOut(world, async (bildOut) => {
		await bildOut.seed({ customers: CUSTOMERS, invoices: INVOICES });
		return await receivables(world, bildOut);
	});
}

async function receivables(world: World, bildOut: BildOut): Promise<Report> {
	const publish = async (name: string, parameters: WorkflowNode['parameters']) => {
		const node = bildOutNode(bildOut, { resource: 'invoice', ...parameters });
		const run = await publishWorkflow(world, name, [node]);
		return { name, run, times: [] as number[], silences: [] as number[] };
	};
	const ours = await publish('Get Receivables', { operation: 'getReceivables' });
	const all = await publish('Return All', { operation: 'getAll', returnAll: true });
	await withProgress('Receivables and Return All, in turns', async () => {
		for (let round = 0; round <= ROUNDS; round++) {
			for (const { run, times, silences } of [ours, all]) {
				const end = watch(world.n8n);
				const { nodeMs } = await run([{}]);
				const { silenceMs } = await end();
				// The first round warms everything up.
				if (round === 0) continue;
				times.push(nodeMs);
				silences.push(silenceMs);
			}
		}
	});
	const ratio = median(ours.times) / median(all.times);
	const more = median(ours.silences) - median(all.silences);
	return {
		title: `Receivables of ${INVOICES.toLocaleString('en-US')} invoices`,
		notes: [`Milliseconds: the median of ${ROUNDS} interleaved runs, and the least and the most.`],
		table: [
			['', 'node', 'n8n silent at most'],
			...[ours, all].map(({ name, times, silences }) => [name, spread(times), spread(silences)]),
		],
		bounds: [
			{
				text: `receivables take at most ${MOST_TIMES} × the time of Return All: ${ratio.toFixed(2)} ×`,
				holds: ratio <= MOST_TIMES,
			},
			{
				text: `n8n is silent at most ${MORE_SILENCE_MS} ms longer: ${Math.round(more)} ms`,
				holds: more <= MORE_SILENCE_MS,
			},
		],
	};
}
