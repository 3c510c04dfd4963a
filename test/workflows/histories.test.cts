import type { IDataObject } from 'n8n-workflow';
import fc from 'fast-check';
import type { Fate } from '../support/account.cts';
import { bildOut, locator, type NodeRun } from '../support/bildout.cts';
import { CONTINUING, newInvoice, onOne, op, RETRYING } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/**
 * Random histories of writes over a few records, with any fate of each request, run and retried in every way
 * that n8n has. Each item is marked by a text of its own, so that its effects differ from all others.
 */
const server = scriptedServer();
const bildout = bildOut(server);

const LINE = { lineItemsJson: '={{ [{ name: $json.mark, quantity: 1, unit_price: 10 }] }}' };

/** What the items of a run do, each to the person or invoice that it names. */
const ACTS = {
	create: op('customer create', {
		name: '={{ $json.name }}',
		additionalFields: { email: '={{ $json.email }}', phone: '={{ $json.mark }}' },
	}),
	upsertByName: op('customer upsert', {
		matchBy: 'name',
		name: '={{ $json.name }}',
		additionalFields: { email: '={{ $json.email }}', phone: '={{ $json.mark }}' },
	}),
	upsertByEmail: op('customer upsert', {
		matchBy: 'email',
		email: '={{ $json.email }}',
		name: '={{ $json.name }}',
		additionalFields: { phone: '={{ $json.mark }}' },
	}),
	update: op('customer update', {
		customerId: locator('={{ $json.email }}', 'email'),
		updateFields: { phone: '={{ $json.mark }}' },
	}),
	delete: op('customer delete', { customerId: locator('={{ $json.name }}', 'name') }),
	addLine: onOne('invoice update', '={{ $json.invoice }}', { lineItemsInput: 'addJson', ...LINE }),
	createInvoice: newInvoice('k1', LINE),
	upsertInvoice: newInvoice('k1', {
		...LINE,
		operation: 'upsert',
		externalId: '={{ $json.job }}',
		additionalFields: { status: 'draft' },
	}),
} satisfies Record<string, object>;
type Act = keyof typeof ACTS;

/** How n8n runs the node: once, going on after failures, again at once, both, or by Retry in the editor. */
const WAYS = ['once', 'continue', 'retryOnFail', 'retry and continue', 'editor'] as const;

interface Run {
	act: Act;
	/** Whom the items are about, and how the name is spelled. */
	items: Array<{ who: number; spelling: number }>;
	/** Of the writes, in their order; done where there is none. */
	fates: Array<Fate | undefined>;
	/** Of the reads: a status, or none for the record or list. */
	reads: Array<number | undefined>;
	way: (typeof WAYS)[number];
}

interface History {
	runs: Run[];
	/** Lists may leave out fields. */
	hides: 'nothing' | 'email' | 'created_at';
}

const PEOPLE = ['Ann', 'Bo', 'Cy', 'Di'];
const SPELLINGS = [
	(name: string) => name,
	(name: string) => name.toUpperCase(),
	(name: string) => ` ${name}\u200b `,
];
const plain = (text: unknown) => String(text).trim().toLowerCase();
const emailOf = (name: string) => `${name.toLowerCase()}@ace.example`;

const run: fc.Arbitrary<Run> = fc.record({
	act: fc.constantFrom(...(Object.keys(ACTS) as Act[])),
	items: fc.array(
		fc.record({ who: fc.nat(PEOPLE.length - 1), spelling: fc.nat(SPELLINGS.length - 1) }),
		{ minLength: 1, maxLength: 4 },
	),
	fates: fc.array(
		fc.constantFrom<Fate | undefined>(
			...[undefined, undefined, undefined],
			...(['lost before', 'lost after'] as const),
			...[401, 409, 422, 429],
		),
		{ maxLength: 5 },
	),
	reads: fc.array(fc.constantFrom(undefined, undefined, undefined, undefined, 500, 401), {
		maxLength: 4,
	}),
	way: fc.constantFrom(...WAYS),
});

const histories: fc.Arbitrary<History> = fc.record({
	runs: fc.array(run, { minLength: 1, maxLength: 4 }),
	hides: fc.constantFrom('nothing', 'nothing', 'email', 'created_at'),
});

const KEPT = { notes: 'keep', address: { line1: 'Street 1', city: 'Denver' } };

function world({ hides }: History) {
	const people = PEOPLE.slice(0, 2).map((name) => ({
		id: `c-${name}`,
		name,
		email: emailOf(name),
		phone: '0',
		created_at: '2025-01-01T00:00:00Z',
		...KEPT,
	}));
	const invoices = [0, 1].map((index) => ({
		id: `i${index}`,
		client_id: 'k1',
		status: 'draft',
		created_at: '2025-01-01T00:00:00Z',
		line_items: [{ name: 'Base', quantity: 1, unit_price: 75 }],
	}));
	const listed = ({ [hides]: _, ...record }: JsonObject) => record;
	return server.holds({ customers: people, invoices }, { listed });
}

type World = ReturnType<typeof world>;

/** One change that BildOut made. */
interface Effect {
	method: string;
	id: string;
	text: string;
}

/** The BildOut of a run, with what becomes of its reads, and what its writes changed. */
function watched(all: World, { reads, fates }: Run): Effect[] {
	const effects: Effect[] = [];
	const left = [...reads];
	for (const fate of fates) all.fate('', fate as Fate);
	server.respond((request, query, text) => {
		const status = request.startsWith('GET') ? left.shift() : undefined;
		if (status !== undefined) return [status, { error: { message: 'Not now' } }];
		const before = JSON.stringify(all.records);
		const reply = all.respond(request, query, text);
		if (JSON.stringify(all.records) !== before) {
			const [method, address] = request.split(' ');
			const [, path, id] = address.split('/');
			effects.push({ method, id: id ?? String(all.records[path].at(-1)!.id), text });
		}
		return reply;
	});
	return effects;
}

