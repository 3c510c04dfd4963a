import { account, type Fate } from '../support/account.cts';
import { answersByHand } from '../support/answers.cts';
import { bildOut, locator, type NodeOptions, type NodeRun } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

/**
 * Every way to write × everything that may become of the request × every way in which n8n runs the node
 * again: at most one record is created, changed or deleted for one item.
 */
const bildout = bildOut();
const server = answersByHand();

const OPTIONS = { options: { maxRetries: 0 } };
const ADDED = { name: 'Roof', quantity: 1, unit_price: 300 };
const person = (id: string, more: JsonObject = {}) => ({
	id,
	name: `Person ${id}`,
	email: `${id}@ace.example`,
	created_at: '2025-01-01T00:00:00Z',
	...more,
});

type Account = ReturnType<typeof account>;

interface Way {
	parameters: object;
	/** What was changed in the workflow, so that it asks for something else. */
	change: object;
	/** How often the wish is fulfilled, from what is there. */
	done: (account: Account) => number;
}

const customers = ({ records }: Account) => records.customers;
const created = (all: Account) => customers(all).filter(({ name }) => name === 'New').length;
const phoned = { additionalFields: { phone: '2' } };
const sent = (method: string, path: string, body?: string) => ({
	...op('apiRequest send', { method, path }),
	...(body && { body }),
});
const update = onOne('customer update', 'c1');
const linesOf = (operation: string, lines: object[]) => ({
	...onOne('invoice update', 'i1'),
	...{ lineItemsInput: operation, lineItemsJson: JSON.stringify(lines) },
});

const WAYS: Record<string, Way> = {
	create: { parameters: op('customer create', { name: 'New' }), change: phoned, done: created },
	upsert: {
		parameters: op('customer upsert', { matchBy: 'name', name: 'New' }),
		change: phoned,
		done: created,
	},
	update: {
		parameters: { ...update, updateFields: { phone: '1' } },
		change: { updateFields: { phone: '2' } },
		done: (all) => customers(all).filter(({ id, phone }) => id === 'c1' && phone).length,
	},
	'add lines': {
		parameters: linesOf('addJson', [ADDED]),
		change: linesOf('addJson', [{ ...ADDED, unit_price: 301 }]),
		done: ({ records }) => (records.invoices[0].line_items as unknown[]).length - 1,
	},
	delete: {
		parameters: { ...update, operation: 'delete' },
		change: {},
		done: (all) => Number(!customers(all).some(({ id }) => id === 'c1')),
	},
	send: {
		parameters: sent('POST', '/customers', '{"name": "New"}'),
		change: { body: '{"name": "New", "phone": "2"}' },
		done: created,
	},
};

/** A 429 is as certain as a 409, and costs a wait: it stands for each way, and for each way to run again, once. */
const RATE_LIMITED: Fate = 429;
const FATES: Fate[] = ['lost before', 'lost after', 401, 409, RATE_LIMITED];

/** n8n runs the node again at once, after Retry in the editor, or after the workflow was changed too. */
const AGAIN = ['Retry On Fail', 'Retry', 'Retry of a changed workflow'] as const;

async function attempts(again: (typeof AGAIN)[number], { parameters, change }: Way) {
	const credential = await bildout.connect({ baseUrl: server.url });
	const options: NodeOptions = { credential };
	if (again === 'Retry On Fail') {
		const node = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		return await bildout.run({ ...parameters, ...OPTIONS }, { ...options, node });
	}
	const failed = await bildout.run({ ...parameters, ...OPTIONS }, options);
	if (!failed.error) return failed;
	const changed = again === 'Retry' ? {} : change;
	return await bildout.retry(failed, { ...parameters, ...changed, ...OPTIONS }, options);
}

const cases = Object.keys(WAYS).flatMap((way) =>
	FATES.flatMap((fate) =>
		AGAIN.filter(
			(again) => fate !== RATE_LIMITED || way === 'create' || again === 'Retry On Fail',
		).map((again): [string, Fate, (typeof AGAIN)[number]] => [way, fate, again]),
	),
);

it.each(cases)('%s, %s, %s: is done once, or is said to be in doubt', async (name, fate, again) => {
	const way = WAYS[name];
	const lines = [{ name: 'Labor', quantity: 1, unit_price: 75 }];
	const all = account({
		customers: [person('c1')],
		invoices: [{ id: 'i1', client_id: 'c1', line_items: lines }],
	});
	all.fate('', fate === 429 ? [429, {}, { 'retry-after': '1' }] : fate);
	server.answer(all.answers);
	const { error } = await attempts(again, way);
	const isLost = typeof fate !== 'number';
	const isChanged = again === 'Retry of a changed workflow';
	// A create can be looked for, and so can lines; what API Request sent cannot.
	const inDoubt =
		isLost &&
		(name === 'send' ||
			(fate === 'lost before' && ['create', 'upsert'].includes(name)) ||
			(fate === 'lost after' && ['create', 'add lines'].includes(name) && isChanged));
	const isFound = fate === 'lost after' && ['create', 'add lines'].includes(name);
	expect([all.writes.length, way.done(all), error?.message]).toEqual([
		inDoubt || isFound ? 1 : 2,
		inDoubt && fate === 'lost before' ? 0 : 1,
		inDoubt ? expect.stringMatching(/may have (been|created|added)/) : undefined,
	]);
});

