import { bildOut, type NodeOptions } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';

const bildout = bildOut();

/** What n8n shows beside the output. */
async function hints(parameters: object, options: NodeOptions = {}): Promise<string[]> {
	const { run } = await bildout.run(parameters, options);
	const { hints = [] } = run.data.resultData.runData.BildOut[0];
	for (const hint of hints) expect(hint).toMatchObject({ type: 'info', location: 'outputPane' });
	return hints.map(({ message }) => message);
}

const refuseFor = async (seconds: number) => {
	const headers = { 'retry-after': String(seconds) };
	await bildout.control.fault({ kind: 'status', status: 429, times: 1, headers });
};

const updateOf = (id: unknown, updateFields: object, more: object = {}) =>
	onOne('customer update', id, { updateFields, ...more });
const update = updateOf('={{ $json.id }}', { phone: '={{ $json.phone }}' });

const customers = async (phones: string[]) =>
	await Promise.all(
		phones.map(async (phone) => await bildout.create('/customers', { name: 'Ace', phone })),
	);

describe('a run that waited for the rate limit', () => {
	const get = op('customer getAll', { limit: 1 });

	it('says for how long, and counts items that wait concurrently once', async () => {
		await refuseFor(5);
		const [hint, ...others] = await hints(get, { items: [{}, {}, {}] });
		expect(others).toEqual([]);
		const [, seconds] = /^Waited (\d+) s for BildOut's rate limit of ([\d,]+) requests/.exec(hint)!;
		expect(Number(seconds)).toBeGreaterThanOrEqual(5);
		expect(Number(seconds)).toBeLessThan(60);
	});

	it('says nothing of a moment', async () => {
		await refuseFor(1);
		expect(await hints(get)).toEqual([]);
	});

	it('says nothing of a BildOut that is slow', async () => {
		await bildout.control.config({ latencyMs: 2_500 });
		expect(await hints(get, { items: [{}, {}, {}, {}, {}] })).toEqual([]);
	});
});

describe('a list that was read for little', () => {
	beforeEach(async () => await bildout.control.seed({ customers: 600, invoices: 1_200 }));

	const paidOrVoid = { status: ['paid', 'void'], minTotal: 10_000_000 };
	const sort = { rule: [{ field: 'name', direction: 'asc' }] };

	it.each([
		[
			'a list that was filtered, with the filter that is faster',
			op('invoice getAll', { returnAll: true, filters: paidOrVoid }),
			/^Read 1,\d{3} invoices to find 0: a single 'Status' under Filters is faster, because BildOut applies it itself.$/,
		],
		[
			'a list that no filter makes faster',
			op('customer getAll', { returnAll: true, filters: { search: 'Harbor View Homes' } }),
			/^Read 6\d\d customers to find 0, because BildOut's API cannot filter or sort them.$/,
		],
		[
			'a list that was sorted',
			op('customer getAll', { limit: 3, sort }),
			/^Read [\d,]+ customers to find 3, because/,
		],
	])('says how many records were read to find how many: %s', async (_, parameters, hint) => {
		expect(await hints(parameters)).toEqual([expect.stringMatching(hint)]);
	});

	it('says so of a list that was read to look records up', async () => {
		const { email } = await bildout.create('/customers', { name: 'Ace', email: 'a@ace.example' });
		const get = onOne('customer get', email);
		expect(await hints(get, { items: [{}, {}] })).toEqual([
			expect.stringMatching(
				/^Read all 6\d\d customers to look up 1, because BildOut's API has no search. What is given by its ID needs no look-up.$/,
			),
		]);
	});

	it('says nothing of a list of which all was wanted, and of names that were asked for', async () => {
		for (const options of [{}, { includeCustomer: true }]) {
			expect(await hints(op('invoice getAll', { returnAll: true, options }))).toEqual([]);
		}
	});
});

describe('updates that changed nothing', () => {
	it('are counted', async () => {
		const made = await customers(['1', '2', '3']);
		const items = made.map(({ id }, at) => ({ id, phone: ['1', '22', '3'][at] }));
		expect(await hints(update, { items })).toEqual([
			'2 of 3 updates changed nothing, because BildOut had these values already.',
		]);
	});

	it('are not counted where only a part of an address, or a line, was another', async () => {
		const address = { line1: 'Street 1', city: 'Tacoma' };
		const { id } = await bildout.create('/customers', { name: 'Ace', address });
		const city = (name: string) => updateOf(id, { address: { city: name } });
		expect(await hints(city('Seattle'))).toEqual([]);
		expect(await hints(city('Seattle'))).toEqual([
			'The update changed nothing, because BildOut had these values already.',
		]);
	});

	it('are not guessed where the record was not read', async () => {
		const [{ id }] = await customers(['1']);
		const more = { options: { sendOnlyGivenFields: true } };
		expect(await hints(updateOf(id, { name: 'Ace', phone: '1' }, more))).toEqual([]);
	});
});

it('gives at most three hints, and three where all is to be said', async () => {
	await bildout.control.seed({ customers: 600 });
	const items = ['a@ace.example', 'b@ace.example'].map((email) => ({ email }));
	for (const { email } of items) await bildout.create('/customers', { name: 'Ace', email });
	await refuseFor(5);
	const upsert = op('customer upsert', { email: '={{ $json.email }}', name: 'Ace' });
	const given = await hints(upsert, { items });
	expect(given).toHaveLength(3);
	expect(given.map((hint) => hint.split(' ')[0])).toEqual(['Waited', 'Read', '2']);
});

describe('a run without anything to say', () => {
	it.each([
		['reads', op('invoice getAll', { filters: { status: ['paid', 'void'] } })],
		['creates', op('vendor create', { name: 'Ace' })],
		['creates or updates', op('vendor upsert', { matchBy: 'name', name: 'B' })],
	])('that %s gives no hint', async (_, parameters) => {
		expect(await hints(parameters)).toEqual([]);
	});

	it('gives none with an error', async () => {
		const [{ id }] = await customers(['1']);
		const items = [id, 'gone'].map((one) => ({ id: one, phone: '1' }));
		const { run, error } = await bildout.run(update, { items });
		expect(error).toBeDefined();
		expect(run.data.resultData.runData.BildOut[0].hints ?? []).toEqual([]);
	});
});
