import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

/** Days in the account's life, which is seeded up to yesterday. */
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const [START, MONTH_LATER, TWO_MONTHS_LATER, HALF_YEAR_LATER, LATER] = [
	540, 510, 480, 360, 300,
].map(ago) as [string, string, string, string, string];

/** A field of a record is of whatever type the filter compares it with. */
type Keep = (record: Record<string, any>) => boolean;

async function all(path: string): Promise<JsonObject[]> {
	const pages = [1, 2, 3, 4].map(
		async (page) => await bildout.list(`${path}?limit=100&page=${page}`),
	);
	return (await Promise.all(pages)).flat();
}

async function filtered(resource: string, filters: object) {
	const run = await bildout.run({
		resource,
		operation: 'getAll',
		simplify: false,
		returnAll: true,
		filters,
	});
	expect(run.error).toBeUndefined();
	return run.json as JsonObject[];
}

const has = (field: string, text: string) => (record: JsonObject) =>
	String(record[field] ?? '')
		.toLowerCase()
		.includes(text);

/** Filters whose value does not depend on the records, and the records that pass each. */
const FILTERS: Array<[resource: string, path: string, filters: object, keep: Keep]> = [
	[
		'invoice',
		'/invoices',
		{ status: ['sent', 'overdue'] },
		({ status }) => status === 'sent' || status === 'overdue',
	],
	['invoice', '/invoices', { status: 'paid' }, ({ status }) => status === 'paid'],
	[
		'invoice',
		'/invoices',
		{ search: 'inv-00' },
		(one) => has('invoice_number', 'inv-00')(one) || has('notes', 'inv-00')(one),
	],
	[
		'invoice',
		'/invoices',
		{ dueFrom: START, dueTo: `${MONTH_LATER}T23:00:00` },
		({ due_date }) => due_date >= START && due_date <= MONTH_LATER,
	],
	[
		'invoice',
		'/invoices',
		{ issuedFrom: START, issuedTo: TWO_MONTHS_LATER },
		({ issue_date }) => issue_date >= START && issue_date <= TWO_MONTHS_LATER,
	],
	[
		'invoice',
		'/invoices',
		{ createdFrom: `${START}T00:00:00Z`, createdTo: `${HALF_YEAR_LATER}T00:00:01Z` },
		({ created_at }) => created_at >= START && created_at <= HALF_YEAR_LATER,
	],
	[
		'invoice',
		'/invoices',
		{ updatedFrom: `${LATER}T00:00:00Z` },
		({ updated_at }) => updated_at >= LATER,
	],
	[
		'invoice',
		'/invoices',
		{ minTotal: 5000, maxTotal: 9000 },
		({ total }) => total >= 5000 && total <= 9000,
	],
	['invoice', '/invoices', { minAmountDue: 0.01 }, ({ amount_due }) => amount_due > 0],
	['payment', '/payments', { direction: 'outgoing' }, ({ direction }) => direction === 'outgoing'],
	[
		'payment',
		'/payments',
		{ status: ['failed', 'processing'] },
		({ status }) => status === 'failed' || status === 'processing',
	],
	[
		'payment',
		'/payments',
		{ method: 'card, check' },
		({ method }) => method === 'card' || method === 'check',
	],
	[
		'payment',
		'/payments',
		{ minAmount: 1000, maxAmount: 2000 },
		({ amount }) => amount >= 1000 && amount <= 2000,
	],
	[
		'payment',
		'/payments',
		{ createdFrom: `${START}T00:00:00Z`, createdTo: `${HALF_YEAR_LATER}T00:00:01Z` },
		({ created_at }) => created_at >= START && created_at <= HALF_YEAR_LATER,
	],
	[
		'project',
		'/projects',
		{ status: 'active,planning' },
		({ status }) => status === 'active' || status === 'planning',
	],
	[
		'project',
		'/projects',
		{ search: 'deck' },
		(one) => has('name', 'deck')(one) || has('description', 'deck')(one),
	],
	[
		'project',
		'/projects',
		{ minBudget: 20000, maxBudget: 60000 },
		({ budget }) => budget >= 20000 && budget <= 60000,
	],
	[
		'project',
		'/projects',
		{ startFrom: START, startTo: LATER },
		({ start_date }) => start_date >= START && start_date <= LATER,
	],
	[
		'project',
		'/projects',
		{ endFrom: START, endTo: LATER },
		({ end_date }) => end_date >= START && end_date <= LATER,
	],
	['vendor', '/vendors', { type: ['supplier'] }, ({ type }) => type === 'supplier'],
	['vendor', '/vendors', { email: '1@EXAMPLE.com' }, has('email', '1@example.com')],
	[
		'customer',
		'/customers',
		{ search: 'an' },
		(one) => ['name', 'email', 'phone'].some((field) => has(field, 'an')(one)),
	],
	['customer', '/customers', { email: '@example.com' }, has('email', '@example.com')],
	[
		'customer',
		'/customers',
		{ createdFrom: `${ago(850)}T00:00:00Z` },
		({ created_at }) => created_at >= ago(850),
	],
];

