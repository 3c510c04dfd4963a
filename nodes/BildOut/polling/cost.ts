import type { ILoadOptionsFunctions, INodePropertyOptions, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import { getConnection } from '../api/connection';
import { STANDARD_LIMIT } from '../api/scheduler';

const DAY_MS = 24 * 60 * 60 * 1000;
const REPEATED_MS = 2 * 60 * 1000;

/** How many requests a list cost when it was last read, by credential and list. */
const costs = new TtlCache<number>({ ttlMs: 7 * DAY_MS, maxWeight: 1000 });

/** When a user was told that a node asks for more than BildOut allows. */
const told = new TtlCache<number>({ ttlMs: DAY_MS, maxWeight: 1000 });

interface PollTime {
	mode?: string;
	unit?: string;
	value?: number;
	cronExpression?: string;
}

export function recordCost(account: string, list: string, requests: number): void {
	costs.set(`${account}|${list}`, requests);
}

/** What a check of the lists cost last time, in words for the panel. */
export async function costInWords(
	context: ILoadOptionsFunctions,
	lists: string[],
): Promise<INodePropertyOptions> {
	const { key } = await getConnection(context);
	const known = lists.map((list) => ({ list, requests: costs.get(`${key}|${list}`) }));
	const isKnown = known.length > 0 && known.every(({ requests }) => requests !== undefined);
	const sum = known.reduce((total, { requests = 0 }) => total + requests, 0);
	const name = isKnown
		? `${sum} of BildOut's ${STANDARD_LIMIT} requests a minute`
		: 'Not known yet: shown after the first check';
	const description = isKnown
		? known.map(({ list, requests }) => `${list}: ${requests}`).join(', ')
		: undefined;
	return { name, description, value: '' };
}

/**
 * Says so when a node checks more often than the account's size allows: each time in the first minutes,
 * so that it cannot be missed at publishing, then once a day. In between the checks go on.
 *
 * @throws NodeOperationError that says how often the node can check
 */
export function assertPollIntervalFits(
	context: IPollFunctions,
	key: string,
	requests: number,
): void {
	const { item = [] } = context.getNodeParameter('pollTimes', {}) as { item?: PollTime[] };
	const minutes = Math.min(...item.map(minutesBetween));
	if (requests <= STANDARD_LIMIT * minutes) return;
	const subject = `${key}|${minutes}`;
	const since = told.get(subject);
	if (since !== undefined && Date.now() - since > REPEATED_MS) return;
	if (since === undefined) told.set(subject, Date.now());
	const needed = Math.ceil(requests / STANDARD_LIMIT) + 1;
	throw new NodeOperationError(
		context.getNode(),
		`A check of this account takes ${requests} requests, and BildOut allows ${STANDARD_LIMIT} a minute: set 'Poll Times' to every ${needed} minutes or more`,
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
