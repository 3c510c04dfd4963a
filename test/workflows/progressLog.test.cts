import { ExecuteContext } from 'n8n-core';

import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import { setNodeClock } from '../support/clock.cts';

/** What is left of a run in a process that is killed: the lines in n8n's log. */
const bildout = bildOut();

const create = op('customer create', { name: '={{ $json.name }}' });
const people = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ name: `Customer ${index + 1}` }));

describe('The log of a long run', () => {
	let lines: string[];

	beforeEach(() => {
		lines = [];
		// On a busy machine the items take so long that lines would be due for their time.
		const start = Date.now();
		setNodeClock(() => start);
		const logger = { info: (line: string) => void lines.push(line) };
		const { prototype } = ExecuteContext;
		Object.defineProperty(prototype, 'logger', { configurable: true, get: () => logger });
	});
	afterEach(() => {
		delete (ExecuteContext.prototype as { logger?: unknown }).logger;
		jest.restoreAllMocks();
	});

	it('says after every 25 items how many are done, and nothing of the records', async () => {
		await bildout.run(create, { items: people(60), executionId: '12' });
		expect(lines).toEqual(
			[25, 50].map(
				(done) => `BildOut "BildOut": the first ${done} of 60 items are done in execution 12`,
			),
		);
	});

	it('says how far a list is read that takes long', async () => {
		await bildout.control.seed({ invoices: 4_100 });
		await bildout.run(op('invoice getReceivables'), { executionId: '14' });
		expect(lines).toEqual(
			// The last page, which is shorter, may come before others.
			[2, 4].map((thousands) =>
				expect.stringMatching(
					`^BildOut "BildOut": ${thousands}0\\d\\d invoices are read in execution 14$`,
				),
			),
		);
	});

	it('is silent about reading, short runs and the items that follow a failure', async () => {
		await bildout.run(op('customer getAll', { limit: 1 }), { items: people(30) });
		await bildout.run(create, { items: people(24) });
		const withFault = people(30).map((item, index) => (index === 24 ? { name: '' } : item));
		await bildout.run(create, { items: withFault });
		expect(lines).toEqual([]);
	});
});
