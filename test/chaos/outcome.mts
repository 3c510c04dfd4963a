import type { JsonObject, StoredExecution } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { START } from '../support/rows-at-webhook.mts';
import { NODE } from './workflows.mts';
import type { World } from './world.mts';

/** An execution as n8n kept it. */
export interface Outcome {
	id: string;
	status: string;
	/** The `job` that its webhook was given. */
	job?: string;
	/** What the BildOut node returned in its last run; undefined where it returned nothing. */
	output?: JsonObject[];
	/** n8n found it cut off, and made up items instead of those that it could not keep. */
	isMadeUp?: boolean;
}

const UNFINISHED = ['new', 'running', 'waiting'];

/** All executions of a workflow, once none of them is under way. */
export async function outcomes({ client }: World, workflowId: string): Promise<Outcome[]> {
	const ids = await waitFor(
		`the executions of ${workflowId} ended`,
		async () => {
			const all = await allExecutions(client, workflowId);
			return all.every(({ status }) => !UNFINISHED.includes(status)) && all;
		},
		{ seconds: 240 },
	);
	const found: Outcome[] = [];
	for (const { id } of ids) {
		const stored = await client.storedExecution(id);
		found.push({ id, status: stored.status, ...readRuns(stored) });
	}
	return found;
}

interface Listed {
	id: string;
	status: string;
	startedAt: string | null;
}

/**
 * n8n returns at most 100 at once, the latest first. Its cursor goes by ID, and so skips what began while its
 * clock was behind; the time at which a page ends does not.
 */
async function allExecutions({ call }: World['client'], workflowId: string): Promise<Listed[]> {
	const all = new Map<string, Listed>();
	for (let startedBefore: string | undefined; ; ) {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, startedBefore }));
		const { results } = await call<{ results: Listed[] }>(
			'GET',
			`/executions?filter=${filter}&limit=100`,
		);
		const before = all.size;
		for (const execution of results) all.set(execution.id, execution);
		if (all.size === before || results.length < 100) return [...all.values()];
		startedBefore = results.at(-1)!.startedAt ?? undefined;
	}
}

/** n8n makes up an item instead of those that a killed one could not keep; it is left out. */
function readRuns({ resultData }: StoredExecution): Partial<Outcome> {
	let isMadeUp = false;
	const itemsOf = (name: string) => {
		const items = resultData?.runData?.[name]?.at(-1)?.data?.main?.[0];
		if (!items?.some(({ json }) => json.isArtificialRecoveredEventItem)) return items;
		isMadeUp = true;
		return undefined;
	};
	const [started] = itemsOf(START) ?? [];
	const { job } = (started?.json.body ?? {}) as { job?: string };
	const output = itemsOf(NODE)?.map(({ json }) => json);
	return { job, output, isMadeUp };
}
