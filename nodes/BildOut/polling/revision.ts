import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import { parseTimestamp } from '../input/dates';

/**
 * What a record's state is told by:
 * - `time`: its `updated_at`.
 * - `both`: its `updated_at` and its content, because it changed so lately that another change could
 *   still carry the same timestamp.
 * - `content`: its content, because it has no `updated_at`.
 */
export type HashSource = 'time' | 'both' | 'content';

/** What is kept of a record to notice that it has changed. */
export interface Revision {
	basis: HashSource;
	/** Four characters. */
	hash: string;
}

/** Wider than the resolution of any timestamp and than the clocks of BildOut and n8n usually differ. */
const RECENT_MS = 15 * 60 * 1000;

/** The revision of a record that was read at the moment `now`, in milliseconds since 1970. */
export function revisionOf(record: IDataObject, now: number): Revision {
	const { updated_at: updated } = record;
	if (!updated) return revision('content', record);
	const moment = parseTimestamp(updated);
	const isRecent = moment === undefined || Math.abs(now - moment) < RECENT_MS;
	return revision(isRecent ? 'both' : 'time', record);
}

/**
 * How a record differs from what was kept of it: by its `updated_at`, or by its content alone. A record
 * that has gained or lost its `updated_at` cannot be compared, and so counts as the same.
 */
export function compareTo(before: Revision, record: IDataObject): 'time' | 'content' | undefined {
	if ((before.basis === 'content') !== !record.updated_at) return undefined;
	const { hash } = revision(before.basis, record);
	if (hash === before.hash) return undefined;
	if (before.basis === 'both' && hash.slice(0, 2) === before.hash.slice(0, 2)) return 'content';
	return before.basis === 'content' ? 'content' : 'time';
}

/** A digest of all that a record holds but its `updated_at`. */
export function contentDigest(record: IDataObject): string {
	return digest(canonical({ ...record, updated_at: undefined }));
}

function revision(basis: HashSource, record: IDataObject): Revision {
	const time = digest(String(record.updated_at));
	if (basis === 'time') return { basis, hash: time.slice(0, 4) };
	const content = contentDigest(record);
	if (basis === 'content') return { basis, hash: content.slice(0, 4) };
	return { basis, hash: time.slice(0, 2) + content.slice(0, 2) };
}

function digest(text: string): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

/** JSON in which the order of an object's keys makes no difference. */
function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
	const fields = Object.entries(value).filter(([, field]) => field !== undefined);
	fields.sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}
