import { randomUUID } from 'node:crypto';

import type { JsonObject, Workflow } from '../../tools/lib/n8n-client.mts';
import { finishedExecutions, type World } from './trigger-world.cts';

export const POLLING = 'BildOut Polling Trigger';

/** The trigger as a workflow has it, looking every minute. */
export const pollingNode = (events: string[]) => ({
	id: randomUUID(),
	name: POLLING,
	type: 'n8n-nodes-bildout.bildOutPollingTrigger',
	typeVersion: 1,
	position: [0, 0] as [number, number],
	parameters: { events, pollTimes: { item: [{ mode: 'everyMinute' }] } },
});

/** A workflow that a BildOut Polling Trigger starts. */
export async function importPolling(
	{ client, credential }: World,
	events: string[],
): Promise<Workflow> {
	return await client().importWorkflow(
		{ name: `Polling ${randomUUID()}`, nodes: [pollingNode(events)], connections: {} },
		credential,
	);
}

/** What each execution of a workflow was started with, the oldest first, once there are so many. */
export async function polledEvents(
	world: World,
	{ id }: { id: string },
	executions: number,
): Promise<JsonObject[][]> {
	const finished = await finishedExecutions(world, id, executions);
	const read = finished.map(async (one) => await world.client().getExecution(one.id));
	return (await Promise.all(read)).map((execution) => execution!.output(POLLING)).reverse();
}
