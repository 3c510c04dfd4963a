import { createHash, randomUUID } from 'crypto';
import type { IContextObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';

/** How far one item has come. All of this is JSON, because n8n saves it with the execution. */
export interface WriteEntry {
	/** Hash of the parameters (with expressions as they are written), the credentials and the item's JSON. */
	inputHash: string;
	/** Hash of the credential and of what BildOut is asked to do. */
	operationHash: string;
	/** The output, once the item is done. */
	output?: IDataObject[];
	/** The path of the record that was last written, e.g. `customers/3f2b8c1e`. */
	recordPath?: string;
	/** Set where rows were added to the record: a hash of the record without them. */
	hashBefore?: string;
	/** When a request went out that may have been processed or not, in milliseconds since 1970. */
	unconfirmedSince?: number;
	/** When it was found out that no response came to it. */
	lostAt?: number;
	/** Set where the record was written, but was not yet found to be what was sent. */
	unchecked?: 'created' | 'updated';
	/** Set where the item asked for something else before: part of its Idempotency-Key. */
	restartSalt?: string;
}

/** How far a run of the node has come. */
interface RunProgress {
	/** What a run and its repetition have in common, and no other run of the node in the execution. */
	key: string;
	/** Tells the run from every other; its Idempotency-Keys are made of it. */
	runId: string;
	/** The execution that did it last. Retry from the editor makes a new one, with this one's data. */
	execution: string;
	hasFailed?: boolean;
	/** It succeeded, but Retry On Fail takes it for failed and runs it again. */
	isRepeated?: boolean;
	items: Record<number, WriteEntry>;
}

/** Calls of an agent's tool that are kept in one execution. */
const MAX_CALLS = 50;

/** For a tool outside of any execution, as n8n's MCP Server Trigger calls it. */
const contextsWithoutExecution = new TtlCache<IContextObject>({
	ttlMs: 10 * 60_000,
	maxWeight: 500,
});

/**
 * What a run has written, so that its repetition writes nothing twice. n8n keeps a node's context with
 * the data of the execution: Retry On Fail finds it there, and so does Retry from the editor, which may
 * run on another worker. It ends with the execution's data and grows no larger than the node's output.
 */
export class WriteJournal {
	/** The node's own, in this execution. */
	readonly context: IContextObject;

	private readonly execution: string;

	/** What the node asks for, before expressions are resolved. */
	private readonly parameters: string;

	private readonly inputHashes: string[] = [];

	private readonly progress: RunProgress;

	/** @param isTool whether an AI agent runs the node */
	constructor(
		private readonly node: IExecuteFunctions,
		private readonly isTool: boolean,
	) {
		const { id, parameters, credentials } = node.getNode();
		const { $runIndex } = node.getWorkflowDataProxy(0);
		this.execution = node.getExecutionId() ?? randomUUID();
		this.context = contextOf(node, this.execution);
		this.parameters = fingerprint([parameters, credentials]);
		// Where an agent invokes its tool itself, n8n counts each try of Retry On Fail as a run of its own;
		// what was asked for, which is the tool's input, stays the same.
		const key = isTool ? fingerprint(node.getInputData()) : `run ${$runIndex}`;
		const place = [node.getInstanceId(), node.getWorkflow().id, this.execution, id, $runIndex];
		this.progress = this.resume(key, place.join('|'));
	}

	/** What the item returned before the run was repeated, where its parameters and input are the same. */
	outputOf(index: number): IDataObject[] | undefined {
		const entry = this.progress.items[index];
		return entry?.inputHash === this.inputOf(index) ? entry.output : undefined;
	}

	/**
	 * Opens the item's entry, with how far an earlier try came. The try was the same if it had the same parameters
	 * and input (an expression may hold the time), or asked for the same (the workflow may have been mended before
	 * the retry). An item that asks for something else starts again, but an unconfirmed write stays unconfirmed.
	 */
	begin(index: number, requestKey: unknown[]): WriteEntry {
		const inputHash = this.inputOf(index);
		const operationHash = fingerprint([this.node.getNode().credentials, ...requestKey]);
		const earlier = this.progress.items[index];
		const isSame = earlier?.inputHash === inputHash || earlier?.operationHash === operationHash;
		const entry: WriteEntry = { inputHash, operationHash };
		if (isSame) Object.assign(entry, { ...earlier, inputHash, operationHash });
		else if (earlier) {
			const { unconfirmedSince, unchecked, recordPath, hashBefore } = earlier;
			entry.restartSalt = operationHash;
			if (unconfirmedSince !== undefined || unchecked) {
				Object.assign(entry, { unconfirmedSince, unchecked, recordPath, hashBefore });
			}
		}
		this.progress.items[index] = entry;
		return entry;
	}

	/**
	 * Lets later items write the record again that they had written before: a retry of item 3 would undo what item 8
	 * had made of the same record. An item that added rows does so only where this write replaced all rows.
	 */
	supersede(index: number, recordPath: string | undefined, replacesRows: boolean): void {
		if (recordPath === undefined) return;
		const { length } = this.node.getInputData();
		for (let later = index + 1; later < length; later++) {
			const entry: WriteEntry | undefined = this.progress.items[later];
			if (entry?.recordPath !== recordPath) continue;
			if (entry.hashBefore === undefined || replacesRows) delete entry.output;
		}
	}

	/**
	 * The key by which BildOut can recognize a repeated create: the same when n8n runs this node again for the
	 * same item (Retry On Fail, Retry from the editor), another for each execution, loop and item.
	 */
	idempotencyKey(index: number): string {
		const { restartSalt } = this.progress.items[index] ?? {};
		const text = [this.owner(index), ...(restartSalt ? [restartSalt] : [])].join('|');
		const hash = createHash('sha256').update(text).digest('hex');
		return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
	}

	/** Distinguishes the item from every other item of every execution. */
	owner(index: number): string {
		return [this.progress.runId, index].join('|');
	}

	/** How many items before this one have written, in this run or before it was repeated. */
	doneBefore(index: number): number {
		const items = Object.entries(this.progress.items);
		return items.filter(([other, { output }]) => Number(other) < index && output).length;
	}

	/** The IDs of all records that this run, also before it was repeated, has returned. */
	knownIds(): Set<string> {
		const outputs = Object.values(this.progress.items).flatMap(({ output = [] }) => output);
		return new Set(outputs.map(({ id }) => String(id)));
	}

	/**
	 * n8n does not repeat a run that ended well, so its entries are dropped; those of an agent's calls are kept. Retry
	 * On Fail takes a run for failed where the first item of its output has an `error`, as a record of the user may.
	 */
	end(hasFailed: boolean, first: IDataObject | undefined): void {
		const { retryOnFail } = this.node.getNode();
		const { error } = first ?? {};
		const looksFailed = error !== undefined && error !== null && error !== false;
		this.progress.hasFailed = hasFailed;
		this.progress.isRepeated = retryOnFail === true && looksFailed;
		if (hasFailed || this.progress.isRepeated || this.isTool) return;
		this.context.bildOut = this.runs().filter((other) => other !== this.progress);
	}

	/** What is known of the run with the key, or a beginning. */
	private resume(key: string, runId: string): RunProgress {
		const { execution } = this;
		const runs = this.runs();
		const earlier = runs.find((run) => run.key === key && this.canResume(run, runId));
		const run = earlier ?? { key, runId, execution, items: {} };
		run.execution = execution;
		delete run.hasFailed;
		delete run.isRepeated;
		// Runs of a node follow one another, so those before this one have ended. Calls of a tool may not.
		const others = this.isTool ? runs.filter((other) => other !== run).slice(1 - MAX_CALLS) : [];
		this.context.bildOut = [...others, run];
		return run;
	}

	/** An agent may call its tool twice with the same input, and mean it: n8n then counts another run. */
	private canResume(
		{ hasFailed, isRepeated, execution, runId: last }: RunProgress,
		runId: string,
	): boolean {
		const isSameRun = isRepeated === true && last === runId;
		return !this.isTool || hasFailed === true || isSameRun || execution !== this.execution;
	}

	private runs(): RunProgress[] {
		const { bildOut } = this.context as { bildOut?: RunProgress[] };
		return Array.isArray(bildOut) ? bildOut : [];
	}

	private inputOf(index: number): string {
		return (this.inputHashes[index] ??= fingerprint([
			this.parameters,
			this.node.getInputData()[index]?.json,
		]));
	}
}

function contextOf(node: IExecuteFunctions, execution: string): IContextObject {
	try {
		return node.getContext('node');
	} catch {
		const key = [node.getWorkflow().id, execution, node.getNode().id].join('|');
		const context = contextsWithoutExecution.get(key) ?? {};
		contextsWithoutExecution.set(key, context);
		return context;
	}
}

/** A short text that is the same for the same content only. */
export function fingerprint(content: unknown): string {
	return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
}
