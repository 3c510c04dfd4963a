import type { IDataObject } from 'n8n-workflow';

import type { Known } from './diff';
import { momentOf } from '../input/timestamps';
import { MISSES_UNTIL_DELETED, type RecordId } from './snapshot';

/** How a reading agrees with what is known. */
export interface Overlap {
	/** How many records were known, and not gone. */
	expected: number;
	/** How many of them the reading holds. */
	found: number;
	/** What it holds that was not known. */
	unknownRecords: IDataObject[];
}

/** Readings in a row by which everything would be gone. */
export interface EmptyStreak {
	readings: number;
	/** When the first of them was, in milliseconds since 1970. */
	since: number;
}

/** A few records can all be deleted by hand; many at once hardly are. */
const FEW_RECORDS = 10;
const DOUBTED_READINGS = 3;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How far the clocks of BildOut and of this machine may differ. */
const CLOCK_DIFFERENCE_MS = 10 * 60 * 1000;
/** So many records are not all replaced by others between two checks. */
const SOME_RECORDS = 3;

export function measureOverlap(known: Known, records: IDataObject[]): Overlap {
	const expected = [...known.values()].filter(({ missing }) => missing < MISSES_UNTIL_DELETED);
	const ids = new Set(records.map(({ id }) => id as RecordId));
	return {
		expected: expected.length,
		found: expected.filter(({ id }) => ids.has(id)).length,
		unknownRecords: records.filter(({ id }) => !known.has(id as RecordId)),
	};
}

/**
 * Whether the readings are of another BildOut account than the known records: not one of those is there.
 *
 * @param credentialChanged whether the node uses another credential than at the latest check
 * @param latest when the latest check was, in milliseconds since 1970
 */
export function isOtherAccount(
	recognitions: Overlap[],
	credentialChanged: boolean,
	latest: number,
): boolean {
	if (recognitions.some(({ found }) => found > 0)) return false;
	return credentialChanged || recognitions.some((each) => wasReplaced(each, latest));
}

/** Whether other records stand in the place of those that were known, and not because they are new. */
function wasReplaced({ expected, unknownRecords: strangers }: Overlap, latest: number): boolean {
	if (expected === 0 || strangers.length === 0) return false;
	const ages = strangers.map(({ created_at: createdAt }) => latest - (momentOf(createdAt) ?? NaN));
	if (ages.some((age) => age > DAY_MS)) return true;
	return expected >= SOME_RECORDS && !ages.every((age) => age < CLOCK_DIFFERENCE_MS);
}

/**
 * The doubt about a reading; undefined when there is none. An answer by which everything would be gone
 * may come of a scope that was lost.
 */
export function trackEmptyReading(
	{ expected, found }: Overlap,
	before: EmptyStreak | undefined,
	now: number,
): EmptyStreak | undefined {
	if (expected === 0 || found > 0) return undefined;
	return { readings: (before?.readings ?? 0) + 1, since: before?.since ?? now };
}

/** Whether a doubt has lasted so long that the records must be gone. */
export function isConfirmed(doubt: EmptyStreak, expected: number, now: number): boolean {
	const lasted = expected <= FEW_RECORDS || now - doubt.since >= DAY_MS;
	return doubt.readings >= DOUBTED_READINGS && lasted;
}
