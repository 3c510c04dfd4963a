import type { IDataObject } from 'n8n-workflow';

import { changed, created, deleted, entered, type DetectedEvent } from './detectedEvents';
import {
	MISSES_UNTIL_DELETED,
	type KeptRecord,
	type StateFlag,
	type RecordId,
	EXIT_COUNT_MODULUS,
} from './snapshot';
import { compareTo, revisionOf } from './revision';
import type { Clock, WatchedResource } from './watches';

/** What is known of one kind of record from earlier checks, by record ID. */
export type Known = Map<RecordId, KeptRecord>;

/** One complete reading of a list. */
export interface Reading {
	records: IDataObject[];
	clock: Clock;
	/** BildOut was asked for the records in one state only, so that a missing one may just have left it. */
	narrowed: boolean;
}

export interface Comparison {
	/** All that happened since the latest check, whether the user chose it or not. */
	happenings: DetectedEvent[];
	/** What to keep for the next check. */
	kept: KeptRecord[];
}

/** The most records of one kind that are kept track of. */
export const MOST_RECORDS = 10_000;

/**
 * What happened between what is known and a complete reading.
 *
 * @param trusted whether a known record that is missing counts as missing; where it does not, it is kept
 *   as it is
 */
export function compare(
	watch: WatchedResource,
	known: Known,
	reading: Reading,
	trusted: boolean,
	reportsDeleted: boolean,
): Comparison {
	const happenings: DetectedEvent[] = [];
	const present = reading.records.map((record) => {
		const before = known.get(record.id as RecordId);
		happenings.push(...happenedTo(watch, record, reading.clock, before));
		return keep(watch, record, reading.clock, before);
	});
	const ids = new Set(present.map(({ id }) => id));
	const missing: KeptRecord[] = [];
	const gone: KeptRecord[] = [];
	for (const record of known.values()) {
		if (ids.has(record.id)) continue;
		const next = trusted ? missedOnceMore(record, reading.narrowed) : record;
		const isNewlyGone =
			next.missing === MISSES_UNTIL_DELETED && record.missing < MISSES_UNTIL_DELETED;
		if (isNewlyGone && watch.deleted && !reading.narrowed) {
			happenings.push(deleted(watch.deleted, record.id));
			// Told as gone, it is forgotten: should it come back, that is told too.
			if (reportsDeleted) continue;
		}
		if (next.missing < MISSES_UNTIL_DELETED) missing.push(next);
		else if (isNewlyGone) gone.unshift(next);
		else gone.push(next);
	}
	const room = Math.max(0, MOST_RECORDS - present.length - missing.length);
	return { happenings, kept: [...present, ...missing, ...gone.slice(0, room)] };
}

/** What happened to a record that is there, since it was last seen. */
function happenedTo(
	watch: WatchedResource,
	record: IDataObject,
	clock: Clock,
	before: KeptRecord | undefined,
): DetectedEvent[] {
	if (before === undefined) return happenedToNew(watch, record, clock);
	const difference = compareTo(before.revision, revised(watch, record));
	const states = watch.states.flatMap((rule, index) => {
		const { active: holds, exits: left } = before.states[index];
		return !holds && rule.holds(record, clock) ? [entered(rule, record, clock, left)] : [];
	});
	return difference ? [changed(watch, record, difference), ...states] : states;
}

/** What has happened to a record that was not seen before: it was created, and entered the states it is in. */
export function happenedToNew(
	watch: WatchedResource,
	record: IDataObject,
	clock: Clock,
): DetectedEvent[] {
	const states = watch.states
		.filter((rule) => rule.holds(record, clock))
		.map((rule) => {
			const happening = entered(rule, record, clock, 0);
			return { ...happening, at: happening.at ?? created(rule.event, record).at };
		});
	return watch.created ? [created(watch.created, record), ...states] : states;
}

function keep(
	watch: WatchedResource,
	record: IDataObject,
	clock: Clock,
	before: KeptRecord | undefined,
): KeptRecord {
	const states = watch.states.map((rule, index): StateFlag => {
		const { active: held, exits: left } = before?.states[index] ?? { active: false, exits: 0 };
		const holds = rule.holds(record, clock) ?? held;
		return { active: holds, exits: held && !holds ? (left + 1) % EXIT_COUNT_MODULUS : left };
	});
	return {
		id: record.id as RecordId,
		revision: revisionOf(revised(watch, record), clock.now),
		missing: 0,
		states,
	};
}

/** The part of a record whose change counts. */
function revised({ changesBy }: WatchedResource, record: IDataObject): IDataObject {
	return changesBy === 'status' ? { status: record.status } : record;
}

function missedOnceMore(record: KeptRecord, narrowed: boolean): KeptRecord {
	if (record.missing === MISSES_UNTIL_DELETED) return record;
	const missing = record.missing + 1;
	const hasLeft = narrowed && missing === MISSES_UNTIL_DELETED;
	const states = record.states.map(({ active: holds, exits: left }) => ({
		active: holds && !hasLeft,
		exits: holds && hasLeft ? (left + 1) % EXIT_COUNT_MODULUS : left,
	}));
	return { ...record, missing, states };
}
