import { randomUUID } from 'node:crypto';

import type { JsonObject, Workflow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { importPolling, polledEvents, POLLING } from './polling-world.cts';
import {
	finishedExecutions,
	useWorld,
	PUBLISH_AT_ONCE,
	publishAgain,
	settledExecutions,
	unpublish,
} from './trigger-world.cts';

/**
 * The polling trigger in a real n8n, which polls every minute at most. It also does when a workflow is
 * published and when it starts, which is what these tests use.
 */
describe('A BildOut Polling Trigger', () => {
	const world = useWorld(PUBLISH_AT_ONCE);

	beforeEach(async () => {
		await world.sandbox.control.clearFaults();
	});

	const aVendor = async (name: string) => await world.api<JsonObject>('POST', '/vendors', { name });
	const check = async (workflow: Workflow) => await publishAgain(world, workflow);

	async function eventsOf(workflow: Workflow, executions: number): Promise<JsonObject[]> {
		const events = await polledEvents(world, workflow, executions);
		expect(events).toHaveLength(executions);
		return events.flat();
	}

	it('starts nothing at its first check, then once for what is new, by itself too', async () => {
		const workflow = await importPolling(world, ['vendor.created']);
		await check(workflow);
		const first = await aVendor('By publishing');
		await check(workflow);
		expect(await eventsOf(workflow, 1)).toMatchObject([{ type: 'vendor.created', data: first }]);

		const second = await aVendor('By the clock');
		await waitFor(
			'n8n to poll',
			async () => ((await world.client().executions(workflow.id)).length > 1 ? true : undefined),
			{ seconds: 75 },
		);
		expect(await eventsOf(workflow, 2)).toMatchObject([{ data: first }, { data: second }]);
		await unpublish(world, workflow);
	});

	it('brings what happened while n8n was off, and nothing twice after one that was killed', async () => {
		const workflow = await importPolling(world, ['vendor.created', 'vendor.deleted']);
		await check(workflow);
		let missed: JsonObject = {};
		await world.restart('stop', {}, async () => {
			missed = await aVendor('While n8n was off');
		});
		expect(await eventsOf(workflow, 1)).toMatchObject([{ data: missed }]);
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
			(await world.sandbox.control.requests()).some(({ path }) => path.endsWith('/vendors'))
				? true
				: undefined,
		);
		await world.restart('kill', {}, async () => {
			await world.sandbox.control.config({ latencyMs: 0 });
		});
		await check(workflow);
		expect(await eventsOf(workflow, 1)).toMatchObject([{ data: vendor }]);
		await unpublish(world, workflow);
	});

	it('shows the latest real record at Fetch Test Event', async () => {
		const vendor = await aVendor('The latest');
		const workflow = await importPolling(world, ['vendor.created']);
		const execution = await world.client().runWorkflow(workflow.id, POLLING);
		expect(execution.error).toBeUndefined();
		expect(execution.output(POLLING)).toMatchObject([
			{ id: `vendor.created:${String(vendor.id)}`, type: 'vendor.created', data: vendor },
		]);
	});

	it('does not let an event through twice that the webhook trigger brought too', async () => {
		const key = "={{ $json.type + ' ' + $json.data.id }}";
		const polling = await importPolling(world, ['vendor.created']);
		const [trigger] = polling.nodes;
		const workflow = await world.client().updateWorkflow(polling.id, {
			nodes: [
				trigger,
				{
					id: randomUUID(),
					name: 'Once',
					type: 'n8n-nodes-base.removeDuplicates',
					typeVersion: 2,
					position: [400, 0],
					parameters: {
						operation: 'removeItemsSeenInPreviousExecutions',
						logic: 'removeItemsWithAlreadySeenKeyValues',
						dedupeValue: key,
						options: { scope: 'node', historySize: 10000 },
					},
				},
				{
					id: randomUUID(),
					name: 'Report',
					type: 'n8n-nodes-base.manualTrigger',
					typeVersion: 1,
					position: [0, 200],
					parameters: {},
				},
				{
					id: randomUUID(),
					name: 'As the webhook has it',
					type: 'n8n-nodes-base.set',
					typeVersion: 3.4,
					position: [200, 200],
					parameters: { mode: 'raw', jsonOutput: '{}' },
				},
			],
			connections: {
				[POLLING]: { main: [[{ node: 'Once', type: 'main', index: 0 }]] },
				Report: { main: [[{ node: 'As the webhook has it', type: 'main', index: 0 }]] },
				'As the webhook has it': { main: [[{ node: 'Once', type: 'main', index: 0 }]] },
			},
		});
		await check(workflow);
		const made = await aVendor('Reported twice');
		const nodes = workflow.nodes.map((node) =>
			node.name === 'As the webhook has it'
				? {
						...node,
						parameters: {
							...node.parameters,
							jsonOutput: JSON.stringify({ id: 'evt_1', type: 'vendor.created', data: made }),
						},
					}
				: node,
		);
		await world.client().updateWorkflow(workflow.id, { nodes });
		const reported = await world.client().runWorkflow(workflow.id, 'Report');
		expect(reported.output('Once')).toHaveLength(1);
		await check(workflow);
		const [newest] = await finishedExecutions(world, workflow.id, 2);
		const execution = await world.client().getExecution(newest.id);
		expect(execution!.output(POLLING)).toMatchObject([{ data: made }]);
		expect(execution!.output('Once')).toEqual([]);
		await unpublish(world, workflow);
	});
});
