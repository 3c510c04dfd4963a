import type { Fate } from '../support/account.cts';
import { bildOut, type NodeRun } from '../support/bildout.cts';
import { CONTINUING, LABOR, newInvoice, onOne, op, RETRYING } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/**
 * Every way to write × everything that may become of the request × every way in which n8n runs the node
 * again: at most one record is created, changed or deleted for one item.
 */
const server = scriptedServer();
const bildout = bildOut(server);

const OPTIONS = { options: { maxRetries: 0 } };
const ADDED = { name: 'Roof', quantity: 1, unit_price: 300 };
const PERSON = {
	id: 'c1',
	name: 'Ace',
	email: 'c1@ace.example',
	created_at: '2025-01-01T00:00:00Z',
};

/** One customer, and an invoice of one line. */
const filled = () =>
	server.holds({
		customers: [{ ...PERSON }],
		invoices: [{ id: 'i1', client_id: 'c1', line_items: [LABOR] }],
		vendors: [],
	});
type Account = ReturnType<typeof filled>;

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
const sent = (method: string, path: string, body?: string) =>
	op('apiRequest send', { method, path, ...(body && { body }) });
const update = onOne('customer update', 'c1');
const linesOf = (lineItemsInput: string, lines: object[]) =>
	onOne('invoice update', 'i1', { lineItemsInput, lineItemsJson: JSON.stringify(lines) });

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
		parameters: onOne('customer delete', 'c1'),
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
	const asked = { ...parameters, ...OPTIONS };
	if (again === 'Retry On Fail') return await bildout.run(asked, { node: RETRYING });
	const failed = await bildout.run(asked);
	if (!failed.error) return failed;
	return await bildout.retry(failed, again === 'Retry' ? asked : { ...asked, ...change });
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
	const all = filled();
	all.fate('', fate === 429 ? [429, {}, { 'retry-after': '1' }] : fate);
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

function signal() {
	let give = () => {};
	const given = new Promise<void>((resolve) => (give = resolve));
	return { given, give };
}

