import fc from 'fast-check';
import { nearlyValid, valid } from '../support/arbitrary.cts';
import { faultOf, operations, type Schema } from '../support/contract.cts';
import { kinds } from '../../sandbox/src/records/kinds.mts';
import type { JsonObject, SandboxConfig } from '../support/sandbox.cts';
import { AccountModel, BODIES, type Kind, type Step } from './account-model.cts';
import { type ApiResponse, type Body, call, useSandbox } from './client.cts';

const sandbox = useSandbox({ empty: true });

const which = fc.nat(5);
const owner = fc.nat(10_000);
const bodyOf = (schema: Schema) =>
	fc.oneof(
		{ weight: 6, arbitrary: valid(schema) },
		nearlyValid(schema).filter((value) => value !== null),
	) as fc.Arbitrary<JsonObject>;

const writeOf = (name: Kind): fc.Arbitrary<Step> => {
	const kind = fc.constant(name);
	const [create, replace] = [bodyOf(BODIES[name].create), bodyOf(BODIES[name].replace)];
	const created = { do: fc.constant('create' as const) };
	const replaced = { do: fc.constant('replace' as const) };
	return fc.oneof(
		{ weight: 4, arbitrary: fc.record({ ...created, kind, body: create, owner }) },
		{ weight: 3, arbitrary: fc.record({ ...replaced, kind, which, body: replace, owner }) },
		fc.record({ do: fc.constant('remove' as const), kind, which }),
	);
};

const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 4, arbitrary: writeOf('customers') },
	writeOf('vendors'),
	{ weight: 2, arbitrary: writeOf('projects') },
	{ weight: 5, arbitrary: writeOf('invoices') },
	writeOf('webhooks'),
	{ weight: 2, arbitrary: fc.record({ do: fc.constant('pay' as const), which }) },
);

const form: fc.Arbitrary<SandboxConfig> = fc.record({
	pagination: fc.constantFrom('page', 'offset', 'cursor'),
	maxLimit: fc.integer({ min: 1, max: 7 }),
});

const LISTS = [...kinds, 'webhooks'] as const;

/** These lists begin with what was made last, others are sorted by name. */
const IN_ORDER = ['invoices', 'payments', 'webhooks'];

/** Reads a list to its end, by what its pages report about the next one. */
async function readList(
	kind: (typeof LISTS)[number],
	query: Record<string, string> = {},
): Promise<Body[]> {
	const records: Body[] = [];
	const list = operations.find(({ method, path }) => method === 'GET' && path === `/${kind}`)!;
	let next: Record<string, string> | undefined = {};
	for (let page = 1; next !== undefined; page++) {
		expect(page).toBeLessThan(100);
		const search = new URLSearchParams({ ...query, ...next }).toString();
		const { status, body }: ApiResponse = await sandbox.api('GET', `/${kind}?${search}`);
		expect([status, faultOf(list.responses['200']!, body)]).toEqual([200, undefined]);
		records.push(...body.data);
		const { total, total_pages, next_cursor } = body.pagination;
		next = undefined;
		if (total_pages > page) next = { page: String(page + 1) };
		else if (total_pages === undefined && total > records.length)
			next = { offset: String(records.length) };
		else if (next_cursor) next = { cursor: next_cursor };
	}
	return records;
}

async function expectAccount(model: AccountModel): Promise<void> {
	for (const kind of LISTS) {
		const expected = model.all(kind);
		const listed = await readList(kind);
		const byId = (records: Body[]) => [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
		expect([kind, byId(listed)]).toEqual([kind, byId(expected)]);
		if (IN_ORDER.includes(kind)) {
			const ids = [...expected].reverse().map(({ id }) => id);
			expect(listed.map(({ id }) => id)).toEqual(ids);
		}
		for (const record of expected)
			expect(await sandbox.read(`/${kind}/${record.id}`)).toEqual(record);
	}
	for (const { id } of model.all('projects')) {
		const shown = await sandbox.read(`/projects/${id}/financials`);
		for (const [name, amount] of Object.entries(model.financials(id))) {
			expect([name, shown[name]]).toEqual([name, expect.closeTo(Number(amount), 2)]);
		}
	}
}

async function expectFound(model: AccountModel): Promise<void> {
	for (const kind of ['customers', 'vendors', 'projects', 'invoices'] as const) {
		for (const { id, name, email, invoice_number: number } of model.all(kind)) {
			for (const search of [name, email, number].filter(Boolean)) {
				const found = await readList(kind, { search: search.slice(0, 20) });
				const ids = found.map((record) => record.id);
				expect([search, ids]).toEqual([search, expect.arrayContaining([id])]);
			}
		}
	}
	for (const status of ['draft', 'sent', 'viewed', 'partial', 'paid', 'overdue', 'void']) {
		const expected = model.all('invoices').filter((invoice) => invoice.status === status);
		const ids = (records: Body[]) => records.map(({ id }) => id).sort();
		const found = await readList('invoices', { status });
		expect([status, ids(found)]).toEqual([status, ids(expected)]);
	}
}

/** So that invoices can have a customer and a project from the first step on. */
const FIRST: Step[] = (['customers', 'projects'] as const).map((kind) => ({
	...{ do: 'create', kind, owner: 0 },
	body: { name: 'First' },
}));

/** What random steps come to too seldom: each record goes while others refer to it. */
const REMOVALS: Step[] = [
	{
		...{ do: 'create', kind: 'invoices', owner: 201 * 3 + 2 },
		body: { client_id: 'any', line_items: [{ name: 'Door', quantity: 3, unit_price: 1 }] },
	},
	{ do: 'pay', which: 0 },
	...(['projects', 'customers', 'invoices', 'customers'] as const).map(
		(kind): Step => ({ do: 'remove', kind, which: 0 }),
	),
];

it('keeps what was written, and nothing else, through any sequence of requests', async () => {
	const anySteps = fc.array(step, { minLength: 1, maxLength: 20, size: 'max' });
	await fc.assert(
		fc.asyncProperty(form, anySteps, async (config, steps) => {
			await sandbox.control.reset({ seed: false });
			await sandbox.control.config({ announcedLimit: 1_000_000, ...config });
			const headers = { authorization: `Bearer ${sandbox.token}` };
			const model = new AccountModel(
				async (method, path, body, more) =>
					await call(method, sandbox.url + path, body, { ...headers, ...more }),
			);
			for (const each of [...FIRST, ...steps]) await model.take(each);
			await expectAccount(model);
			await expectFound(model);
		}),
		{
			examples: [[{ pagination: 'cursor', maxLimit: 2 }, REMOVALS]],
			numRuns: 60,
			interruptAfterTimeLimit: 20_000,
		},
	);
});
