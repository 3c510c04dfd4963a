import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { readEvents } from '../../../nodes/BildOut/webhook/eventBody.ts';

const keysOf = (body: unknown) =>
	readEvents(Buffer.from(JSON.stringify(body)), ['sub_kept'])?.map(({ key }) => key);

/** So few that two events often have the same. */
const id = fc.constantFrom('a', 'b');
const record = fc.record({ id, total: fc.integer() });
const event = fc.record(
	{
		id: id.map((text) => `evt_${text}`),
		event_id: id.map((text) => `evt_${text}`),
		type: fc.constantFrom('invoice.paid', 'invoice.sent', 'invoice.viewed'),
		created_at: fc.constantFrom('2026-03-02T15:04:05Z', '2026-03-02T15:04:06Z'),
		data: record,
	},
	{ requiredKeys: ['type', 'data'] },
);

/** The same event, its fields in another order and with a counter of attempts. */
const delivered = (sent: IDataObject, attempt: number): IDataObject => ({
	attempt,
	...Object.fromEntries(Object.entries(sent).reverse()),
	delivery: { id: `dlv_${attempt}`, attempt },
});

const invoice = { id: 'inv_1', total: 1 };
const paidLater = { id: 'inv_1', total: 2 };
const paid = (fields: object) => keysOf({ type: 'invoice.paid', ...fields });
const inObject = (record: object) => ({ data: { object: record } });

describe('Two deliveries are of one event', () => {
	it.each<[string, object, object]>([
		['with the same ID and name', { id: 'e', data: invoice }, { id: 'e', data: paidLater }],
		["with the record's ID and the same body", invoice, invoice],
		['without an ID and with the same body', { data: invoice }, { data: invoice }],
		[
			'with the ID and name in an object',
			{ event: { id: 'e', type: 'invoice.sent' }, data: invoice },
			{ event: { id: 'e', type: 'invoice.sent' }, data: invoice, attempt: 2 },
		],
		[
			'with the same event_id',
			{ event_id: 'e', invoice_id: 'i', attempt: 1 },
			{ event_id: 'e', invoice_id: 'i', attempt: 2, note: 1 },
		],
		[
			'with the same event_id beside an ID of the attempt',
			{ id: 'a1', event_id: 'e', data: invoice },
			{ id: 'a2', event_id: 'e', data: invoice },
		],
		[
			'that differ in a counter further in',
			{ data: invoice, delivery: { id: 'd1', retry_count: 0 } },
			{ data: invoice, delivery: { id: 'd1', retry_count: 1 } },
		],
	])('%s', (_, first, second) => {
		expect(paid(first)).toEqual(paid(second));
	});
});

describe('Two deliveries are of two events', () => {
	it.each<[string, object, object]>([
		["that have the record's ID", { id: 'inv_1', data: invoice }, { id: 'inv_1', data: paidLater }],
		[
			"that have the record's ID, in an object",
			{ id: 'inv_1', ...inObject(invoice) },
			{ id: 'inv_1', ...inObject(paidLater) },
		],
		[
			"that have the record's ID and no envelope",
			{ ...invoice, created_at: '2026-01-01T00:00:00Z' },
			{ ...paidLater, created_at: '2026-01-01T00:00:00Z' },
		],
		['without an ID, with other bodies', { data: invoice }, { data: paidLater }],
		['with an empty ID', { id: '', data: invoice }, { id: '', data: paidLater }],
		[
			"that have the subscription's ID, and other records",
			{ id: 'sub_1', data: invoice },
			{ id: 'sub_1', data: { id: 'inv_2', total: 1 } },
		],
		[
			"that have the subscription's ID, which is known",
			{ id: 'sub_kept', data: invoice },
			{ id: 'sub_kept', data: paidLater },
		],
		[
			"that have the account's ID, and other records in objects",
			{ id: 'acc_1', ...inObject(invoice) },
			{ id: 'acc_1', ...inObject({ id: 'inv_2' }) },
		],
		[
			"that have the account's ID, which stands beside it",
			{ id: 'acc_1', account_id: 'acc_1', data: invoice },
			{ id: 'acc_1', account_id: 'acc_1', data: paidLater },
		],
		[
			"that have the customer's ID",
			{ id: 'c', data: { ...invoice, client_id: 'c' } },
			{ id: 'c', data: { ...paidLater, client_id: 'c' } },
		],
	])('%s', (_, first, second) => {
		expect(paid(first)).not.toEqual(paid(second));
	});
});

describe('The key of an event', () => {
	it('is the same in each attempt at delivering it, alone and among others', () => {
		fc.assert(
			fc.property(event, fc.integer({ min: 2, max: 9 }), (sent, attempt) => {
				const [first, again] = [delivered(sent, 1), delivered(sent, attempt)];
				const [key] = keysOf(first)!;
				expect(keysOf(again)).toEqual([key]);
				expect(keysOf([again, { type: 'invoice.paid' }])![0]).toBe(key);
				expect(keysOf({ events: [{ type: 'invoice.paid' }, again] })![1]).toBe(key);
			}),
		);
	});

	it('differs where the record, the name, the time or the ID differs', () => {
		fc.assert(
			fc.property(event, event, (one, other) => {
				const isSame =
					one.type === other.type &&
					one.data.id === other.data.id &&
					one.created_at === other.created_at &&
					(one.event_id ?? one.id) === (other.event_id ?? other.id);
				fc.pre(!isSame);
				expect(keysOf(one)).not.toEqual(keysOf(other));
			}),
		);
	});

	it('keeps apart numbers of any length', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (number) => {
				const body = (digits: bigint) =>
					Buffer.from(`{"type":"invoice.paid","id":${digits},"data":{"id":1${digits}}}`);
				const [one] = readEvents(body(number))!;
				const [next] = readEvents(body(number + 1n))!;
				expect(one.key).not.toBe(next.key);
				expect(String(one.json.id)).toBe(String(number));
			}),
		);
	});

	it('is read from any JSON without a failure', () => {
		fc.assert(
			fc.property(fc.json(), (text) => {
				const events = readEvents(Buffer.from(text)) ?? [];
				for (const { key, json } of events)
					expect([typeof key, typeof json]).toEqual(['string', 'object']);
			}),
		);
	});
});
