import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { readChosenEvents } from '../events';
import { TtlCache } from '../ttlCache';
import { check, currentDay } from './check';
import type { PolledEvent } from './diff';
import { readOptions } from './options';
import { nodeKey } from './state';
import { latestEvent } from './testEvent';
import { watchedLists } from './watches';

const MINUTE_MS = 60 * 1000;
/** How long a check may take where n8n says nothing else. */
const LONGEST_CHECK_MS = 5 * MINUTE_MS;
/** n8n gives up publishing a workflow after about 84 seconds, and the first check is part of it. */
const LONGEST_FIRST_CHECK_MS = MINUTE_MS;

/** The nodes with a check under way, each with the moment at which it started. */
const underWay = new TtlCache<number>({ ttlMs: 3 * LONGEST_CHECK_MS, maxWeight: 10_000 });

/** The nodes that this process has checked for. */
const checked = new TtlCache<true>({ ttlMs: Infinity, maxWeight: 10_000 });

/**
 * What n8n asks for at each of the node's poll times, and when its workflow is published. In manual mode it
 * is the button Fetch Test Event.
 *
 * @returns null when nothing happened, or when a check of the node is still under way
 */
export async function poll(asked: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	// n8n asks by the same context for as long as the workflow is published, and what is read once for a
	// context, such as the credential, must not stay for so long.
	const context = Object.create(asked) as IPollFunctions;
	const events = chosenEvents(context);
	const longest = context.getPollBudgetMs?.() ?? LONGEST_CHECK_MS;
	const now = Date.now();
	const { startFrom, ...options } = readOptions(context);
	const timezone = context.getTimezone();
	const settings = { now, timezone, today: currentDay(now, timezone), ...options };
	if (context.getMode() === 'manual') {
		return asItems([await latestEvent(context, events, settings, now + LONGEST_CHECK_MS)]);
	}
	const key = nodeKey(context);
	if (underWay.get(key) !== undefined) return null;
	underWay.set(key, now);
	try {
		const isCutOff = checked.get(key) === undefined;
		const until = now + (isCutOff ? Math.min(longest, LONGEST_FIRST_CHECK_MS) : longest);
		checked.set(key, true);
		const limits = { startFrom, until, isCutOff };
		const found = await check(context, watchedLists(events), settings, limits);
		return found.length > 0 ? asItems(found) : null;
	} finally {
		underWay.delete(key);
	}
}

function asItems(events: PolledEvent[]): INodeExecutionData[][] {
	return [events.map((json) => ({ json }))];
}

function chosenEvents(context: IPollFunctions): string[] {
	const chosen = readChosenEvents(context);
	if (watchedLists(chosen).length > 0) return chosen;
	throw new NodeOperationError(context.getNode(), "No event is chosen under 'Trigger On'", {
		description: 'Choose at least one event that should start this workflow.',
	});
}
