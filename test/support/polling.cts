import { randomUUID } from 'node:crypto';
import { PollContext } from 'n8n-core';
import {
	type IDataObject,
	type INode,
	type INodeParameters,
	type IWorkflowSettings,
	Workflow,
	type WorkflowActivateMode,
} from 'n8n-workflow';
import type { PolledEvent } from '../../nodes/BildOut/polling/diff.ts';
import type { BildOut } from './bildout.cts';

export type { PolledEvent };

const TYPE = 'n8n-nodes-bildout.bildOutPollingTrigger';

export interface PollOptions {
	parameters?: INodeParameters;
	settings?: IWorkflowSettings;
	node?: Partial<INode>;
}

/**
 * A published workflow with a polling trigger in it, as n8n runs one: the workflow is made again from the
 * database whenever it is published and whenever n8n starts, and its static data is saved along with events
 * and when it is published, at no other time.
 */
export class PolledWorkflow {
	/** What n8n's database holds. */
	database = '{}';

	/** Of its own in the whole process, in which the node remembers workflows from one test file to the next. */
	private readonly id = `polled-${randomUUID()}`;

	/** What the node warned of in n8n's log. */
	readonly warnings: string[] = [];

	/** How long n8n gives a check, in milliseconds; n8n's own figure when left out. */
	budgetMs?: number;

	private workflow!: Workflow;

	private context!: PollContext;

	constructor(
		private readonly bildOut: BildOut,
		readonly events: string[],
		private readonly options: PollOptions = {},
	) {}

	/** The node of the workflow, with what a test has changed in it since. */
	node(changes: Partial<INode> = {}, parameters: INodeParameters = {}): INode {
		return {
			id: `${this.id}-node`,
			name: 'BildOut Polling Trigger',
			type: TYPE,
			typeVersion: 1,
			position: [0, 0],
			parameters: {
				events: this.events,
				pollTimes: { item: [{ mode: 'everyMinute' }] },
				...this.options.parameters,
				...parameters,
			},
			credentials: { bildOutOAuth2Api: this.bildOut.account },
			...this.options.node,
			...changes,
		};
	}

	/** Publishes the workflow, or starts n8n again: both make a first check. */
	async publish(
		node = this.node(),
		activation: WorkflowActivateMode = 'activate',
	): Promise<PolledEvent[]> {
		this.workflow = this.makeWorkflow(node);
		this.context = this.makeContext(this.workflow, node, 'trigger', activation);
		const events = await this.check();
		this.save();
		return events;
	}

	/** What n8n does at a poll time. */
	async check(): Promise<PolledEvent[]> {
		const events = await this.discardedCheck();
		if (events.length > 0) this.save();
		return events;
	}

	/** A check whose outcome n8n throws away, because the workflow was published again meanwhile. */
	async discardedCheck(): Promise<PolledEvent[]> {
		return await this.poll(this.workflow, this.context);
	}

	/** What the button Fetch Test Event does. */
	async fetchTestEvent(node = this.node()): Promise<PolledEvent[]> {
		const workflow = this.makeWorkflow(node);
		const events = await this.poll(workflow, this.makeContext(workflow, node, 'manual'));
		expect(JSON.stringify(workflow.staticData)).toBe(this.database);
		return events;
	}

	/** n8n ends here and now, and starts again with what is in its database. */
	crash(node = this.node()) {
		this.workflow = this.makeWorkflow(node);
		this.context = this.makeContext(this.workflow, node, 'trigger');
	}

	/** The same workflow in a process that remembers nothing of it. */
	inNewProcess(): PolledWorkflow {
		const node = { ...this.options.node, id: this.node().id };
		const moved = new PolledWorkflow(this.bildOut, this.events, { ...this.options, node });
		moved.database = this.database;
		return moved;
	}

	private async poll(workflow: Workflow, context: PollContext): Promise<PolledEvent[]> {
		const { type, typeVersion } = context.getNode();
		const { poll } = this.bildOut.engine.nodeTypes.getByNameAndVersion(type, typeVersion);
		const items = await workflow.expression.withIsolate(async () => await poll!.call(context));
		// n8n starts an execution for a list, even for an empty one.
		if (items !== null) expect(items[0].length).toBeGreaterThan(0);
		return (items?.[0] ?? []).map(({ json }) => json as PolledEvent);
	}

	private save() {
		this.database = JSON.stringify(this.workflow.staticData);
	}

	private makeWorkflow(node: INode): Workflow {
		const staticData = JSON.parse(this.database) as IDataObject;
		delete staticData.__dataChanged;
		return new Workflow({
			id: this.id,
			name: 'Polled',
			nodes: [structuredClone(node)],
			connections: {},
			active: true,
			nodeTypes: this.bildOut.engine.nodeTypes,
			staticData,
			settings: { timezone: 'America/Los_Angeles', ...this.options.settings },
		});
	}

	private makeContext(
		workflow: Workflow,
		node: INode,
		mode: 'trigger' | 'manual',
		activation: WorkflowActivateMode = 'activate',
	): PollContext {
		const data = this.bildOut.engine.additionalData();
		const context = new PollContext(workflow, node, data, mode, activation);
		const logger = { info: () => {}, warn: (text: string) => void this.warnings.push(text) };
		Object.defineProperty(context, 'logger', { value: logger });
		const { budgetMs } = this;
		return budgetMs === undefined
			? context
			: Object.assign(context, { getPollBudgetMs: () => budgetMs });
	}
}
