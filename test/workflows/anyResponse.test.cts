import fc from 'fast-check';
import { randomServer, fates, type Seen } from '../support/random-server.cts';
import { bildOut, type NodeRun } from '../support/bildout.cts';
import { CONTINUING, LABOR, onOne, op } from '../support/parameters.cts';
import { everyOperation } from '../support/operations.cts';

const bildout = bildOut();
const server = randomServer();

/** Runs of the node. Where `continues`, an item that fails becomes an error item. */
const cases = fc.record({
	which: fc.nat(),
	simplify: fc.boolean(),
	returnAll: fc.boolean(),
	maxRetries: fc.constantFrom(0, 0, 0, 1),
	continues: fc.boolean(),
	items: fc.constantFrom(1, 1, 2),
	fates,
});

type Case = typeof cases extends fc.Arbitrary<infer One> ? One : never;

const send = (method: string, path: string, more: object = {}) =>
	op('apiRequest send', { method, path, ...more });

/** Every operation, and further ways to ask for some. */
async function everyWay(): Promise<object[]> {
	return [
		...(await everyOperation(bildout)).map(({ parameters }) => parameters),
		onOne('customer get', 'ada@example.com'),
		onOne('invoice get', 'INV-0042'),
		op('customer upsert', { matchBy: 'email', name: 'Ace', email: 'ada@example.com' }),
		onOne('invoice update', 'i1', {
			lineItemsInput: 'json',
			lineItemsJson: JSON.stringify([LABOR]),
		}),
		send('GET', '/customers'),
		send('GET', '/tags/t1'),
		send('POST', '/tags', { body: '{"name": "A"}' }),
		send('DELETE', '/tags/t1'),
	];
}

/** Twenty pages at once, each tried twice: so many requests for one list may fail. Pages before them count extra. */
const MOST_REQUESTS = 40;

/** These read two lists: of invoices, and of payments or customers, or once more to see that it has what was created. */
const TWO_LISTS = ['customer getStatement', 'invoice getReceivables', 'invoice upsert'];

const mostRequests = ({ resource, operation }: { resource?: string; operation?: string }) =>
	TWO_LISTS.includes(`${resource} ${operation}`) ? 2 * MOST_REQUESTS : MOST_REQUESTS;
const LONGEST_MS = 60_000;
/** What a program says of itself where a person should read what went wrong. */
const INNARDS =
	/undefined|\[object |Cannot read|is not (a function|iterable|an object)|Unexpected token|JSON/;

function expectSaid(message: unknown, description: unknown): void {
	expect(message).toEqual(expect.stringMatching(/\S/));
	expect(`${String(message)} ${String(description ?? '')}`).not.toMatch(INNARDS);
}

function expectClear({ error, items }: NodeRun, { continues }: Case): void {
	if (error) {
		expect(continues).toBe(false);
		expect(['NodeApiError', 'NodeOperationError']).toContain(error.name);
		expectSaid(error.message, error.description);
		return;
	}
	for (const { json } of items) {
		expect([typeof json, Array.isArray(json), json === null]).toEqual(['object', false, false]);
		if ('error' in json && 'message' in json) expectSaid(json.error, json.message);
		else expect(JSON.stringify(json)).not.toContain('[object ');
	}
}

/** Only a response that says no leaves it certain that a write was not done. */
const isCertainlyNotDone = ({ status, fate }: Seen) =>
	fate.kind !== 'late' && status !== undefined && status >= 400 && status < 500 && status !== 408;

function expectNoWriteTwice(seen: Seen[]): void {
	const writes = seen.filter(({ method, path }) => method !== 'GET' && !path.startsWith('/oauth'));
	for (const [at, write] of writes.entries()) {
		const earlier = writes
			.slice(0, at)
			.filter(
				({ method, path, body }) =>
					[method, path, body].join() === [write.method, write.path, write.body].join(),
			);
		for (const one of earlier) expect([one, isCertainlyNotDone(one)]).toEqual([one, true]);
	}
}

/** Twenty pages at once, each tried twice, were asked for because of a total that is wrong. */
const WRONG_TOTAL: Case = {
	...{ which: 28, simplify: false, returnAll: false, maxRetries: 1, continues: false, items: 1 },
	fates: [
		{ kind: 'nearly allowed', pick: 11 },
		{ kind: 'json', status: 503, body: { data: [{}], pagination: null } },
		{ kind: 'text', status: 401, type: 'text/html', body: '{"data": {"id": "a"' },
	],
};

/** Four pages with four totals, the last of which brings twenty requests that are lost, twice each. */
const CHANGING_TOTAL: Case = {
	...WRONG_TOTAL,
	which: 169567750,
	fates: [
		{ kind: 'allowed', pick: 2147483644 },
		{ kind: 'nearly allowed', pick: 0 },
		{ kind: 'allowed', pick: 1161546689 },
		{ kind: 'allowed', pick: 416433613 },
		{ kind: 'hang up in the middle', pick: 1504176218 },
	],
};

it('ends every operation in a result or a clear error, whatever BildOut responds', async () => {
	const ways = await everyWay();
	await fc.assert(
		fc.asyncProperty(cases, async (one) => {
			server.tell(one.fates);
			// A 429 is waited for, up to minutes, where retries are wanted.
			const maxRetries = one.fates.some((fate) => 'status' in fate && fate.status === 429)
				? 0
				: one.maxRetries;
			const { which, simplify, returnAll, items, continues } = one;
			const began = Date.now();
			const run = await bildout.run(
				{ ...ways[which % ways.length], simplify, returnAll, options: { maxRetries, timeout: 1 } },
				{
					items: Array.from({ length: items }, (_, index) => ({ index })),
					credential: await bildout.connect({ baseUrl: server.url }),
					...(continues && { node: CONTINUING }),
				},
			);
			expect(Date.now() - began).toBeLessThan(LONGEST_MS);
			const most = mostRequests(ways[which % ways.length]) * items;
			const failed = server.seen.filter(({ status }) => status === undefined || status >= 400);
			expect(failed.length).toBeLessThanOrEqual(most);
			expect(server.seen.length).toBeLessThanOrEqual(1.5 * most);
			// n8n gives its check of an ID a quarter of a second, which a busy machine can exceed.
			fc.pre(run.error?.message !== 'Regular expression execution timed out');
			expectClear(run, one);
			if (items === 1) expectNoWriteTwice(server.seen);
		}),
		{ numRuns: 200, interruptAfterTimeLimit: 15_000, examples: [[WRONG_TOTAL], [CHANGING_TOTAL]] },
	);
});
