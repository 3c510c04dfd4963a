import type { IContextObject, IExecuteFunctions } from 'n8n-workflow';

/** A line is written after so many items, or after so long where they take longer. */
const EVERY_ITEMS = 25;
const EVERY_MS = 10_000;
/** The same for a list that is read for a single item. */
const EVERY_RECORDS = 2_000;

interface LastLine {
	/** How many items have ended, or records been read, since. */
	items: number;
	/** In milliseconds since 1970. */
	at: number;
}

/** Whether the next line is due; what follows then counts from here. */
function isDue(last: LastLine, more: number, every: number): boolean {
	last.items += more;
	if (last.items < every && Date.now() - last.at < EVERY_MS) return false;
	last.items = 0;
	last.at = Date.now();
	return true;
}

/**
 * Writes to n8n's log how far a long run has come. n8n saves what an execution did when a node or the
 * execution ends, so of a process that is killed nothing else is left. The lines hold no record's data.
 */
export class ProgressLog {
	/** For all runs of the node in one execution, such as those of a loop. */
	private readonly last: LastLine;

	constructor(
		private readonly node: IExecuteFunctions,
		context: IContextObject,
	) {
		this.last = (context.bildOutLog as LastLine | undefined) ?? { items: 0, at: Date.now() };
		context.bildOutLog = this.last;
	}

	/** One more item has ended: the first `done` of the run have. */
	itemEnded(done: number): void {
		if (!isDue(this.last, 1, EVERY_ITEMS)) return;
		this.write(`the first ${done} of ${this.node.getInputData().length} items are done`);
	}

	/**
	 * @param records of the list, in plural
	 * @returns what counts each page of the list
	 */
	reading(records: string): (page: readonly unknown[]) => void {
		let read = 0;
		const last = { items: 0, at: Date.now() };
		return ({ length }) => {
			read += length;
			if (isDue(last, length, EVERY_RECORDS)) this.write(`${read} ${records} are read`);
		};
	}

	private write(progress: string): void {
		const { name } = this.node.getNode();
		const executionId = this.node.getExecutionId();
		const runIndex = this.node.getWorkflowDataProxy(0).$runIndex as number;
		const run = runIndex > 0 ? `, run ${runIndex + 1}` : '';
		this.node.logger.info(`BildOut "${name}": ${progress} in execution ${executionId}${run}`, {
			executionId,
			workflowId: this.node.getWorkflow().id,
		});
	}
}
