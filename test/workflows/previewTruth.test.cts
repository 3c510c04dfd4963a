import type { IDataObject } from 'n8n-workflow';
import fc from 'fast-check';
import { bildOut, locator } from '../support/bildout.cts';
import { CONTINUING, newInvoice, onOne, op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';
import { scriptedServer } from '../support/scripted-server.cts';

/** What a preview says is compared with what the same items then write, and with what the records are after. */
const server = scriptedServer();
const bildout = bildOut(server);

type Records = Record<string, JsonObject[]>;

const cents = (value: unknown) => Math.round(Number(value) * 100 + Number.EPSILON);

/** Each line and its tax to the cent, then the discount. Prices have whole cents, so no rounding is in doubt. */
function totalOf({ line_items: lines, discount_total: discount }: JsonObject): number {
	const each = (lines as JsonObject[]).map(({ quantity, unit_price, tax_rate }) => {
		const amount = Number(quantity) * cents(unit_price);
		const tax = amount * Number(tax_rate ?? 0);
		return amount + (Math.sign(tax) * Math.round(Math.abs(tax) / 100) || 0);
	});
	return (each.reduce((sum, one) => sum + one, 0) - cents(discount ?? 0)) / 100;
}

const SEEDED: Records = {
	customers: ['Ann', 'Bo'].map((name) => ({
		id: `c-${name}`,
		name,
		email: `${name.toLowerCase()}@ace.example`,
		phone: '1',
		tier: 'gold',
		address: { line1: 'Street 1', city: 'Denver', zip: '01234' },
		created_at: '2025-01-01T00:00:00Z',
	})),
	projects: [{ id: 'p1', name: 'Deck', client_id: 'c-Ann', budget: 100, status: 'active' }],
	invoices: ['draft', 'sent'].map((status, index) => ({
		id: `i${index}`,
		invoice_number: `INV-${index}`,
		external_id: `J-${index}`,
		client_id: 'c-Ann',
		due_date: '2025-02-15',
		status,
		notes: 'n',
		line_items: [
			{ id: 'l1', name: 'Labor', quantity: 2, unit_price: 75, tax_rate: 8.5, amount: 150 },
			{ id: 'l2', name: 'Wood', quantity: 1, unit_price: 10.35, tax_rate: null, amount: 10.35 },
		],
		total: 173.1,
	})),
};

interface Write {
	method: string;
	path: string;
	body: JsonObject;
	before?: JsonObject;
	after?: JsonObject;
}

/** A BildOut that works out totals, and what it writes from now on. */
function serve(): Write[] {
	const writes: Write[] = [];
	const stored = (body: JsonObject) =>
		body.line_items ? { status: 'draft', ...body, total: totalOf(body) } : body;
	const { records, respond } = server.holds(structuredClone(SEEDED), { stored });
	server.respond((request, query, text) => {
		const [method, path] = request.split(' ');
		const [, kind, id] = path.split('/');
		const find = () => records[kind].find((one) => one.id === id);
		const before = find();
		const reply = respond(request, query, text);
		if (method === 'GET' || reply[0] === 404) return reply;
		const body = text === '' ? {} : (JSON.parse(text) as JsonObject);
		const after = method === 'POST' ? records[kind].at(-1) : find();
		writes.push({ method, path, body, before, after });
		return reply;
	});
	return writes;
}

const cell = (name: string) => `={{ $json.${name} }}`;
const PERSON = { email: cell('email'), phone: cell('phone'), address: { city: cell('city') } };
const INVOICE = { customerId: locator(cell('id')), dueDate: cell('day') };
const LINES = { lineItemsJson: cell('lines') };
const OPERATIONS = [
	op('customer create', { name: cell('name'), additionalFields: PERSON }),
	op('customer upsert', {
		matchBy: cell('matchBy'),
		email: cell('email'),
		name: cell('name'),
		ifExists: cell('ifExists'),
		additionalFields: {
			phone: cell('phone'),
			customFields: { field: [{ name: 'tier', value: cell('tier') }] },
		},
	}),
	op('customer update', {
		customerId: locator(cell('email'), 'email'),
		updateFields: { phone: cell('phone'), address: { city: cell('city') } },
		clearFields: cell('clear'),
	}),
	onOne('customer delete', cell('id')),
	op('project upsert', {
		name: cell('project'),
		customerId: locator(cell('id')),
		additionalFields: { budget: cell('amount') },
	}),
	newInvoice('', {
		...{ ...INVOICE, ...LINES },
		additionalFields: { discountTotal: cell('amount') },
	}),
	newInvoice('', {
		...{ ...INVOICE, ...LINES },
		operation: 'upsert',
		externalId: cell('job'),
		ifExists: cell('ifExists'),
	}),
	onOne('invoice update', cell('invoice'), {
		lineItemsInput: cell('how'),
		...LINES,
		updateFields: { dueDate: cell('day'), discountTotal: cell('amount') },
	}),
	onOne('invoice delete', cell('invoice')),
];

const name = fc.constantFrom('Ann', 'BO', ' Cy ', 'Di\u200b');
const row = fc.record({
	name,
	email: fc.constantFrom('ann@ace.example', 'BO@ace.example', 'cy@ace.example', 'bad', ''),
	phone: fc.constantFrom('1', '2', '', null, 'n/a'),
	city: fc.constantFrom('Denver', 'Boulder', '', null),
	tier: fc.constantFrom('gold', 'silver', ''),
	clear: fc.constantFrom('', 'email', 'address', 'address.zip'),
	matchBy: fc.constantFrom('email', 'name'),
	ifExists: fc.constantFrom('leave', 'update'),
	id: fc.constantFrom('c-Ann', 'c-Bo', 'c9'),
	project: fc.constantFrom('deck', 'Pool'),
	amount: fc.constantFrom(0, 5, '12.50', '', null),
	day: fc.constantFrom('2025-02-15', '2025-2-16T10:00', '15.2.2025'),
	job: fc.constantFrom('J-0', 'J-1', 'J-2'),
	invoice: fc.constantFrom('i0', 'i1', 'i9'),
	how: fc.constantFrom('keep', 'json', 'addJson'),
	lines: fc.array(
		fc.record(
			{
				name: fc.constantFrom('Labor', 'Wood', 'Sink'),
				quantity: fc.integer({ min: 1, max: 9 }),
				unit_price: fc.integer({ min: -5_000, max: 500_000 }).map((price) => price / 100),
				tax_rate: fc.constantFrom(0, 8, 8.5),
			},
			{ requiredKeys: ['name', 'quantity', 'unit_price'], noNullPrototype: true },
		),
		{ minLength: 1, maxLength: 3 },
	),
});

interface Preview {
	preview: string;
	id: string | null;
	changes: Array<{ field: string; before: unknown; after: unknown }>;
	total?: { before: number | null; after: number | null };
	body: JsonObject | null;
	error?: string;
}

const at = (record: unknown, field: string): unknown =>
	field
		.split(/[.[\]]+/)
		.filter(Boolean)
		.reduce((inner, key) => (inner as JsonObject | undefined)?.[key], record);

/** Nothing is null, also within an address, and a line has fields of the server's that no change names. */
const plain = (value: unknown): unknown => {
	if (value === undefined || value === '') return null;
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	const { id: _, amount: __, ...own } = value as JsonObject;
	return Object.fromEntries(Object.entries(own).map(([part, inner]) => [part, plain(inner)]));
};

function expectSame(preview: Preview, write: Write) {
	const { method, path, body, before, after } = write;
	const id = path.split('/')[2];
	const kind = { POST: 'create', PUT: 'update', DELETE: 'delete' }[method];
	const isUnchanged = method === 'PUT' && preview.preview === 'none';
	expect(isUnchanged ? 'none' : kind).toBe(preview.preview);
	if (method === 'DELETE') expect(preview.body).toBeNull();
	else expect(body).toEqual(preview.body);
	// What an earlier item of the run would create has no ID yet.
	const isSeeded = JSON.stringify(SEEDED).includes(`"${id}"`);
	expect(preview.id).toBe(method === 'POST' || !isSeeded ? null : id);
	for (const change of preview.changes) {
		expect(plain(at(before, change.field))).toEqual(plain(change.before));
		expect(plain(at(after, change.field))).toEqual(plain(change.after));
	}
	if (isUnchanged) expect(after).toMatchObject(body);
	if (preview.total) {
		const [was, is] = [before, after].map((one) => one?.total ?? null);
		expect(preview.total).toEqual({ before: was, after: is });
	}
	const named = preview.changes.map(({ field }) => field.split(/[.[]/)[0]);
	const server = ['id', 'created_at', 'updated_at', 'invoice_number', 'total'];
	for (const field of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
		if (server.includes(field) || named.includes(field)) continue;
		const isSent = method !== 'POST' || field in body;
		if (isSent && field !== 'line_items') {
			expect([field, plain(after?.[field])]).toEqual([field, plain(after && before?.[field])]);
		}
	}
}

const ROW = fc.sample(row, { numRuns: 1, seed: 1 })[0];

/** A part of an address is emptied in two ways. */
const EMPTIED_TWICE: [(typeof OPERATIONS)[number], Array<typeof ROW>] = [
	OPERATIONS[2],
	([null, ''] as const).map((city) => ({
		...{ ...ROW, email: 'BO@ace.example', phone: '1', city, clear: '' },
	})),
];

/** What a preview says of a record that the write would no longer find. */
const GONE = /^An earlier item would delete the (.*)$/;

/** A record that the run has created, or would have. */
const NEW_ID = /new record of item \d+|new-\d+/g;

it('says what is then written, and writes nothing', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...OPERATIONS),
			fc.array(row, { minLength: 1, maxLength: 4 }),
			async (operation, items) => {
				const run = async (previewOnly: boolean) => {
					const writes = serve();
					const { json } = await bildout.succeed(
						{ ...operation, options: { previewOnly, maxRetries: 0, checkResult: false } },
						{
							items: items as IDataObject[],
							credential: await bildout.connect(),
							node: CONTINUING,
						},
					);
					return { json, writes };
				};
				const shown = await run(true);
				expect(shown.writes).toEqual([]);
				const done = await run(false);
				const previews = shown.json as unknown as Preview[];
				const wording = (outputs: object[]) =>
					(outputs as Preview[]).map(({ error }) =>
						error?.replace(GONE, 'The $1 was not found').replaceAll(NEW_ID, 'new'),
					);
				expect(wording(previews)).toEqual(wording(done.json));
				const left = [...done.writes];
				for (const [index, preview] of previews.entries()) {
					if (preview.error !== undefined) continue;
					const isLeft = preview.preview === 'none' && done.json[index].upsert === 'found';
					if (!isLeft) expectSame(preview, left.shift()!);
				}
				expect(left).toEqual([]);
			},
		),
		{ numRuns: 150, interruptAfterTimeLimit: 25_000, examples: [EMPTIED_TWICE] },
	);
});
