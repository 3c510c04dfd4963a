import type { IDataObject, IPollFunctions } from 'n8n-workflow';

import { isObject } from '../api/json';
import { nodeKey } from '../events';
import { TtlCache } from '../ttlCache';
import type { Snapshot } from './snapshot';

/** Readings in a row by which all known records, or most of them, would be gone. */
export interface DoubtStreak {
	readings: number;
	/** When the first of them was, in milliseconds since 1970. */
	since: number;
}

/** What is kept of one kind of record. */
export interface ResourceState {
	/** The events that were watched at the latest check. */
	events: string[];
	/** The option 'Overdue Steps' at the latest check. */
	overdueSteps?: string;
	/** Left out where the list could not be read to its end yet. */
	records?: Snapshot;
	/** From when on a list that could not be read yet counts, in milliseconds since 1970. */
	since?: number;
	streak?: DoubtStreak;
}

/** What n8n keeps for the node, in the workflow's static data. */
export interface PollState {
	/** When the latest check was, in milliseconds since 1970; later than in each state before. */
	at: number;
	/** The day that it was then, YYYY-MM-DD. */
	today?: string;
	/** The ID of the node: another node of the same name is another node. */
	node: string;
	/** The credential and the address that it points to. */
	account: string;
	/** By the kind of record, such as `invoice`. */
	resources: Partial<Record<string, ResourceState>>;
}

const MOST_CACHED_CHARACTERS = 50_000_000;

/**
 * The newest state of each node whose events n8n certainly accepted. n8n saves static data only along with
 * events, so what it returns after a workflow was published again can be older.
 */
const committed = new TtlCache<PollState>({
	ttlMs: Infinity,
	maxWeight: MOST_CACHED_CHARACTERS,
	weightOf: ({ resources }) =>
		Object.values(resources)
			.flatMap((resource) => Object.entries(resource?.records ?? {}))
			.reduce((sum, [id, text]) => sum + id.length + text.length, 1000),
});

/** The states that were returned to n8n with events, by the static data that each was written into. */
const pending = new WeakMap<object, PollState>();

/** The newest certain state; undefined before the first check. Another main process may have written n8n's. */
export function stateOf(context: IPollFunctions): PollState | undefined {
	const key = nodeKey(context);
	const staticData = context.getWorkflowStaticData('node');
	const stored = readState(context, staticData);
	const returned = pending.get(staticData);
	// n8n polls the same workflow object again only if it accepted the events.
	if (returned && returned.at === stored?.at) committed.set(key, returned);
	const known = committed.get(key);
	return known && known.at > (stored?.at ?? 0) ? known : stored;
}

/** Keeps the state that a check came to. */
export function keepState(context: IPollFunctions, state: PollState, hasEvents: boolean): void {
	const staticData = context.getWorkflowStaticData('node');
	Object.assign(staticData, structuredClone(state));
	if (hasEvents) {
		pending.set(staticData, state);
	} else {
		pending.delete(staticData);
		committed.set(nodeKey(context), state);
	}
}

function readState(context: IPollFunctions, staticData: IDataObject): PollState | undefined {
	// n8n watches what it keeps through a proxy, which cannot be cloned.
	const state = JSON.parse(JSON.stringify(staticData)) as PollState;
	const { at, node, account, resources } = state;
	// Another node of the workflow can write into it.
	const isWhole = typeof at === 'number' && typeof account === 'string' && isObject(resources);
	return isWhole && node === context.getNode().id ? state : undefined;
}
