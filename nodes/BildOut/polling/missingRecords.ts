import type { IDataObject } from 'n8n-workflow';

import type { Known } from './diff';
import { MISSES_UNTIL_DELETED } from './snapshot';

/** How a reading agrees with what is known. */
export interface Overlap {
	/** How many records were known, and not gone. */
	expected: number;
	/** How many of them the reading holds. */
	found: number;
	/** How many it holds that were not known. */
	unknown: number;
}

/** Readings in a row by which all known records, or most of them, would be gone. */
export interface EmptyStreak {
	readings: number;
	/** When the first of them was, in milliseconds since 1970. */
	since: number;
}

/** A few records can all be deleted by hand; many at once hardly are. */
const FEW_RECORDS = 10;
/** So many records are not all replaced by others between two checks. */
const SOME_RECORDS = 3;
const DOUBTED_READINGS = 3;
const DAY_MS = 24 * 60 * 60 * 1000;

export function measureOverlap(known: Known, records: IDataObject[]): Overlap {
	const expected = [...known.values()].filter(({ missing }) => missing < MISSES_UNTIL_DELETED);
	const ids = new Set(records.map(({ id }) => String(id)));
	return {
		expected: expected.length,
		found: expected.filter(({ id }) => ids.has(String(id))).length,
		unknown: records.filter(({ id }) => !known.has(String(id))).length,
	};
}

/**
 * The doubt about a reading by which all or most of the known records would be gone, which may come of a
 * scope that was lost or narrowed; undefined when there is none.
 *
 * @param filteredByStatus where a few records may all have left the list, with nothing wrong
 */
export function trackEmptyReading(
	{ expected, found }: Overlap,
	filteredByStatus: boolean,
	before: EmptyStreak | undefined,
	now: number,
): EmptyStreak | undefined {
	const gone = expected - found;
	const isMost = gone > FEW_RECORDS && gone > expected / 2;
	const isAll = gone > 0 && found === 0 && !filteredByStatus;
	if (!isMost && !isAll) return undefined;
	return { readings: (before?.readings ?? 0) + 1, since: before?.since ?? now };
}

/** Whether other records stand where the known ones were, as in another account. */
export function isReplaced({ expected, found, unknown }: Overlap): boolean {
	return found === 0 && unknown > 0 && expected >= SOME_RECORDS;
}

/** Whether a doubt has lasted so long that the records must be gone. */
export function isConfirmed(streak: EmptyStreak, overlap: Overlap, now: number): boolean {
	const isLong = now - streak.since >= DAY_MS;
	const isFew = overlap.expected <= FEW_RECORDS && !isReplaced(overlap);
	return streak.readings >= DOUBTED_READINGS && (isLong || isFew);
}
