import { writableFields } from '../../contract/contract.mts';
import type { Collection, StoredRecord } from '../../records/collection.mts';
import type { Account, Writable } from './account.mts';

interface Entry {
	noun: string;
	collection: Collection<StoredRecord>;
	/** The contract's schema of what may be written. */
	schema: string;
	/** Whether BildOut has events for it. */
	hasEvents: boolean;
	/** Refuses input that the contract's schema cannot see is wrong. */
	check?(input: Record<string, unknown>): void;
	/** Refuses or follows up the removal of a record. */
	beforeRemoval?(id: string): void;
}

/** The rules of a record that is no more than its fields: customers, vendors, projects. */
export function directory(account: Account, entry: Entry): Writable {
	const { collection, noun } = entry;
	const blank = Object.fromEntries(writableFields(entry.schema).map((field) => [field, null]));
	const announce = (change: string, record: StoredRecord) => {
		if (entry.hasEvents) account.announce(`${noun}.${change}`, record);
	};
	return {
		create(input) {
			entry.check?.(input);
			const at = account.now();
			const record = { id: account.newId(), ...blank, ...input, created_at: at, updated_at: at };
			collection.insert(record);
			announce('created', record);
			return record;
		},
		replace(id, input) {
			const { created_at } = collection.existing(id);
			entry.check?.(input);
			const record = { id, ...blank, ...input, created_at, updated_at: account.now() };
			collection.replace(record);
			announce('updated', record);
			return record;
		},
		remove(id) {
			const record = collection.existing(id);
			entry.beforeRemoval?.(id);
			collection.remove(id);
			announce('deleted', record);
		},
	};
}
