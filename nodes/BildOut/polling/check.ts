import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import { DAY_MS, daysBetween, parseTimestamp, today } from '../input/dates';
import { getConnection } from '../api/connection';
import { STANDARD_LIMIT } from '../api/scheduler';
import {
	changed,
	compare,
	type DetectedEvent,
	type Known,
	type PolledEvent,
	type Reading,
	toSortedEvents,
} from './diff';
import { assertPollIntervalFits, assertRecordLimit, type Cost, readList } from './reading';
import {
	type KeptRecord,
	MISSES_UNTIL_DELETED,
	parseSnapshot,
	serializeSnapshot,
} from './snapshot';
import {
	type EmptyStreak,
	keepState,
	nodeKey,
	type PollState,
	type ResourceState,
	stateOf,
} from './state';
import { type CheckSettings, paidIndex, type WatchedList } from './watches';

/** How a reading agrees with what is known. */
interface Overlap {
	/** How many records were known, and not gone. */
	expected: number;
	/** How many of them the reading holds. */
	found: number;
	/** Other records stand where the known ones were, as in another account. */
	isReplaced: boolean;
}

/** A list with what is known of it and what was read. */
interface ReadList {
	list: WatchedList;
	/** As the latest check left it; undefined where the list is read to its end for the first time. */
	before?: ResourceState;
	known: Known;
	reading: Reading;
	overlap: Overlap;
}