describe('records of other items', () => {
	const create = op('invoice create', {
		customerId: locator('c1'),
		dueDate: '2025-02-15',
		lineItemsInput: 'json',
		lineItemsJson: JSON.stringify([ADDED]),
		...OPTIONS,
	});
	let all: Account;
	let options: NodeOptions;
	beforeEach(async () => {
		all = account({ customers: [person('c1')], invoices: [] });
		server.answer(all.answers);
		options = { credential: await bildout.connect({ baseUrl: server.url }) };
	});
	const inDoubt = ({ error }: NodeRun) =>
		expect(error?.message).toMatch(/^An earlier attempt may have created the invoice/);

	it('are not taken for the one whose create was lost: another execution created it', async () => {
		all.fate('POST', 'lost before');
		const failed = await bildout.run(create, options);
		const other = await bildout.run(create, options);
		expect(other.error).toBeUndefined();
		inDoubt(await bildout.retry(failed, create, options));
		expect(all.records.invoices).toHaveLength(1);
	});

	it('are not taken either where a price is another, by cents', async () => {
		all.fate('POST', 'lost before');
		const failed = await bildout.run(create, options);
		const line_items = [{ ...ADDED, unit_price: ADDED.unit_price + 0.01 }];
		const created_at = new Date().toISOString();
		all.records.invoices.push({ ...all.writes[0][1], id: 'i2', created_at, line_items });
		inDoubt(await bildout.retry(failed, create, options));
	});

	it('are not taken either where API Request created it', async () => {
		all.fate('POST', 'lost before');
		const failed = await bildout.run(create, options);
		const body = JSON.stringify(all.writes[0][1]);
		await bildout.run({ ...sent('POST', '/invoices', body), ...OPTIONS }, options);
		expect(all.records.invoices).toHaveLength(1);
		inDoubt(await bildout.retry(failed, create, options));
	});

	it('leave a doubt where two creates of the same were lost and one of them is there', async () => {
		all.fate('POST', 'lost before');
		all.fate('POST', 'lost after');
		const failed = [await bildout.run(create, options), await bildout.run(create, options)];
		for (const one of failed) inDoubt(await bildout.retry(one, create, options));
		expect(all.records.invoices).toHaveLength(1);
	});

	it.each([
		['has further fields', { additionalFields: { notes: 'n' } }],
		[
			'writes a number as text',
			{ lineItemsJson: JSON.stringify([{ ...ADDED, quantity: '1.00' }]) },
		],
		['writes a name otherwise', { lineItemsJson: JSON.stringify([{ ...ADDED, name: 'ROOF' }]) }],
	])('leave a doubt, too, where the other one %s', async (_, more) => {
		all.fate('POST', 'lost before');
		all.fate('POST', 'lost after');
		const failed = await bildout.run(create, options);
		await bildout.run({ ...create, ...more }, options);
		inDoubt(await bildout.retry(failed, create, options));
	});

	it('leave a doubt where API Request sent the other one, with its fields in another order', async () => {
		all.fate('POST', 'lost before');
		all.fate('POST', 'lost after');
		const failed = await bildout.run(create, options);
		const reversed = Object.entries(all.writes[0][1]!).reverse();
		const body = JSON.stringify(Object.fromEntries(reversed));
		await bildout.run({ ...sent('POST', '/invoices', body), ...OPTIONS }, options);
		inDoubt(await bildout.retry(failed, create, options));
	});

	it('leave a doubt while the response to the other one is awaited', async () => {
		all.fate('POST', 'lost before');
		const failed = await bildout.run(create, options);
		let created = () => {};
		const isThere = new Promise<void>((resolve) => (created = resolve));
		let respond = () => {};
		const isDue = new Promise<void>((resolve) => (respond = resolve));
		server.answer(async (...request) => {
			const answer = all.answers(...request);
			if (request[0].startsWith('POST')) {
				created();
				await isDue;
			}
			return answer;
		});
		const other = bildout.start(create, options).done;
		await isThere;
		inDoubt(await bildout.retry(failed, create, options));
		respond();
		expect((await other).json).toMatchObject([{ id: all.records.invoices[0].id }]);
	});

	it('leave none where the other one was refused', async () => {
		all.fate('POST', 'lost after');
		all.fate('POST', 422);
		const failed = await bildout.run(create, options);
		await bildout.run(create, options);
		const { error, json } = await bildout.retry(failed, create, options);
		expect(error).toBeUndefined();
		expect(json[0].id).toBe(all.records.invoices[0].id);
	});

	it('leave none where both are there', async () => {
		all.fate('POST', 'lost after');
		all.fate('POST', 'lost after');
		const failed = [await bildout.run(create, options), await bildout.run(create, options)];
		const ids = [];
		for (const one of failed) ids.push((await bildout.retry(one, create, options)).json[0]?.id);
		expect(ids.sort()).toEqual(all.records.invoices.map(({ id }) => id).sort());
	});
});

