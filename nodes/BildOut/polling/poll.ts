import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError, tryToParseDateTime } from 'n8n-workflow';

import { nodeKey, readChosenEvents } from '../events';
import { formatValue, isEmptyCell } from '../input/text';
import { TtlCache } from '../ttlCache';
import { check, currentDay } from './check';
import type { PolledEvent } from './diff';
import { latestEvent } from './testEvent';
import { type CheckSettings, watchedLists } from './watches';

const MINUTE_MS = 60 * 1000;
/** How long a check may take where n8n sets no limit. */
const LONGEST_CHECK_MS = 5 * MINUTE_MS;
/** n8n gives up publishing a workflow after about 84 seconds, and the first check is part of it. */
const LONGEST_FIRST_CHECK_MS = MINUTE_MS;

const DAYS_BEFORE_DUE = 3;
const MOST_DAYS_BEFORE_DUE = 60;
const MOST_DAYS_OVERDUE = 3650;

/** The nodes with a check under way. */
const underWay = new TtlCache<true>({ ttlMs: 3 * LONGEST_CHECK_MS, maxWeight: 10_000 });

/** The nodes that this process has checked for. */
const checked = new TtlCache<true>({ ttlMs: Infinity, maxWeight: 10_000 });

/**
 * What n8n asks for at each of the node's poll times, and when its workflow is published. In manual mode it
 * is the button Fetch Test Event.
 *
 * @returns null when nothing happened, or when a check of the node is still under way
 */
export async function poll(asked: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	// n8n keeps one context while the workflow is published; what is read once per context must not stay so long.
	const context = Object.create(asked) as IPollFunctions;
	const events = chosenEvents(context);
	const settings = readSettings(context);
	if (context.getMode() === 'manual') {
		return asItems([await latestEvent(context, events, settings)]);
	}
	const key = nodeKey(context);
	if (underWay.get(key)) return null;
	underWay.set(key, true);
	try {
		const isFirst = !checked.get(key);
		checked.set(key, true);
		const longest = context.getPollBudgetMs?.() ?? LONGEST_CHECK_MS;
		const longestNow = isFirst ? Math.min(longest, LONGEST_FIRST_CHECK_MS) : longest;
		settings.until = settings.now + longestNow;
		const found = await check(context, watchedLists(events), settings, isFirst);
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

/** @throws NodeOperationError that names the option that cannot be understood */
function readSettings(context: IPollFunctions): CheckSettings {
	const options = context.getNodeParameter('options', {}) as Record<string, unknown>;
	const now = Date.now();
	const timezone = context.getTimezone();
	return {
		now,
		timezone,
		today: currentDay(now, timezone),
		until: now + LONGEST_CHECK_MS,
		startFrom: isEmptyCell(options.startFrom)
			? undefined
			: readStartFrom(context, options.startFrom),
		daysBeforeDue: isEmptyCell(options.daysBeforeDue)
			? DAYS_BEFORE_DUE
			: readDaysBeforeDue(context, options.daysBeforeDue),
		overdueSteps: isEmptyCell(options.overdueSteps)
			? []
			: readOverdueSteps(context, options.overdueSteps),
	};
}

/** A time without a zone is one in the workflow's. */
function readStartFrom(context: IPollFunctions, given: unknown): number {
	try {
		const text = given instanceof Date ? given.toISOString() : String(given);
		return tryToParseDateTime(text, context.getTimezone()).toMillis();
	} catch {
		throw new NodeOperationError(
			context.getNode(),
			`'Start From' must be a date such as 2025-02-15 or 2025-02-15T09:00, got ${formatValue(String(given))}`,
			{ description: 'Choose a day in the calendar, or remove the option.' },
		);
	}
}

function readDaysBeforeDue(context: IPollFunctions, given: unknown): number {
	const days = Number(given);
	if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS_BEFORE_DUE) return days;
	throw new NodeOperationError(
		context.getNode(),
		`'Days Before Due' must be a whole number from 1 to ${MOST_DAYS_BEFORE_DUE}, got ${formatValue(String(given))}`,
		{
			description: `Enter a number such as 7, or remove the option: then it is ${DAYS_BEFORE_DUE}.`,
		},
	);
}

function readOverdueSteps(context: IPollFunctions, given: unknown): number[] {
	const parts = String(given)
		.split(/[,;\s]+/)
		.filter((part) => part !== '');
	const steps = parts.map(Number);
	const isStep = (step: number) => Number.isInteger(step) && step >= 1 && step <= MOST_DAYS_OVERDUE;
	if (steps.length > 0 && steps.every(isStep)) {
		return [...new Set(steps)].sort((a, b) => a - b);
	}
	throw new NodeOperationError(
		context.getNode(),
		`'Overdue Steps' must be whole numbers of days from 1 to ${MOST_DAYS_OVERDUE}, got ${formatValue(String(given))}`,
		{
			description:
				'Write them with commas between them, such as 1, 7, 14, 30, or remove the option: then each overdue invoice is reported once.',
		},
	);
}
