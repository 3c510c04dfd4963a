import { setTimeout as wait } from 'node:timers/promises';
import { bildOut, type NodeRun } from '../support/bildout.cts';
import { CONTINUING, LABOR, onOne, op, RETRYING } from '../support/parameters.cts';
import type { Fault } from '../support/sandbox.cts';

/**
 * What is sent again, and with which key, in the sandbox: within a run, by Retry On Fail, which runs the node
 * again for all items, and by the editor's Retry, which goes on with what n8n saved of a run that failed.
 */
const bildout = bildOut();

const create = op('customer create', {
	name: '={{ $json.name }}',
	additionalFields: { email: "={{ $json.email ?? '' }}" },
});
const FAULTY = 'no..dots@ace.example';
const people = ['First', 'Second', 'Third'].map((name) => ({ name }));

const fault = async (kind: Fault['kind'], more: Partial<Fault> = {}) =>
	await bildout.control.fault({ kind, path: '^/api/', times: 1, ...more });
const posts = async () =>
	(await bildout.calls())
		.filter(({ method }) => method === 'POST')
		.map(({ json, headers }) => ({
			name: (json as { name: string }).name,
			key: headers['idempotency-key'],
		}));
const names = async () => (await posts()).map(({ name }) => name);

describe('within a run', () => {
	it.each([
		['create', 'drop_after', {}],
		['create', 'drop_before', {}],
		['create', 'slow', { delayMs: 1_500 }],
		['create', 'status', { status: 503 }],
		['update', 'drop_after', {}],
		['delete', 'drop_after', {}],
	] as const)('a write is sent once, whatever becomes of it: %s, %s', async (name, kind, more) => {
		const { id } = await bildout.create('/customers', { name: 'Ace', email: 'a@ace.example' });
		const methods = { create: 'POST', update: 'PUT', delete: 'DELETE' };
		await fault(kind, { method: methods[name], ...more });
		const parameters =
			name === 'create' ? create : onOne(`customer ${name}`, id, { updateFields: { phone: '1' } });
		const options = { timeout: 1 };
		const { error } = await bildout.run({ ...parameters, options }, { items: people.slice(0, 1) });
		expect(error?.message).toMatch(
			name === 'create' ? /the customer may still have been created/ : /^The connection .* broke/,
		);
		expect(await bildout.writes()).toHaveLength(1);
	});

	it.each(['drop_after', 'html'] as const)('a read is sent again after %s', async (kind) => {
		await fault(kind, { status: 502 });
		await bildout.succeed(op('customer getAll', { limit: 1 }));
		expect(await bildout.calls()).toHaveLength(2);
	});

	it('a read is given up after as many retries as the options say', async () => {
		await fault('status', { status: 500, times: 10 });
		await bildout.run(op('customer getAll', { options: { maxRetries: 2 } }));
		expect(await bildout.calls()).toHaveLength(3);
	});
});

describe('the Idempotency-Key', () => {
	const [first] = people;
	const upsert = op('vendor upsert', { matchBy: 'name', name: '={{ $json.name }}' });
	const run = async (more: object = {}) =>
		await bildout.run(create, { items: [first], executionId: 'e-1', ...more });

	it.each<[string, number, Array<() => Promise<unknown>>]>([
		['is another for each item', 3, [() => run({ items: people })]],
		['is the same for the same item of the same execution', 1, [run, run]],
		['is another in another execution', 2, [run, () => run({ executionId: 'e-2' })]],
		['is another in each round of a loop', 3, [() => run({ rounds: 3 })]],
		['is another in another node', 2, [run, () => run({ node: { id: 'node-2' } })]],
		['comes with an upsert that creates', 3, [() => bildout.run(upsert, { items: people })]],
	])('%s', async (_, count, runs) => {
		for (const each of runs) await each();
		const keys = (await posts()).map(({ key }) => key);
		expect(new Set(keys).size).toBe(count);
		for (const key of keys) expect(key).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
	});
});

describe('Retry On Fail', () => {
	it('sends only what failed again, with the same key, and the first of the items first', async () => {
		const items = [{ name: 'Faulty', email: FAULTY }, ...people];
		const { json } = await bildout.run(create, { items, node: { ...RETRYING, ...CONTINUING } });
		const shown = json.map(({ name, error }) => name ?? typeof error);
		expect(shown).toEqual(['string', 'First', 'Second', 'Third']);
		expect(await names()).toEqual(['Faulty', 'First', 'Second', 'Third', 'Faulty', 'Faulty']);
		expect(new Set((await posts()).map(({ key }) => key)).size).toBe(4);
	});

	it('does not call what the run itself deleted gone', async () => {
		const ids = [];
		for (const person of people) ids.push((await bildout.create('/vendors', person)).id);
		const { json } = await bildout.run(onOne('vendor delete', '={{ $json.id }}'), {
			items: ['gone', ...ids].map((id) => ({ id })),
			node: { ...RETRYING, ...CONTINUING },
		});
		expect(json[0].error).toMatch(/was not found/);
		expect(json.slice(1)).toEqual(ids.map((id) => ({ deleted: true, id })));
	});
});

