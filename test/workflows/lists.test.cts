import { bildOut, type NodeOptions } from '../support/bildout.cts';
import { locator, op } from '../support/parameters.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/** Get Many in n8n. Every form, length and contradiction of a list is in test/unit/api/pagination. */
const bildout = bildOut();
const server = scriptedServer();
const FORMS = ['page', 'offset', 'cursor'] as const;

const getAll = (more: object) => op('customer getAll', more);
const ALL = getAll({ returnAll: true });

/** Starts the sandbox again with so many customers; gives an account of it, as those from before are gone. */
async function filled(form: (typeof FORMS)[number], customers: number): Promise<NodeOptions> {
	await bildout.control.reset({ seed: false });
	await bildout.control.config({ pagination: form, announcedLimit: 1_000_000 });
	await bildout.control.seed({ customers });
	return { credential: await bildout.connect() };
}
const idsOf = (records: Array<Record<string, unknown>>) => records.map(({ id }) => id);

describe.each(FORMS)('a list that is paged by %s', (form) => {
	it.each([0, 100, 250])(
		'of %d is returned whole, in its order, with no request too many',
		async (many) => {
			const own = await filled(form, many);
			const { json } = await bildout.succeed(ALL, own);
			expect(new Set(idsOf(json)).size).toBe(many);
			expect(await bildout.calls()).toHaveLength(Math.max(1, Math.ceil(many / 100)));
			const first = await bildout.list('/customers?limit=100');
			expect(idsOf(json).slice(0, 100)).toEqual(idsOf(first));
		},
	);

	it('is read as far as is wanted', async () => {
		const own = await filled(form, 1_500);
		const { json } = await bildout.succeed(getAll({ limit: 1_037 }), own);
		expect(new Set(idsOf(json)).size).toBe(1_037);
		expect(await bildout.calls()).toHaveLength(11);
	});

	it('is an error where the server ignores the page, unless one page is all that is wanted', async () => {
		const own = await filled(form, 450);
		await bildout.control.config({ ignorePage: true });
		const { json, error } = await bildout.run(ALL, own);
		expect(json).toEqual([]);
		expect(error?.message).toBe('BildOut returned the same page twice');
		expect(error?.description).toBeTruthy();
		expect((await bildout.calls()).length).toBeLessThanOrEqual(5);
		const one = await bildout.succeed(getAll({ limit: 60 }), own);
		expect(one.json).toHaveLength(60);
	});

	it('is an error where a page fails, which is never the end of the list', async () => {
		const own = await filled(form, 450);
		const fault = { kind: 'status', path: '/customers$', after: 1, times: 1 } as const;
		await bildout.control.fault({ ...fault, status: 500 });
		const noRetry = { returnAll: true, options: { maxRetries: 0 } };
		const { json, error } = await bildout.run(getAll(noRetry), own);
		expect(json).toEqual([]);
		expect(error).toMatchObject({ httpCode: '500' });
		await bildout.control.fault({ ...fault, status: 503 });
		expect((await bildout.succeed(ALL, own)).json).toHaveLength(450);
	});
});

it.each(['page', 'offset'] as const)(
	'the other pages are read concurrently once the first reported the total: %s',
	async (form) => {
		const own = await filled(form, 900);
		await bildout.control.config({ latencyMs: 200 });
		await bildout.succeed(ALL, own);
		const [first, ...others] = await bildout.calls();
		expect(first.inFlight).toBe(1);
		// At the start as many requests may go at once as responses have come, and one more.
		expect(Math.max(...others.map(({ inFlight }) => inFlight))).toBeGreaterThanOrEqual(4);
	},
);

it('each input item gets a list of its own, paired with it', async () => {
	const { items } = await bildout.run(getAll({ limit: '={{ $json.many }}' }), {
		items: [{ many: 2 }, { many: 3 }],
	});
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 0, 1, 1, 1].map((item) => ({ item })),
	);
});

