import type { IDataObject } from 'n8n-workflow';

import { N8nProcess, newEvent, publishedTrigger } from './n8n-process.cts';
import { WebhookApi } from './webhook-api.cts';

/** What becomes of a genuine delivery, by what is in it. */
describe('A genuine delivery', () => {
	const n8n = new N8nProcess();
	let deliver: (event: unknown, chosen?: string[]) => ReturnType<N8nProcess['deliver']>;
	let warnings: string[];

	beforeEach(async () => {
		const trigger = publishedTrigger(new WebhookApi());
		await n8n.publish(trigger);
		const [{ secret }] = trigger.api.subscriptions;
		warnings = trigger.warnings;
		deliver = async (event, chosen = ['invoice.paid']) => {
			trigger.parameters = { events: chosen };
			return await n8n.deliver(trigger, secret, { event });
		};
	});

	const data = { id: 'inv_1', total: 1 };

	it.each<[string, IDataObject]>([
		['as its type', { type: 'invoice.paid', data }],
		['as its event', { event: 'invoice.paid', data }],
		['behind a type that says nothing', { type: 'webhook', event: 'invoice.paid', data }],
		['before an event that says nothing', { type: 'invoice.paid', event: 'update', data }],
		['as its event_type', { event_type: 'invoice.paid', data }],
		['as its topic', { topic: 'invoice.paid', data }],
		['in an event that is an object', { event: { type: 'invoice.paid' }, data }],
		['in a type that is an object', { type: { name: 'invoice.paid' }, data }],
		['within its data', { id: 'e1', data: { type: 'invoice.paid', invoice: data } }],
		['within a payload', { payload: { event: 'invoice.paid', data } }],
	])('that names its event %s starts the workflow', async (_, body) => {
		const event = { ...newEvent(), type: undefined, ...body };
		const sent = JSON.parse(JSON.stringify(event)) as IDataObject;
		expect(await deliver(event)).toMatchObject({ status: 200, items: [sent] });
		expect(await deliver(event, ['invoice.sent'])).toMatchObject({
			body: { ignored: 'event_not_chosen' },
		});
		expect(warnings).toEqual([]);
	});

	it.each<[string, IDataObject, string]>([
		['no name', { data }, 'received an event without a name'],
		['a name that is no text', { type: 7, data }, 'received an event without a name'],
		['an unknown name', { type: 'invoice.viewed', data }, 'of the unknown kind "invoice.viewed"'],
	])('with %s starts Any Event, and there is a warning', async (_, event, warning) => {
		expect(await deliver(event, ['*'])).toMatchObject({ items: [event] });
		expect(await deliver({ ...event, id: 'e2' }, ['invoice.paid'])).toMatchObject({
			status: 200,
			body: { ignored: 'event_not_chosen' },
		});
		expect(warnings).toEqual([expect.stringContaining(warning), expect.stringContaining(warning)]);
	});

	it("whose data has a type of the record's own is none of that type", async () => {
		const event = { id: 'e3', type: 'payment.sent', data: { id: 'p', type: 'supplier' } };
		expect(await deliver(event, ['payment.sent'])).toMatchObject({ items: [event] });
	});

	it.each<[string, (events: IDataObject[]) => unknown]>([
		['as a list', (events) => events],
		['under events', (events) => ({ id: 'batch_1', events })],
		['under data', (events) => ({ id: 'batch_2', data: events })],
	])('of several events, %s, gives an item for each that was chosen', async (_, wrap) => {
		const [one, other] = [newEvent(), newEvent()];
		const sent = newEvent({ type: 'invoice.sent' });
		expect((await deliver(wrap([one, sent, other]))).items).toEqual([one, other]);
		const third = newEvent();
		expect((await deliver(wrap([other, third, third]))).items).toEqual([third]);
		expect((await deliver(wrap([one, third]))).body).toEqual({ ignored: 'repeated_delivery' });
	});

	it('of several events does not wait for another that brings them in another order', async () => {
		const [one, other] = [newEvent(), newEvent()];
		const answers = await Promise.all([deliver([one, other]), deliver([other, one])]);
		expect(answers.map(({ items }) => items?.length ?? 0).sort()).toEqual([0, 2]);
	});

	it('of an event whose data is a list is one event', async () => {
		const event = newEvent({ data: [{ id: 'inv_1' }, { id: 'inv_2' }] });
		expect((await deliver(event)).items).toEqual([event]);
	});

	it.each([[[1]], [[newEvent(), 'x']], [[]], ['invoice.paid'], [null], [7]])(
		'of %j is refused, since it is no event',
		async (body) => {
			expect(await deliver(body)).toEqual({ status: 400, body: { refused: 'body_not_an_event' } });
		},
	);
});

describe('A ping', () => {
	const n8n = new N8nProcess();
	const trigger = publishedTrigger(new WebhookApi(), { parameters: { events: ['*'] } });

	it.each<[IDataObject, IDataObject]>([
		[{ type: 'webhook.ping' }, { ignored: 'ping' }],
		[{ event: 'ping', id: 'evt_1' }, { ignored: 'ping' }],
		[{ type: 'url_verification', challenge: 'abc' }, { challenge: 'abc' }],
		[{ challenge: 'abc' }, { challenge: 'abc' }],
	])('%j is answered %j before there is a secret, and starts nothing', async (body, answer) => {
		const received = await n8n.receive(trigger, trigger.url, Buffer.from(JSON.stringify(body)), {});
		expect(received).toEqual({ status: 200, body: answer });
	});

	it.each<IDataObject>([
		{ type: 'invoice.paid', challenge: 'abc' },
		{ challenge: 'x'.repeat(1000) },
		{ challenge: { a: 1 } },
		{ type: 'invoice.pinged' },
	])('is not what %j is', async (body) => {
		const received = await n8n.receive(trigger, trigger.url, Buffer.from(JSON.stringify(body)), {});
		expect(received.status).toBe(401);
	});
});
