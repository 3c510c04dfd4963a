import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import type { PackedRecords } from './snapshot';
import type { EmptyStreak } from './missingRecords';

/** What is kept of one kind of record. */
export interface ResourceState {
	/** The events that were watched at the latest check. */
	events: string[];
	/** BildOut was asked for the records in one state only. */
	narrowed: boolean;
	records: PackedRecords;
	doubt?: EmptyStreak;
}

/** What n8n keeps for the node, in the workflow's static data. */
export interface PollState {
	version: 1;
	/** Counts the checks, so that the newer of two states can be told. */
	check: number;
	/** When the latest check was, in milliseconds since 1970. */
	at: number;
	/** The ID of the node: another node of the same name is another node. */
	node: string;
	/** The credential and the address that it points to. */
	account: string;
	/** By the kind of record, such as `invoice`. */
	resources: Partial<Record<string, ResourceState>>;
}

const VERSION = 1;
const HOLDERS_KEPT = 500;
const MOST_CHARACTERS = 50_000_000;

/**
 * The newest state of each node of which this process knows for certain that n8n has taken its events.
 * n8n saves a workflow's static data as a whole and only along with events, so what it hands over after
 * a workflow was published again can be older.
 */
const certain = new TtlCache<PollState>({
	ttlMs: Infinity,
	maxWeight: MOST_CHARACTERS,
	weightOf: ({ resources }) =>
		Object.values(resources).reduce((sum, resource) => {
			const { uuids, others } = resource!.records;
			return sum + uuids.length + others.join().length;
		}, 1000),
});

/** The states that were handed to n8n with events, by node, and where they were written. */
const handedOver = new TtlCache<{ state: PollState; holder: object }>({
	ttlMs: Infinity,
	maxWeight: HOLDERS_KEPT,
});

/** What tells one node of this n8n from all others. */
export function nodeKey(context: IPollFunctions): string {
	return `${context.getWorkflow().id}:${context.getNode().id}`;
}

/**
 * The state as the latest check left it; undefined before the first one.
 *
 * @throws NodeOperationError when a newer version of this package wrote it
 */
export function stateOf(context: IPollFunctions): PollState | undefined {
	const key = nodeKey(context);
	const holder = context.getWorkflowStaticData('node');
	const stored = readState(context, holder);
	const handed = handedOver.get(key);
	// n8n asks again by the same workflow only where it has not thrown the events away.
	if (handed?.holder === holder && handed.state.check === stored?.check) {
		certain.set(key, handed.state);
	}
	const known = certain.get(key);
	return known && known.check > (stored?.check ?? 0) ? known : stored;
}

/** Keeps the state that a check came to. */
export function keepState(context: IPollFunctions, state: PollState, hasEvents: boolean): void {
	const key = nodeKey(context);
	const holder = context.getWorkflowStaticData('node');
	Object.assign(holder, structuredClone(state));
	if (hasEvents) {
		handedOver.set(key, { state, holder });
	} else {
		handedOver.delete(key);
		certain.set(key, state);
	}
}

function readState(context: IPollFunctions, holder: IDataObject): PollState | undefined {
	const stored = holder as unknown as Partial<PollState>;
	if (stored.version === undefined || stored.node !== context.getNode().id) return undefined;
	if (stored.version > VERSION) {
		throw new NodeOperationError(
			context.getNode(),
			'What this trigger remembers was written by a newer version of the BildOut nodes',
			{
				description:
					'Update the BildOut nodes in n8n, or delete this node and add it again: it then starts afresh.',
			},
		);
	}
	const { version, check, at, node, account, resources } = stored as PollState;
	return { version, check, at, node, account, resources: plain(resources) };
}

/** n8n watches what it keeps through a proxy, which cannot be cloned. */
function plain<T extends object>(value: T): T {
	return JSON.parse(JSON.stringify(value)) as T;
}
