import type { IDataObject } from 'n8n-workflow';

import { normalWord } from '../assumptions';
import { parseTimestamp } from '../input/dates';
import {
	hashOf,
	type KeptRecord,
	MISSES_UNTIL_DELETED,
	NO_STATE,
	type RecordId,
	type StateFlag,
	tagOf,
} from './snapshot';
import {
	type CheckSettings,
	isPaidOnly,
	type StateRule,
	type WatchedList,
	type WatchedResource,
} from './watches';

/** What is known of one kind of record from earlier checks, by record ID as text. */
export type Known = Map<string, KeptRecord>;

/** Something that happened to a record. */
export interface DetectedEvent {
	type: string;
	/** The same for the same change. */
	id: string;
	/** When it happened, in milliseconds since 1970, where the record tells. */
	at?: number;
	/** What the event tells besides the record. */
	details?: IDataObject;
	/** It comes again for a record that has been in the state since before. */
	isRepeated?: boolean;
	data: IDataObject;
}

/** What starts the workflow: in the form in which BildOut reports an event to a webhook. */
export interface PolledEvent extends IDataObject {
	id: string;
	type: string;
	created_at: string;
	data: IDataObject;
}

/** The most records of one kind that are kept track of. */
export const MOST_RECORDS = 10_000;

/**
 * What happened between what is known and a complete reading of a list.
 *
 * @param acceptMissing whether a known record that is missing counts as missing; otherwise it is kept as
 *   it is
 * @returns all that happened, whether the user chose it or not, and what to keep for the next check
 */
export function compare(
	list: WatchedList,
	known: Known,
	records: IDataObject[],
	settings: CheckSettings,
	acceptMissing = true,
): { events: DetectedEvent[]; kept: KeptRecord[] } {
	const present = new Map(
		records.map((record) => {
			const id = String(record.id);
			return [id, compareRecord(list, record, settings, known.get(id))];
		}),
	);
	const events = [...present.values()].flatMap((compared) => compared.events);
	const missing: KeptRecord[] = [];
	const gone: KeptRecord[] = [];
	for (const [id, record] of known) {
		if (present.has(id)) continue;
		const next = acceptMissing ? missedOnceMore(list, record) : record;
		const isNewlyGone =
			next.missing === MISSES_UNTIL_DELETED && record.missing < MISSES_UNTIL_DELETED;
		if (isNewlyGone && list.deleted && list.events.includes(list.deleted)) {
			events.push(event(list.deleted, { id: record.id }, []));
			// Reported as gone, it is forgotten: should it come back, that is reported too.
			continue;
		}
		if (next.missing < MISSES_UNTIL_DELETED) missing.push(next);
		else if (isNewlyGone) gone.unshift(next);
		else gone.push(next);
	}
	const room = Math.max(0, MOST_RECORDS - present.size - missing.length);
	const kept = [...present.values()].map((compared) => compared.kept);
	return { events, kept: [...kept, ...missing, ...gone.slice(0, room)] };
}

/** That a record has changed, or its status. */
export function changed(watch: WatchedResource, record: IDataObject): DetectedEvent {
	const { updated_at: updated, status } = record;
	const content = watch.changesBy === 'status' ? status : hashOf(record);
	return event(watch.changed, record, [updated, content], parseTimestamp(updated));
}

/** The events in order of time; what has no time of its own happened by `now`. */
export function toSortedEvents(events: DetectedEvent[], now: number): PolledEvent[] {
	return events
		.sort((a, b) => (a.at ?? now) - (b.at ?? now))
		.map(({ at = now, id, type, details, data }) => ({
			id,
			type,
			created_at: new Date(at).toISOString(),
			...details,
			data,
		}));
}

/** What has happened to a record; to a new one, that it was created, and entered the states that it is in. */
export function compareRecord(
	watch: WatchedResource,
	record: IDataObject,
	settings: CheckSettings,
	before?: KeptRecord,
): { events: DetectedEvent[]; kept: KeptRecord } {
	const byStatus = watch.changesBy === 'status';
	const hash = hashOf(byStatus ? { status: normalWord(record.status) } : record);
	const createdAt = parseTimestamp(record.created_at);
	const events: DetectedEvent[] = [];
	if (before) {
		if (before.hash !== hash) events.push(changed(watch, record));
	} else {
		if (watch.created) events.push(event(watch.created, record, [], createdAt));
		if (watch.hasChangedAtFirst?.(record)) events.push(changed(watch, record));
	}
	const entered = new Map<string, DetectedEvent>();
	const states = watch.states.map((rule, index) => {
		const outcome = compareState(rule, record, settings, before?.states[index] ?? NO_STATE);
		if (outcome.entered) {
			const { at = before ? undefined : createdAt, ...rest } = outcome.entered;
			// Of two rules for the same event, the later one tells more.
			const isRepeated = watch.states.some(
				({ event: name }, other) => name === rule.event && other < index && !entered.has(name),
			);
			entered.set(rule.event, { ...rest, at, isRepeated });
		}
		return outcome.flag;
	});
	events.push(...entered.values());
	return { events, kept: { id: record.id as RecordId, hash, missing: 0, states } };
}

function compareState(
	rule: StateRule,
	record: IDataObject,
	settings: CheckSettings,
	before: StateFlag,
): { flag: StateFlag; entered?: DetectedEvent } {
	const holds = rule.holds(record, settings) ?? (before.active ? 'unreported' : false);
	const flag: StateFlag = {
		active: holds !== false,
		wasLeft: before.wasLeft || (before.active && holds === false),
		occasions: before.occasions,
	};
	if (holds !== true) return { flag };
	const occasion = rule.occasion?.(record, settings);
	let isEntered = !before.active;
	let isAgain = before.wasLeft;
	if (occasion !== undefined && rule.oncePerOccasion) {
		const tag = tagOf(occasion);
		if (before.occasions.includes(tag)) return { flag };
		flag.occasions = [...before.occasions, tag];
		// An occasion that comes late belongs to the entering that was reported without one.
		isEntered ||= before.occasions.length > 0;
		isAgain = false;
	}
	if (!isEntered) return { flag };
	const since = rule.since?.(record, settings) ?? parseTimestamp(record.updated_at);
	// An invoice may be written when its due date is over.
	const at = since && Math.max(since, parseTimestamp(record.created_at) ?? since);
	const again = isAgain ? (record.updated_at ?? hashOf(record)) : undefined;
	const entered = event(rule.event, record, [occasion, again], at);
	return { flag, entered: { ...entered, details: rule.details?.(record, settings) } };
}

/** @param discriminators what tells the event from others of its type about the same record */
function event(
	type: string,
	data: IDataObject,
	discriminators: unknown[],
	at?: number,
): DetectedEvent {
	const parts = [type, data.id, ...discriminators].filter(
		(part) => part !== undefined && part !== null,
	);
	return { type, id: parts.map(String).join(':'), at, data };
}

function missedOnceMore(list: WatchedList, record: KeptRecord): KeptRecord {
	if (record.missing === MISSES_UNTIL_DELETED) return record;
	const missing = record.missing + 1;
	if (!isPaidOnly(list) || missing < MISSES_UNTIL_DELETED) return { ...record, missing };
	// It may only not be paid any more.
	const states = record.states.map(({ active, wasLeft, occasions }) => ({
		active: false,
		wasLeft: wasLeft || active,
		occasions,
	}));
	return { ...record, missing, states };
}
