import { randomUUID } from 'node:crypto';

import { inARow, type JsonObject, type Workflow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { pressOnPage } from '../support/sandbox.cts';
import {
	TRIGGER,
	type World,
	activate,
	eventsOf,
	finishedExecutions,
	importTriggered,
	publish,
	publishAgain,
	settledExecutions,
	subscriptionsTo,
	unpublish,
} from './world.cts';

interface Made extends JsonObject {
	id: string;
}

const POLLING = 'BildOut Polling Trigger';

/** The trigger as a workflow has it, polling every minute. */
const pollingNode = (events: string[]) => ({
	name: POLLING,
	type: 'n8n-nodes-bildout.bildOutPollingTrigger',
	parameters: { events, pollTimes: { item: [{ mode: 'everyMinute' }] } },
});

/** A workflow that a BildOut Polling Trigger starts. */
const importPolling = async ({ client, credential }: World, events: string[]): Promise<Workflow> =>
	await client().importWorkflow(
		inARow(`Polling ${randomUUID()}`, [pollingNode(events)]),
		credential,
	);

/**
 * The polling trigger in a real n8n, which polls every minute at most. It also does when a workflow is
 * published and when it starts, which is what these tests use. What it makes of what it reads is the matter
 * of unit and workflow tests.
 */
export function polling(world: World): void {
	beforeEach(async () => {
		await world.sandbox.control.reset();
	});

	const create = async (path: string, body: object) =>
		await world.api<Made>('POST', `/${path}`, body);
	const aVendor = async (name: string) => await create('vendors', { name });
	const check = async (workflow: Workflow) => await publishAgain(world, workflow);
	const polled = async (workflow: Workflow, executions: number) =>
		await eventsOf(world, workflow, executions, POLLING);

	it('brings events in the form of the webhook trigger, and none again, in a workflow that moves to it', async () => {
		const { id: client_id } = await create('customers', { name: 'C' });
		const line_items = [{ name: 'Door', quantity: 1, unit_price: 100 }];
		const anInvoice = async () => await create('invoices', { client_id, line_items });
		const pay = async (invoice: Made) =>
			await pressOnPage(world.sandbox.url, `invoices/${invoice.id}/paid`);
		const [before, after] = [await anInvoice(), await anInvoice()];
		const workflow = await importTriggered(world, `Moves ${randomUUID()}`, {
			events: ['invoice.paid'],
		});
		await publish(world, workflow);
		await pay(before);
		const [first] = await finishedExecutions(world, workflow.id, 1);
		const [byWebhook] = (await world.client().getExecution(first.id))!.output(TRIGGER);
		expect(await subscriptionsTo(world, workflow)).toHaveLength(1);

		const [webhook, follower] = workflow.nodes;
		const { id, name, position, credentials } = webhook;
		const polling = {
			typeVersion: 1,
			...pollingNode(['invoice.paid']),
			id,
			name,
			position,
			credentials,
		};
		await world.client().updateWorkflow(workflow.id, { nodes: [polling, follower] });
		await activate(world, workflow.id);
		expect(await subscriptionsTo(world, workflow)).toEqual([]);
		await pay(after);
		await check(workflow);
		const executions = await finishedExecutions(world, workflow.id, 2);
		expect(executions).toHaveLength(2);
		const execution = (await world.client().getExecution(executions[0].id))!;
		const [byPolling, ...others] = execution.output(TRIGGER);
		expect(others).toEqual([]);
		expect(execution.output(follower.name)).toEqual([byPolling]);
		expect(byPolling).toMatchObject({ type: 'invoice.paid', data: { id: after.id } });
		expect(Object.keys(byPolling).sort()).toEqual(Object.keys(byWebhook).sort());
		const fieldsOf = ({ data }: JsonObject) => Object.keys(data as JsonObject).sort();
		expect(fieldsOf(byPolling)).toEqual(fieldsOf(byWebhook));
		await unpublish(world, workflow);
	});

	it('brings what happened while n8n was off, and nothing twice after one that was killed', async () => {
		const workflow = await importPolling(world, ['vendor.created', 'vendor.deleted']);
		await check(workflow);
		let missed: JsonObject = {};
		await world.restart('stop', {}, async () => {
			missed = await aVendor('While n8n was off');
		});
		expect(await polled(workflow, 1)).toMatchObject([[{ data: missed }]]);
		await world.restart('kill');
		expect(await settledExecutions(world, workflow.id)).toBe(1);
		await unpublish(world, workflow);
	});

	it('loses nothing when n8n is killed while it reads', async () => {
		const workflow = await importPolling(world, ['vendor.created']);
		await check(workflow);
		const vendor = await aVendor('Seen by an n8n that died');
		await world.client().deactivateWorkflow(workflow.id);
		await world.sandbox.control.clearRequests();
		await world.sandbox.control.config({ latencyMs: 3000 });
		void world
			.client()
			.activateWorkflow(workflow.id)
			.catch(() => {});
		await waitFor('n8n to read', async () =>
			(await world.sandbox.control.requests()).some(({ path }) => path.endsWith('/vendors')),
		);
		await world.restart('kill', {}, async () => {
			await world.sandbox.control.config({ latencyMs: 0 });
		});
		// Whether it was published by then, and so polls when n8n starts, is not certain.
		if ((await settledExecutions(world, workflow.id)) === 0) await check(workflow);
		expect(await polled(workflow, 1)).toMatchObject([[{ data: vendor }]]);
		await unpublish(world, workflow);
	});
}
