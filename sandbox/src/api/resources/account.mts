import type { Records } from '../../records/records.mts';
import type { StoredRecord } from '../../records/collection.mts';

/** What the rules of every resource work with: the records, and the world outside of them. */
export interface Account {
	records: Records;
	/** Tells the webhook subscribers; `data` is the record that the event is about. */
	announce(type: string, data: StoredRecord): void;
	/** The moment to write into records, as an ISO string. */
	now(): string;
	/** The day that it is in the account, YYYY-MM-DD. */
	today(): string;
	newId(): string;
	/** Whether prices keep more decimals than cents. */
	finePrices(): boolean;
	/** Whether an invoice keeps fields that the contract does not name. */
	keepsUnknownFields(): boolean;
}

/** A resource that can be written through the API. */
export interface Writable<Kept extends StoredRecord = StoredRecord> {
	create(input: Record<string, unknown>): Kept;
	/** Puts `input` in the place of the record; what it leaves out becomes null. */
	replace(id: string, input: Record<string, unknown>): Kept;
	remove(id: string): void;
}
