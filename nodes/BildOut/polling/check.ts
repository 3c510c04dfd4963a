import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import { DAY_MS, daysBetween, parseTimestamp, today } from '../input/dates';
import { getConnection } from '../api/connection';
import { STANDARD_LIMIT } from '../api/scheduler';
import { nodeKey, warn } from '../events';
import {
	changed,
	compare,
	type DetectedEvent,
	type Known,
	type PolledEvent,
	toSortedEvents,
} from './diff';
import { assertPollIntervalFits, assertRecordLimit, readList } from './reading';
import {
	type KeptRecord,
	MISSES_UNTIL_DELETED,
	parseSnapshot,
	serializeSnapshot,
} from './snapshot';
import { type DoubtStreak, keepState, type PollState, type ResourceState, stateOf } from './state';
import { type CheckSettings, isPaidOnly, type WatchedList } from './watches';

/** One complete reading of a list, and how it agrees with what is known. */
interface Reading {
	list: WatchedList;
	/** As the latest check left it; undefined where the list is read to its end for the first time. */
	before?: ResourceState;
	known: Known;
	records: IDataObject[];
	/** How many records were known, and not gone. */
	expected: number;
	/** How many of them the reading holds. */
	found: number;
	/** Other records stand where the known ones were, as in another account. */
	isReplaced: boolean;
}

/** What a reading brings: the events to report, and what to keep of the list. */
interface Outcome {
	events: DetectedEvent[];
	state: ResourceState;
}

/** A few records can all be deleted by hand; many at once hardly are. */
const FEW_RECORDS = 10;
/** So many records are not all replaced by others between two checks. */
const SOME_RECORDS = 3;
const DOUBTED_READINGS = 3;
/** A clock that was further ahead was wrong. */
const MOST_DAYS_BACK = 2;
/** Timers may ring a little early. */
const TIMER_TOLERANCE_MS = 50;

/** What a user was warned of, by node and text, once a day. */
const warnedAbout = new TtlCache<true>({ ttlMs: DAY_MS, maxWeight: 1000 });

/**
 * The day that it is, YYYY-MM-DD. A corrected clock or another time zone does not set it back, so that no due
 * date passes twice.
 *
 * @param latest the day of the latest check
 */
export function currentDay(now: number, timezone: string, latest = ''): string {
	const day = today(now, timezone);
	return latest > day && daysBetween(day, latest) <= MOST_DAYS_BACK ? latest : day;
}

/**
 * Reads the lists and works out what happened since the latest check. What is kept of a list changes when
 * it was read to its end.
 *
 * @param isFirst this is the first check of a process, which may be too short for all lists
 */
export async function check(
	context: IPollFunctions,
	lists: WatchedList[],
	given: CheckSettings,
	isFirst: boolean,
): Promise<PolledEvent[]> {
	const before = stateOf(context);
	const settings = { ...given, today: currentDay(given.now, given.timezone, before?.today) };
	const { now, today, startFrom } = settings;
	const account = (await getConnection(context)).key;
	const readings = await readLists(context, lists, before, settings, isFirst);

	const isOtherAccount =
		before !== undefined &&
		before.account !== account &&
		readings.every(({ found }) => found === 0);
	// What could be read in time may just hold nothing that is known.
	if (isOtherAccount && readings.length < lists.length) return [];
	if (isOtherAccount) {
		warnOnce(context, 'resets: the credential now belongs to a different BildOut account');
	}
	if (before === undefined && context.getActivationMode() === 'init') {
		warnOnce(
			context,
			"has no saved state, so it starts from what BildOut lists now. If it was published before, another node of the workflow has overwritten what n8n keeps for it: see 'Polling' in docs/queue-mode.md",
		);
	}
	const events: DetectedEvent[] = [];
	const resources: PollState['resources'] = {};
	for (const [index, list] of lists.entries()) {
		const { name } = list.record;
		const reading = readings.at(index);
		const kept = before?.resources[name];
		if (!reading) {
			resources[name] = kept ?? { events: list.events, since: startFrom ?? now };
			continue;
		}
		const outcome = isOtherAccount
			? firstOutcome(reading, settings)
			: outcomeOf(context, reading, settings, before ? kept?.since : startFrom);
		events.push(...outcome.events);
		resources[name] = outcome.state;
	}
	const at = Math.max(now, (before?.at ?? 0) + 1);
	const state = { at, today, node: context.getNode().id, account, resources };
	keepState(context, state, events.length > 0);
	return toSortedEvents(events, now);
}

/** The lists that could be read. Where a first check is cut off, the rest is left to the next one. */
async function readLists(
	context: IPollFunctions,
	lists: WatchedList[],
	before: PollState | undefined,
	settings: CheckSettings,
	isFirst: boolean,
): Promise<Reading[]> {
	const readings: Reading[] = [];
	const cost = { sent: 0, planned: 0 };
	for (const list of lists) {
		const records = await readList(context, list, settings, cost).catch((error: Error) => {
			if (!isFirst || Date.now() < settings.until - TIMER_TOLERANCE_MS) throw error;
			return undefined;
		});
		if (!records) break;
		assertRecordLimit(context, list, records);
		readings.push(readingOf(list, records, before?.resources[list.record.name]));
	}
	const isComplete = readings.length === lists.length;
	const requests = Math.max(cost.sent, cost.planned);
	assertPollIntervalFits(context, requests, isComplete);
	if (before === undefined && isComplete) {
		context.logger.info(
			`BildOut Polling Trigger "${context.getNode().name}": a check takes ${requests} of BildOut's ${STANDARD_LIMIT} requests a minute`,
			{ workflowId: context.getWorkflow().id },
		);
	}
	return readings;
}

