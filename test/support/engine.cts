import { randomInt } from 'node:crypto';
import { parse, stringify } from 'flatted';
import {
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	LoadOptionsContext,
	WorkflowExecute,
} from 'n8n-core';
import {
	Expression,
	type IConnections,
	type IDataObject,
	type INode,
	type IRun,
	type IRunExecutionData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	setSafeRegexEngine,
	Workflow,
} from 'n8n-workflow';
import { CredentialStore } from './credentials.cts';
import { PackageNodeTypes } from './node-types.cts';
import { ROOT } from './files.cts';
import { nodeOf } from './parameters.cts';

// n8n's own gives a pattern 250 ms, which a busy machine overruns at the first letter.
setSafeRegexEngine({
	exec: (pattern, input, flags) => new RegExp(pattern, flags).exec(input),
	test: (pattern, input, flags) => new RegExp(pattern, flags).test(input),
	replace: (pattern, input, flags, replacement) =>
		input.replace(new RegExp(pattern, flags), replacement),
	matchAll: (pattern, input, flags) => [
		...input.matchAll(new RegExp(pattern, `g${(flags ?? '').replace('g', '')}`)),
	],
	split: (pattern, input, flags) => input.split(new RegExp(pattern, flags)),
});

/** A workflow as n8n exports it. */
export interface WorkflowJson {
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export interface Execution {
	/** Does what the Stop button does. */
	cancel(): void;
	/** Settles when the execution has ended, also where it failed or was cancelled. */
	done: Promise<IRun>;
}

/**
 * n8n's execution engine, in this process, with the nodes of this package as they are built. Expressions run in
 * n8n's quick `legacy` evaluator unless a test calls `useIsolatedExpressions`.
 */
export class Engine {
	readonly credentials: CredentialStore;

	private constructor(readonly nodeTypes: PackageNodeTypes) {
		this.credentials = new CredentialStore(nodeTypes.credentialType);
	}

	static async start(): Promise<Engine> {
		return new Engine(await PackageNodeTypes.load(ROOT));
	}

	/** Evaluates expressions as n8n does by default, in an isolate, for the tests of one block. */
	static useIsolatedExpressions(): void {
		beforeAll(
			async () =>
				await Expression.initExpressionEngine({
					engine: 'vm',
					poolSize: 1,
					maxCodeCacheSize: 1024,
					bridgeTimeout: 5000,
					bridgeMemoryLimit: 128,
				}),
		);
		afterAll(async () => {
			await Expression.disposeExpressionEngine();
			Expression.setExpressionEngine('legacy');
		});
	}

	/** Starts `json` at `startNode`, or else at its first trigger. */
	execute(
		json: WorkflowJson,
		{ startNode, executionId }: { startNode?: string; executionId?: string } = {},
	): Execution {
		const workflow = this.workflow(json);
		const additionalData = this.runData(workflow, json, executionId ?? `${randomInt(2 ** 40)}`);
		const start = workflow.getNode(startNode ?? '') ?? undefined;
		const run = new WorkflowExecute(additionalData, 'manual').run({ workflow, startNode: start });
		return { cancel: () => run.cancel(), done: Promise.resolve(run) };
	}

	/**
	 * What the editor's Retry does with an execution that failed: a new execution goes on with its saved
	 * data at the node that failed. `json` is the original workflow, or the saved one.
	 */
	retry({ data }: IRun, json: WorkflowJson, executionId: string): Execution {
		const workflow = this.workflow(json);
		const saved = parse(stringify(data)) as IRunExecutionData;
		const { lastNodeExecuted, runData } = saved.resultData;
		delete saved.resultData.error;
		const runs = runData[lastNodeExecuted ?? ''];
		if (runs?.at(-1)?.error !== undefined) runs.pop();
		for (const entry of saved.executionData!.nodeExecutionStack) {
			entry.node = workflow.getNode(entry.node.name)!;
		}
		const additionalData = this.runData(workflow, json, executionId);
		const run = new WorkflowExecute(additionalData, 'retry', saved);
		const done = run.processRunExecutionData(workflow);
		return { cancel: () => done.cancel(), done: Promise.resolve(done) };
	}

	/** What the editor shows in the list of a resource locator: one page of `method`. */
	async listSearch(node: INode, method: string, filter?: string, page?: string) {
		const workflow = this.workflow({ nodes: [node], connections: {} });
		const additionalData = this.additionalData();
		additionalData.currentNodeParameters = node.parameters;
		const context = new LoadOptionsContext(workflow, node, additionalData, 'parameters');
		const { methods } = this.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		const search = methods?.listSearch?.[method];
		if (search === undefined) throw new Error(`${node.type} has no list search ${method}`);
		return await workflow.expression.withIsolate(
			async () => await search.call(context, filter, page),
		);
	}

	/** What an expression makes of one item, in a node behind it. */
	evaluate(expression: string, json: IDataObject): unknown {
		const nodes = [nodeOf('Node', 'test.items')];
		return this.workflow({ nodes, connections: {} }).expression.getParameterValue(
			expression,
			null,
			0,
			0,
			'Node',
			[{ json }],
			'manual',
			{},
		);
	}

	private workflow({ nodes, connections, settings }: WorkflowJson): Workflow {
		return new Workflow({
			id: 'workflow-1',
			name: 'Test',
			nodes: structuredClone(nodes),
			connections,
			active: false,
			nodeTypes: this.nodeTypes,
			settings: { executionOrder: 'v1', ...settings },
		});
	}

	/** What n8n hands to every node beside the workflow, as far as expressions and these nodes use it. */
	additionalData(executionId?: string): IWorkflowExecuteAdditionalData {
		const base = 'http://localhost:5678';
		const data: Partial<IWorkflowExecuteAdditionalData> = {
			credentialsHelper: this.credentials,
			executionId,
			currentNodeExecutionIndex: 0,
			variables: {},
			formWaitingBaseUrl: `${base}/form-waiting`,
			webhookWaitingBaseUrl: `${base}/webhook-waiting`,
			logAiEvent: () => {},
			externalSecretsProxy: new ExternalSecretsProxy(),
		};
		return data as IWorkflowExecuteAdditionalData;
	}

	/** The same for a run of a whole workflow. */
	private runData({ id, name }: Workflow, json: WorkflowJson, executionId: string) {
		const about = { ...json, id, name } as IWorkflowBase;
		const hooks = new ExecutionLifecycleHooks('manual', executionId, about);
		return { ...this.additionalData(executionId), hooks };
	}
}