describe('where the response to a create was lost, a record like it', () => {
	const create = { ...newInvoice('c1', { lineItemsJson: JSON.stringify([ADDED]) }), ...OPTIONS };
	let all: Account;
	beforeEach(() => {
		all = server.holds({ customers: [{ ...PERSON }], invoices: [] });
	});
	const retry = async (failed: NodeRun) => await bildout.retry(failed, create);
	const expectDoubt = ({ error }: NodeRun, words = '') => {
		expect(error?.message).toMatch(`An earlier attempt may have created the invoice`);
		expect(error?.message).toMatch(words);
		expect(error?.description).toMatch(/^Nothing was sent again/);
	};

	/** What else is done: another execution creates an invoice, or API Request, or somebody in BildOut. */
	const another = (more: object = {}) => bildout.run({ ...create, ...more });
	const requested = (change: (body: JsonObject) => JsonObject = (body) => body) =>
		another(sent('POST', '/invoices', JSON.stringify(change(all.writes[0][1]!))));
	const byHand = (more: JsonObject = {}) =>
		all.records.invoices.push({
			...{ ...all.writes[0][1], id: 'i2', created_at: new Date().toISOString() },
			...more,
		});
	const reversed = (body: JsonObject) => Object.fromEntries(Object.entries(body).reverse());
	const linesAs = (more: object) => ({ lineItemsJson: JSON.stringify([{ ...ADDED, ...more }]) });

	it.each<[string, 'is shown' | 'is lost', () => unknown]>([
		['that another execution created', 'is shown', another],
		['that API Request created', 'is shown', requested],
		[
			'with a price that differs by cents',
			'is shown',
			() => byHand({ line_items: [{ ...ADDED, unit_price: ADDED.unit_price + 0.01 }] }),
		],
		['that another execution created', 'is lost', another],
		['that has further fields', 'is lost', () => another({ additionalFields: { notes: 'n' } })],
		['with a number as text', 'is lost', () => another(linesAs({ quantity: '1.00' }))],
		['with another spelling', 'is lost', () => another(linesAs({ name: 'ROOF' }))],
		['with its fields in another order, sent by API Request', 'is lost', () => requested(reversed)],
	])('%s and whose own response %s, is not taken for it', async (_, response, other) => {
		all.fate('POST', 'lost before');
		if (response === 'is lost') all.fate('POST', 'lost after');
		const failed = await bildout.run(create);
		await other();
		expectDoubt(await retry(failed));
		expect(all.records.invoices.length).toBeLessThanOrEqual(1);
	});

	it('beside the record itself leaves a doubt that names both', async () => {
		all.fate('POST', 'lost after');
		const failed = await bildout.run(create);
		byHand();
		expectDoubt(await retry(failed), 'BildOut has 2 like it: ');
		expect(all.records.invoices).toHaveLength(2);
	});

	it('leaves both in doubt where two of the same were lost and one of them is there', async () => {
		all.fate('POST', 'lost before');
		all.fate('POST', 'lost after');
		const failed = [await another(), await another()];
		for (const one of failed) expectDoubt(await retry(one));
		expect(all.records.invoices).toHaveLength(1);
	});

	it('is not taken for it while the response to the other one is awaited', async () => {
		all.fate('POST', 'lost before');
		const failed = await bildout.run(create);
		const [isThere, isDue] = [signal(), signal()];
		server.respond(async (...request) => {
			const response = all.respond(...request);
			if (request[0].startsWith('POST')) {
				isThere.give();
				await isDue.given;
			}
			return response;
		});
		const other = bildout.start(create).done;
		await isThere.given;
		expectDoubt(await retry(failed));
		isDue.give();
		expect((await other).json).toMatchObject([{ id: all.records.invoices[0].id }]);
	});

	it.each<[string, Fate]>([
		['was refused', 422],
		['is there as well', 'lost after'],
	])('is found where the other one %s', async (_, fate) => {
		all.fate('POST', 'lost after');
		all.fate('POST', fate);
		const failed = [await another(), await another()].slice(0, fate === 422 ? 1 : 2);
		const ids = [];
		for (const one of failed) ids.push((await retry(one)).json[0]?.id);
		expect(ids.sort()).toEqual(all.records.invoices.map(({ id }) => id).sort());
	});
});

it.each([
	[
		'in a custom field',
		op('customer create', {
			name: 'New',
			additionalFields: { customFields: { field: [{ name: 'error', value: 'none' }] } },
		}),
	],
	['in a response to API Request', sent('POST', '/customers', '{"name": "New", "error": ""}')],
])(
	'a record with an error of its own is written once, though Retry On Fail takes the run for failed: %s',
	async (_, parameters) => {
		const all = filled();
		const { json } = await bildout.run(parameters, { node: RETRYING });
		expect(json).toMatchObject([{ name: 'New' }]);
		expect(all.writes).toHaveLength(1);
	},
);

