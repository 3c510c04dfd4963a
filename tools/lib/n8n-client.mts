import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse as unflatten } from 'flatted';

import { CookieJar } from './http.mts';
import { PACKAGE_NAME } from './package.mts';
import { root } from './places.cjs';
import { waitFor } from './program.mts';

/** The owner that demo and tests sign in as. Each n8n of theirs is on this machine only, so this is no secret. */
export const OWNER = {
	email: 'owner@bildout.test',
	password: 'Build-out-24',
	firstName: 'Bill',
	lastName: 'Dout',
};

export type JsonObject = Record<string, unknown>;

export interface Credential {
	id: string;
	name: string;
	type: string;
}

export interface WorkflowNode extends JsonObject {
	name: string;
	type: string;
	parameters: JsonObject;
	credentials?: Record<string, { id: string; name: string }>;
}

/** A workflow as the editor exports it. */
export interface WorkflowFile {
	name: string;
	nodes: WorkflowNode[];
	connections: JsonObject;
	settings?: JsonObject;
}

export interface Workflow extends WorkflowFile {
	id: string;
	versionId: string;
	active: boolean;
	/** What its nodes keep in n8n, by `node:` and their names. */
	staticData: Record<string, JsonObject> | null;
}

export interface NodeError {
	message: string;
	description?: string | null;
	httpCode?: string | null;
}

/** A finished execution. */
export interface Execution {
	id: string;
	status: 'success' | 'error' | 'canceled' | 'crashed';
	mode: string;
	error?: NodeError;
	/** The records that a node returned on its first output in its last run; empty if it never ran. */
	output(nodeName: string): JsonObject[];
}

/** One run of a node. Times in milliseconds. */
export interface NodeRun {
	executionTime: number;
	data?: { main: Array<Array<{ json: JsonObject }> | null> };
}

/** An execution as n8n has stored it so far; what a killed n8n could not keep is left out. */
export interface StoredExecution {
	id: string;
	status: string;
	mode: string;
	startedAt: string;
	stoppedAt: string;
	resultData?: { error?: NodeError; runData?: Record<string, NodeRun[]> };
}

const UNFINISHED = ['new', 'running', 'waiting'];

/** Asks n8n's REST interface, and throws its error when it refuses. */
type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/**
 * An n8n's own REST interface, the one that its editor uses, signed in as `OWNER`. On a new n8n the
 * owner is set up first. A refusal throws with n8n's error.
 */