async function done({ act, way }: Run, items: IDataObject[]): Promise<NodeRun> {
	const parameters = { ...ACTS[act], options: { maxRetries: 0 } };
	const node = {
		...(way.startsWith('retry') && RETRYING),
		...(way.endsWith('continue') && CONTINUING),
	};
	const options = { items, node, credential: await bildout.connect() };
	let outcome = await bildout.run(parameters, options);
	for (let tries = 0; tries < 3 && way === 'editor' && outcome.error; tries++) {
		outcome = await bildout.retry(outcome, parameters, options);
	}
	return outcome;
}

/** What an output says of its item must be so, and be done once. */
function expectTrue(all: World, effects: Effect[], act: Act, mark: string, output: IDataObject) {
	const own = effects.filter(({ text }) => text.includes(`"${mark}"`));
	const id = String(output.id);
	const lines = () =>
		(all.records.invoices.find((one) => one.id === id)?.line_items ?? []) as JsonObject[];
	switch (act) {
		case 'delete':
			expect(output).toEqual({ deleted: true, id });
			expect(all.records.customers.some((one) => one.id === id)).toBe(false);
			return;
		case 'create':
		case 'createInvoice':
			expect(own.map((effect) => [effect.method, effect.id])).toEqual([['POST', id]]);
			return;
		case 'addLine':
			expect(lines().filter(({ name }) => name === mark)).toHaveLength(1);
			return;
		default:
			expect(own.map((effect) => effect.id)).toContain(id);
	}
}

/** Whatever an item reports, it has created one record at most and changed those it is about only. */
function expectHarmless(effects: Effect[], act: Act, mark: string) {
	const own = effects.filter(({ text }) => text.includes(`"${mark}"`));
	const created = own.filter(({ method }) => method === 'POST');
	expect(created.length).toBeLessThanOrEqual(act === 'update' || act === 'addLine' ? 0 : 1);
	if (act !== 'addLine') expect(new Set(own.map(({ id }) => id)).size).toBeLessThanOrEqual(1);
}

/** Nothing that nobody asked for has changed, and nothing was added twice. */
function expectKept(all: World, created: Map<string, number>) {
	const { customers, invoices } = all.records;
	for (const name of PEOPLE) {
		const own = customers.filter((one) => plain(one.email) === emailOf(name));
		for (const one of own) expect(plain(one.name)).toBe(plain(name));
		expect(own.length).toBeLessThanOrEqual(1 + (created.get(name) ?? 0));
	}
	const emails = PEOPLE.map(emailOf);
	expect(customers.filter(({ email }) => !emails.includes(plain(email)))).toEqual([]);
	for (const one of customers.filter(({ id }) => String(id).startsWith('c-'))) {
		expect(one).toMatchObject(KEPT);
	}
	const lines = invoices.flatMap(({ line_items }) => line_items as JsonObject[]);
	expect(invoices.filter(({ id }) => /^i\d$/.test(String(id)))).toHaveLength(2);
	expect(lines.filter(({ name }) => name === 'Base')).toHaveLength(2);
	const marks = lines.map(({ name }) => name).filter((name) => name !== 'Base');
	expect(new Set(marks).size).toBe(marks.length);
	const jobs = invoices.map(({ external_id: job }) => job).filter(Boolean);
	expect(new Set(jobs).size).toBe(jobs.length);
}

/** Of several items about one record, the last one's value is there. */
function expectLastWins(all: World, act: Act, items: IDataObject[], json: IDataObject[]) {
	if (!['update', 'upsertByName', 'upsertByEmail'].includes(act)) return;
	const last = new Map(json.map((output, index) => [output.id, items[index].mark]));
	for (const [id, mark] of last) {
		expect(all.records.customers.find((one) => one.id === id)).toMatchObject({ phone: mark });
	}
}

async function play(history: History) {
	const all = world(history);
	const created = new Map<string, number>();
	for (const [at, one] of history.runs.entries()) {
		const items = one.items.map(({ who, spelling }, index) => ({
			name: SPELLINGS[spelling](PEOPLE[who]),
			email: SPELLINGS[spelling](emailOf(PEOPLE[who])),
			invoice: `i${who % 2}`,
			job: `J-${who % 2}`,
			mark: `${at}-${index}`,
		}));
		const effects = watched(all, one);
		const { json, error } = await done(one, items);
		for (const { who } of one.act === 'create' ? one.items : []) {
			created.set(PEOPLE[who], (created.get(PEOPLE[who]) ?? 0) + 1);
		}
		for (const { mark } of items) expectHarmless(effects, one.act, mark);
		expectKept(all, created);
		if (error) {
			expect(error.message).toMatch(/\S/);
			continue;
		}
		expect(json).toHaveLength(items.length);
		for (const [index, output] of json.entries()) {
			if (output.error === undefined) expectTrue(all, effects, one.act, items[index].mark, output);
		}
		if (json.every((output) => output.error === undefined)) {
			expectLastWins(all, one.act, items, json);
		}
	}
}

it('does each item once at most, reports what is so, and changes nothing else', async () => {
	await fc.assert(fc.asyncProperty(histories, play), {
		numRuns: 60,
		interruptAfterTimeLimit: 25_000,
	});
});
