import type { IDataObject } from 'n8n-workflow';

import type { InputItem, RecordSource, RunContext } from '../input/inputItem';
import type { RecordType } from '../records/recordType';
import type { ProgressLog } from './progressLog';
import type { FieldPath } from './rejectedFields';
import type { RunStats } from './runStats';
import type { WriteJournal } from './writeJournal';

/** An input item whose operation may read and write. */
export type RunItem = InputItem<RunState>;

/** What the items of one run of the node share. `Run` makes it. */
export interface RunState extends RunContext {
	readonly stats: RunStats;
	readonly journal: WriteJournal;
	readonly log: ProgressLog;
	/** Records as earlier items of a preview would leave them, by their path; null where they would delete them. */
	readonly previews: Map<string, IDataObject | null>;
	/** What checks of written records have found out about BildOut's responses. */
	readonly checks: RunChecks;
	/** Whether BildOut keeps the fields by which records are to be found again. */
	readonly keptFields: KeptFields;
	index(type: RecordType): KnownRecords;
	/** Fields that BildOut has refused to have written in this run. */
	rejectedFields(type: RecordType): FieldPath[];
}

/** All records of a kind, with what the run itself has written. `RecordIndex` keeps them. */
export interface KnownRecords extends RecordSource {
	/** Whether the list was read, so that a look-up costs nothing. */
	readonly isLoaded: boolean;
	/** @param isCustom whether records may be without the field */
	find(item: RunItem, field: string, value: unknown, isCustom?: boolean): Promise<IDataObject[]>;
	/** @param onPage receives each page, where the list is not read already */
	all(item: RunItem, onPage?: (records: IDataObject[]) => void): Promise<IDataObject[]>;
	/** Takes in a record that was created from a body; undefined where that may have happened or not. */
	created(item: RunItem, body: IDataObject, record: IDataObject | undefined): Promise<void>;
	/** Takes in a record that was created or changed. */
	upsert(record: IDataObject): void;
	/** Takes out a record that was deleted. */
	remove(id: string): void;
	/** Lets the next look-up read the list again, because something in it may have changed. */
	forget(): void;
}

/** What is known of a field of one run, by its name. */
export type KeptFields = Map<string, 'kept' | 'dropped'>;

/** What the checks of one run have in common. */
export interface RunChecks {
	/** Whether an invoice was read to see what the responses of this BildOut leave out. */
	hasRead?: boolean;
	/** Whether an invoice was found to be without its lines, so that each is read from then on. */
	hasFailed?: boolean;
	/** Whether a record was read because the response to its write left fields out. */
	hasReadFields?: boolean;
	/** Whether such a response leaves out fields that the record has. */
	isShort?: boolean;
}