describe('a record that has an error of its own', () => {
	const retrying = { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } };

	it.each([
		[
			'in a custom field',
			op('customer create', {
				name: 'New',
				additionalFields: {
					customFields: { field: [{ name: 'error', type: 'text', value: 'none' }] },
				},
			}),
		],
		['in a response to API Request', sent('POST', '/customers', '{"name": "New", "error": ""}')],
	])(
		'is written once, though Retry On Fail takes the run for failed: %s',
		async (_, parameters) => {
			const all = account({ customers: [] });
			server.answer(all.answers);
			const credential = await bildout.connect({ baseUrl: server.url });
			const { json } = await bildout.run(parameters, { credential, ...retrying });
			expect(json).toMatchObject([{ name: 'New' }]);
			expect(all.writes).toHaveLength(1);
		},
	);
});

describe('the last item wins', () => {
	const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
	const items = [{ phone: 'old' }, { phone: 'new' }];

	it.each([
		[
			'an upsert that creates',
			op('vendor upsert', {
				matchBy: 'name',
				name: 'New',
				additionalFields: { phone: '={{ $json.phone }}' },
			}),
			'vendors',
		],
		[
			'an upsert that updates',
			op('customer upsert', {
				matchBy: 'email',
				email: 'a@ace.example',
				name: 'A',
				additionalFields: { phone: '={{ $json.phone }}' },
			}),
			'customers',
		],
		['an update', { ...update, updateFields: { phone: '={{ $json.phone }}' } }, 'customers'],
		[
			'API Request: PUT',
			sent('PUT', '/customers/c1', '={{ { name: "A", phone: $json.phone } }}'),
			'customers',
		],
		[
			'API Request: PATCH',
			sent('PATCH', '/customers/c1', '={{ { name: "A", phone: $json.phone } }}'),
			'customers',
		],
	])('also where the first was refused and is done by a retry: %s', async (_, parameters, path) => {
		const world = account({ customers: [person('c1', { email: 'a@ace.example' })], vendors: [] });
		world.fate('"old"', 409);
		server.answer(world.answers);
		const credential = await bildout.connect({ baseUrl: server.url });
		const { json } = await bildout.run(
			{ ...parameters, ...OPTIONS },
			{ items, credential, node: { ...retrying, onError: 'continueRegularOutput' } },
		);
		expect(json.map(({ error }) => error)).toEqual([undefined, undefined]);
		expect(world.records[path]).toHaveLength(1);
		expect(world.records[path][0].phone).toBe('new');
	});
});

describe('what is done again after an earlier item was', () => {
	const node = {
		retryOnFail: true,
		maxTries: 3,
		waitBetweenTries: 1,
		onError: 'continueRegularOutput',
	} as const;
	const labor = { name: 'Labor', quantity: 1, unit_price: 75 };

	async function outcome(world: Account, parameters: object, items: JsonObject[]) {
		server.answer(world.answers);
		const credential = await bildout.connect({ baseUrl: server.url });
		return await bildout.run({ ...parameters, ...OPTIONS }, { items, credential, node });
	}

	it.each([
		['Delete', WAYS.delete.parameters, [true, true]],
		['API Request', sent('DELETE', '/customers/c1'), [undefined, true]],
	])('ends well where it is a delete: %s', async (_, parameters, deleted) => {
		const world = account({ customers: [person('c1')] });
		world.fate('DELETE', 409);
		const done = world.answers;
		let sent = 0;
		// The second item deletes the record; the response to the first one's next attempt is lost.
		world.answers = (request, ...more) => {
			if (request.startsWith('DELETE') && ++sent === 2)
				queueMicrotask(() => world.fate('DELETE', 'lost after'));
			return done(request, ...more);
		};
		const { json } = await outcome(world, parameters, [{}, {}]);
		expect(json.map(({ deleted }) => deleted)).toEqual(deleted);
		expect(world.records.customers).toEqual([]);
	});

	it.each([
		['follow a replacement', 'json', 'addJson', ['Base', 'Added']],
		['follow other lines', 'addJson', 'addJson', ['Labor', 'Added', 'Base']],
	])('adds lines once that %s', async (_, first, second, lines) => {
		const world = account({
			customers: [person('c1')],
			invoices: [{ id: 'i1', client_id: 'c1', line_items: [labor] }],
		});
		world.fate('"Base"', 409);
		const { json } = await outcome(
			world,
			{ ...linesOf('={{ $json.how }}', []), lineItemsJson: '={{ $json.lines }}' },
			[
				{ how: first, lines: JSON.stringify([{ ...labor, name: 'Base' }]) },
				{ how: second, lines: JSON.stringify([{ ...labor, name: 'Added' }]) },
			],
		);
		expect(json.map(({ error }) => error)).toEqual([undefined, undefined]);
		const names = (world.records.invoices[0].line_items as JsonObject[]).map(({ name }) => name);
		expect(names).toEqual(lines);
	});
});