function readingOf(list: WatchedList, records: IDataObject[], before?: ResourceState): Reading {
	const known = parseSnapshot(before?.records ?? {});
	if (isPaidOnly(list) && before && !isPaidOnly(before)) {
		const paid = list.states.findIndex(({ event }) => event === 'invoice.paid');
		for (const [id, { states }] of known) {
			if (!states[paid]?.active && !states[paid]?.wasLeft) known.delete(id);
		}
	}
	const ids = new Set(records.map(({ id }) => String(id)));
	const expected = [...known].filter(([, { missing }]) => missing < MISSES_UNTIL_DELETED);
	const found = expected.filter(([id]) => ids.has(id)).length;
	const hasNew = [...ids].some((id) => !known.has(id));
	return {
		list,
		before: before?.records && before,
		known,
		records,
		expected: expected.length,
		found,
		isReplaced: found === 0 && expected.length >= SOME_RECORDS && hasNew,
	};
}

/** @param since from when on the first reading of a list reports */
function outcomeOf(
	context: IPollFunctions,
	reading: Reading,
	settings: CheckSettings,
	since: number | undefined,
): Outcome {
	const { list, before, known, records } = reading;
	if (before === undefined) return firstOutcome(reading, settings, since);
	warnOfUnclear(context, reading);
	const streak = nextStreak(context, reading, settings.now);
	const acceptMissing = streak === undefined || isDoubtSettled(streak, reading, settings.now);
	if (streak && !isPaidOnly(list) && reading.isReplaced) {
		// Records of another account are no news of this one.
		return acceptMissing
			? firstOutcome(reading, settings)
			: { events: [], state: { ...before, streak } };
	}
	const { events, kept } = compare(list, known, records, settings, acceptMissing);
	const state = { ...stateFrom(list, settings, kept), streak };
	const hasSameSteps = before.overdueSteps === state.overdueSteps;
	return {
		// What was not chosen at the latest check, nobody looked out for.
		events: events.filter(
			({ type, isRepeated }) =>
				list.events.includes(type) && before.events.includes(type) && (hasSameSteps || !isRepeated),
		),
		state,
	};
}

/** Takes note of what is there, and reports what happened since a moment, as far as the records tell. */
function firstOutcome(
	{ list, records }: Reading,
	settings: CheckSettings,
	since = Infinity,
): Outcome {
	const { events, kept } = compare(list, new Map(), records, settings);
	const changes = records
		.filter((record) => !((parseTimestamp(record.created_at) ?? -Infinity) >= since))
		.map((record) => changed(list, record));
	const all = new Map([...changes, ...events].map((event) => [event.id, event]));
	return {
		events: [...all.values()].filter(
			({ type, at = -Infinity }) => list.events.includes(type) && at >= since,
		),
		state: stateFrom(list, settings, kept),
	};
}

function stateFrom(
	{ events }: WatchedList,
	{ overdueSteps }: CheckSettings,
	kept: KeptRecord[],
): ResourceState {
	return { events, overdueSteps: overdueSteps.join(), records: serializeSnapshot(kept) };
}

/**
 * In how many readings in a row, this one included, all known records or most of them would be gone, perhaps
 * because a scope was lost. Undefined where they are there.
 *
 * @throws NodeOperationError once a day
 */
function nextStreak(
	context: IPollFunctions,
	{ list, before, expected, found }: Reading,
	now: number,
): DoubtStreak | undefined {
	const key = `${nodeKey(context)}|${list.record.name}`;
	const gone = expected - found;
	const isMost = gone > FEW_RECORDS && gone > expected / 2;
	// A few records may all have left the list of paid invoices.
	const isAll = gone > 0 && found === 0 && !isPaidOnly(list);
	if (!isMost && !isAll) {
		warnedAbout.delete(key);
		return undefined;
	}
	const { readings = 0, since = now } = before?.streak ?? {};
	const streak = { readings: readings + 1, since };
	if (isPaidOnly(list) || warnedAbout.get(key)) return streak;
	warnedAbout.set(key, true);
	const seen = found === 0 ? 'none' : `only ${found}`;
	throw new NodeOperationError(
		context.getNode(),
		`BildOut returned ${seen} of the ${expected} ${list.label} seen at the last check`,
		{
			description:
				"Check in BildOut whether they are there. If they are, open the BildOut credential, make sure that it belongs to the same account and that 'Enabled Scopes' lists what it should, and connect the account again. If they were really deleted, there is nothing to do: later checks report it.",
		},
	);
}

/** Whether a doubt has lasted so long that the records must be gone. */
function isDoubtSettled(
	streak: DoubtStreak,
	{ expected, isReplaced }: Reading,
	now: number,
): boolean {
	const isLong = now - streak.since >= DAY_MS;
	const isFew = expected <= FEW_RECORDS && !isReplaced;
	return streak.readings >= DOUBTED_READINGS && (isLong || isFew);
}

/** Warns of records that cannot be understood, once a day for each list. */
function warnOfUnclear(context: IPollFunctions, { list, records }: Reading) {
	const { name } = list.record;
	for (const record of records) {
		const reason = list.unclear?.(record);
		if (reason === undefined) continue;
		warnOnce(
			context,
			`leaves out of some events what it cannot understand: of the ${name} ${String(record.id)}, ${reason}`,
			`${name}|${reason}`,
		);
	}
}

function warnOnce(context: IPollFunctions, text: string, subject = text) {
	const key = `${nodeKey(context)}|${subject}`;
	if (warnedAbout.get(key)) return;
	warnedAbout.set(key, true);
	warn(context, 'BildOut Polling Trigger', text);
}
