import { resolve } from 'node:path';
import type {
	ExecutionError,
	IDataObject,
	INode,
	INodeCredentialsDetails,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	IRun,
	IWorkflowSettings,
} from 'n8n-workflow';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { Engine, type WorkflowJson } from './engine.cts';
import {
	type Json,
	type JsonObject,
	type Sandbox,
	type SeenRequest,
	startSandbox,
} from './sandbox.cts';

const PACKAGE = resolve(__dirname, '../..');
const API = '/api/v1';
const NODE = 'n8n-nodes-bildout.bildOut';
const CREDENTIAL = 'bildOutOAuth2Api';

/** Marks a test's own requests, which are not the node's. */
const OWN_REQUEST = 'x-sent-by-test';

export interface NodeOptions {
	/** The json of the node's input items; one empty item by default. */
	items?: IDataObject[];
	/** Settings of the node, such as `onError` or `retryOnFail`. */
	node?: Partial<INode>;
	/** Settings of the workflow, such as `timezone`. */
	settings?: IWorkflowSettings;
	executionId?: string;
	/** Another account than that of `connect()` before the test. */
	credential?: INodeCredentialsDetails;
	/** How often a loop runs the node; once, without a loop, by default. */
	rounds?: number;
}

export interface NodeRun {
	items: INodeExecutionData[];
	/** `items` without their pairing. */
	json: IDataObject[];
	/** What left by the error output. */
	errorItems: INodeExecutionData[];
	/** Why the workflow stopped, as the editor would show it. */
	error: ExecutionError | undefined;
	run: IRun;
}

/** A request as tests write it down: `POST /customers?limit=5`, and the body where there is one. */
export type Wire = [string] | [string, Json];

export interface StartedNode {
	cancel(): void;
	done: Promise<NodeRun>;
}

/**
 * A BildOut sandbox and n8n's engine with this package in it, for all tests of a file. Every test
 * starts with the seeded records, no faults, an empty request log, a new account and limits so wide
 * that nothing waits for them. After every test it checks that creates, and nothing else, carried an
 * Idempotency-Key.
 */
