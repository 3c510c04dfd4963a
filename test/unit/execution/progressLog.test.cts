import type { IContextObject, IExecuteFunctions } from 'n8n-workflow';
import { ProgressLog } from '../../../nodes/BildOut/execution/progressLog';

describe('The pace of the lines in the log', () => {
	const lines: string[] = [];
	const run = { items: 0, index: 0 };
	const node = {
		getInputData: () => Array(run.items).fill({ json: {} }),
		getWorkflowDataProxy: () => ({ $runIndex: run.index }),
		getNode: () => ({ name: 'Make Customers' }),
		getExecutionId: () => '12',
		getWorkflow: () => ({ id: 'w1' }),
		logger: { info: (line: string) => void lines.push(line) },
	} as unknown as IExecuteFunctions;

	beforeEach(() => {
		lines.length = 0;
		jest.useFakeTimers();
	});
	afterEach(() => jest.useRealTimers());

	/** Ends one item every `everyMs`, as in run `runIndex`. */
	const work = (context: IContextObject, items: number, everyMs: number, runIndex = 0) => {
		Object.assign(run, { items, index: runIndex });
		const log = new ProgressLog(node, context);
		for (let done = 1; done <= items; done++) {
			jest.advanceTimersByTime(everyMs);
			log.itemEnded(done);
		}
	};

	it.each([
		[100, 10, [25, 50, 75, 100]],
		[100, 1_000, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
		[9, 1_000, []],
		[24, 10, []],
		[2, 60_000, [1, 2]],
	])('is for %d items, one every %d ms: %j', (items, everyMs, expected) => {
		work({}, items, everyMs);
		const line = (done: number) =>
			`BildOut "Make Customers": the first ${done} of ${items} items are done in execution 12`;
		expect(lines).toEqual(expected.map(line));
	});

	it('goes on through the runs of a loop, and through a retry on another worker', () => {
		let context: IContextObject = {};
		for (let run = 0; run < 25; run++) {
			work(context, 1, 500, run);
			context = JSON.parse(JSON.stringify(context)) as IContextObject;
		}
		expect(lines).toEqual([
			'BildOut "Make Customers": the first 1 of 1 items are done in execution 12, run 20',
		]);
	});
});
