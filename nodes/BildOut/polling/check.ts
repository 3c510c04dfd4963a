import type { IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import { getConnection } from '../api/connection';
import { paidIndex, type WatchedList } from './choice';
import { compare, type Comparison, type Known, type Reading } from './diff';
import { assertPollIntervalFits } from './cost';
import {
	changed,
	created,
	type DetectedEvent,
	toSortedEvents,
	type PolledEvent,
} from './detectedEvents';
import { serializeSnapshot, parseSnapshot } from './snapshot';
import { readList, assertRecordLimit } from './reading';
import { keepState, nodeKey, type PollState, type ResourceState, stateOf } from './state';
import {
	type EmptyStreak,
	trackEmptyReading,
	isOtherAccount,
	isConfirmed,
	type Overlap,
	measureOverlap,
} from './missingRecords';
import type { Clock } from './watches';

/** A list with what is known of it and what was read. */
interface ReadList {
	list: WatchedList;
	before?: ResourceState;
	known: Known;
	reading: Reading;
	recognition: Overlap;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What a user was told of an answer by which everything would be gone. */
const warnedAboutEmpty = new TtlCache<true>({ ttlMs: DAY_MS, maxWeight: 1000 });

/**
 * Reads the lists and works out what happened since the latest check. The mark moves when all lists
 * were read to their end.
 *
 * @param startFrom what a node's first check starts for, in milliseconds since 1970; nothing by default
 * @param until when everything must have ended, in milliseconds since 1970
 */
export async function check(
	context: IPollFunctions,
	lists: WatchedList[],
	startFrom: number | undefined,
	until: number,
): Promise<PolledEvent[]> {
	const clock = { now: Date.now(), timezone: context.getTimezone() };
	const before = stateOf(context);
	const account = (await getConnection(context)).key;
	const read = await readLists(context, lists, before, clock, until);

	const isOther =
		before !== undefined &&
		isOtherAccount(
			read.map(({ recognition }) => recognition),
			before.account !== account,
			before.at,
		);
	if (isOther) {
		context.logger.warn(
			`BildOut Polling Trigger "${context.getNode().name}" starts afresh: the credential leads to another BildOut account`,
			{ workflowId: context.getWorkflow().id },
		);
	}
	const isFirst = before === undefined || isOther;
	const happenings: DetectedEvent[] = [];
	const resources: PollState['resources'] = {};
	for (const each of read) {
		const doubt = isOther ? undefined : doubtOf(context, each, clock.now);
		const isTrusted =
			doubt === undefined || isConfirmed(doubt, each.recognition.expected, clock.now);
		const { list } = each;
		const { happenings: happened, kept } = compareList(each, isTrusted, isOther);
		if (before === undefined) happenings.push(...happenedSince(each, startFrom));
		if (!isFirst) happenings.push(...happened.filter(({ type }) => isWatched(each, type)));
		const { events, narrowed } = list;
		resources[list.watch.record.name] = {
			events,
			narrowed,
			records: serializeSnapshot(kept),
			doubt,
		};
	}
	const state: PollState = {
		version: 1,
		check: (before?.check ?? 0) + 1,
		at: clock.now,
		node: context.getNode().id,
		account,
		resources,
	};
	keepState(context, state, happenings.length > 0);
	return toSortedEvents(happenings, clock.now);
}

async function readLists(
	context: IPollFunctions,
	lists: WatchedList[],
	before: PollState | undefined,
	clock: Clock,
	until: number,
): Promise<ReadList[]> {
	const read: ReadList[] = [];
	let cost = 0;
	for (const list of lists) {
		const { requests, ...reading } = await readList(context, list, clock, until);
		assertRecordLimit(context, list, reading.records);
		const resource = before?.resources[list.watch.record.name];
		const known = knownOf(list, resource);
		const recognition = measureOverlap(known, reading.records);
		read.push({ list, before: resource, known, reading, recognition });
		cost += requests;
	}
	assertPollIntervalFits(context, nodeKey(context), cost);
	return read;
}

function knownOf({ narrowed, watch }: WatchedList, before: ResourceState | undefined): Known {
	if (before === undefined) return new Map();
	const known = parseSnapshot(before.records);
	if (!narrowed || before.narrowed) return known;
	const state = paidIndex(watch);
	return new Map(
		[...known].filter(([, { states }]) => states[state].active || states[state].exits),
	);
}

function compareList(
	{ list: { watch, events }, known, reading }: ReadList,
	isTrusted: boolean,
	isOther: boolean,
): Comparison {
	const reportsDeleted = watch.deleted !== undefined && events.includes(watch.deleted);
	return compare(watch, isOther ? new Map() : known, reading, isTrusted, reportsDeleted);
}

/** Whether an event was chosen, and at the latest check too: before, nobody looked out for it. */
function isWatched({ list, before }: ReadList, type: string): boolean {
	return list.events.includes(type) && (before?.events.includes(type) ?? false);
}

/** What happened since a moment, as far as the records tell. */
function happenedSince({ list, known, reading }: ReadList, startFrom?: number): DetectedEvent[] {
	if (startFrom === undefined) return [];
	const { watch, events } = list;
	const isSince = ({ at }: DetectedEvent) => at !== undefined && at >= startFrom;
	const changes = reading.records
		.filter((record) => !isSince(created('', record)))
		.map((record) => changed(watch, record, 'time'));
	const { happenings } = compare(watch, known, reading, true, false);
	return [...changes, ...happenings].filter(
		(happening) => events.includes(happening.type) && isSince(happening),
	);
}

/**
 * The doubt about a reading, which is told once a day.
 *
 * @throws NodeOperationError when it is new
 */
function doubtOf(context: IPollFunctions, read: ReadList, now: number): EmptyStreak | undefined {
	const { list, recognition, before } = read;
	const subject = `${nodeKey(context)}|${list.watch.record.name}`;
	const doubt = trackEmptyReading(recognition, before?.doubt, now);
	if (doubt === undefined) {
		warnedAboutEmpty.delete(subject);
		return undefined;
	}
	if (list.narrowed || warnedAboutEmpty.get(subject)) return doubt;
	warnedAboutEmpty.set(subject, true);
	throw new NodeOperationError(
		context.getNode(),
		`BildOut lists none of the ${recognition.expected} ${list.name} that were there at the last check`,
		{
			description:
				"Check in BildOut whether they are there. If they are, open the BildOut credential, make sure that it belongs to the same account and that 'Enabled Scopes' lists what it should, and connect the account again. If they were really deleted, there is nothing to do: later checks report it.",
		},
	);
}
