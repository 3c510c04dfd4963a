import { randomUUID } from 'node:crypto';

import { inARow, type JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { post } from '../e2e/world.cts';
import type { QueueWorld } from '../support/queue.cts';
import { rowsAtWebhook } from '../support/rows-at-webhook.mts';

/** A published workflow that makes a customer of each name it is sent, on a worker. */
export interface Import {
	id: string;
	/** Starts an execution at a webhook processor. */
	start(names: string[]): Promise<void>;
}

export async function importer(
	world: QueueWorld,
	name: string,
	parameters: JsonObject = { operation: 'create' },
): Promise<Import> {
	const webhookId = randomUUID();
	const workflow = await world.client().importWorkflow(
		inARow(name, [
			...rowsAtWebhook(webhookId),
			{
				name: 'BildOut',
				type: 'n8n-nodes-bildout.bildOut',
				parameters: { resource: 'customer', name: '={{ $json.name }}', ...parameters },
			},
		]),
		world.credential,
	);
	await world.client().activateWorkflow(workflow.id);
	return {
		id: workflow.id,
		start: async (names) => {
			const url = `${world.balancer.url}/webhook/${webhookId}`;
			const body = JSON.stringify({ rows: names.map((name) => ({ name })) });
			// Until the workflow is published, n8n does not know the address.
			await waitFor('n8n to take the names', async () => (await post(url, body)).status === 200);
		},
	};
}

/** The creates that the sandbox has seen since its log was last emptied; without a name as long as one has no response. */
export async function creates(sandbox: QueueWorld['sandbox']) {
	const requests = await sandbox.control.requests();
	return requests
		.filter(({ method, path }) => method === 'POST' && path === '/api/v1/customers')
		.map(({ json, headers, status }) => ({
			name: (json as { name: string } | null)?.name ?? '',
			key: headers['idempotency-key'],
			authorization: headers.authorization,
			status,
		}));
}

/** Waits for the latest execution of the workflow to end, and tells how it did. */
export async function ended({ client }: QueueWorld, workflowId: string, seconds = 120) {
	return await waitFor(
		`an execution of ${workflowId} ended`,
		async () => {
			const [latest] = await client().executions(workflowId);
			const isOver = latest !== undefined && !['new', 'running'].includes(latest.status);
			return isOver ? latest : undefined;
		},
		{ seconds },
	);
}

/** Distinct names of customers, the same length each. */
export const names = (count: number, prefix: string): string[] =>
	Array.from({ length: count }, (_, index) => `${prefix} ${String(index + 1).padStart(3, '0')}`);
