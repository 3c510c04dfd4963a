import type { HashSource, Revision } from './revision';

export type RecordId = string | number;

/** Whether a record is in a state such as "paid", and how often it has left that state. */
export interface StateFlag {
	active: boolean;
	/** Counted modulo `TURNS`. */
	exits: number;
}

/** What is kept of one record between two checks. */
export interface KeptRecord {
	id: RecordId;
	revision: Revision;
	/** In how many of the latest complete readings it was missing; 2 for two and more. */
	missing: number;
	states: StateFlag[];
}

/** Records in a form for n8n's database: a record whose ID is a UUID takes 29 characters. */
export interface PackedRecords {
	/** Records with a UUID, each of the same width. */
	uuids: string;
	/** The others: seven characters, then the ID as JSON. */
	others: string[];
}

export const EXIT_COUNT_MODULUS = 4;
const MOST_STATES = 4;
/** What is missing in two readings is gone. */
export const MISSES_UNTIL_DELETED = 2;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UUID_WIDTH = 22;
const HASH_WIDTH = 4;
const NOTES_WIDTH = HASH_WIDTH + 3;
const BASES: HashSource[] = ['time', 'both', 'content'];
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function serializeSnapshot(records: KeptRecord[]): PackedRecords {
	const uuids: string[] = [];
	const others: string[] = [];
	for (const record of records) {
		const { id } = record;
		if (typeof id === 'string' && UUID.test(id)) {
			const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
			uuids.push(bytes.toString('base64url') + notesOf(record));
		} else {
			others.push(notesOf(record) + JSON.stringify(id));
		}
	}
	return { uuids: uuids.join(''), others };
}

/** The records by their ID, in the order in which they were packed, those with a UUID first. */
export function parseSnapshot({ uuids, others }: PackedRecords): Map<RecordId, KeptRecord> {
	const records = new Map<RecordId, KeptRecord>();
	for (let at = 0; at < uuids.length; at += UUID_WIDTH + NOTES_WIDTH) {
		const hex = Buffer.from(uuids.slice(at, at + UUID_WIDTH), 'base64url').toString('hex');
		const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
		records.set(id, record(id, uuids.slice(at + UUID_WIDTH)));
	}
	for (const other of others) {
		const id = JSON.parse(other.slice(NOTES_WIDTH)) as RecordId;
		records.set(id, record(id, other));
	}
	return records;
}

function notesOf({ revision, missing, states }: KeptRecord): string {
	const bits = Array.from({ length: MOST_STATES }, (_, index) => {
		const { active: holds, exits: left } = states[index] ?? { active: false, exits: 0 };
		return Number(holds) + 2 * left;
	});
	return [
		revision.hash,
		DIGITS[BASES.indexOf(revision.basis) + 4 * missing],
		DIGITS[bits[0] + 8 * bits[1]],
		DIGITS[bits[2] + 8 * bits[3]],
	].join('');
}

function record(id: RecordId, notes: string): KeptRecord {
	const [general, ...pairs] = [0, 1, 2].map((at) => DIGITS.indexOf(notes[HASH_WIDTH + at]));
	const states = pairs.flatMap((pair) =>
		[pair % 8, Math.floor(pair / 8)].map((bits) => ({
			active: bits % 2 === 1,
			exits: Math.floor(bits / 2),
		})),
	);
	return {
		id,
		revision: { hash: notes.slice(0, HASH_WIDTH), basis: BASES[general % 4] },
		missing: Math.floor(general / 4),
		states,
	};
}
