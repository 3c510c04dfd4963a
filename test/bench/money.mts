import type { JsonObject, WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { withProgress } from '../../tools/lib/progress.cjs';
import { bildOutNode } from './nodes.mts';
import { type Bound, median, type Report, spread } from './report.mts';
import { watch } from './watch.mts';
import { publishWorkflow, type RunWorkflow } from './workflow.mts';
import { type BildOut, withBildOut, type World } from './world.mts';

const ROUNDS = 3;
const INVOICES = 10_000;
const UPDATES = 500;
const CREATES = 50;

/** How much longer than Return All receivables may take, and n8n may be silent, in milliseconds. */
const MOST_TIMES = 1.2;
const MORE_SILENCE_MS = 200;

const invoice = (bildOut: BildOut, parameters: WorkflowNode['parameters']) =>
	bildOutNode(bildOut, { resource: 'invoice', ...parameters });

/** What receivables, previews and checks of what was written cost. */
export async function money(world: World): Promise<Report> {
	return await withBildOut(world, async (bildOut) => {
		await bildOut.configure({ latencyMs: 0, announcedLimit: 1_000_000 });
		const customers = await withProgress(`${INVOICES} invoices seeded`, async () => {
			await bildOut.seed({ customers: UPDATES, invoices: INVOICES });
			return await bildOut.customerIds();
		});
		const bounds: Bound[] = [];
		const table = [
			['', 'node', 'n8n silent at most'],
			...(await receivables(world, bildOut, bounds)),
		];
		await preview(world, bildOut, customers, bounds);
		await check(world, bildOut, customers[0], bounds);
		return {
			title: `Receivables of ${INVOICES.toLocaleString('en-US')} invoices`,
			notes: [
				`Milliseconds: the median of ${ROUNDS} interleaved runs after one to warm up, and the least and the most.`,
			],
			table,
			bounds,
		};
	});
}

interface Measured {
	name: string;
	run: RunWorkflow;
	times: number[];
	silences: number[];
}

async function receivables(world: World, bildOut: BildOut, bounds: Bound[]): Promise<string[][]> {
	const contenders = [
		['Get Receivables', { operation: 'getReceivables' }],
		['Return All', { operation: 'getAll', returnAll: true }],
	] as const;
	const results: Measured[] = [];
	for (const [name, parameters] of contenders) {
		const run = await publishWorkflow(world, name, [invoice(bildOut, parameters)]);
		results.push({ name, run, times: [], silences: [] });
	}
	await withProgress('Receivables and Return All, in turns', async () => {
		for (let round = 0; round <= ROUNDS; round++) {
			for (const { run, times, silences } of results) {
				const end = watch(world.n8n);
				const { nodeMs } = await run([{}]);
				const { silenceMs } = await end();
				if (round > 0) {
					times.push(nodeMs);
					silences.push(silenceMs);
				}
			}
		}
	});
	const [ours, all] = results;
	const ratio = median(ours.times) / median(all.times);
	const more = median(ours.silences) - median(all.silences);
	bounds.push(
		{
			text: `receivables take at most ${MOST_TIMES} × the time of Return All: ${ratio.toFixed(2)} ×`,
			holds: ratio <= MOST_TIMES,
		},
		{
			text: `n8n is silent at most ${MORE_SILENCE_MS} ms longer: ${Math.round(more)} ms`,
			holds: more <= MORE_SILENCE_MS,
		},
	);
	return results.map(({ name, times, silences }) => [name, spread(times), spread(silences)]);
}

async function requestsOf(
	bildOut: BildOut,
	run: RunWorkflow,
	items: JsonObject[],
): Promise<Record<string, number>> {
	await bildOut.takeRequests();
	await run(items);
	const counts: Record<string, number> = {};
	for (const { method } of await bildOut.takeRequests()) counts[method] = (counts[method] ?? 0) + 1;
	return counts;
}

async function preview(
	world: World,
	bildOut: BildOut,
	customers: string[],
	bounds: Bound[],
): Promise<void> {
	const node = bildOutNode(bildOut, {
		operation: 'update',
		customerId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
		updateFields: { phone: '={{ $json.phone }}' },
		options: { previewOnly: true },
	});
	const run = await publishWorkflow(world, 'Preview', [node]);
	const items = customers.slice(0, UPDATES).map((id) => ({ id, phone: '555-0100' }));
	const counts = await withProgress(`${UPDATES} updates previewed`, async () =>
		requestsOf(bildOut, run, items),
	);
	bounds.push({
		text: `a preview of ${UPDATES} updates costs the reads only: ${JSON.stringify(counts)}`,
		holds: counts.GET === UPDATES && Object.keys(counts).length === 1,
	});
}

async function check(
	world: World,
	bildOut: BildOut,
	customer: string,
	bounds: Bound[],
): Promise<void> {
	const node = invoice(bildOut, {
		operation: 'create',
		customerId: { __rl: true, mode: 'id', value: customer },
		dueDate: '2025-02-15',
		lineItemsInput: 'json',
		lineItemsJson: '[{"name": "Labor", "quantity": 16, "unit_price": 75, "tax_rate": 8.5}]',
	});
	const run = await publishWorkflow(world, 'Check Result', [node]);
	const items = Array.from({ length: CREATES }, (_, index) => ({ index }));
	const counts = await requestsOf(bildOut, run, items);
	bounds.push({
		text: `the check of ${CREATES} created invoices costs no request: ${JSON.stringify(counts)}`,
		holds: counts.POST === CREATES && Object.keys(counts).length === 1,
	});
}
