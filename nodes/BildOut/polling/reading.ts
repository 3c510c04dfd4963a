import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { DAY_MS } from '../input/dates';
import { TtlCache } from '../ttlCache';
import { listAt } from '../records/recordType';
import { listRecords } from '../api/listReader';
import { DEFAULT_SETTINGS } from '../api/client';
import { STANDARD_LIMIT } from '../api/scheduler';
import { PAID_INVOICES } from '../assumptions';
import { nodeKey } from '../events';
import { MOST_RECORDS } from './diff';
import { type CheckSettings, isPaid, isPaidOnly, type WatchedList } from './watches';

const REPEATED_MS = 2 * 60 * 1000;

/** When a user was warned that a node asks for more than BildOut allows. */
const warnedAt = new TtlCache<number>({ ttlMs: DAY_MS, maxWeight: 1000 });

interface PollTime {
	mode?: string;
	unit?: string;
	value?: number;
	cronExpression?: string;
}

/** How many requests a check has sent, and how many it would have sent by the end of the longest known list. */
export interface Cost {
	sent: number;
	planned: number;
}

/**
 * Reads a list to its end.
 *
 * @param cost is counted up, also where the reading fails
 * @throws ApiFailure when a page fails
 * @throws NodeOperationError when a record has no ID
 */
export async function readList(
	context: IPollFunctions,
	list: WatchedList,
	{ until }: CheckSettings,
	cost: Cost = { sent: 0, planned: 0 },
): Promise<IDataObject[]> {
	const isPaidList = isPaidOnly(list);
	const records = await listRecords(
		context,
		{
			...listAt(list.record),
			query: isPaidList ? PAID_INVOICES : undefined,
			// A server may not know the filter.
			keep: isPaidList ? (record) => isPaid(record) === true : undefined,
			wanted: Infinity,
		},
		{
			...DEFAULT_SETTINGS,
			until,
			onSent: () => (cost.sent += 1),
			onPlanned: (requests) => {
				cost.planned = Math.max(cost.planned, cost.sent + requests);
			},
		},
	);
	if (records.every(({ id }) => typeof id === 'number' || (typeof id === 'string' && id))) {
		return records;
	}
	throw new NodeOperationError(
		context.getNode(),
		`BildOut lists ${list.label} without an ID, so that they cannot be distinguished`,
		{ description: `Choose no events of ${list.label} under 'Trigger On'.` },
	);
}

/** @throws NodeOperationError when there are more records than can be kept track of */
export function assertRecordLimit(
	context: IPollFunctions,
	list: WatchedList,
	records: IDataObject[],
) {
	if (records.length <= MOST_RECORDS) return;
	throw new NodeOperationError(
		context.getNode(),
		`BildOut lists ${records.length} ${list.label}, more than the ${MOST_RECORDS} that this trigger can keep track of`,
		{
			description: isPaidOnly(list)
				? "Use the node 'BildOut Trigger' for this event, or a Schedule Trigger with the BildOut node's Get Many and a filter on when records were updated."
				: `Choose no events of ${list.label} here, or of invoices only 'Invoice Paid'. Use the node 'BildOut Trigger' for the others, or a Schedule Trigger with the BildOut node's Get Many and a filter on when records were updated.`,
		},
	);
}

/**
 * Refuses a poll time that is too short for the account's size: in the first minutes each time, so that it
 * cannot be missed at publishing, then once a day.
 *
 * @param isComplete whether all lists were read, so that the number of requests is no lower bound
 * @throws NodeOperationError that says how often the node can check
 */
export function assertPollIntervalFits(
	context: IPollFunctions,
	requests: number,
	isComplete: boolean,
): void {
	const { item = [] } = context.getNodeParameter('pollTimes', {}) as { item?: PollTime[] };
	const minutes = Math.min(...item.map(minutesBetween));
	if (requests <= STANDARD_LIMIT * minutes) return;
	const subject = `${nodeKey(context)}|${minutes}`;
	const since = warnedAt.get(subject);
	if (since !== undefined && Date.now() - since > REPEATED_MS) return;
	if (since === undefined) warnedAt.set(subject, Date.now());
	const needed = Math.ceil(requests / STANDARD_LIMIT) + 1;
	throw new NodeOperationError(
		context.getNode(),
		`A check of this account takes ${isComplete ? '' : 'at least '}${requests} requests, and BildOut allows ${STANDARD_LIMIT} a minute: set 'Poll Times' to every ${needed} minutes or more`,
		{
			description:
				"Or choose fewer kinds of records under 'Trigger On'. Nothing is lost: the next check brings what happened meanwhile.",
		},
	);
}

/** The shortest time between two checks, in minutes. */
function minutesBetween({ mode, unit, value = 1, cronExpression = '' }: PollTime): number {
	if (mode === 'everyMinute') return 1;
	if (mode === 'everyX') return unit === 'hours' ? value * 60 : value;
	if (mode !== 'custom') return 60;
	const fields = cronExpression.trim().split(/\s+/);
	const minute = fields.length === 6 ? fields[1] : fields[0];
	if (minute === '*') return 1;
	const step = /^\*\/(\d+)$/.exec(minute);
	return step ? Number(step[1]) : 60 / minute.split(',').length;
}
