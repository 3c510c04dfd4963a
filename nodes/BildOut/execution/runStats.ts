import type { IDataObject } from 'n8n-workflow';

import { ThrottleTimer } from '../api/rateLimiter';
import { normalized } from '../input/text';
import type { RecordType } from '../records/recordType';

/** A list that was read for fewer records than it has. */
interface ListUse {
	/** How many records were read, and how many of them were wanted. */
	read: number;
	wanted: number;
	/** The label of a filter that BildOut would have applied itself. */
	faster?: string;
}

/** What can be different about a record that an output is made from. */
export type Exception =
	| 'noDueDate'
	| 'noAmount'
	| 'noCustomerName'
	| 'noCustomer'
	| 'unknownStatus'
	| 'notFilterable'
	| 'unknownWord'
	| 'noDate'
	| 'paidOtherwise'
	| 'paidLess'
	| 'noInvoice'
	| 'notCompared'
	| 'billedOtherwise'
	| 'minorUnits'
	| 'storedOtherwise';

/** What a write would do. */
export type PreviewKind = 'create' | 'update' | 'delete' | 'none';

/** What a run of the node took time for, and what of it may surprise. */
export class RunStats {
	readonly waiting = new ThrottleTimer();

	/** Lists that were read for filters and sorting, by what they list. */
	readonly filtered = new Map<RecordType, ListUse>();

	/** Lists that were read to look records up. */
	readonly lookedUp = new Map<RecordType, { read: number; values: Set<string> }>();

	/** The names of each record that this run has created or updated, as they came, by its ID. */
	readonly writtenNames = new Map<string, string[]>();

	updates = 0;

	/** Updates after which the record was as before. */
	unchanged = 0;

	/** How many items of a preview would do what. */
	readonly previews = new Map<PreviewKind, number>();

	countPreview(kind: PreviewKind): void {
		this.previews.set(kind, (this.previews.get(kind) ?? 0) + 1);
	}

	/** Records that an output treats differently, as people know them, by what is different. */
	readonly exceptions = new Map<Exception, Set<string>>();

	/** Notes records for the hints that name them. */
	note(exceptions: Partial<Record<Exception, readonly string[]>>): void {
		for (const [which, names] of Object.entries(exceptions) as Array<[Exception, string[]]>) {
			const noted = this.exceptions.get(which) ?? new Set<string>();
			for (const name of names) noted.add(name);
			if (noted.size > 0) this.exceptions.set(which, noted);
		}
	}

	/** Notes a list from which records were filtered or sorted here. */
	countFiltered(type: RecordType, { read, wanted, faster }: ListUse): void {
		const before: ListUse = this.filtered.get(type) ?? { read: 0, wanted: 0 };
		this.filtered.set(type, {
			read: read + before.read,
			wanted: wanted + before.wanted,
			faster: faster ?? before.faster,
		});
	}

	/** Notes that a list was read whole to look records up in it. */
	countFullRead(type: RecordType, read: number): void {
		this.lookUps(type).read += read;
	}

	/** Notes a value by which a record was looked up. */
	countLookup(type: RecordType, field: string, value: unknown): void {
		this.lookUps(type).values.add(`${field} ${normalized(value)}`);
	}

	/** Notes what an item of an upsert returned. */
	countWritten(output: IDataObject[]): void {
		for (const { id, name, upsert } of output) {
			const isWritten = upsert === 'created' || upsert === 'updated';
			// A response may show no ID.
			if (isWritten && id !== undefined) this.countName(id, name);
		}
	}

	/** Notes a record that an upsert found and left as it is, although the item has another name for it. */
	countFound(id: string, name: unknown): void {
		if (this.writtenNames.has(id)) this.countName(id, name);
	}

	private countName(id: unknown, name: unknown): void {
		const names = this.writtenNames.get(String(id)) ?? [];
		const isNew = !names.some((known) => normalized(known) === normalized(name));
		if (isNew) this.writtenNames.set(String(id), [...names, String(name)]);
	}

	/** Notes an update of a record that was read before. */
	countUpdate(hasChanged: boolean): void {
		this.updates += 1;
		if (!hasChanged) this.unchanged += 1;
	}

	private lookUps(type: RecordType) {
		const lookUps = this.lookedUp.get(type) ?? { read: 0, values: new Set<string>() };
		this.lookedUp.set(type, lookUps);
		return lookUps;
	}
}
