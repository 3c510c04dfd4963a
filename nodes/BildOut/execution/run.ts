import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { InputItem, RecordSource, RunContext } from '../input/inputItem';
import type { RecordType } from '../records/recordType';
import { ProgressLog } from './progressLog';
import type { FieldPath } from './rejectedFields';
import { RunStats } from './runStats';
import { WriteJournal } from './writeJournal';

/** An input item whose operation may read and write. */
export type RunItem = InputItem<Run>;

/** What an operation does for one item. */
export interface ItemWork {
	/** Items are done one after the other in their order, each once; concurrently otherwise. */
	writes?: boolean;
	/** @returns the output of the item: one record, or any number of them */
	execute(item: RunItem): Promise<IDataObject | IDataObject[]>;
}

/** A kind of record, and the item that reads or writes it. */
export interface RecordContext {
	item: RunItem;
	type: RecordType;
}

/** A record that an item writes. */
export interface RecordWrite extends RecordContext {
	/** What the user gave of it. */
	fields: IDataObject;
	/** Whether rows are added to those of the record, instead of taking their place. */
	addsRows?: boolean;
	/** The field with the External ID, by which a later run must find the record. */
	externalIdField?: string;
	/** Whether no record of the list has that field so far, so that lists may leave it out. */
	isFieldUnlisted?: boolean;
}

/** A record that was written. */
export interface Written extends RecordWrite {
	done: 'created' | 'updated';
	/** What was sent; of an update, more than the user gave. */
	sent: IDataObject;
	/** The record in the response; without an ID where the response had none. */
	returned: IDataObject;
}

export type OnPage = (records: IDataObject[]) => void;

/** All records of a kind, with what the run itself has written. `RecordIndex` keeps them. */
export interface KnownRecords extends RecordSource {
	/** Whether the list was read, so that a look-up costs nothing. */
	readonly isLoaded: boolean;
	/** @param onPage receives each page, where the list is not read already */
	all(item: RunItem, onPage?: OnPage): Promise<IDataObject[]>;
	/** @param isCustom whether records may be without the field */
	find(item: RunItem, field: string, value: unknown, isCustom?: boolean): Promise<IDataObject[]>;
	upsert(record: IDataObject): void;
	remove(id: string): void;
	/** Lets the next look-up read the list again, because something in it may have changed. */
	forget(): void;
}

/** What the items of one run of the node share. */
export class Run implements RunContext {
	readonly stats = new RunStats();

	/** Whether the node is a tool of an AI agent: n8n then lets its type end in `Tool`. */
	readonly isTool: boolean;

	readonly journal: WriteJournal;

	readonly log: ProgressLog;

	/** Records as earlier items of a preview would leave them, by their path; null where they would delete them. */
	readonly previews = new Map<string, IDataObject | null>();

	/** What the checks of written records have found out about BildOut's responses. */
	readonly checks: {
		/** An invoice was read because the response showed neither lines nor a total. */
		hasReadInvoice?: boolean;
		/** An invoice was without its lines, so that each is read from then on. */
		hasLostLines?: boolean;
		/** A record was read because the response left out fields that were sent. */
		hasReadRecord?: boolean;
		/** Responses leave out fields that the record has. */
		leavesFieldsOut?: boolean;
	} = {};

	/** Whether BildOut keeps External ID fields, by their name and by what was done. */
	readonly keepsExternalId = new Map<string, boolean>();

	/** By the paths of their types, as the next. */
	private readonly indexes = new Map<string, KnownRecords>();

	private readonly rejected = new Map<string, FieldPath[]>();

	private hasFailures = false;

	/** @param newIndex makes what keeps the records of a kind */
	constructor(
		readonly node: IExecuteFunctions,
		private readonly newIndex: (type: RecordType) => KnownRecords,
	) {
		this.isTool = node.getNode().type.endsWith('Tool');
		this.journal = new WriteJournal(node, this.isTool);
		this.log = new ProgressLog(node, this.journal.context);
	}

	/** Does an operation for an item. Of a write that an earlier try of this run has done, it returns the output. */
	async executeItem(item: RunItem, { writes, execute }: ItemWork): Promise<IDataObject[]> {
		let output = writes ? this.journal.outputOf(item.index) : undefined;
		try {
			output ??= [await execute(item)].flat();
			if (writes) this.stats.countWritten(output);
			return output;
		} finally {
			if (!output) this.hasFailures = true;
			if (writes && (output || this.node.continueOnFail())) this.log.itemEnded(item.index + 1);
		}
	}

	/** Nothing is under way any more. `first` is the first item of the output. */
	end(first: IDataObject | undefined): void {
		this.journal.end(this.hasFailures, first);
	}

	index(type: RecordType): KnownRecords {
		const index = this.indexes.get(type.path) ?? this.newIndex(type);
		this.indexes.set(type.path, index);
		return index;
	}

	/** Fields that BildOut has refused to have written in this run. */
	rejectedFields({ path }: RecordType): FieldPath[] {
		const fields = this.rejected.get(path) ?? [];
		this.rejected.set(path, fields);
		return fields;
	}
}
