import { createHash, randomUUID } from 'crypto';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import {
	apiRequest,
	type ApiRequest,
	DEFAULT_SETTINGS,
	type RequestSettings,
} from '../transport/request';
import { type FailedRun, keepFailed, recallFailed } from './finished';

/** One operation of one resource: its parameters in the panel, and what it does for one item. */
export interface Operation {
	properties: INodeProperties[];
	/** @returns the output of the item: one record, or any number of them */
	execute(item: Item): Promise<IDataObject | IDataObject[]>;
	/** It changes something in BildOut, so no item is done twice. */
	writes?: boolean;
	/** Items are done one after the other, in their order; side by side otherwise. */
	inOrder?: boolean;
}

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

/** One input item and the parameters as they are for it. */
export class Item {
	constructor(
		readonly run: Run,
		readonly index: number,
	) {}

	/** The value of a parameter, with its expression resolved for this item. */
	param(name: string, fallback?: unknown): unknown {
		return this.run.node.getNodeParameter(name, this.index, fallback);
	}

	/** Whether a member of a collection is an expression that yields nothing for this item. */
	yieldsNothing(collection: string, member: string, value: unknown): boolean {
		const members = this.run.node.getNodeParameter(
			collection,
			this.index,
			{},
			{
				rawExpressions: true,
			},
		) as IDataObject;
		const raw = members[member];
		const written = isObject(raw) ? raw.value : raw;
		const yielded = isObject(value) ? value.value : value;
		const isNothing = yielded === undefined || yielded === null || String(yielded).trim() === '';
		return isNothing && typeof written === 'string' && written.startsWith('=');
	}

	/** A collection parameter; `{}` when nothing was added. */
	collection(name: string): IDataObject {
		const value = this.param(name, {});
		return typeof value === 'object' && value !== null ? (value as IDataObject) : {};
	}

	/** A parameter that must have a value. */
	required(name: string, label: string): IDataObject[string] {
		const value = this.param(name, '') as IDataObject[string];
		const trimmed = typeof value === 'string' ? value.trim() : value;
		if (trimmed === undefined || trimmed === null || trimmed === '') {
			this.fail(
				`'${label}' is empty`,
				`Enter a value for '${label}'. If it is an expression, check that the input item has the field it names.`,
			);
		}
		return trimmed;
	}

	/** Whether an AI agent gave the values. */
	get isTool(): boolean {
		return this.run.isTool;
	}

	get timezone(): string {
		return this.run.node.getTimezone();
	}

	/** 'Timeout' and 'Max Retries' from the Options. */
	requestSettings(): RequestSettings {
		const { timeout, maxRetries } = this.collection('options');
		return {
			timeoutMs: this.wholeNumber('Timeout', timeout, 1, DEFAULT_SETTINGS.timeoutMs / 1000) * 1000,
			maxRetries: this.wholeNumber('Max Retries', maxRetries, 0, DEFAULT_SETTINGS.maxRetries),
		};
	}

	/** A number of at least `least` that has no fraction. */
	wholeNumber(label: string, value: unknown, least: number, fallback: number): number {
		if (value === undefined || value === '' || value === null) return fallback;
		const number = Number(value);
		if (!Number.isInteger(number) || number < least) {
			this.fail(
				`'${label}' must be a whole number of at least ${least}, got '${String(value)}'`,
				'Correct it, or remove it to use the default.',
			);
		}
		return number;
	}

	async request(request: ApiRequest): Promise<IDataObject> {
		return await apiRequest(this.run.node, request, this.requestSettings());
	}

	/** Ends this item with an error that was found before anything was sent. */
	fail(message: string, description?: string): never {
		throw new NodeOperationError(this.run.node.getNode(), message, {
			itemIndex: this.index,
			description,
		});
	}
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