export async function signInToN8n(url: string) {
	const browser = new CookieJar();
	const call: Call = async (method, path, body) => {
		const response = await browser.fetch(`${url}/rest${path}`, {
			method,
			...(body === undefined
				? {}
				: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return JSON.parse(text).data;
	};

	const { userManagement } = await call<{ userManagement: { showSetupOnFirstLoad: boolean } }>(
		'GET',
		'/settings',
	);
	if (userManagement.showSetupOnFirstLoad) await call('POST', '/owner/setup', OWNER);
	else await call('POST', '/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });

	return {
		/** The browser that is signed in, for what is not REST. */
		browser,
		url,
		call,
		/** What n8n knows of a node type, by its full name, such as `n8n-nodes-bildout.bildOut`. */
		nodeType: async (name: string, version = 1) =>
			(
				await call<Array<JsonObject | undefined>>('POST', '/node-types', {
					nodeInfos: [{ name, version }],
				})
			).at(0),
		...credentialCalls(call, url),
		...workflowCalls(call),
		...executionCalls(call),
		...dataTableCalls(call),
	};
}

export type N8nClient = Awaited<ReturnType<typeof signInToN8n>>;

function credentialCalls(call: Call, url: string) {
	return {
		credentials: async () => await call<Credential[]>('GET', '/credentials'),
		createCredential: async (name: string, type: string, data: JsonObject) =>
			await call<Credential>('POST', '/credentials', { name, type, data }),
		updateCredential: async ({ id, name, type }: Credential, data: JsonObject) =>
			await call<Credential>('PATCH', `/credentials/${id}`, { name, type, data }),
		/** n8n's own test of a stored credential, by its public API, which needs a key of its own. */
		testCredential: async ({ id }: Credential) => {
			const { rawApiKey } = await call<{ rawApiKey: string }>('POST', '/api-keys', {
				label: `credential test ${Date.now()}`,
				scopes: ['credential:read'],
				expiresAt: null,
			});
			const response = await fetch(`${url}/api/v1/credentials/${id}/test`, {
				method: 'POST',
				headers: { 'X-N8N-API-KEY': rawApiKey },
			});
			return (await response.json()) as { status: 'OK' | 'Error'; message: string };
		},
	};
}

function workflowCalls(call: Call) {
	const workflows = async () =>
		await call<Array<{ id: string; name: string }>>('GET', '/workflows');
	const getWorkflow = async (id: string) => await call<Workflow>('GET', `/workflows/${id}`);
	return {
		workflows,
		getWorkflow,
		/**
		 * Stores a workflow, with `credential` chosen in every node of this package. One of the same
		 * name is set back to it.
		 */
		importWorkflow: async (workflow: WorkflowFile, credential?: Credential) => {
			const existing = (await workflows()).find(({ name }) => name === workflow.name);
			const body = {
				...workflow,
				nodes: credential ? useCredential(workflow.nodes, credential) : workflow.nodes,
				settings: workflow.settings ?? {},
			};
			return existing === undefined
				? await call<Workflow>('POST', '/workflows', body)
				: await call<Workflow>('PATCH', `/workflows/${existing.id}`, body);
		},
		updateWorkflow: async (id: string, changes: Partial<WorkflowFile>) =>
			await call<Workflow>('PATCH', `/workflows/${id}`, changes),
		/** Publishes the workflow as it is stored now; its triggers listen a moment later. */
		activateWorkflow: async (id: string) => {
			const { versionId } = await getWorkflow(id);
			return await call<Workflow>('POST', `/workflows/${id}/activate`, { versionId });
		},
		deactivateWorkflow: async (id: string) =>
			await call<Workflow>('POST', `/workflows/${id}/deactivate`, {}),
	};
}

function executionCalls(call: Call) {
	const storedExecution = async (id: string): Promise<StoredExecution> => {
		const { data, ...stored } = await call<StoredExecution & { data: string }>(
			'GET',
			`/executions/${id}`,
		);
		return { ...stored, ...(unflatten(data) as Pick<StoredExecution, 'resultData'>) };
	};
	/** Nothing while it has not ended. */
	const getExecution = async (id: string): Promise<Execution | undefined> => {
		const stored = await storedExecution(id);
		if (UNFINISHED.includes(stored.status)) return undefined;
		return {
			id: stored.id,
			status: stored.status as Execution['status'],
			mode: stored.mode,
			error: stored.resultData?.error,
			output: (nodeName) =>
				(stored.resultData?.runData?.[nodeName]?.at(-1)?.data?.main[0] ?? []).map(
					({ json }) => json,
				),
		};
	};
	/** Starts a workflow at the trigger of that name, as its Execute button does; returns the execution's ID. */
	const startWorkflow = async (id: string, trigger: string): Promise<string> => {
		const body = { triggerToStartFrom: { name: trigger } };
		return (await call<{ executionId: string }>('POST', `/workflows/${id}/run`, body)).executionId;
	};
	return {
		storedExecution,
		getExecution,
		startWorkflow,
		/** Starts a workflow, and waits for its end. */
		runWorkflow: async (id: string, trigger: string, seconds = 60): Promise<Execution> => {
			const executionId = await startWorkflow(id, trigger);
			return await waitFor(
				`execution ${executionId} ended`,
				async () => await getExecution(executionId),
				{ seconds },
			);
		},
		/** The executions of a workflow, the newest first, finished or not. */
		executions: async (workflowId: string) => {
			const filter = encodeURIComponent(JSON.stringify({ workflowId }));
			const { results } = await call<{
				results: Array<{ id: string; status: string; mode: string; stoppedAt?: string | null }>;
			}>('GET', `/executions?filter=${filter}&limit=100`);
			return results;
		},
	};
}

function dataTableCalls(call: Call) {
	/** A data table by its name; none before a workflow has made it. */
	const findTable = async (name: string) => {
		const filter = encodeURIComponent(JSON.stringify({ name }));
		const { data: tables } = await call<{
			data: Array<{ id: string; name: string; projectId: string }>;
		}>('GET', `/data-tables-global?filter=${filter}`);
		const table = tables.find((each) => each.name === name);
		return table && { ...table, path: `/projects/${table.projectId}/data-tables/${table.id}` };
	};
	return {
		findTable,
		/** Its first page of rows; `query` orders them. */
		tableRows: async <T = JsonObject,>(name: string, query = ''): Promise<T[]> => {
			const table = await findTable(name);
			if (!table) return [];
			return (await call<{ data: T[] }>('GET', `${table.path}/rows${query}`)).data;
		},
	};
}

/** A workflow of `examples/`, by its file name. */
export const exampleWorkflow = (file: string): WorkflowFile =>
	JSON.parse(readFileSync(join(root, 'examples', file), 'utf8')) as WorkflowFile;

const useCredential = (nodes: WorkflowNode[], { id, name, type }: Credential): WorkflowNode[] =>
	nodes.map((node) =>
		node.type.startsWith(`${PACKAGE_NAME}.`)
			? { ...node, credentials: { ...node.credentials, [type]: { id, name } } }
			: node,
	);

/** A workflow of nodes in a row, each connected to the next. */
export const inARow = (
	name: string,
	nodes: Array<Pick<WorkflowNode, 'name' | 'type'> & JsonObject>,
	settings: JsonObject = {},
): WorkflowFile => ({
	name,
	nodes: nodes.map((node, index) => ({
		id: randomUUID(),
		typeVersion: 1,
		position: [index * 220, 0],
		parameters: {},
		...node,
	})),
	connections: Object.fromEntries(
		nodes.slice(1).map((next, index) => [nodes[index]!.name, connectedTo(next.name)]),
	),
	settings,
});

/** The connections of a node whose only output leads to `node`. */
export const connectedTo = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