describe('Retry from the editor', () => {
	const items = people.map(({ name }) => (name === 'Third' ? { name, email: 'none' } : { name }));
	const mended = { ...create, additionalFields: {} };
	const timed = { ...create, name: '={{ $json.name }} {{ $now.toMillis() }}' };

	it.each<[string, object, object, string[]]>([
		['sends nothing again where nothing was mended', create, create, []],
		['sends what failed once that is mended', create, mended, ['Third']],
		[
			'sends what is asked for otherwise by then',
			create,
			{ ...mended, name: '={{ $json.name }}-Ltd' },
			['First-Ltd', 'Second-Ltd', 'Third-Ltd'],
		],
		['takes an expression that holds the time for the same', timed, timed, []],
	])('%s', async (_, parameters, changed, sent) => {
		const failed = await bildout.run(parameters, { items });
		expect(failed.error?.message).toMatch(/email/);
		const { json } = await bildout.retry(failed, changed, { items });
		expect((await names()).map((name) => name.split(' ')[0])).toEqual(['First', 'Second', ...sent]);
		// The output has every record, also those that were written before.
		expect(json).toHaveLength(sent.length > 0 ? 3 : 0);
		expect(new Set((await posts()).map(({ key }) => key)).size).toBe(2 + sent.length);
	});

	it('sends everything again to another account', async () => {
		const failed = await bildout.run(create, { items });
		const credential = await bildout.connect();
		await bildout.retry(failed, mended, { items, credential });
		expect(await names()).toEqual(['First', 'Second', 'First', 'Second', 'Third']);
	});

	it('goes on in the right round of a loop', async () => {
		const name = "={{ $runIndex === 1 ? '' : 'Round ' + $runIndex }}";
		const failed = await bildout.run({ ...create, name }, { rounds: 3 });
		expect(failed.error?.message).toBe("'Name' is empty");
		await bildout.retry(failed, { ...create, name: '=Round {{ $runIndex }}' }, { rounds: 3 });
		expect(await names()).toEqual(['Round 0', 'Round 1', 'Round 2']);
	});

	it('finds nothing kept of a run that ended well', async () => {
		const options = { items: people, rounds: 2, executionId: 'e-1' };
		const { run } = await bildout.succeed(create, options);
		expect(run.data.executionData?.contextData['node:BildOut']).toMatchObject({ bildOut: [] });
		await bildout.succeed(create, options);
		expect(await names()).toHaveLength(12);
	});
});

describe('a create whose response was lost some time ago, in a BildOut without Idempotency-Keys', () => {
	const AGE_MS = 11 * 60_000;
	const [item] = people;
	const retry = async (failed: NodeRun) =>
		await bildout.retry(aged(failed), create, { items: [item] });
	const found = async () =>
		(await bildout.list('/customers?limit=100')).filter(({ name }) => name === item.name);

	/** What n8n kept of a failed run, as if the response had been lost some time ago. */
	function aged(failed: NodeRun): NodeRun {
		const { executionData } = failed.run.data;
		const before = JSON.stringify(executionData!.contextData);
		const since = /"unconfirmedSince":(\d+)/g;
		const after = before.replace(since, (_, at) => `"unconfirmedSince":${at - AGE_MS}`);
		expect(after).not.toBe(before);
		executionData!.contextData = JSON.parse(after);
		return failed;
	}

	beforeEach(async () => await bildout.control.config({ quirks: { idempotency: false } }));

	it.each([
		['moment', 0],
		['moment', 5],
		['day', 0],
		['local', 0],
		['seconds', 0],
		['missing', 0],
	] as const)(
		'is there once, where BildOut writes created_at as %s, with a clock %d minutes behind',
		async (createdAt, behind) => {
			await bildout.control.config({ quirks: { createdAt } });
			await bildout.control.setClock(new Date(Date.now() - AGE_MS - behind * 60_000).toISOString());
			await fault('drop_after', { method: 'POST' });
			const { json, error } = await retry(await bildout.run(create, { items: [item] }));
			const isExact = ['moment', 'seconds'].includes(createdAt) && behind === 0;
			if (isExact) expect(json).toMatchObject([item]);
			else expect(error?.message).toMatch(/may have created .* BildOut has 1 like it: First \(ID /);
			expect(await found()).toHaveLength(1);
			expect(await names()).toHaveLength(1);
		},
	);

	it.each(['drop_after', 'drop_before'] as const)(
		'is sent again only where no record is like it: %s',
		async (kind) => {
			await bildout.control.setClock(new Date(Date.now() - AGE_MS).toISOString());
			await fault(kind, { method: 'POST' });
			const phoned = { ...create, additionalFields: { phone: '(303) 555-0142' } };
			const failed = await bildout.run(phoned, { items: [item] });
			const [made] = await found();
			// BildOut may keep values in a form of its own.
			const kept = { ...item, phone: '+13035550142' };
			if (made) await bildout.write('PUT', `/customers/${made.id}`, kept);
			const { json, error } = await bildout.retry(aged(failed), phoned, { items: [item] });
			if (made) expect(error?.message).toMatch(/BildOut has 1 like it: First \(ID /);
			else expect(json).toMatchObject([item]);
			expect(await found()).toHaveLength(1);
		},
	);
});

it.each(['GET', 'PUT'])(
	'an update that is cancelled during the %s keeps the record whole',
	async (method) => {
		const { id } = await bildout.create('/customers', people[0]);
		const kept = { notes: 'Thanks', po_number: 'PO-1', line_items: [{ ...LABOR, tax_rate: 8.5 }] };
		const before = await bildout.createInvoice(id, kept);
		await bildout.control.config({ latencyMs: 300 });
		const updateFields = { dueDate: '2025-03-01' };
		const { cancel, done } = bildout.start(onOne('invoice update', before.id, { updateFields }));
		while ((await bildout.calls()).at(-1)?.method !== method) await wait(10);
		cancel();
		expect((await done).run.status).toBe('canceled');
		await wait(500);
		await bildout.control.config({ latencyMs: 0 });
		const after = await bildout.read(`/invoices/${before.id}`);
		expect(['2025-02-15', '2025-03-01']).toContain(after.due_date);
		expect(after).toMatchObject(kept);
	},
);
