import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

export type RecordId = string | number;

/** What is kept of a record and one of the states that are watched, such as "paid". */
export interface StateFlag {
	active: boolean;
	/** The record has left the state before. */
	wasLeft: boolean;
	/** Tags of the latest occasions that were reported, such as a due date. See `tagOf`. */
	occasions: string[];
}

/** What is kept of one record between two checks. */
export interface KeptRecord {
	id: RecordId;
	/** See `hashOf`. */
	hash: string;
	/** In how many of the latest complete readings it was missing; 2 for two and more. */
	missing: number;
	states: StateFlag[];
}

/**
 * Records in a form for n8n's database, by record ID: the hash, a digit for `missing` and the type of the ID, one
 * for each state, and behind a dot four characters for each occasion. UUIDs are shortened. About 40 characters
 * a record, and four for each occasion.
 */
export type Snapshot = Record<string, string>;

/** One reading may miss a record that moved to a page that was read already, so it takes two. */
export const MISSES_UNTIL_DELETED = 2;

const HASH_WIDTH = 5;
const TAG_WIDTH = 3;
/** The most occasions of one state that are kept of a record, so that a date set back is no news. */
const MOST_OCCASIONS = 10;
/** n8n reads and writes the whole of it with each event. The oldest occasions are given up for it. */
const MOST_SNAPSHOT_CHARACTERS = 550_000;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
/** A UUID in short form. */
const SHORT_UUID = /^~[\w-]{22}$/;

/** What stands behind the `?` of a URL is often a signature, another one in each response. */
const URL_QUERY = /^(https?:\/\/[^?#\s]*)\?\S*$/i;

export const NO_STATE: StateFlag = { active: false, wasLeft: false, occasions: [] };

/** @param mostOccasions how many of each state are kept; fewer where the snapshot would be too long, at least one */
export function serializeSnapshot(records: KeptRecord[], mostOccasions = MOST_OCCASIONS): Snapshot {
	const snapshot = Object.fromEntries(
		records.map((record) => [shorten(String(record.id)), encode(record, mostOccasions)]),
	);
	const isTooLong = JSON.stringify(snapshot).length > MOST_SNAPSHOT_CHARACTERS;
	return isTooLong && mostOccasions > 1 ? serializeSnapshot(records, mostOccasions - 1) : snapshot;
}

/** The records by their ID as text. */
export function parseSnapshot(snapshot: Snapshot): Map<string, KeptRecord> {
	const entries = Object.entries(snapshot).map(([key, text]) => [lengthen(key), text]);
	return new Map(entries.map(([id, text]) => [id, decode(id, text)]));
}

function shorten(id: string): string {
	return UUID.test(id)
		? '~' + Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
		: id;
}

function lengthen(key: string): string {
	if (!SHORT_UUID.test(key)) return key;
	const hex = Buffer.from(key.slice(1), 'base64url').toString('hex');
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Five characters that change with anything in a record, `updated_at` included, but not with a URL's query. */
export function hashOf(record: IDataObject): string {
	return digest(canonical(record), HASH_WIDTH);
}

export function tagOf(occasion: string): string {
	return digest(occasion, TAG_WIDTH);
}

function digest(text: string, width: number): string {
	return createHash('sha256').update(text).digest('base64url').slice(0, width);
}

/** JSON in which neither the order of an object's keys nor a URL's query makes a difference. */
function canonical(value: unknown): string {
	if (typeof value === 'string') return JSON.stringify(value.replace(URL_QUERY, '$1'));
	if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
	const fields = Object.entries(value).filter(([, field]) => field !== undefined);
	fields.sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}

function encode({ id, hash, missing, states }: KeptRecord, mostOccasions: number): string {
	const isNumber = typeof id === 'number';
	const flags = states.map(({ active, wasLeft }) => Number(active) + 2 * Number(wasLeft));
	const tags = states.flatMap(({ occasions }, index) =>
		occasions.slice(-mostOccasions).map((tag) => `${index}${tag}`),
	);
	return [hash, missing + 4 * Number(isNumber), ...flags, '.', ...tags].join('');
}

function decode(key: string, text: string): KeptRecord {
	const [fixed, tags = ''] = text.split('.');
	const [general, ...flags] = [...fixed.slice(HASH_WIDTH)].map(Number);
	const states = flags.map((bits): StateFlag => {
		return { active: (bits & 1) === 1, wasLeft: (bits & 2) === 2, occasions: [] };
	});
	for (let at = 0; at < tags.length; at += 1 + TAG_WIDTH) {
		states[Number(tags[at])].occasions.push(tags.slice(at + 1, at + 1 + TAG_WIDTH));
	}
	return {
		id: general >= 4 ? Number(key) : key,
		hash: fixed.slice(0, HASH_WIDTH),
		missing: general % 4,
		states,
	};
}
