import type {
	ExecutionError,
	IDataObject,
	INode,
	INodeCredentialsDetails,
	INodeExecutionData,
	INodeParameters,
	IRun,
	IWorkflowSettings,
} from 'n8n-workflow';
import type { Engine, WorkflowJson } from './engine.cts';
import { nodeOf } from './parameters.cts';

const NODE = 'n8n-nodes-bildout.bildOut';
const CREDENTIAL = 'bildOutOAuth2Api';

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
	/** What n8n shows beside the output of the last run. */
	hints: string[];
	run: IRun;
}

interface ToolAnswer {
	response?: unknown;
	error?: string;
}

/** The ways in which n8n runs the node, with the account where a run names none. */
export function nodeRuns(surroundings: () => { engine: Engine; account: INodeCredentialsDetails }) {
	const node = (
		parameters: object,
		{ node, credential = surroundings().account }: NodeOptions,
	): INode =>
		nodeOf('BildOut', NODE, {
			id: 'node-1',
			parameters: parameters as INodeParameters,
			credentials: { [CREDENTIAL]: credential },
			...node,
		});

	/** Starts the node with `parameters`; several items make it run once for all of them, as in n8n. */
	function start(parameters: object, options: NodeOptions = {}) {
		const { cancel, done } = surroundings().engine.execute(
			workflow(node(parameters, options), options),
			{ startNode: 'Items', executionId: options.executionId },
		);
		return { cancel, done: done.then(outcome) };
	}

	/** Retries a run that failed, as the editor does, with the workflow as it then is. */
	async function retry(
		{ run }: NodeRun,
		parameters: object,
		options: NodeOptions = {},
	): Promise<NodeRun> {
		const json = workflow(node(parameters, options), options);
		const executionId = options.executionId ?? `${Math.random()}`;
		return outcome(await surroundings().engine.retry(run, json, executionId).done);
	}

	return {
		start,
		retry,
		run: async (parameters: object, options?: NodeOptions) => await start(parameters, options).done,
		/** Calls the node as an agent's tool with `input`; see the stand-in agent for `through`. */
		runTool: async (
			parameters: object,
			input: IDataObject,
			through: 'engine' | 'invoke' = 'engine',
			options: NodeOptions & { before?: IDataObject[] } = {},
		): Promise<ToolAnswer> => {
			const agent = { input, before: options.before ?? [], through };
			return await askAgent(surroundings().engine, agentWorkflow(node(parameters, options), agent));
		},
		listSearch: async (
			method: string,
			options: { filter?: string; page?: string; credential?: INodeCredentialsDetails } = {},
		) => {
			const { filter, page, credential } = options;
			return await surroundings().engine.listSearch(node({}, { credential }), method, filter, page);
		},
	};
}

async function askAgent(engine: Engine, json: WorkflowJson): Promise<ToolAnswer> {
	const run = await engine.execute(json, { startNode: 'Items' }).done;
	const [said] = run.data.resultData.runData.Agent?.at(-1)?.data?.main[0] ?? [];
	if (said === undefined) throw run.data.resultData.error ?? new Error('The agent said nothing');
	return said.json;
}

const to = (...names: string[]) =>
	names.map((name) => ({ node: name, type: 'main' as const, index: 0 }));

function workflow(node: INode, { items = [{}], rounds, settings }: NodeOptions): WorkflowJson {
	const start = nodeOf('Items', 'test.items', { parameters: { items: items as never } });
	if (rounds === undefined) {
		return { nodes: [start, node], connections: { Items: { main: [to('BildOut')] } }, settings };
	}
	return {
		nodes: [start, node, nodeOf('Loop', 'test.loop', { parameters: { times: rounds } })],
		connections: {
			Items: { main: [to('Loop')] },
			Loop: { main: [[], to('BildOut')] },
			BildOut: { main: [to('Loop')] },
		},
		settings,
	};
}

function agentWorkflow(node: INode, agent: object): WorkflowJson {
	return {
		nodes: [
			nodeOf('Items', 'test.items', { parameters: { items: [{}] } }),
			nodeOf('Agent', 'test.agent', { parameters: agent as INodeParameters }),
			{ ...node, type: `${NODE}Tool` },
		],
		connections: {
			Items: { main: [to('Agent')] },
			BildOut: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		},
	};
}

function outcome(run: IRun): NodeRun {
	const tasks = run.data.resultData.runData.BildOut ?? [];
	const outputs = tasks.map((task) => task.data?.main ?? []);
	const all = (index: number) => outputs.flatMap((output) => output[index] ?? []);
	return {
		items: all(0),
		json: all(0).map((item) => item.json),
		errorItems: all(1),
		error: run.data.resultData.error,
		hints: (tasks.at(-1)?.hints ?? []).map(({ message }) => message),
		run,
	};
}