it.each([0, -1, 2.5, 'many'])('a limit of %p is refused before anything is sent', async (limit) => {
	const parameters = getAll({ limit: `={{ ${JSON.stringify(limit)} }}` });
	await bildout.expectRefusal(parameters, /^'Limit' must be a whole number of at least 1/);
});

describe('a list is sorted', () => {
	type Rule = { field: string; direction: string };
	const sorted = async (resource: string, more: object, ...rule: Rule[]) =>
		(
			await bildout.succeed(
				op(`${resource} getAll`, { simplify: false, returnAll: true, sort: { rule }, ...more }),
			)
		).json;

	it('by numbers as numbers, in both directions, from the whole list', async () => {
		const totals = async (direction: string, more: object = {}) =>
			(await sorted('invoice', more, { field: 'total', direction })).map(({ total }) =>
				Number(total),
			);
		const ascending = await totals('asc');
		expect(ascending.length).toBeGreaterThan(100);
		expect(ascending).toEqual([...ascending].sort((a, b) => a - b));
		const descending = [...ascending].reverse();
		expect(await totals('desc')).toEqual(descending);
		expect(await totals('desc', { returnAll: false, limit: 3 })).toEqual(descending.slice(0, 3));
	});

	it('by a label for the field, and a direction in any case', async () => {
		const byValue = await sorted('invoice', {}, { field: 'due_date', direction: 'desc' });
		const byLabel = await sorted('invoice', {}, { field: 'Due Date', direction: 'Descending' });
		expect(byLabel).toEqual(byValue);
	});

	it('by no direction that there is not', async () => {
		const sort = { rule: [{ field: 'due_date', direction: 'down' }] };
		await bildout.expectRefusal(
			op('invoice getAll', { sort }),
			/'Direction' must be one of asc, desc, got 'down'/,
		);
	});

	it('by the second rule where the first ties', async () => {
		const byName = { field: 'name', direction: 'desc' };
		const vendors = await sorted('vendor', {}, { field: 'type', direction: 'asc' }, byName);
		const keys = vendors.map(({ type, name }) => ({ type: String(type), name: String(name) }));
		for (const [index, later] of keys.slice(1).entries()) {
			const earlier = keys[index];
			if (earlier.type === later.type) expect(earlier.name >= later.name).toBe(true);
			else expect(earlier.type < later.type).toBe(true);
		}
	});

	it.each(['asc', 'desc'])('with records without a value last: %s', async (direction) => {
		await bildout.create('/projects', { name: 'Without a budget' });
		const projects = await sorted('project', {}, { field: 'budget', direction });
		expect(projects.at(-1)?.name).toBe('Without a budget');
	});

	it('without a delay by names of 20,000 digits', async () => {
		// They tie, so each rule compares them.
		const names = Array.from({ length: 60 }, (_, at) => `${'aA'[at % 2]}${'9'.repeat(20_000)}`);
		const rule = Array.from({ length: 100 }, () => ({ field: 'name', direction: 'asc' }));
		server.respond(() => [200, { data: names.map((name, at) => ({ id: `v${at}`, name })) }]);
		const before = process.cpuUsage();
		const sort = { rule };
		const { json } = await bildout.runAt(server, op('vendor getAll', { returnAll: true, sort }));
		expect(json).toHaveLength(60);
		expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
	});

	it.each<[string, object, unknown[]]>([
		[
			'sorted',
			{ sort: { rule: [{ field: 'total', direction: 'asc' }] } },
			['-3', '9.50', '10.25', '10.5', null],
		],
		[
			'filtered, beside IDs that are numbers',
			{ filters: { minTotal: 10, customerId: locator('1') } },
			['10.25'],
		],
	])(
		'or %s by numbers that come as text, as databases write decimals',
		async (_, more, expected) => {
			const totals = ['9.50', '10.25', '10.5', '-3', null];
			const data = totals.map((total, index) => ({ id: index, client_id: index % 2, total }));
			server.respond(() => [200, { data }]);
			const getAll = op('invoice getAll', { simplify: false, ...more });
			const { json } = await bildout.runAt(server, getAll);
			expect(json.map(({ total }) => total)).toEqual(expected);
		},
	);
});
