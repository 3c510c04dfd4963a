import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

const bildout = bildOut();
const FORMS = ['page', 'offset', 'cursor'] as const;

const getAll = (more: object) => op('customer getAll', { ...more });

async function fill(form: (typeof FORMS)[number], customers: number): Promise<void> {
	await bildout.control.reset({ seed: false });
	await bildout.control.config({ pagination: form, announcedLimit: 1_000_000 });
	await bildout.control.seed({ customers });
}

/** An account of the reset sandbox: those from before it are gone. */
const connected = async () => ({ credential: await bildout.connect() });

const idsOf = (records: Array<Record<string, unknown>>) => records.map(({ id }) => id);

describe.each(FORMS)('lists that are paged by %s', (form) => {
	it('reads 1,037 of 5,000 with eleven requests', async () => {
		await fill(form, 5_000);
		const { json } = await bildout.run(getAll({ limit: 1_037 }), await connected());
		expect(await bildout.calls()).toHaveLength(11);
		expect(json).toHaveLength(1_037);
		expect(new Set(idsOf(json)).size).toBe(1_037);
	});

	it('reads five with one request of five', async () => {
		await fill(form, 500);
		const { json } = await bildout.run(getAll({ limit: 5 }), await connected());
		expect(await bildout.wire()).toEqual([['GET /customers?limit=5']]);
		expect(json).toHaveLength(5);
	});

	it.each([0, 1, 99, 100, 101, 200, 250])('returns all of %d, each once', async (many) => {
		await fill(form, many);
		const { json } = await bildout.run(getAll({ returnAll: true }), await connected());
		expect(json).toHaveLength(many);
		expect(new Set(idsOf(json)).size).toBe(many);
		expect(await bildout.calls()).toHaveLength(Math.max(1, Math.ceil(many / 100)));
	});

	it('gives records in the order in which BildOut does', async () => {
		await fill(form, 250);
		const { json } = await bildout.run(getAll({ returnAll: true }), await connected());
		const names = json.map(({ name }) => String(name));
		const first = await bildout.list('/customers?limit=100');
		expect(idsOf(json).slice(0, 100)).toEqual(idsOf(first));
		expect(names).toEqual(
			[...names].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase(), 'en')),
		);
	});

	it('obeys a server that puts fewer on a page than it is asked for', async () => {
		await fill(form, 130);
		await bildout.control.config({ maxLimit: 25 });
		const { json } = await bildout.run(getAll({ returnAll: true }), await connected());
		expect(new Set(idsOf(json)).size).toBe(130);
		expect(await bildout.calls()).toHaveLength(6);
	});

	it('neither loops nor repeats itself when the server ignores the page', async () => {
		await fill(form, 450);
		await bildout.control.config({ ignorePage: true });
		const { json, error } = await bildout.run(getAll({ returnAll: true }), await connected());
		expect(json).toEqual([]);
		expect(error?.message).toBe('BildOut returned the same page twice');
		expect(error?.description).toBeTruthy();
		expect((await bildout.calls()).length).toBeLessThanOrEqual(5);
	});

	it('gives a page of a server that ignores pages, where one page is all that is wanted', async () => {
		await fill(form, 450);
		await bildout.control.config({ ignorePage: true });
		const { json } = await bildout.run(getAll({ limit: 60 }), await connected());
		expect(json).toHaveLength(60);
	});

	it('takes a page that fails for an error, never for the end of the list', async () => {
		await fill(form, 450);
		const second = { path: '/customers$', after: 1, times: 1 };
		await bildout.control.fault({ kind: 'status', status: 500, ...second });
		const { json, error } = await bildout.run(
			getAll({ returnAll: true, options: { maxRetries: 0 } }),
			await connected(),
		);
		expect(json).toEqual([]);
		expect(error).toMatchObject({ httpCode: '500' });
		expect((await bildout.calls()).length).toBeGreaterThan(1);
	});

	it('tries a page that fails for a moment again', async () => {
		await fill(form, 150);
		await bildout.control.fault({ kind: 'status', status: 503, path: '/customers$', times: 1 });
		const { json } = await bildout.run(getAll({ returnAll: true }), await connected());
		expect(json).toHaveLength(150);
		expect(await bildout.calls()).toHaveLength(3);
	});
});

it.each(['page', 'offset'] as const)(
	'reads the others concurrently once the first page told the total: %s',
	async (form) => {
		await fill(form, 900);
		await bildout.control.config({ latencyMs: 60 });
		const { json } = await bildout.run(getAll({ returnAll: true }), await connected());
		expect(new Set(idsOf(json)).size).toBe(900);
		const [first, ...others] = await bildout.calls();
		expect(first.inFlight).toBe(1);
		// At the start as many requests may go at once as answers have come, and one more.
		expect(Math.max(...others.map(({ inFlight }) => inFlight))).toBeGreaterThanOrEqual(4);
	},
);

it('gives each input item a list of its own, paired with it', async () => {
	const { items } = await bildout.run(getAll({ limit: '={{ $json.many }}' }), {
		items: [{ many: 2 }, { many: 3 }],
	});
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 0, 1, 1, 1].map((item) => ({ item })),
	);
});

it.each([0, -1, 2.5, 'many'])('refuses a limit of %p before it sends anything', async (limit) => {
	await bildout.expectRefusal(
		getAll({ limit: `={{ ${JSON.stringify(limit)} }}` }),
		/^'Limit' must be a whole number of at least 1/,
	);
});
