import type { JsonObject, Workflow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { exampleWorkflow } from '../support/n8n.cts';
import { TRIGGER, type World, finishedExecutions, openWorld } from './trigger-world.cts';

const TABLE = 'BildOut paid invoices';

/** The trigger's examples, imported into a real n8n and started by what happens in the sandbox. */
describe('The examples with a trigger', () => {
	let world: World;

	beforeAll(async () => {
		world = await openWorld();
	});

	afterAll(async () => {
		await world?.close();
	});

	async function publishExample(file: string): Promise<Workflow> {
		const client = world.client();
		const workflow = await client.importWorkflow(await exampleWorkflow(file), world.credential);
		const before = (await world.subscriptions()).length;
		await client.activateWorkflow(workflow.id);
		await waitFor(`${file} was subscribed`, async () =>
			(await world.subscriptions()).length > before ? true : undefined,
		);
		return workflow;
	}

	/** The rows of the data table that the examples fill; the table's own columns left out. */
	async function rows(): Promise<JsonObject[]> {
		const client = world.client();
		const { data: tables } = await client.call<{
			data: Array<{ id: string; name: string; projectId: string }>;
		}>('GET', '/data-tables-global');
		const { id, projectId } = tables.find(({ name }) => name === TABLE)!;
		const { data } = await client.call<{ data: JsonObject[] }>(
			'GET',
			`/projects/${projectId}/data-tables/${id}/rows`,
		);
		return data;
	}

	/** Presses Mark as paid, as a person does on the sandbox's page. */
	async function payInvoice(): Promise<JsonObject> {
		const [{ id }] = await world.api<JsonObject[]>('GET', '/invoices?status=sent&limit=1');
		const answer = await fetch(`${world.sandbox.url}/page/invoices/${String(id)}/paid`, {
			method: 'POST',
		});
		expect(answer.status).toBe(200);
		return await world.api<JsonObject>('GET', `/invoices/${String(id)}`);
	}

	it('trigger-invoice-paid-to-table.json writes one row for a paid invoice', async () => {
		const workflow = await publishExample('trigger-invoice-paid-to-table.json');
		const invoice = await payInvoice();
		const [{ id }] = await finishedExecutions(world, workflow.id, 1);
		const execution = await world.client().getExecution(id);
		expect(execution?.error).toBeUndefined();
		expect(execution?.output(TRIGGER)).toMatchObject([
			{ type: 'invoice.paid', data: { id: invoice.id, invoice_number: invoice.invoice_number } },
		]);
		expect(await rows()).toMatchObject([
			{ invoice_number: invoice.invoice_number, total: invoice.total, due_date: invoice.due_date },
		]);
	});

	it('trigger-invoice-paid-to-table.json runs with the sample that is pinned, before any event', async () => {
		const client = world.client();
		const example = await exampleWorkflow('trigger-invoice-paid-to-table.json');
		const { id } = await client.importWorkflow(example);
		const execution = await client.runWorkflow(id, TRIGGER);
		expect(execution.error).toBeUndefined();
		expect(await rows()).toContainEqual(expect.objectContaining({ invoice_number: 'INV-0042' }));
	});

	it('trigger-deduplicated.json lets an event through once, also after a restart, and every one that has no ID', async () => {
		const workflow = await publishExample('trigger-deduplicated.json');
		const event = { type: 'payment.received', data: { amount: 2500 }, id: 'evt_once' };
		await world.sandbox.control.emit(event);
		await finishedExecutions(world, workflow.id, 1);
		await world.restart();
		await world.sandbox.control.emit(event);
		const executions = await finishedExecutions(world, workflow.id, 2);
		const [second, first] = await Promise.all(
			executions.map(async ({ id }) => await world.client().getExecution(id)),
		);
		expect(first?.output('Write the Message')).toMatchObject([
			{ message: 'A payment of 2500 came in.' },
		]);
		expect(second?.output(TRIGGER)).toHaveLength(1);
		expect(second?.output('Write the Message')).toEqual([]);

		await world.sandbox.control.config({ webhooks: { bodyShape: 'no_id' } });
		for (const amount of [1, 2]) {
			await world.sandbox.control.emit({ type: 'payment.received', data: { amount } });
			const [{ id }] = await finishedExecutions(world, workflow.id, 2 + amount);
			const execution = await world.client().getExecution(id);
			expect(execution?.output('Write the Message')).toMatchObject([
				{ message: `A payment of ${amount} came in.` },
			]);
		}
		await world.sandbox.control.config({ webhooks: { bodyShape: 'default' } });
	});

	it('trigger-nightly-catch-up.json finds what was paid while n8n was off, once, in the first night that works', async () => {
		const example = await exampleWorkflow('trigger-nightly-catch-up.json');
		const { id, nodes } = await world.client().importWorkflow(example, world.credential);
		await world.sandbox.control.config({ webhooks: { retryDelaysMs: [] } });
		let missed: JsonObject = {};
		await world.restart('stop', {}, async () => {
			missed = await payInvoice();
		});
		const row = expect.objectContaining({
			invoice_number: missed.invoice_number,
			total: missed.total,
		});
		expect(await rows()).not.toContainEqual(row);

		const client = world.client();
		const noTable = { __rl: true, mode: 'name', value: 'No such table' };
		await client.updateWorkflow(id, {
			nodes: nodes.map((node) =>
				node.name === 'Write the Row'
					? { ...node, parameters: { ...node.parameters, dataTableId: noTable } }
					: node,
			),
		});
		expect((await client.runWorkflow(id, 'Every Night at Three')).error).toBeDefined();
		await client.updateWorkflow(id, { nodes });

		const first = await client.runWorkflow(id, 'Every Night at Three');
		expect(first.error).toBeUndefined();
		expect(await rows()).toContainEqual(row);
		const numbers = (await rows()).map(({ invoice_number }) => invoice_number);
		expect(new Set(numbers).size).toBe(numbers.length);

		const second = await client.runWorkflow(id, 'Every Night at Three');
		expect(second.output('Get Invoices Paid This Week').length).toBeGreaterThan(0);
		expect(second.output('Leave Out Those in the Table')).toEqual([]);
	});
});
