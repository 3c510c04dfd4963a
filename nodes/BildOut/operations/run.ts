import { createHash, randomUUID } from 'crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { type FailedRun, keepFailed, recallFailed } from './failedRuns';
import { Queues, Turns } from '../transport/concurrency';
import type { Item } from './item';
import type { Operation } from './operation';
import { RecordIndex } from './recordIndex';
import type { RecordType } from './recordTypes';

/** What the items of one run of the node share. */
export class Run {
	private readonly indexes = new Map<RecordType, RecordIndex>();

	/** The point at which the record that an item changes is known. */
	private readonly turns = new Turns();

	private readonly changes = new Queues();

	private readonly ended = new Turns();

	/** The first item that failed, where that ends the run. */
	private firstFailure = Infinity;

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
		if (!operation.writes) this.turns.pass(item.index);
		const before = operation.writes ? this.finished.get(item.index) : undefined;
		let output = before;
		try {
			output ??= [await operation.execute(item)].flat();
			if (operation.writes) this.finished.set(item.index, output);
			return output;
		} finally {
			if (!output) this.failed(item);
			this.turns.pass(item.index);
			this.ended.pass(item.index);
		}
	}

	/** Nothing that comes after the item is begun, where a failure ends the run. */
	private failed(item: Item): void {
		this.hasFailures = true;
		if (!this.node.continueOnFail()) {
			this.firstFailure = Math.min(this.firstFailure, item.index);
		}
	}

	/** Waits until all earlier items are done, so that what they changed is known. */
	async earlierItems(item: Item): Promise<void> {
		await this.ended.reach(item.index);
	}

	/** Nothing is under way any more: what the run has written, also after its first failure, is complete. */
	end(): void {
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

	/** What is known of a kind of record, by what people know it by. */
	index(type: RecordType): RecordIndex {
		const index = this.indexes.get(type) ?? new RecordIndex(type);
		this.indexes.set(type, index);
		return index;
	}

	/**
	 * Changes a record after all earlier items have changed theirs where it is the same record, and side
	 * by side with those that change another. An earlier item may still look its record up, so each waits
	 * until all before it know theirs.
	 */
	async inTurn<T>(item: Item, record: string, change: () => Promise<T>): Promise<T> {
		await this.turns.reach(item.index);
		const changed = this.changes.run(record, async () => {
			if (item.index > this.firstFailure) {
				item.fail('Not done, because an earlier item failed', 'Nothing was changed.');
			}
			let isDone = false;
			try {
				const result = await change();
				isDone = true;
				return result;
			} finally {
				if (!isDone) this.failed(item);
			}
		});
		this.turns.pass(item.index);
		return await changed;
	}
}
