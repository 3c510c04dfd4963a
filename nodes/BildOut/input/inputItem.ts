import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { isObject } from '../api/json';
import { apiRequest, type ApiRequest, DEFAULT_SETTINGS, type RequestSettings } from '../api/client';
import { type ListRequest, listRecords } from '../api/listReader';
import type { ThrottleTimer } from '../api/rateLimiter';
import type { RecordType } from '../records/recordType';
import { formatMessage } from './text';
import { isLocator, type ItemContext, readWholeNumber, saysNothing } from './values';

/** What the panel calls parameters, and as `collection.member` the members of collections. */
export type ParameterLabels = ReadonlyMap<string, string>;

export function labelsOf(properties: readonly INodeProperties[]): ParameterLabels {
	const labels = new Map<string, string>();
	for (const { name, displayName, type, options = [] } of properties) {
		labels.set(name, displayName);
		const members = type === 'collection' ? (options as INodeProperties[]) : [];
		for (const member of members) labels.set(`${name}.${member.name}`, member.displayName);
	}
	return labels;
}

/** As many fields of an input item are listed in an error. */
const MOST_FIELDS = 15;

/** The run of the node that an item belongs to, as far as reading its parameters needs it. */
export interface RunContext {
	readonly node: IExecuteFunctions;
	/** Whether the node is a tool of an AI agent. */
	readonly isTool: boolean;
	readonly stats: { readonly waiting: ThrottleTimer };
	index(type: RecordType): RecordSource;
}

/** All records of a kind. They are read when the first item asks. */
export interface RecordSource {
	/** The records whose field has the value, without regard to case and to spaces around it. */
	find(item: InputItem, field: string, value: unknown): Promise<IDataObject[]>;
	/** In the order of the list. */
	all(item: InputItem): Promise<IDataObject[]>;
}

/** One input item and the parameters as they are for it. */
export class InputItem<Shared extends RunContext = RunContext> implements ItemContext {
	/** Files that go out with the item's output. */
	files?: IBinaryKeyData;

	/** What was read, because n8n takes its time for each parameter. */
	private readonly values = new Map<string, unknown>();

	constructor(
		readonly run: Shared,
		readonly index: number,
		private readonly labels: ParameterLabels = new Map(),
	) {}

	/** @throws NodeOperationError for an expression that returns `undefined`, also in a member of a collection */
	param(name: string, fallback?: unknown): unknown {
		const value = this.read(name, fallback);
		this.refuseUndefined(name, value);
		// Filters have an error of their own; rows and the values of locators are checked by their readers.
		if (name !== 'filters' && isObject(value) && !isLocator(value)) {
			for (const [member, given] of Object.entries(value)) {
				this.refuseUndefined(`${name}.${member}`, given);
			}
		}
		return value;
	}

	private read(name: string, fallback: unknown): unknown {
		if (!this.values.has(name)) {
			this.values.set(name, this.run.node.getNodeParameter(name, this.index, fallback));
		}
		return this.values.get(name);
	}

	private refuseUndefined(path: string, value: unknown): void {
		// A model that leaves a parameter out says nothing of it.
		if (value !== undefined || this.isTool) return;
		const parts = path.split(/\.(.*)/s, 2).map((part) => this.labels.get(part) ?? part);
		this.failForUndefined(`'${this.labels.get(path) ?? parts.join(': ')}'`);
	}

	/** A parameter as it is written, with expressions as text that begins with '='. */
	raw(name: string): unknown {
		return this.run.node.getNodeParameter(name, this.index, '', { rawExpressions: true });
	}

	/** Whether a parameter, or a member of a collection, is an expression. */
	isExpression(name: string, member?: string): boolean {
		const raw = this.raw(name);
		const given = member === undefined ? raw : (raw as IDataObject | undefined)?.[member];
		const written = isLocator(given) ? given.value : given;
		return typeof written === 'string' && written.startsWith('=');
	}

	/** A collection parameter; `{}` when nothing was added. */
	collection(name: string): IDataObject {
		const value = this.param(name, {});
		return typeof value === 'object' && value !== null ? (value as IDataObject) : {};
	}

	/** A parameter that must have a value; `alternative` says what else may be done. */
	required(name: string, label: string, alternative = ''): IDataObject[string] {
		const value = this.read(name, '') as IDataObject[string];
		if (value === undefined && !this.isTool) {
			this.failForUndefined(`'${label}'`, `'${label}' must have a value. ${alternative}`.trim());
		}
		if (saysNothing(this, value)) {
			this.fail(
				`'${label}' is empty`,
				`Enter a value for '${label}'. If it is an expression, check that the input item has the field it names. ${alternative}`.trim(),
			);
		}
		return typeof value === 'string' ? value.trim() : value;
	}

	/** Whether an AI agent gave the values. */
	get isTool(): boolean {
		return this.run.isTool;
	}

	get timezone(): string {
		return this.run.node.getTimezone();
	}

	/** 'Timeout (Seconds)' and 'Max Retries' from the Options. */
	requestSettings(): RequestSettings {
		const { timeout, maxRetries } = this.collection('options');
		const { timeoutMs, maxRetries: retries } = DEFAULT_SETTINGS;
		return {
			waiting: this.run.stats.waiting,
			timeoutMs: readWholeNumber(this, 'Timeout (Seconds)', timeout, 1, timeoutMs / 1000) * 1000,
			maxRetries: readWholeNumber(this, 'Max Retries', maxRetries, 0, retries),
		};
	}

	async request(request: ApiRequest): Promise<IDataObject> {
		return await apiRequest(this.run.node, request, this.requestSettings());
	}

	async list(request: ListRequest): Promise<IDataObject[]> {
		return await listRecords(this.run.node, request, this.requestSettings());
	}

	/**
	 * Refuses an expression that returned `undefined`, as a misspelt field does.
	 *
	 * @param alternative what else may be done, by default where the value may be empty
	 */
	failForUndefined(
		what: string,
		alternative = "Where some items lack the field, add ?? '' to the expression, which counts as an empty cell.",
	): never {
		const fields = Object.keys(this.run.node.getInputData()[this.index]?.json ?? {});
		const has = fields.length > 0 ? fields.slice(0, MOST_FIELDS).join(', ') : 'no fields';
		const more = fields.length > MOST_FIELDS ? ' and more' : '';
		this.fail(
			`The expression for ${what} returned no value`,
			`Check the field that it names. The input item has ${has}${more}. ${alternative}`,
		);
	}

	/** Ends this item with an error that was found before anything was sent. */
	fail(message: string, description?: string): never {
		const text = formatMessage(message);
		const options = {
			itemIndex: this.index,
			description: description === undefined ? undefined : formatMessage(description),
		};
		const error = new NodeOperationError(this.run.node.getNode(), text, options);
		// n8n's constructor replaces a message that contains a code such as EPERM, as "Keeperman" does.
		error.message = text;
		throw error;
	}
}
