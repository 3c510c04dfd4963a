import { randomUUID } from 'node:crypto';

import { parse as unflatten } from 'flatted';

import type { JsonObject, WorkflowFile, WorkflowNode } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import type { World } from './world.mts';

/** One production execution of a workflow, as n8n stored it. Times in milliseconds. */
export interface Run {
	/** What the workflow's last node put out. */
	output: JsonObject[];
	/** How long the measured node took. */
	nodeMs: number;
	/** How long the execution took, from its start to its end. */
	wholeMs: number;
}

/** Runs the workflow once, with one item for each record; `onEnd` is called before n8n is asked what it stored. */
export type RunWorkflow = (records: JsonObject[], onEnd?: () => Promise<void>) => Promise<Run>;

interface StoredExecution {
	status: string;
	startedAt: string;
	stoppedAt: string;
	data: string;
}

type NodeRun = { executionTime: number; data?: { main: Array<Array<{ json: JsonObject }>> } };

const UNFINISHED = ['new', 'running'];

const LONGEST_SECONDS = 1_800;

/** The same settings for all that is compared: everything is stored once, at the end of the execution. */
const SETTINGS = {
	executionOrder: 'v1',
	saveDataSuccessExecution: 'all',
	saveDataErrorExecution: 'all',
	saveExecutionProgress: false,
};

/**
 * Publishes a workflow that takes records at a webhook, splits them into items and hands them to
 * `nodes`, one node after the other; the first of them is the one that is measured. The webhook
 * answers when the workflow has ended, so that nobody asks n8n for anything meanwhile.
 */
export async function publishWorkflow(
	{ n8n, client }: World,
	name: string,
	nodes: WorkflowNode[],
): Promise<RunWorkflow> {
	const path = randomUUID();
	const workflow = await client.importWorkflow(workflowAtWebhook(path, name, nodes));
	await client.activateWorkflow(workflow.id);

	const call = async (records: JsonObject[]) => {
		const response = await fetch(`${n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ records }),
		});
		await response.text();
		return response.status;
	};
	await waitFor(`“${name}” was published`, async () =>
		(await call([])) === 404 ? undefined : true,
	);

	return async (records, onEnd) => {
		const [before] = await client.executions(workflow.id);
		const ended = async () => {
			const [{ id, status }] = await client.executions(workflow.id);
			return id === before?.id || UNFINISHED.includes(status) ? undefined : id;
		};
		// n8n breaks the connection after five minutes, and goes on with the work.
		await call(records).catch(() => {});
		const id = await waitFor(`an execution of “${name}” ended`, ended, {
			seconds: LONGEST_SECONDS,
			everyMs: 500,
		});
		await onEnd?.();
		const execution = await client.call<StoredExecution>('GET', `/executions/${id}`);
		return readRun(execution, name, nodes);
	};
}

/** A webhook, the items that it splits its body's records into, and `nodes`, in a row. */
function workflowAtWebhook(path: string, name: string, nodes: WorkflowNode[]): WorkflowFile {
	const chain: WorkflowNode[] = [
		{
			name: 'Webhook',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			webhookId: path,
			parameters: { httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'noData' },
		},
		{
			name: 'Records',
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'body.records', options: {} },
		},
		...nodes,
	];
	return {
		name,
		nodes: chain.map((node, index) => ({ id: randomUUID(), position: [index * 200, 0], ...node })),
		connections: Object.fromEntries(
			chain
				.slice(1)
				.map((next, index) => [
					chain[index].name,
					{ main: [[{ node: next.name, type: 'main', index: 0 }]] },
				]),
		),
		settings: SETTINGS,
	};
}

/** An execution that failed throws with what n8n said. */
function readRun(execution: StoredExecution, name: string, nodes: WorkflowNode[]): Run {
	const { resultData } = unflatten(execution.data) as {
		resultData: { error?: { message: string }; runData: Record<string, NodeRun[]> };
	};
	if (execution.status !== 'success') {
		throw new Error(`“${name}” failed: ${resultData.error?.message ?? execution.status}`);
	}
	const runOf = (node: WorkflowNode) => resultData.runData[node.name][0];
	return {
		output: (runOf(nodes.at(-1)!).data?.main[0] ?? []).map(({ json }) => json),
		nodeMs: runOf(nodes[0]).executionTime,
		wholeMs: Date.parse(execution.stoppedAt) - Date.parse(execution.startedAt),
	};
}
