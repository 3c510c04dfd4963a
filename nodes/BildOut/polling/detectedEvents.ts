import type { IDataObject } from 'n8n-workflow';

import type { RecordId } from './snapshot';
import { contentDigest } from './revision';
import { parseTimestamp } from '../input/dates';
import type { Clock, StateRule, WatchedResource } from './watches';

/** Something that happened to a record. */
export interface DetectedEvent {
	type: string;
	/** The same for the same change, whoever notices it and how often. */
	id: string;
	/** When it happened, in milliseconds since 1970, where the record tells. */
	at?: number;
	data: IDataObject;
}

/** What starts the workflow: in the form in which BildOut reports an event to a webhook. */
export interface PolledEvent extends IDataObject {
	id: string;
	type: string;
	created_at: string;
	data: IDataObject;
}

export function created(type: string, record: IDataObject): DetectedEvent {
	return happening(type, record, [], parseTimestamp(record.created_at));
}

/** @param by `time` where `updated_at` tells this change from others, `content` where only the content does */
export function changed(
	watch: WatchedResource,
	record: IDataObject,
	by: 'time' | 'content',
): DetectedEvent {
	const { updated_at: updated, status } = record;
	const content = watch.changesBy === 'status' ? status : contentDigest(record);
	const occasion = by === 'time' ? [updated] : [updated, content];
	return happening(watch.changed, record, occasion, parseTimestamp(updated));
}

/** @param left how often the record is known to have left the state before */
export function entered(
	rule: StateRule,
	record: IDataObject,
	clock: Clock,
	left: number,
): DetectedEvent {
	const since = rule.since?.(record, clock) ?? parseTimestamp(record.updated_at);
	// An invoice may be written when its due date is over.
	const at = since && Math.max(since, parseTimestamp(record.created_at) ?? since);
	const again = left > 0 ? `again ${left}` : undefined;
	return happening(rule.event, record, [rule.discriminator?.(record), again], at);
}

/** All that is known of a record that is gone is its ID. */
export function deleted(type: string, id: RecordId): DetectedEvent {
	return happening(type, { id }, []);
}

/** The events in order of time; what has no time of its own happened by `now`. */
export function toSortedEvents(happenings: DetectedEvent[], now: number): PolledEvent[] {
	return happenings
		.map(({ at = now, ...rest }) => ({ at, ...rest }))
		.sort((a, b) => a.at - b.at)
		.map(({ at, id, type, data }) => ({
			id,
			type,
			created_at: new Date(at).toISOString(),
			data,
		}));
}

function happening(
	type: string,
	data: IDataObject,
	occasion: unknown[],
	at?: number,
): DetectedEvent {
	const parts = [type, data.id, ...occasion].filter((part) => part !== undefined && part !== null);
	return { type, id: parts.map(String).join(':'), at, data };
}
