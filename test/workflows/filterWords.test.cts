import type { IDataObject } from 'n8n-workflow';
import { type Reply, scriptedServer } from '../support/scripted-server.cts';
import { bildOut, locator } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import type { Json } from '../support/sandbox.cts';

const server = scriptedServer();
const bildout = bildOut(server);

const ids = (records: IDataObject[]) => records.map(({ id }) => id);

async function filtered(resource: string, filters: object, more: object = {}) {
	const parameters = { simplify: false, returnAll: true, filters, ...more };
	return await bildout.run(op(`${resource} getAll`, parameters));
}

/** The IDs of the records that pass, where the run does not fail. */
async function passing(resource: string, filters: object) {
	const { json, error } = await filtered(resource, filters);
	expect(error).toBeUndefined();
	return ids(json);
}

const list = (records: object[]): Json => ({
	data: records as Json[],
	pagination: { page: 1, limit: 100, total: records.length },
});

const holding = (records: object[]) =>
	server.respond(() => [200, list(records.map((record, at) => ({ id: `r${at}`, ...record })))]);
const NO_SUCH: Reply = [422, { error: { message: 'No such status' } }];

const inStates = (...states: string[]) => states.map((status, at) => ({ id: `i${at}`, status }));

describe('a server that ignores what it is asked for', () => {
	it('gives the invoices in the one status that is wanted, and no others', async () => {
		holding(inStates('paid', 'overdue', 'sent', 'overdue'));
		expect(await passing('invoice', { status: ['overdue'] })).toEqual(['i1', 'i3']);
	});

	it('is read on until there are as many as are wanted', async () => {
		const all = inStates(...Array.from({ length: 250 }, (_, at) => (at % 125 ? 'paid' : 'sent')));
		server.respond((_, query) => {
			const [page, limit] = [Number(query.get('page') ?? 1), Number(query.get('limit'))];
			const data = all.slice((page - 1) * limit, page * limit);
			return [200, { data, pagination: { page, limit, total: all.length } }];
		});
		const { json } = await filtered('invoice', { status: 'sent' }, { returnAll: false, limit: 2 });
		expect(ids(json)).toEqual(['i0', 'i125']);
		expect(server.seen.length).toBeLessThanOrEqual(3);
	});
});

describe('a server that has other words', () => {
	it.each([
		['partial', 'partially_paid'],
		['partial', 'Partly Paid'],
		['overdue', 'past_due'],
		['overdue', 'PAST-DUE'],
		['overdue', 'OVER DUE'],
		['partial', 'PARTIALLYPAID'],
		['void', 'cancelled'],
		['paid', 'paidInFull'],
	])('for the invoice status %s: %s', async (wanted, word) => {
		holding(inStates(word, 'draft', word));
		for (const status of [[wanted], [wanted, 'viewed']]) {
			expect(await passing('invoice', { status })).toEqual(['i0', 'i2']);
		}
	});

	it.each<[string, Reply]>([
		['knows no invoice in the state', [200, list([])]],
		['refuses the word', NO_SUCH],
	])('and %s by the first of them', async (_, other) => {
		const many = inStates(...Array.from({ length: 100 }, () => 'draft'));
		server.respond((__, query) => {
			const status = query.get('status');
			if (status === null) return [200, list(many)];
			return status === 'partially_paid' ? [200, list(inStates(status))] : other;
		});
		expect(await passing('invoice', { status: ['partial'] })).toEqual(['i0']);
		expect(server.seen.length).toBeLessThanOrEqual(3);
	});

	it('is asked twice where nothing is in the state and the list is short', async () => {
		const all = inStates('draft', 'paid');
		server.respond((_, query) => [200, list(query.has('status') ? [] : all)]);
		expect(await passing('invoice', { status: ['partial'] })).toEqual([]);
		expect(server.seen).toHaveLength(2);
	});

	it('and refuses all that are known is filtered here', async () => {
		server.respond((_, query) =>
			query.has('status') ? NO_SUCH : [200, list(inStates('paid', 'partial_paid'))],
		);
		expect(await passing('invoice', { status: ['partial'] })).toEqual(['i1']);
	});

	it('has nothing where nothing is in the state', async () => {
		holding([]);
		expect(await passing('invoice', { status: ['partial'] })).toEqual([]);
	});

	it.each<[string, string, string, unknown[]]>([
		['project', 'status', 'active', ['In Progress', 'done', 'active']],
		['payment', 'status', 'succeeded', ['completed', 'pending', 'Paid']],
		['vendor', 'type', 'subcontractor', ['Sub-contractor', 'supplier', 'sub']],
		['payment', 'method', 'ach', ['us_bank_account', 'card', 'ACH']],
		['payment', 'direction', 'outgoing', ['outbound', 'inbound', 'OUT']],
		['payment', 'direction', 'incoming', ['Received', 'sent', 'inbound']],
	])('for %s %s %s: %j', async (resource, field, wanted, words) => {
		holding(words.map((word) => ({ [field]: word })));
		expect(await passing(resource, { [field]: wanted })).toEqual(['r0', 'r2']);
	});

	it.each<[string, object[]]>([
		['outgoing', [{ vendor_id: 'v1' }, { vendor_id: null }, { vendor_id: 'v2' }]],
		['incoming', [{ invoice_id: 'i1' }, { vendor_id: 'v1' }, { vendor_id: null }]],
	])('or none for the direction %s: %j', async (direction, records) => {
		holding(records);
		expect(await passing('payment', { direction })).toEqual(['r0', 'r2']);
	});
});