export interface CheckLimits {
	/** From when on a node's first check reports, in milliseconds since 1970; nothing by default. */
	startFrom?: number;
	/** When everything must have ended, in milliseconds since 1970. */
	until: number;
	/** This is the first check of a process, which is cut off before all that a check may take. */
	isCutOff: boolean;
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
 */
export async function check(
	context: IPollFunctions,
	lists: WatchedList[],
	given: CheckSettings,
	limits: CheckLimits,
): Promise<PolledEvent[]> {
	const before = stateOf(context);
	const settings = { ...given, today: currentDay(given.now, given.timezone, before?.today) };
	const account = (await getConnection(context)).key;
	const read = await readLists(context, lists, before, settings, limits);

	const isOtherAccount =
		before !== undefined &&
		before.account !== account &&
		read.every(({ overlap }) => overlap.found === 0);
	// What could be read in time may just hold nothing that is known.
	if (isOtherAccount && read.length < lists.length) return [];
	warnOfNewStart(context, before, isOtherAccount);
	const since = limits.startFrom ?? settings.now;
	const events: DetectedEvent[] = [];
	const resources: PollState['resources'] = {};
	for (const list of lists) {
		const { name } = list.watch.record;
		const one = read.find((each) => each.list === list);
		const kept = isOtherAccount ? undefined : before?.resources[name];
		const firstSince = before === undefined || isOtherAccount ? limits.startFrom : kept?.since;
		if (one) {
			const outcome = isOtherAccount
				? baseline(one, undefined)
				: outcomeOf(context, one, firstSince);
			events.push(...outcome.events);
			resources[name] = outcome.state;
		} else {
			const { events: watched, filteredByStatus } = list;
			resources[name] = kept ?? { events: watched, filteredByStatus, since };
		}
	}
	const at = Math.max(settings.now, (before?.at ?? 0) + 1);
	const state = { at, today: settings.today, node: context.getNode().id, account, resources };
	keepState(context, state, events.length > 0);
	return toSortedEvents(events, settings.now);
}

function warnOfNewStart(
	context: IPollFunctions,
	before: PollState | undefined,
	isOtherAccount: boolean,
): void {
	if (isOtherAccount) {
		warnOnce(context, 'resets: the credential now belongs to a different BildOut account');
	}
	if (before === undefined && context.getActivationMode() === 'init') {
		warnOnce(
			context,
			"has no saved state, so it starts from what BildOut lists now. If it was published before, another node of the workflow has overwritten what n8n keeps for it: see 'Polling' in docs/queue-mode.md",
		);
	}
}

/** The lists that could be read. Where the first check is cut off, the rest is left to the next one. */
async function readLists(
	context: IPollFunctions,
	lists: WatchedList[],
	before: PollState | undefined,
	settings: CheckSettings,
	{ until, isCutOff }: CheckLimits,
): Promise<ReadList[]> {
	const read: ReadList[] = [];
	const cost: Cost = { requests: 0 };
	for (const list of lists) {
		const reading = await readList(context, list, settings, until, cost).catch((error: Error) => {
			if (!isCutOff || Date.now() < until - TIMER_TOLERANCE_MS) throw error;
			return undefined;
		});
		if (!reading) break;
		assertRecordLimit(context, list, reading.records);
		const resource = before?.resources[list.watch.record.name];
		const known = knownOf(list, resource);
		const overlap = measureOverlap(known, reading.records);
		read.push({ list, before: resource?.records && resource, known, reading, overlap });
	}
	const isComplete = read.length === lists.length;
	assertPollIntervalFits(context, cost, isComplete);
	if (before === undefined && isComplete) {
		context.logger.info(
			`BildOut Polling Trigger "${context.getNode().name}": a check takes ${cost.requests} of BildOut's ${STANDARD_LIMIT} requests a minute`,
			{ workflowId: context.getWorkflow().id },
		);
	}
	return read;
}

function knownOf({ filteredByStatus, watch }: WatchedList, before?: ResourceState): Known {
	const known = parseSnapshot(before?.records ?? {});
	if (!filteredByStatus || before?.filteredByStatus) return known;
	const state = paidIndex(watch);
	return new Map(
		[...known].filter(([, { states }]) => states[state]?.active || states[state]?.wasLeft),
	);
}

/** What a reading brings: the events to report, and what to keep of the list. */
function outcomeOf(
	context: IPollFunctions,
	read: ReadList,
	since: number | undefined,
): { events: DetectedEvent[]; state: ResourceState } {
	const { list, before, known, reading, overlap } = read;
	const { now, overdueSteps } = reading.settings;
	if (before === undefined) return baseline(read, since);
	warnOfUnclear(context, read);
	const streak = streakOf(context, read, now);
	const acceptMissing = streak === undefined || isConfirmed(streak, overlap, now);
	if (streak && !list.filteredByStatus && overlap.isReplaced) {
		// Records of another account are no news of this one.
		return acceptMissing ? baseline(read, undefined) : { events: [], state: { ...before, streak } };
	}
	const { watch, events: chosen } = list;
	const reportsDeleted = watch.deleted !== undefined && chosen.includes(watch.deleted);
	const { events, kept } = compare(watch, known, reading, acceptMissing, reportsDeleted);
	return {
		// What was not chosen at the latest check, nobody looked out for.
		events: events.filter(
			({ type, isRepeated }) =>
				chosen.includes(type) &&
				before.events.includes(type) &&
				!(isRepeated && before.overdueSteps !== overdueSteps.join()),
		),
		state: { ...stateFrom(read, kept), streak },
	};
}

/** Takes note of what is there, and reports what happened since a moment, as far as the records tell. */
function baseline(
	read: ReadList,
	since: number | undefined,
): { events: DetectedEvent[]; state: ResourceState } {
	const { list, reading } = read;
	const { watch, events: chosen } = list;
	const { events, kept } = compare(watch, new Map(), reading, true, false);
	const isSince = ({ at }: DetectedEvent) => since !== undefined && at !== undefined && at >= since;
	const changes = reading.records
		.filter((record) => !((parseTimestamp(record.created_at) ?? -Infinity) >= (since ?? Infinity)))
		.map((record) => changed(watch, record));
	const all = new Map([...changes, ...events].map((event) => [event.id, event]));
	return {
		events: [...all.values()].filter((event) => chosen.includes(event.type) && isSince(event)),
		state: stateFrom(read, kept),
	};
}

function stateFrom({ list, reading }: ReadList, kept: KeptRecord[]): ResourceState {
	const { events, filteredByStatus } = list;
	const overdueSteps = reading.settings.overdueSteps.join();
	return { events, filteredByStatus, overdueSteps, records: serializeSnapshot(kept) };
}

/**
 * The doubt about a reading, which is reported once a day.
 *
 * @throws NodeOperationError when it is new
 */
function streakOf(context: IPollFunctions, read: ReadList, now: number): EmptyStreak | undefined {
	const { list, overlap, before } = read;
	const subject = `${nodeKey(context)}|${list.watch.record.name}`;
	if (!isDoubtful(overlap, list)) {
		warnedAbout.delete(subject);
		return undefined;
	}
	const { readings = 0, since = now } = before?.streak ?? {};
	const streak = { readings: readings + 1, since };
	if (list.filteredByStatus || warnedAbout.get(subject)) return streak;
	warnedAbout.set(subject, true);
	const { found, expected } = overlap;
	const seen = found === 0 ? 'none' : `only ${found}`;
	throw new NodeOperationError(
		context.getNode(),
		`BildOut returned ${seen} of the ${expected} ${list.name} seen at the last check`,
		{
			description:
				"Check in BildOut whether they are there. If they are, open the BildOut credential, make sure that it belongs to the same account and that 'Enabled Scopes' lists what it should, and connect the account again. If they were really deleted, there is nothing to do: later checks report it.",
		},
	);
}

function measureOverlap(known: Known, records: IDataObject[]): Overlap {
	const expected = [...known.values()].filter(({ missing }) => missing < MISSES_UNTIL_DELETED);
	const ids = new Set(records.map(({ id }) => String(id)));
	const found = expected.filter(({ id }) => ids.has(String(id))).length;
	const isNew = ({ id }: IDataObject) => !known.has(String(id));
	return {
		expected: expected.length,
		found,
		isReplaced: found === 0 && expected.length >= SOME_RECORDS && records.some(isNew),
	};
}

/** Whether all or most of the known records would be gone, perhaps because a scope was lost. */
function isDoubtful({ expected, found }: Overlap, { filteredByStatus }: WatchedList): boolean {
	const gone = expected - found;
	const isMost = gone > FEW_RECORDS && gone > expected / 2;
	// A few records may all have left a list that is filtered by status.
	return isMost || (gone > 0 && found === 0 && !filteredByStatus);
}

/** Whether a doubt has lasted so long that the records must be gone. */
function isConfirmed(streak: EmptyStreak, { expected, isReplaced }: Overlap, now: number): boolean {
	const isLong = now - streak.since >= DAY_MS;
	const isFew = expected <= FEW_RECORDS && !isReplaced;
	return streak.readings >= DOUBTED_READINGS && (isLong || isFew);
}

/** Warns of records that cannot be understood, once a day for each list. */
function warnOfUnclear(context: IPollFunctions, { list, reading }: ReadList) {
	const { watch } = list;
	for (const record of reading.records) {
		const reason = watch.unclear?.(record);
		if (reason === undefined) continue;
		warnOnce(
			context,
			`leaves out of some events what it cannot understand: of the ${watch.record.name} ${String(record.id)}, ${reason}`,
			`${watch.record.name}|${reason}`,
		);
	}
}

function warnOnce(context: IPollFunctions, text: string, subject = text) {
	const key = `${nodeKey(context)}|${subject}`;
	if (warnedAbout.get(key)) return;
	warnedAbout.set(key, true);
	context.logger.warn(`BildOut Polling Trigger "${context.getNode().name}" ${text}`, {
		workflowId: context.getWorkflow().id,
	});
}
