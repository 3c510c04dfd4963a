import { createHash } from 'crypto';
import type { IContextObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';

/** How far one item has come. All of this is JSON, because n8n saves it with the execution. */
export interface WriteEntry {
	/** Fingerprint of the parameters as they are written in the node, and of the input item. */
	input: string;
	/** Fingerprint of what BildOut is asked to do. */
	requestHash?: string;
	/** The output, once the item is done. */
	output?: IDataObject[];
	/** The record that was changed, e.g. `customer/3f2b8c1e`. */
	record?: string;
	/** Fingerprint of the whole record as an update last sent it. */
	body?: string;
	/** When a request went out whose answer got lost, in milliseconds since 1970: it may have been done. */
	unconfirmedSince?: number;
	/** Set where the item asked for something else before: part of its Idempotency-Key. */
	restartSalt?: string;
}

/** How far a run of the node has come. */
export interface RunProgress {
	/** What a run and its repetition have in common, and no other run of the node in the execution. */
	key: string;
	/** Tells the run from every other; its Idempotency-Keys are made of it. */
	identity: string;
	/** The execution that did it last. Retry from the editor makes a new one, with this one's data. */
	execution: string;
	hasFailed?: boolean;
	items: Record<number, WriteEntry>;
}

/** Calls of an agent's tool that are kept in one execution. */
const MOST_CALLS = 50;

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

	constructor(
		node: IExecuteFunctions,
		private readonly execution: string,
		private readonly isTool: boolean,
	) {
		this.context = contextOf(node, execution);
	}

	/** What is known of the run with the key, or a beginning. */
	resume(key: string, identity: string): RunProgress {
		const runs = this.runs();
		const earlier = runs.find((run) => run.key === key && this.canResume(run));
		const run = earlier ?? { key, identity, execution: this.execution, items: {} };
		run.execution = this.execution;
		delete run.hasFailed;
		// Runs of a node follow one another, so those before this one have ended. Calls of a tool may not.
		const others = this.isTool ? runs.filter((other) => other !== run).slice(1 - MOST_CALLS) : [];
		this.context.bildOut = [...others, run];
		return run;
	}

	/** A run that ended well is not done again, unless an agent does, when its execution is retried. */
	end(run: RunProgress, hasFailed: boolean): void {
		if (hasFailed) run.hasFailed = true;
		else if (!this.isTool) this.context.bildOut = this.runs().filter((other) => other !== run);
	}

	/** An agent may call its tool twice with the same input, and mean it. */
	private canResume({ hasFailed, execution }: RunProgress): boolean {
		return !this.isTool || hasFailed === true || execution !== this.execution;
	}

	private runs(): RunProgress[] {
		const { bildOut } = this.context as { bildOut?: RunProgress[] };
		return Array.isArray(bildOut) ? bildOut : [];
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