export function bildOut(sandboxArgs: string[] = []) {
	let sandbox: Sandbox;
	let engine: Engine;
	let account: INodeCredentialsDetails;

	beforeAll(async () => {
		engine = await Engine.start(PACKAGE);
		sandbox = await startSandbox(sandboxArgs);
	});
	beforeEach(async () => {
		await sandbox.control.reset({ seed: true });
		await sandbox.control.config({ announcedLimit: 1_000_000 });
		account = await connect();
	});
	afterEach(async () => {
		for (const { method, headers } of await calls()) {
			expect(headers['idempotency-key'] !== undefined).toBe(method === 'POST');
		}
	});
	afterAll(async () => {
		await sandbox?.stop();
	});

	/** A credential signed in at the sandbox; `data` replaces fields of it. */
	async function connect(
		data: IDataObject = {},
		token: { scopes?: string[]; expiresIn?: number } = {},
	): Promise<INodeCredentialsDetails> {
		return engine.credentials.add({
			...SANDBOX_CLIENT,
			baseUrl: sandbox.url,
			oauthTokenData: { ...(await sandbox.control.token(token)) },
			...data,
		} as never);
	}

	const node = (parameters: object, { node, credential }: NodeOptions): INode => ({
		id: 'node-1',
		name: 'BildOut',
		type: NODE,
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INodeParameters,
		credentials: { [CREDENTIAL]: credential ?? account },
		...node,
	});

	const helper = (name: string, type: string, parameters: INodeParameters): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
	});

	const to = (...names: string[]) =>
		names.map((name) => ({ node: name, type: 'main' as const, index: 0 }));

	function workflow(parameters: object, options: NodeOptions): WorkflowJson {
		const { items = [{}], rounds } = options;
		const json: WorkflowJson = {
			nodes: [helper('Items', 'test.items', { items: items as never }), node(parameters, options)],
			connections: { Items: { main: [to('BildOut')] } },
			settings: options.settings,
		};
		if (rounds !== undefined) {
			json.nodes.push(helper('Loop', 'test.loop', { times: rounds }));
			json.connections = {
				Items: { main: [to('Loop')] },
				Loop: { main: [[], to('BildOut')] },
				BildOut: { main: [to('Loop')] },
			};
		}
		return json;
	}

	/** Starts the node with `parameters`; several items make it run once for all of them, as in n8n. */
	function start(parameters: object, options: NodeOptions = {}): StartedNode {
		const { cancel, done } = engine.execute(workflow(parameters, options), {
			startNode: 'Items',
			executionId: options.executionId,
		});
		return { cancel, done: done.then(outcome) };
	}

	/** Retries a run that failed, as the editor does, with the workflow as it then is. */
	async function retry(
		{ run }: NodeRun,
		parameters: object,
		options: NodeOptions = {},
	): Promise<NodeRun> {
		const executionId = options.executionId ?? `${Math.random()}`;
		return outcome(await engine.retry(run, workflow(parameters, options), executionId).done);
	}

	function outcome(run: IRun): NodeRun {
		const outputs = (run.data.resultData.runData.BildOut ?? []).map(
			(task) => task.data?.main ?? [],
		);
		const all = (index: number) => outputs.flatMap((output) => output[index] ?? []);
		return {
			items: all(0),
			json: all(0).map((item) => item.json),
			errorItems: all(1),
			error: run.data.resultData.error,
			run,
		};
	}

	/** Calls the node as an agent's tool with `input`; see the stand-in agent for `through`. */
	async function runTool(
		parameters: object,
		input: IDataObject,
		through: 'engine' | 'invoke' = 'engine',
		options: NodeOptions & { before?: IDataObject[] } = {},
	): Promise<{ response?: unknown; error?: string }> {
		const run = await engine.execute(
			{
				nodes: [
					helper('Items', 'test.items', { items: [{}] }),
					helper('Agent', 'test.agent', {
						input: input as never,
						before: (options.before ?? []) as never,
						through,
					}),
					{ ...node(parameters, options), type: `${NODE}Tool` },
				],
				connections: {
					Items: { main: [to('Agent')] },
					BildOut: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
				},
			},
			{ startNode: 'Items' },
		).done;
		const [said] = run.data.resultData.runData.Agent?.at(-1)?.data?.main[0] ?? [];
		if (said === undefined) throw run.data.resultData.error ?? new Error('The agent said nothing');
		return said.json;
	}

	/** The node's calls to the API so far, without those to the token endpoint. */
	async function calls(): Promise<SeenRequest[]> {
		return (await sandbox.control.requests()).filter(
			({ path, headers }) => path.startsWith(API) && headers[OWN_REQUEST] === undefined,
		);
	}

	/** Asks the API past the node: what the test sets up, and what became of it. */
	async function api(method: string, path: string, body?: Json): Promise<JsonObject> {
		const response = await fetch(`${sandbox.url}${API}${path}`, {
			method,
			headers: {
				authorization: `Bearer ${(await sandbox.control.token()).access_token}`,
				'content-type': 'application/json',
				[OWN_REQUEST]: 'yes',
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
		return (await response.json()) as JsonObject;
	}

	return {
		get sandbox() {
			return sandbox;
		},
		get control() {
			return sandbox.control;
		},
		get engine() {
			return engine;
		},
		get account() {
			return account;
		},
		connect,
		start,
		retry,
		run: async (parameters: object, options?: NodeOptions) => await start(parameters, options).done,
		runTool,
		listSearch: async (
			method: string,
			filter?: string,
			paginationToken?: string,
			parameters: object = {},
			credential?: INodeCredentialsDetails,
		): Promise<INodeListSearchResult> =>
			await engine.listSearch(node(parameters, { credential }), method, filter, paginationToken),
		calls,
		/** The node's calls so far, as `Wire`. */
		wire: async (): Promise<Wire[]> => (await calls()).map(wire),
		/** Does what another client of BildOut's would. */
		write: async (method: 'PUT' | 'DELETE', path: string, body?: Json) =>
			await api(method, path, body),
		create: async (path: string, body: Json) => (await api('POST', path, body)).data as JsonObject,
		read: async (path: string) => (await api('GET', path)).data as JsonObject,
		list: async (path: string) => (await api('GET', path)).data as JsonObject[],
	};
}

function wire({ method, path, query, body }: SeenRequest): Wire {
	const search = new URLSearchParams(query).toString();
	const line = `${method} ${path.slice(API.length)}${search && `?${search}`}`;
	return body === '' ? [line] : [line, JSON.parse(body) as Json];
}

/** How a resource locator stands in a workflow. */
export const locator = (value: string, mode = 'id') => ({
	__rl: true as const,
	mode,
	value,
});

export type BildOut = ReturnType<typeof bildOut>;
