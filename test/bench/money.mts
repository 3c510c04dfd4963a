import type { JsonObject, WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { withProgress } from '../../tools/lib/progress.cjs';
import { type Bound, median, type Report, spread } from './report.mts';
import { watch } from './watch.mts';
import { publishWorkflow } from './workflow.mts';
import { bildOutNode } from './works.mts';
import { type BildOut, withBildOut, type World } from './world.mts';

const ROUNDS = 3;
const INVOICES = 10_000;
const UPDATES = 500;
const CREATES = 50;

/** How much longer than Return All receivables may take, and n8n may be silent, in milliseconds. */
const MOST_TIMES = 1.2;
const MORE_SILENCE_MS = 200;

/** What receivables, previews and checks of what was written cost. */
export async function money(world: World): Promise<Report> {
	return await withBildOut(world, async (bildOut) => {
		await bildOut.seed({ customers: UPDATES, invoices: INVOICES });
		const { table, bounds } = await receivables(world, bildOut);
		return {
			title: `Receivables of ${INVOICES.toLocaleString('en-US')} invoices`,
			notes: [
				`Milliseconds: the median of ${ROUNDS} interleaved runs, and the least and the most.`,
			],
			table,
			bounds: [...bounds, ...(await requests(world, bildOut))],
		};
	});
}

type Parameters = WorkflowNode['parameters'];

async function receivables(world: World, bildOut: BildOut) {
	const publish = async (name: string, parameters: Parameters) => {
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

async function requests(world: World, bildOut: BildOut): Promise<Bound[]> {
	const ids = await bildOut.customerIds();
	/** The only requests that a node sends for these items are of this method, one an item. */
	const bound = async (
		text: string,
		only: string,
		items: JsonObject[],
		parameters: Parameters,
	): Promise<Bound> => {
		const run = await publishWorkflow(world, text, [bildOutNode(bildOut, parameters)]);
		await bildOut.takeRequests();
		await withProgress(text, async () => await run(items));
		const seen = await bildOut.takeRequests();
		const others = seen.filter(({ method }) => method !== only).length;
		return {
			text: `${text}: ${seen.length - others} ${only}, ${others} others`,
			holds: others === 0 && seen.length === items.length,
		};
	};
	return [
		await bound(
			`a preview of ${UPDATES} updates costs the reads only`,
			'GET',
			ids.map((id) => ({ id })),
			{
				operation: 'update',
				customerId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
				updateFields: { phone: '555-0100' },
				options: { previewOnly: true },
			},
		),
		await bound(
			`the check of ${CREATES} created invoices costs no request`,
			'POST',
			Array.from({ length: CREATES }, (_, index) => ({ index })),
			{
				resource: 'invoice',
				operation: 'create',
				customerId: { __rl: true, mode: 'id', value: ids[0] },
				dueDate: '2025-02-15',
				lineItemsInput: 'json',
				lineItemsJson: '[{"name": "Labor", "quantity": 16, "unit_price": 75, "tax_rate": 8.5}]',
			},
		),
	];
}
