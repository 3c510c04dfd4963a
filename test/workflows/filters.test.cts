import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import type { JsonObject } from '../support/sandbox.cts';

const bildout = bildOut();

/** Days in the account's life, which is seeded up to yesterday. */
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const [START, MONTH_LATER, TWO_MONTHS_LATER] = [ago(540), ago(510), ago(480)];
const [HALF_YEAR_LATER, LATER] = [ago(360), ago(300)];

/** A field of a record is of whatever type the filter compares it with. */
type Keep = (record: Record<string, any>) => boolean;

const within =
	(field: string, least: string | number, most: string | number = '9'): Keep =>
	({ [field]: value }) =>
		value !== null && value >= least && value <= most;
const among =
	(field: string, ...values: string[]): Keep =>
	({ [field]: value }) =>
		values.includes(value);

async function all(path: string): Promise<JsonObject[]> {
	const read = async (page: number) => await bildout.list(`${path}?limit=100&page=${page}`);
	return (await Promise.all([1, 2, 3, 4].map(read))).flat();
}

const getAll = (resource: string, filters: object, more: object = { returnAll: true }) =>
	op(`${resource} getAll`, { simplify: false, filters, ...more });

const filtered = async (resource: string, filters: object) =>
	(await bildout.succeed(getAll(resource, filters))).json as JsonObject[];

const any = (fields: string[], text: string) => (record: JsonObject) =>
	fields.some((field) => `${record[field] ?? ''}`.toLowerCase().includes(text));

const SPAN = { createdFrom: `${START}T00:00:00Z`, createdTo: `${HALF_YEAR_LATER}T00:00:01Z` };

/** Filters whose value does not depend on the records, and the records that pass each. */
const FILTERS: Array<[resource: string, filters: object, keep: Keep]> = [
	['invoice', { status: ['sent', 'overdue'] }, among('status', 'sent', 'overdue')],
	['invoice', { status: 'paid' }, among('status', 'paid')],
	['invoice', { search: 'inv-00' }, any(['invoice_number', 'notes'], 'inv-00')],
	[
		'invoice',
		{ dueFrom: START, dueTo: `${MONTH_LATER}T23:00:00` },
		within('due_date', START, MONTH_LATER),
	],
	[
		'invoice',
		{ issuedFrom: START, issuedTo: TWO_MONTHS_LATER },
		within('issue_date', START, TWO_MONTHS_LATER),
	],
	['invoice', SPAN, within('created_at', START, HALF_YEAR_LATER)],
	['invoice', { updatedFrom: `${LATER}T00:00:00Z` }, within('updated_at', LATER)],
	['invoice', { minTotal: 5000, maxTotal: 9000 }, within('total', 5000, 9000)],
	['invoice', { minAmountDue: 0.01 }, ({ amount_due }) => amount_due > 0],
	['payment', { direction: 'outgoing' }, among('direction', 'outgoing')],
	['payment', { status: ['failed', 'processing'] }, among('status', 'failed', 'processing')],
	['payment', { method: 'card, check' }, among('method', 'card', 'check')],
	['payment', { minAmount: 1000, maxAmount: 2000 }, within('amount', 1000, 2000)],
	['payment', SPAN, within('created_at', START, HALF_YEAR_LATER)],
	['project', { status: 'active,planning' }, among('status', 'active', 'planning')],
	['project', { search: 'deck' }, any(['name', 'description'], 'deck')],
	['project', { minBudget: 20000, maxBudget: 60000 }, within('budget', 20000, 60000)],
	['project', { startFrom: START, startTo: LATER }, within('start_date', START, LATER)],
	['project', { endFrom: START, endTo: LATER }, within('end_date', START, LATER)],
	['vendor', { type: ['supplier'] }, among('type', 'supplier')],
	['vendor', { email: '1@EXAMPLE.com' }, any(['email'], '1@example.com')],
	['customer', { search: 'an' }, any(['name', 'email', 'phone'], 'an')],
	['customer', { email: '@example.com' }, any(['email'], '@example.com')],
	['customer', { createdFrom: `${ago(850)}T00:00:00Z` }, within('created_at', ago(850))],
];

it.each(FILTERS)('%s %j', async (resource, filters, keep) => {
	const everything = await all(`/${resource}s`);
	const expected = everything.filter(keep);
	expect(expected.length).toBeGreaterThan(0);
	expect(await filtered(resource, filters)).toEqual(expected);
});

it.each([
	['invoice', 'customerId', 'client_id'],
	['invoice', 'projectId', 'project_id'],
	['project', 'customerId', 'client_id'],
	['payment', 'vendorId', 'vendor_id'],
	['payment', 'projectId', 'project_id'],
	['payment', 'invoiceId', 'invoice_id'],
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

it.each<[string, object, object, number, string]>([
	[
		'no more pages than it takes to find as many as asked for',
		{ limit: 2 },
		{ minTotal: 0.01 },
		2,
		'GET /invoices?limit=100',
	],
	[
		'once for a status where another filter leaves out more',
		{ limit: 2 },
		{ status: ['paid'], minTotal: 5000 },
		2,
		'GET /invoices?limit=100&status=paid',
	],
	[
		'for all where a filter was added but left empty',
		{ limit: 5 },
		{ status: [], search: '', dueFrom: '', customerId: locator('', 'list') },
		5,
		'GET /invoices?limit=5',
	],
])('asks %s', async (_, limit, filters, count, request) => {
	const { json } = await bildout.run(getAll('invoice', filters, limit));
	expect(json).toHaveLength(count);
	expect(await bildout.wire()).toEqual([[request]]);
});

it.each(['[]', ',', ['', '']])(
	'gives no list where the statuses asked for are %j',
	async (status) => {
		const message = "The expression for filter 'Status' returned no value";
		const list = getAll('invoice', { status: '={{ $json.status }}' });
		await bildout.expectRefusal(list, message, { items: [{ status }] });
	},
);

it('understands a status however it is written', async () => {
	const json = await filtered('invoice', { status: '={{ "Paid" }}' });
	expect(json.length).toBeGreaterThan(0);
	expect(new Set(json.map(({ status }) => status))).toEqual(new Set(['paid']));
});

it.each(['', ' 00:00:00', 'T00:00:00'])(
	'takes in the whole of a day that ends a span, written with %j behind it',
	async (time) => {
		const [invoice] = await bildout.list('/invoices?limit=1');
		const day = String(invoice.created_at).slice(0, 10);
		const filters = { createdFrom: day, createdTo: `${day}${time}` };
		const settings = { timezone: 'UTC' };
		const { json } = await bildout.run(getAll('invoice', filters), { settings });
		expect(json.map(({ id }) => id)).toContain(invoice.id);
		for (const { created_at } of json) expect(String(created_at).slice(0, 10)).toBe(day);
	},
);

it('names a filter that it cannot read, before it sends anything', async () => {
	const soon = getAll('invoice', { dueFrom: '={{ "soon" }}' });
	await bildout.expectRefusal(soon, /^'Due From' must be a date/);
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
