import { randomUUID } from 'node:crypto';

import { inARow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { rowsAtWebhook } from '../support/rows-at-webhook.mts';
import type { World } from './world.mts';

export const NODE = 'BildOut';

const create = {
	resource: 'vendor',
	operation: 'create',
	name: '={{ $json.name }}',
	additionalFields: { email: '={{ $json.email }}' },
};

const PARAMETERS = {
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

/** What a job does with each of its rows. */
export type Work = keyof typeof PARAMETERS;
export const WORKS = Object.keys(PARAMETERS) as Work[];

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
	const webhookId = randomUUID();
	const trigger = await publish(world, 'Trigger', [
		{
			name: NODE,
			type: 'n8n-nodes-bildout.bildOutTrigger',
			typeVersion: 1.1,
			webhookId,
			parameters: { events: ['invoice.paid'] },
		},
	]);
	const pollTimes = { item: [{ mode: 'everyMinute' }] };
	const polling = await publish(world, 'Polling', [
		{
			name: NODE,
			type: 'n8n-nodes-bildout.bildOutPollingTrigger',
			parameters: { events: ['project.created'], pollTimes },
		},
	]);
	return {
		works,
		trigger: { ...trigger, path: `/webhook/${webhookId}/webhook` },
		polling,
	};
}

async function publishWork(world: World, work: Work) {
	const path = work.replaceAll(/\W+/g, '-');
	const errors =
		work === 'create, stop at an error'
			? { retryOnFail: true, maxTries: 2, waitBetweenTries: 500 }
			: { onError: 'continueRegularOutput' };
	const { id } = await publish(world, work, [
		...rowsAtWebhook(path, { responseMode: 'onReceived' }),
		{ name: NODE, type: 'n8n-nodes-bildout.bildOut', parameters: PARAMETERS[work], ...errors },
	]);
	return { id, path: `/webhook/${path}` };
}

async function publish(
	{ client, credential }: World,
	name: string,
	nodes: Parameters<typeof inARow>[1],
): Promise<{ id: string }> {
	const settings = { saveDataSuccessExecution: 'all', saveDataErrorExecution: 'all' };
	const { id } = await client.importWorkflow(inARow(name, nodes, settings), credential);
	await waitFor(`“${name}” was published`, async () => await client.activateWorkflow(id));
	return { id };
}
