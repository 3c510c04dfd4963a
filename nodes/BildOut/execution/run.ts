import { createHash, randomUUID } from 'crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { Queues, Turns } from '../api/concurrency';
import type { InputItem } from '../input/inputItem';
import type { Operation } from '../actions/operation';
import { fingerprint, type WriteEntry, WriteJournal, type RunProgress } from './writeJournal';
import { ProgressLog } from './progressLog';
import { RecordIndex } from './recordIndex';
import type { RecordType } from '../records/recordType';
import { RunStats } from './runStats';

/** What the items of one run of the node share. */
export class Run {
	readonly stats = new RunStats();

	/** Whether the node is a tool of an AI agent: n8n then lets its type end in `Tool`. */
	readonly isTool: boolean;

	private readonly indexes = new Map<RecordType, RecordIndex>();

	/** An item passes as soon as it is known which record it changes. */
	private readonly turns = new Turns();

	private readonly changes = new Queues();

	/** Records that this run has changed or is about to. */
	private readonly changed = new Set<string>();

	private readonly ended = new Turns();

	/** The first item that failed, where that ends the run. */
	private firstFailure = Infinity;

	private hasFailures = false;

	private readonly inputs: INodeExecutionData[];

	/** What the node asks for, before expressions are resolved. */
	private readonly parameters: string;

	private readonly progress: WriteJournal;

	private readonly log: ProgressLog;

	private readonly state: RunProgress;

	constructor(readonly node: IExecuteFunctions) {
		const { id, type, parameters, credentials } = node.getNode();
		const execution = node.getExecutionId() ?? randomUUID();
		const { $runIndex } = node.getWorkflowDataProxy(0);
		const place = [node.getInstanceId(), node.getWorkflow().id, execution, id, $runIndex];
		this.isTool = type.endsWith('Tool');
		this.inputs = node.getInputData();
		this.parameters = fingerprint([parameters, credentials]);
		this.progress = new WriteJournal(node, execution, this.isTool);
		this.log = new ProgressLog(node, this.progress.context, $runIndex as number);
		// Where an agent invokes its tool itself, n8n counts each try of Retry On Fail as a run of its own;
		// what was asked for, which is the tool's input, stays the same.
		const key = this.isTool ? fingerprint(this.inputs) : `run ${$runIndex}`;
		this.state = this.progress.resume(key, place.join('|'));
	}

	/** Does an operation for an item, unless this run did it before and is being repeated. */
	async executeItem(item: InputItem, operation: Operation): Promise<IDataObject[]> {
		if (!operation.writes) this.turns.pass(item.index);
		let output = operation.writes ? await this.earlierOutput(item) : undefined;
		try {
			output ??= [await operation.execute(item)].flat();
			if (operation.writes) this.finish(item, output);
			return output;
		} finally {
			if (!output) this.failed(item);
			this.turns.pass(item.index);
			this.ended.pass(item.index);
			if (operation.writes && this.firstFailure === Infinity) {
				this.log.itemEnded(this.ended.passed, this.inputs.length);
			}
		}
	}

	/**
	 * Notes what an item is about to ask of BildOut, and tells how far an earlier try came with the same.
	 * The same is what was asked with the same parameters and input (an expression may hold the time), or
	 * what amounts to the same request (the workflow may have been mended before the retry). An item that
	 * asks for something else starts from the beginning.
	 */
	beginWrite(item: InputItem, ...what: unknown[]): WriteEntry {
		const input = this.inputOf(item);
		const asked = fingerprint([this.node.getNode().credentials, ...what]);
		const earlier = this.state.items[item.index];
		const isSame = earlier?.input === input || earlier?.requestHash === asked;
		const progress: WriteEntry = isSame
			? { ...earlier, input, requestHash: asked }
			: { input, requestHash: asked, ...(earlier ? { restartSalt: asked } : {}) };
		this.state.items[item.index] = progress;
		return progress;
	}

	/** Waits until all earlier items are done, so that what they changed is known. */
	async waitForEarlierItems(item: InputItem): Promise<void> {
		await this.ended.reach(item.index);
	}

	/** Nothing is under way any more. */
	end(): void {
		this.progress.end(this.state, this.hasFailures);
	}

	/**
	 * The key by which BildOut can tell a repeated create from a second one: the same when n8n runs this
	 * node again for the same item (Retry On Fail, Retry from the editor), another for each execution,
	 * loop, and item.
	 */
	idempotencyKey({ index }: InputItem): string {
		const { restartSalt: anew } = this.state.items[index] ?? {};
		const text = [this.state.identity, index, ...(anew ? [anew] : [])].join('|');
		const hash = createHash('sha256').update(text).digest('hex');
		return [
			hash.slice(0, 8),
			hash.slice(8, 12),
			hash.slice(12, 16),
			hash.slice(16, 20),
			hash.slice(20, 32),
		].join('-');
	}

	/** The IDs of all records that this run, also before it was repeated, has put out. */
	knownIds(): Set<string> {
		const outputs = Object.values(this.state.items).flatMap(({ output = [] }) => output);
		return new Set(outputs.map(({ id }) => String(id)));
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
	async serialize<T>(item: InputItem, record: string, change: () => Promise<T>): Promise<T> {
		await this.turns.reach(item.index);
		this.changed.add(record);
		const result = this.changes.run(record, async () => {
			if (item.index > this.firstFailure) {
				item.fail('Not done, because an earlier item failed', 'Nothing was changed.');
			}
			let isDone = false;
			try {
				const changed = await change();
				isDone = true;
				return changed;
			} finally {
				if (!isDone) this.failed(item);
			}
		});
		this.turns.pass(item.index);
		return await result;
	}

	/** What the item put out before the run was repeated, where it still asks for the same. */
	private async earlierOutput(item: InputItem): Promise<IDataObject[] | undefined> {
		const { input, output, record } = this.state.items[item.index] ?? {};
		if (!output || input !== this.inputOf(item)) return undefined;
		if (record === undefined) return output;
		// Where an earlier item now changes the same record, this change has to follow it once more.
		await this.turns.reach(item.index);
		if (!this.changed.has(record)) return output;
		delete this.state.items[item.index].output;
		return undefined;
	}

	private inputOf({ index }: InputItem): string {
		return fingerprint([this.parameters, this.inputs[index]?.json]);
	}

	private finish(item: InputItem, output: IDataObject[]): void {
		const progress = this.state.items[item.index] ?? { input: this.inputOf(item) };
		delete progress.unconfirmedSince;
		this.state.items[item.index] = { ...progress, output };
	}

	/** Nothing that comes after the item is begun, where a failure ends the run. */
	private failed(item: InputItem): void {
		this.hasFailures = true;
		if (!this.node.continueOnFail()) {
			this.firstFailure = Math.min(this.firstFailure, item.index);
		}
	}
}
