import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { RecordType } from '../records/recordType';
import { ProgressLog } from './progressLog';
import { RecordIndex } from './recordIndex';
import type { FieldPath } from './rejectedFields';
import type { KeptFields, RunChecks, RunItem, RunState } from './runState';
import { RunStats } from './runStats';
import { WriteJournal } from './writeJournal';

/** What an operation does for one item. */
export interface ItemWork {
	/** Items are done one after the other in their order, each once; concurrently otherwise. */
	writes?: boolean;
	/** @returns the output of the item: one record, or any number of them */
	execute(item: RunItem): Promise<IDataObject | IDataObject[]>;
}

/** What the items of one run of the node share. */
export class Run implements RunState {
	readonly stats = new RunStats();

	/** Whether the node is a tool of an AI agent: n8n then lets its type end in `Tool`. */
	readonly isTool: boolean;

	readonly journal: WriteJournal;

	readonly previews = new Map<string, IDataObject | null>();

	readonly checks: RunChecks = {};

	readonly keptFields: KeptFields = new Map();

	private readonly indexes = new Map<RecordType, RecordIndex>();

	private readonly rejected = new Map<RecordType, FieldPath[]>();

	readonly log: ProgressLog;

	private hasFailures = false;

	constructor(readonly node: IExecuteFunctions) {
		this.isTool = node.getNode().type.endsWith('Tool');
		this.journal = new WriteJournal(node, this.isTool);
		this.log = new ProgressLog(node, this.journal.context);
	}

	/** Does an operation for an item, unless this run did it before and is being repeated. */
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

	index(type: RecordType): RecordIndex {
		const index = this.indexes.get(type) ?? new RecordIndex(type);
		this.indexes.set(type, index);
		return index;
	}

	rejectedFields(type: RecordType): FieldPath[] {
		const fields = this.rejected.get(type) ?? [];
		this.rejected.set(type, fields);
		return fields;
	}
}
