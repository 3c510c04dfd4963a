import { randomUUID } from 'node:crypto';

import { inARow, type JsonObject, type WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { rowsAtWebhook } from '../support/rows-at-webhook.mts';
import type { World } from './world.mts';

/** One production execution of a workflow, as n8n stored it. Times in milliseconds. */
export interface Run {
	/** What the workflow's last node returned. */
	output: JsonObject[];
	/** How long the measured node took. */
	nodeMs: number;
	/** How long the execution took, from its start to its end. */
	wholeMs: number;
}

/** Runs the workflow once, with one item for each record; `onEnd` is called before n8n is asked what it stored. */
type RunWorkflow = (records: JsonObject[], onEnd?: () => Promise<void>) => Promise<Run>;

const LONGEST_SECONDS = 1_800;

/** So that nobody asks n8n for anything while the workflow runs. */
const AT_THE_END = { responseMode: 'lastNode', responseData: 'noData' };

/** The same settings for all that is compared: everything is stored once, at the end of the execution. */
const SETTINGS = {
	executionOrder: 'v1',
	saveDataSuccessExecution: 'all',
	saveDataErrorExecution: 'all',
	saveExecutionProgress: false,
};

/**
 * Publishes a workflow that takes records at a webhook, splits them into items and passes them to
 * `nodes`, one node after the other; the first of them is the one that is measured.
 */
export async function publishWorkflow(
	{ n8n, client }: World,
	name: string,
	nodes: WorkflowNode[],
): Promise<RunWorkflow> {
	const path = randomUUID();
	const { id: workflowId } = await client.importWorkflow(
		inARow(name, [...rowsAtWebhook(path, AT_THE_END), ...nodes], SETTINGS),
	);
	await client.activateWorkflow(workflowId);

	const call = async (rows: JsonObject[]) => {
		const response = await fetch(`${n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ rows }),
		});
		await response.text();
		return response.status;
	};
	await waitFor(`“${name}” was published`, async () => (await call([])) !== 404);

	return async (items, onEnd) => {
		const [before] = await client.executions(workflowId);
		// n8n breaks the connection after five minutes, and goes on with the work.
		await call(items).catch(() => {});
		const latest = await waitFor(
			`an execution of “${name}” ended`,
			async () => {
				const [{ id, status }] = await client.executions(workflowId);
				return id !== before?.id && !['new', 'running'].includes(status) && id;
			},
			{ seconds: LONGEST_SECONDS, everyMs: 500 },
		);
		await onEnd?.();
		const { status, resultData, startedAt, stoppedAt } = await client.storedExecution(latest);
		if (status !== 'success') {
			throw new Error(`“${name}” failed: ${resultData?.error?.message ?? status}`);
		}
		const runOf = (node: WorkflowNode) => resultData!.runData![node.name][0];
		return {
			output: (runOf(nodes.at(-1)!).data?.main[0] ?? []).map(({ json }) => json),
			nodeMs: runOf(nodes[0]).executionTime,
			wholeMs: Date.parse(stoppedAt) - Date.parse(startedAt),
		};
	};
}