it.each<[string, object, string[]]>([
	['invoice', { status: '={{ ["ovredue", "Past Due", "late"] }}' }, ["Status 'ovredue'"]],
	['invoice', { status: ['overdue'] }, []],
	['payment', { direction: 'incomming' }, ["Direction 'incomming'"]],
	['payment', { method: 'wire' }, []],
])(
	'names a value of %s %j that may be misspelt, where nothing has it',
	async (resource, filters, words) => {
		holding([{ id: 'r1', status: 'paid', direction: 'out', method: 'card' }]);
		const { json, hints, error } = await filtered(resource, filters);
		expect([json, error]).toEqual([[], undefined]);
		expect(hints).toEqual(
			words.map((word) => expect.stringContaining(`may be misspelt: ${word}.`) as string),
		);
	},
);

describe('a filter on what no record of the list has', () => {
	const invoice = { invoice_number: 'INV-1', total: 10 };

	it.each<[string, object, object, string]>([
		['invoice', { customerId: locator('c1') }, invoice, "'Customer'.*'client_id'"],
		['invoice', { projectId: locator('p1') }, invoice, "'Project'.*'project_id'"],
		['invoice', { status: ['paid'] }, invoice, "'Status'.*'status'"],
		['invoice', { dueFrom: '2025-01-01' }, { due_date: '15 Feb' }, "'Due From'.*'due_date'"],
		['invoice', { createdTo: '2025-01-01' }, invoice, "'Created To'.*'created_at'"],
		['invoice', { minAmountDue: 1 }, invoice, "'Min Amount Due'.*'amount_due'"],
		['invoice', { minTotal: 1 }, { total: '10,00 USD' }, "'Min Total'.*'total'"],
		['customer', { email: '@' }, { name: 'Ace' }, "'Email'.*'email'"],
		['payment', { direction: 'incoming' }, { amount: 1 }, "'Direction'"],
		['payment', { vendorId: locator('v1') }, { amount: 1 }, "'Vendor'.*'vendor_id'"],
	])(
		'ends %s %j of %j with an error rather than an empty list',
		async (resource, filters, record, message) => {
			holding([record, record]);
			const { json, error } = await filtered(resource, filters);
			expect(json).toEqual([]);
			expect(error?.message).toMatch(
				new RegExp(
					`^The filter ${message.replace('.*', '.*none of the \\w+s that BildOut returned has .*')}`,
				),
			);
		},
	);

	it('is named where only some have it', async () => {
		const due = { amount_due: 5, status: 'sent', client_id: 'c1' };
		holding([
			{ id: 'i1', ...due },
			{ id: 'i2', ...due, amount_due: undefined },
			{ id: 'i3', ...due, status: undefined },
			{ id: 'i4', ...due, client_id: 'c2', status: undefined },
		]);
		const filters = { minAmountDue: 1, status: ['sent', 'paid'], customerId: locator('c1') };
		const { json, hints } = await filtered('invoice', filters);
		expect(ids(json)).toEqual(['i1']);
		expect(hints).toEqual([
			'These do not have what a filter compares, so they are left out: i2 · sent, i3.',
		]);
	});

	it.each<[string, object, object[]]>([
		['an empty list', { customerId: locator('c1') }, []],
		['an empty field', { projectId: locator('p1') }, [{ id: 'i1', project_id: null }]],
		['an empty text', { dueFrom: '2025-01-01' }, [{ id: 'i1', due_date: '' }]],
		['another value', { minTotal: 5 }, [{ id: 'i1', total: '4.00' }, { id: 'i2' }]],
	])('is not seen in %s', async (_, filters, records) => {
		holding(records);
		expect(await passing('invoice', filters)).toEqual([]);
	});
});

it.each<[string, object, object, object]>([
	['invoice', { customerId: locator('c1') }, { client: { id: 'c1' } }, { client_id: 'c2' }],
	['invoice', { customerId: locator('c1') }, { customer_id: 'c1' }, { client_id: null }],
	['invoice', { projectId: locator('p1') }, { project: { id: 'p1' } }, { project_id: null }],
	['payment', { invoiceId: locator('i1') }, { invoice: { id: 'i1' } }, { invoice_id: 'i2' }],
	['payment', { vendorId: locator('v1') }, { vendor: { id: 'v1' } }, { vendor_id: 'v2' }],
])('finds the %s by %j in %j', async (resource, filters, record, other) => {
	holding([record, other]);
	expect(await passing(resource, filters)).toEqual(['r0']);
});

it.each<[string, object, object]>([
	[
		'Unix seconds',
		{ createdFrom: '2025-01-01', createdTo: '2025-01-31' },
		{ created_at: 1736942400 },
	],
	['milliseconds as text', { createdFrom: '2025-01-15' }, { created_at: '1736942400000' }],
	['a date with a time', { dueTo: '2025-01-15' }, { due_date: '2025-01-15T23:30:00Z' }],
	['an amount as text', { minTotal: 10 }, { total: '10.00' }],
])('compares %s', async (_, filters, record) => {
	holding([record]);
	expect(await passing('invoice', filters)).toEqual(['r0']);
});