it.each(FILTERS)('%s %s %j', async (resource, path, filters, keep) => {
	const everything = await all(path);
	const expected = everything.filter(keep);
	expect(expected.length).toBeGreaterThan(0);
	expect(await filtered(resource, filters)).toEqual(expected);
});

it.each([
	['invoice', 'customerId', 'client_id', '/customers'],
	['invoice', 'projectId', 'project_id', '/projects'],
	['project', 'customerId', 'client_id', '/customers'],
	['payment', 'vendorId', 'vendor_id', '/vendors'],
	['payment', 'projectId', 'project_id', '/projects'],
	['payment', 'invoiceId', 'invoice_id', '/invoices'],
])('%s by %s', async (resource, filter, field) => {
	const everything = await all(`/${resource}s`);
	const id = everything.find((record) => record[field] !== null)![field];
	const expected = everything.filter((record) => record[field] === id);
	expect(await filtered(resource, { [filter]: locator(id as string) })).toEqual(expected);
});

it('finds the customer to filter by through the email', async () => {
	const everything = await all('/invoices');
	const { email } = await bildout.read(`/customers/${everything[0].client_id}`);
	const expected = everything.filter(({ client_id }) => client_id === everything[0].client_id);
	const found = await filtered('invoice', { customerId: locator(email as string, 'email') });
	expect(found).toEqual(expected);
});

it('reads no more pages than it takes to find as many as asked for', async () => {
	const { json } = await bildout.run(
		op('invoice getAll', { simplify: false, limit: 2, filters: { minTotal: 0.01 } }),
	);
	expect(json).toHaveLength(2);
	expect(await bildout.wire()).toEqual([['GET /invoices?limit=100']]);
});

it('asks once for a status where another filter leaves out more', async () => {
	const { json } = await bildout.run(
		op('invoice getAll', {
			simplify: false,
			limit: 2,
			filters: { status: ['paid'], minTotal: 5000 },
		}),
	);
	expect(json).toHaveLength(2);
	expect(await bildout.wire()).toEqual([['GET /invoices?limit=100&status=paid']]);
});

it('takes a filter that was added but left empty for none', async () => {
	await bildout.run(
		op('invoice getAll', {
			simplify: false,
			limit: 5,
			filters: { status: [], search: '', dueFrom: '', customerId: locator('', 'list') },
		}),
	);
	expect(await bildout.wire()).toEqual([['GET /invoices?limit=5']]);
});

it.each(['[]', ',', ['', '']])(
	'gives no list where the statuses asked for are %j',
	async (status) => {
		const { json, error } = await bildout.run(
			op('invoice getAll', { simplify: false, filters: { status: '={{ $json.status }}' } }),
			{ items: [{ status }] },
		);
		expect(json).toEqual([]);
		expect(error?.message).toBe("The expression for filter 'Status' returned no value");
		expect(await bildout.wire()).toEqual([]);
	},
);

it('understands a status however it is written', async () => {
	const filters = { status: '={{ "Paid" }}' };
	const { json } = await bildout.run(op('invoice getAll', { simplify: false, filters }));
	expect(json.length).toBeGreaterThan(0);
	expect(new Set(json.map(({ status }) => status))).toEqual(new Set(['paid']));
});

it.each(['', ' 00:00:00', 'T00:00:00'])(
	'takes in the whole of a day that ends a span, written with %j behind it',
	async (time) => {
		const [invoice] = await bildout.list('/invoices?limit=1');
		const day = String(invoice.created_at).slice(0, 10);
		const { json } = await bildout.run(
			op('invoice getAll', {
				simplify: false,
				returnAll: true,
				filters: { createdFrom: day, createdTo: `${day}${time}` },
			}),
			{ settings: { timezone: 'UTC' } },
		);
		expect(json.map(({ id }) => id)).toContain(invoice.id);
		expect(new Set(json.map(({ created_at }) => String(created_at).slice(0, 10)))).toEqual(
			new Set([day]),
		);
	},
);

it('names a filter that it cannot read, before it sends anything', async () => {
	await bildout.expectRefusal(
		op('invoice getAll', { simplify: false, filters: { dueFrom: '={{ "soon" }}' } }),
		/^'Due From' must be a date/,
	);
});

describe('an amount of 0', () => {
	it.each([
		['invoice', 'minTotal', 'maxTotal'],
		['payment', 'minAmount', 'maxAmount'],
		['project', 'minBudget', 'maxBudget'],
	])('of %s is no filter where it is typed', async (resource, least, most) => {
		if (resource === 'project') await bildout.create('/projects', { name: 'No Budget' });
		const found = await filtered(resource, { [least]: 0, [most]: 0 });
		expect(found).toEqual(await filtered(resource, {}));
		expect(found.length).toBeGreaterThan(1);
	});

	it('filters where an expression yields it', async () => {
		expect(await filtered('invoice', { maxTotal: '={{ 0 }}' })).toEqual([]);
	});
});
