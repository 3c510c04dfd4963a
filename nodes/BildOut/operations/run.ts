import { createHash, randomUUID } from 'crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { type FailedRun, keepFailed, recallFailed } from './failedRuns';
import type { Item } from './item';
import type { Operation } from './operation';

/** What the items of one run of the node share. */
export class Run {
	/** Lists that were read once for all items, by what they are of. */
	readonly lists = new Map<string, Promise<Map<string, IDataObject[]>>>();

	private readonly busy = new Map<string, Promise<unknown>>();

	private readonly identity: string;

	/** What this run and its repetition have in common. */
	private readonly repetition: string;

	private readonly finished: FailedRun['finished'];

	private hasFailures = false;

	constructor(readonly node: IExecuteFunctions) {
		const execution = node.getExecutionId() ?? randomUUID();
		const { $runIndex } = node.getWorkflowDataProxy(0);
		const place = [node.getInstanceId(), node.getWorkflow().id, execution, node.getNode().id];
		const identity = [...place, $runIndex].join('|');
		// Where an agent invokes its tool itself, n8n counts each try of Retry On Fail as a run of its own;
		// what was asked for, which is the tool's input, stays the same.
		this.repetition = this.isTool ? JSON.stringify([place, node.getInputData()]) : identity;
		const failed = recallFailed(this.repetition);
		this.identity = failed?.identity ?? identity;
		this.finished = failed?.finished ?? new Map<number, IDataObject[]>();
	}

	/** Does an operation for an item, unless this run wrote the item before it failed and began anew. */
	async perform(item: Item, operation: Operation): Promise<IDataObject[]> {
		const before = operation.writes ? this.finished.get(item.index) : undefined;
		if (before) return before;
		const output = [await operation.execute(item)].flat();
		if (operation.writes) this.finished.set(item.index, output);
		return output;
	}

	/** An item failed, so n8n's Retry On Fail may run the node again for all. */
	failed(): void {
		this.hasFailures = true;
	}

	/** Nothing is under way any more: what the run has written, also after its first failure, is complete. */
	ended(): void {
		const { identity, finished } = this;
		if (this.hasFailures && (this.isTool || this.node.getNode().retryOnFail)) {
			keepFailed(this.repetition, { identity, finished });
		}
	}

	/** Whether the node is a tool of an AI agent: n8n then lets its type end in `Tool`. */
	get isTool(): boolean {
		return this.node.getNode().type.endsWith('Tool');
	}

	/**
	 * The key by which BildOut can tell a repeated create from a second one: the same when n8n runs this
	 * node again for the same item (Retry On Fail), another for each execution, loop, and item.
	 */
	idempotencyKey(itemIndex: number): string {
		const hash = createHash('sha256').update(`${this.identity}|${itemIndex}`).digest('hex');
		return [
			hash.slice(0, 8),
			hash.slice(8, 12),
			hash.slice(12, 16),
			hash.slice(16, 20),
			hash.slice(20, 32),
		].join('-');
	}

	/** Does the work when all earlier work on the same record is done, so that no change is lost. */
	async exclusively<T>(record: string, work: () => Promise<T>): Promise<T> {
		const before = this.busy.get(record) ?? Promise.resolve();
		const mine = before.then(work, work);
		this.busy.set(record, mine);
		return await mine;
	}
}
