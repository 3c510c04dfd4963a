import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { readEvents } from '../../../nodes/BildOut/webhook/eventBody.ts';

const keysOf = (body: unknown) =>
	readEvents(Buffer.from(JSON.stringify(body)))?.map(({ key }) => key);

const id = fc.stringMatching(/^[a-z0-9]{1,6}$/);
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
