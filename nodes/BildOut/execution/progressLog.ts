import type { IContextObject, IExecuteFunctions } from 'n8n-workflow';

/** A line is written after so many items, or after so long where they take longer. */
const EVERY_ITEMS = 25;
const EVERY_MS = 10_000;
/** The same for a list that is read for a single item. */
const EVERY_RECORDS = 2_000;

/** The last line, for all runs of the node in one execution, such as those of a loop. */
interface LastLine {
	/** How many items have ended since. */
	items: number;
	/** In milliseconds since 1970. */
	at: number;
}

/**
 * Writes to n8n's log how far a long run has come. n8n saves what an execution did when a node or the
 * execution ends, so of a process that is killed nothing else is left. The lines hold no record's data.
 */
export class ProgressLog {
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
		this.last.items += 1;
		const isDue = this.last.items >= EVERY_ITEMS || Date.now() - this.last.at >= EVERY_MS;
		if (!isDue) return;
		this.last.items = 0;
		this.last.at = Date.now();
		this.write(`the first ${done} of ${this.node.getInputData().length} items are done`);
	}

	/**
	 * @param records of the list, in plural
	 * @returns what counts each page of the list
	 */
	reading(records: string): (page: readonly unknown[]) => void {
		let read = 0;
		let logged = 0;
		let at = Date.now();
		return ({ length }) => {
			read += length;
			if (read - logged < EVERY_RECORDS && Date.now() - at < EVERY_MS) return;
			logged = read;
			at = Date.now();
			this.write(`${read} ${records} are read`);
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