describe('what is done again after a later item was', () => {
	const outcome = async (parameters: object, items: JsonObject[]) =>
		await bildout.run(
			{ ...parameters, ...OPTIONS },
			{ items, node: { ...RETRYING, ...CONTINUING } },
		);

	const asPhone = { phone: '={{ $json.phone }}' };
	const replacing = '={{ { name: "A", phone: $json.phone } }}';

	it.each([
		[
			'an upsert that creates',
			op('vendor upsert', { matchBy: 'name', name: 'New', additionalFields: asPhone }),
			'vendors',
		],
		[
			'an upsert that updates',
			op('customer upsert', {
				...{ matchBy: 'email', email: 'c1@ace.example', name: 'A' },
				additionalFields: asPhone,
			}),
			'customers',
		],
		['an update', { ...update, updateFields: asPhone }, 'customers'],
		['API Request: PUT', sent('PUT', '/customers/c1', replacing), 'customers'],
		['API Request: PATCH', sent('PATCH', '/customers/c1', replacing), 'customers'],
	])('leaves the value of the last item: %s', async (_, parameters, path) => {
		const all = filled();
		all.fate('"old"', 409);
		const { json } = await outcome(parameters, [{ phone: 'old' }, { phone: 'new' }]);
		expect(json.map(({ error }) => error)).toEqual([undefined, undefined]);
		expect(all.records[path].map(({ phone }) => phone)).toEqual(['new']);
	});

	it.each([
		['Delete', WAYS.delete.parameters, [true, true]],
		['API Request', sent('DELETE', '/customers/c1'), [undefined, true]],
	])('ends well where it is a delete: %s', async (_, parameters, deleted) => {
		const all = filled();
		all.fate('DELETE', 409);
		let sent = 0;
		// The second item deletes the record; the response to the first one's next attempt is lost.
		server.respond((request, ...more) => {
			if (request.startsWith('DELETE') && ++sent === 2)
				queueMicrotask(() => all.fate('DELETE', 'lost after'));
			return all.respond(request, ...more);
		});
		const { json } = await outcome(parameters, [{}, {}]);
		expect(json.map((output) => output.deleted)).toEqual(deleted);
		expect(all.records.customers).toEqual([]);
	});

	it.each([
		['follow a replacement', 'json', ['Base', 'Added']],
		['follow other lines', 'addJson', ['Labor', 'Added', 'Base']],
	])('adds lines once that %s', async (_, how, names) => {
		const all = filled();
		all.fate('"Base"', 409);
		const lines = (name: string) => JSON.stringify([{ ...LABOR, name }]);
		const { json } = await outcome(
			{ ...linesOf('={{ $json.how }}', []), lineItemsJson: '={{ $json.lines }}' },
			[
				{ how, lines: lines('Base') },
				{ how: 'addJson', lines: lines('Added') },
			],
		);
		expect(json.map(({ error }) => error)).toEqual([undefined, undefined]);
		const left = all.records.invoices[0].line_items as JsonObject[];
		expect(left.map(({ name }) => name)).toEqual(names);
	});
});

describe('a retry of an execution whose process was killed, of which n8n kept nothing', () => {
	/** The run as n8n recovers it from its event log: stand-ins for what had finished, and no context. */
	function recovered(failed: NodeRun): NodeRun {
		const { executionData, resultData } = failed.run.data;
		const [{ startTime }] = resultData.runData.Items;
		const standIn = { json: { isArtificialRecoveredEventItem: true } };
		const task = { startTime, executionTime: -1, executionIndex: 0, source: [null] };
		executionData!.contextData = {};
		executionData!.nodeExecutionStack = [
			{ node: { name: 'Items' } as never, data: { main: [[{ json: {} }]] }, source: null },
		];
		resultData.runData = { Items: [{ ...task, data: { main: [[standIn]] } }], BildOut: [] };
		resultData.lastNodeExecuted = 'BildOut';
		return failed;
	}

	it.each(Object.keys(WAYS))('%s', async (name) => {
		const way = WAYS[name];
		const all = filled();
		all.fate('', 409);
		const failed = await bildout.run({ ...way.parameters, ...OPTIONS });
		const { error } = await bildout.retry(recovered(failed), way.parameters);
		const isRefused = ['create', 'add lines', 'send'].includes(name);
		expect([way.done(all), error?.message]).toEqual([
			isRefused ? 0 : 1,
			isRefused ? expect.stringMatching(/^This execution was cut off/) : undefined,
		]);
	});

	it('previews', async () => {
		filled();
		const failed = await bildout.run({ ...WAYS.create.parameters, name: '={{ "" }}' });
		const previewed = { ...WAYS.create.parameters, options: { previewOnly: true } };
		const { json } = await bildout.retry(recovered(failed), previewed);
		expect(json).toMatchObject([{ preview: 'create' }]);
	});
});
