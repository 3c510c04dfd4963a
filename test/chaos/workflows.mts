import { randomUUID } from 'node:crypto';

import { inARow, type JsonObject, type WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import type { World } from './world.mts';

export const NODE = 'BildOut';
export const START = 'Start';

/** What a job does with each of its rows. */
export type Work = 'create' | 'create, stop at an error' | 'upsert' | 'update';

export const WORKS: readonly Work[] = ['create', 'create, stop at an error', 'upsert', 'update'];

const create = {
	resource: 'vendor',
	operation: 'create',
	name: '={{ $json.name }}',
	additionalFields: { email: '={{ $json.email }}' },
};

const PARAMETERS: Record<Work, JsonObject> = {
	create,
	'create, stop at an error': create,
	upsert: {
		resource: 'vendor',
		operation: 'upsert',
		matchBy: 'email',
		email: '={{ $json.email }}',
		name: '={{ $json.name }}',
		additionalFields: { phone: '={{ $json.phone }}' },
	},
	update: {
		resource: 'vendor',
		operation: 'update',
		vendorId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
		updateFields: { phone: '={{ $json.phone }}' },
	},
};

const CONTINUES = { onError: 'continueRegularOutput' };

/** The published workflows of a run, by n8n's IDs. */
export interface Workflows {
	/** For each work, the workflow and the path that takes its rows. */
	works: Record<Work, { id: string; path: string }>;
	/** Starts at `invoice.paid`. */
	trigger: { id: string; path: string };
	/** Starts at `project.created`, which nobody but the run itself makes. */
	polling: { id: string };
}

export async function publishWorkflows(world: World): Promise<Workflows> {
	const works = {} as Workflows['works'];
	for (const work of WORKS) works[work] = await publishWork(world, work);
	const trigger = await publish(world, 'Trigger', [
		{
			...node(NODE, 'n8n-nodes-bildout.bildOutTrigger', 1.1, { events: ['invoice.paid'] }),
			webhookId: randomUUID(),
		},
	]);
	const polling = await publish(world, 'Polling', [
		node(NODE, 'n8n-nodes-bildout.bildOutPollingTrigger', 1, {
			events: ['project.created'],
			pollTimes: { item: [{ mode: 'everyMinute' }] },
		}),
	]);
	return {
		works,
		trigger: { id: trigger.id, path: `/webhook/${trigger.webhookId}/webhook` },
		polling,
	};
}

async function publishWork(world: World, work: Work) {
	const stops = work === 'create, stop at an error';
	const path = work.replaceAll(/\W+/g, '-');
	const { id } = await publish(world, work, [
		{
			...node(START, 'n8n-nodes-base.webhook', 2.1, {
				httpMethod: 'POST',
				path,
				responseMode: 'onReceived',
			}),
			webhookId: randomUUID(),
		},
		node('Rows', 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: 'body.rows', options: {} }),
		{
			...node(NODE, 'n8n-nodes-bildout.bildOut', 1, PARAMETERS[work]),
			...(stops ? { retryOnFail: true, maxTries: 2, waitBetweenTries: 500 } : CONTINUES),
		},
	]);
	return { id, path: `/webhook/${path}` };
}

async function publish({ client, credential }: World, name: string, nodes: RowNode[]) {
	const settings = { saveDataSuccessExecution: 'all', saveDataErrorExecution: 'all' };
	const { id } = await client.importWorkflow(inARow(name, nodes, settings), credential);
	await waitFor(`“${name}” was published`, async () => await client.activateWorkflow(id));
	return { id, webhookId: nodes[0]!.webhookId as string | undefined };
}

type RowNode = Pick<WorkflowNode, 'name' | 'type'> & JsonObject;

const node = (
	name: string,
	type: string,
	typeVersion: number,
	parameters: JsonObject,
): RowNode => ({ name, type, typeVersion, parameters });
