import type { IDataObject } from 'n8n-workflow';

import {
	N8nProcess,
	newEvent,
	type Published,
	published,
	publishedTrigger,
	signatureOf,
} from './n8n-process.cts';
import { WebhookApi } from './webhook-api.cts';

/** What becomes of a genuine delivery, by what is in it. */
describe('A genuine delivery', () => {
	const n8n = new N8nProcess();
	let trigger: Published;
	let secret: string;
	let warnings: string[];

	beforeEach(async () => {
		trigger = publishedTrigger(new WebhookApi());
		await n8n.publish(trigger);
		[{ secret }] = trigger.api.subscriptions;
		({ warnings } = trigger);
	});

	const deliver = async (event: unknown, chosen = ['invoice.paid']) => {
		trigger.parameters = { events: chosen };
		return await n8n.deliver(trigger, secret, { event });
	};
	const deliverText = async (text: string) => await n8n.deliver(trigger, secret, { text });

	const data = { id: 'inv_1', total: 1 };

	it.each<[string, IDataObject]>([
		['as its type', { type: 'invoice.paid', data }],
		['as its event', { event: 'invoice.paid', data }],
		['behind a type that is no event', { type: 'webhook', event: 'invoice.paid', data }],
		['before an event that is none', { type: 'invoice.paid', event: 'update', data }],
		['as its event_type', { event_type: 'invoice.paid', data }],
		['as its topic', { topic: 'invoice.paid', data }],
		['under a name of its own', { kind_of_event: 'invoice.paid', data }],
		['in an event that is an object', { event: { type: 'invoice.paid' }, data }],
		['in a type that is an object', { type: { name: 'invoice.paid' }, data }],
		['within its data', { id: 'e1', data: { type: 'invoice.paid', invoice: data } }],
		['within a payload', { payload: { event: 'invoice.paid', data } }],
	])('that names its event %s starts the workflow', async (_, body) => {
		const event = { ...newEvent(), type: undefined, ...body };
		const sent = JSON.parse(JSON.stringify(event)) as IDataObject;
		expect(await deliver(event)).toMatchObject({ status: 200, items: [sent] });
		expect((await deliver(event, ['invoice.sent'])).body).toEqual({ ignored: 'event_not_chosen' });
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

	it('of a payment whose status is not known starts the workflow, with one warning a status', async () => {
		const payment = (id: string, status?: string) =>
			newEvent({ type: 'payment.received', data: { id, status } });
		const known = [payment('p1', 'succeeded'), payment('p2', 'returned'), payment('p3')];
		const unknown = [payment('p4', 'under_review'), payment('p5', 'under_review')];
		for (const event of [...known, ...unknown, newEvent({ data: { id: 'i', status: 'odd' } })]) {
			expect(await deliver(event, ['*'])).toMatchObject({ status: 200, items: [{ id: event.id }] });
		}
		expect(warnings).toEqual([
			expect.stringMatching(/'payment\.received' .* the unknown status "under_review"/),
		]);
	});

	it("whose data has a type of the record's own is none of that type", async () => {
		const event = { id: 'e3', type: 'payment.sent', data: { id: 'p', type: 'supplier' } };
		expect(await deliver(event, ['payment.sent'])).toMatchObject({ items: [event] });
	});

	it.each<[string, (events: unknown[]) => unknown]>([
		['as a list', (events) => events],
		['under events', (events) => ({ id: 'batch_1', events })],
		['under data', (events) => ({ data: events })],
		['under data of a batch with a type', (events) => ({ type: 'batch', data: events })],
		['under a name of its own', (events) => ({ object: 'list', notifications: events })],
		['one level further in', (events) => ({ data: { events, count: events.length } })],
		[
			'two levels further in',
			(events) => ({ event: 'batch', payload: { page: { list: events } } }),
		],
		['in two lists', ([one, ...others]) => ({ events: [one], data: others })],
		['by their places', (events) => ({ events: { ...events } })],
		['in lists within a list', (events) => events.map((each) => [each])],
		['in batches within a list', ([one, ...others]) => [{ events: [one] }, { events: others }]],
	])('of several events, %s, loses none because another is of no use', async (_, wrap) => {
		const [paid, other, sent] = [newEvent(), newEvent(), newEvent({ type: 'invoice.sent' })];
		const viewed = newEvent({ type: 'invoice.viewed' });
		const batch = wrap([viewed, 'x', paid, { id: 'nameless' }, null, sent, other, 7, other]);
		const received = await deliver(batch);
		expect(received.items).toEqual([paid, other]);
		expect(warnings).toHaveLength(2);
		expect((await deliver(wrap([other, paid]))).body).toEqual({ ignored: 'repeated_delivery' });
		const events = [newEvent({ type: 'invoice.viewed' }), newEvent()];
		expect((await deliver(wrap(events), ['*'])).items).toEqual(events);
	});

	it('of several events of which none is documented gives Any Event each', async () => {
		const events = [newEvent({ type: 'invoice.viewed' }), newEvent({ type: 'invoice.opened' })];
		expect((await deliver({ events }, ['*'])).items).toEqual(events);
	});

	it('keeps each digit of its numbers, and tells events apart by them', async () => {
		const body = (id: string) => `{"id":${id},"type":"invoice.paid","data":{"id":${id}1}}`;
		const send = async (id: string) => await deliverText(body(id));
		expect((await send('9007199254740993')).items).toEqual([
			{ id: '9007199254740993', type: 'invoice.paid', data: { id: '90071992547409931' } },
		]);
		expect((await send('9007199254740992')).items).toHaveLength(1);
		expect((await send('9007199254740993')).body).toEqual({ ignored: 'repeated_delivery' });
	});

	it.each<[string, string[]]>([
		['in another form', ['sha256=ab', 'v0=cd', 'keyId="a",signature="b"', 'x', 'y', 'z']],
		['in the same form', ['t=1,v1=00', `t=1,v1=${'0'.repeat(64)}`, `t=2,v1=${'1'.repeat(64)}`]],
	])('may have signatures of others before its own, %s', async (_, others) => {
		for (const header of ['bildout-signature', 'signature', 'x-webhook-signature']) {
			const body = Buffer.from(JSON.stringify(newEvent()));
			const headers = [
				...others.map((value, index) => [`x-proxy-${index}-signature`, value]),
				[header, signatureOf(body, secret)],
			];
			for (const order of [headers, headers.toReversed()]) {
				const given = Object.fromEntries(order) as Record<string, string>;
				expect((await n8n.receive(trigger, body, given)).status).toBe(200);
			}
		}
	});

	it('is held to the options: header, tolerance and repeated deliveries', async () => {
		const options = {
			signatureHeader: 'X-Foreman',
			tolerance: 20,
			ignoreRepeatedDeliveries: false,
		};
		trigger.parameters = { events: ['invoice.paid'], options };
		const body = Buffer.from(JSON.stringify(newEvent()));
		const received = [];
		for (const [header, age] of [
			['x-bildout-signature', 0],
			['x-foreman', 30],
			['x-foreman', 10],
			['x-foreman', 10],
		] as const) {
			const headers = { [header]: signatureOf(body, secret, age) };
			received.push((await n8n.receive(trigger, body, headers)).status);
		}
		expect(received).toEqual([401, 401, 200, 200]);
	});

	it('may start with a byte order mark', async () => {
		const event = newEvent();
		expect((await deliverText(`\uFEFF${JSON.stringify(event)}`)).items).toEqual([event]);
	});

	it.each([
		[{ type: 'invoice.verified', challenge: 'abc', data }],
		[{ event: 'customer.challenged', challenge: 'x', data }],
	])('of an undocumented event with a challenge, %j, starts Any Event', async (event) => {
		expect((await deliver(event, ['*'])).items).toEqual([event]);
	});

	it.each([4_000, 200_000])('is one event where it is nested %i levels deep', async (levels) => {
		const nested = (number: string) =>
			`{"type":"invoice.paid","data":${'['.repeat(levels)}${number}${']'.repeat(levels)}}`;
		expect((await deliverText(nested('1'))).items).toHaveLength(1);
		expect((await deliverText(nested('1'))).body).toEqual({ ignored: 'repeated_delivery' });
		expect((await deliverText(nested('2'))).items).toHaveLength(1);
		const unsigned = nested('1').replace('"type"', '"challenge"');
		expect((await n8n.receive(trigger, unsigned)).status).toBeLessThan(500);
	});

	it('that is a ping gets a response, with its challenge, and starts nothing', async () => {
		for (const [ping, body] of [
			[{ type: 'webhook.test', data }, { ignored: 'ping' }],
			[{ type: 'url_verification', challenge: 'abc' }, { challenge: 'abc' }],
			[{ challenge: 'abc' }, { challenge: 'abc' }],
		]) {
			expect(await deliver(ping, ['*'])).toEqual({ status: 200, body });
		}
	});

	it('of several events does not wait for another that brings them in another order', async () => {
		const [one, other] = [newEvent(), newEvent()];
		const responses = await Promise.all([deliver([one, other]), deliver([other, one])]);
		expect(responses.map(({ items }) => items?.length ?? 0).sort()).toEqual([0, 2]);
	});

	it('of an event whose data is a list is one event', async () => {
		const event = newEvent({ data: [{ id: 'inv_1' }, { id: 'inv_2' }] });
		expect((await deliver(event)).items).toEqual([event]);
	});

	it.each([[[1]], [['x', null]], [[]], ['invoice.paid'], [null], [7]])(
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
	])(
		'%j gets the response %j before there is a secret, and starts nothing',
		async (body, response) => {
			const received = await n8n.receive(trigger, JSON.stringify(body));
			expect(received).toEqual({ status: 200, body: response });
		},
	);

	it.each<[string, IDataObject]>([
		['by its name', { type: 'url_verification', challenge: 'abc' }],
		['without one', { challenge: 'abc' }],
		['by an undocumented name', { type: 'endpoint.check', challenge: 'abc' }],
		['without a challenge', { type: 'webhook.ping' }],
	])('%s gets nothing back once there is a secret, unless BildOut signed it', async (_, body) => {
		const { trigger, n8n } = await published({}, { parameters: { events: ['*'] } });
		for (const signature of ['', 't=1,v1=00']) {
			const headers = { 'x-bildout-signature': signature };
			const received = await n8n.receive(trigger, JSON.stringify(body), headers);
			expect(received).toEqual({ status: 200, body: { ignored: 'ping' } });
		}
	});

	it('during a change of the subscription gets its challenge back', async () => {
		const { api, trigger, n8n } = await published();
		trigger.parameters = { events: ['invoice.sent'] };
		const echoed: unknown[] = [];
		api.behavior.meanwhile = async (method) => {
			if (method !== 'PUT') return;
			echoed.push((await n8n.receive(trigger, '{"challenge":"abc"}')).body);
		};
		await n8n.publish(trigger);
		expect(echoed).toEqual([{ challenge: 'abc' }]);
	});

	it.each(['', '{}', '[]', 'null', 'ping', 'challenge=abc'])(
		'of any form, such as %j, is accepted while the subscription is made, and refused later',
		async (text) => {
			const api = new WebhookApi();
			const making = publishedTrigger(api);
			const ping = async () => await n8n.receive(making, text);
			const statuses: number[] = [];
			api.behavior.meanwhile = async (method) => {
				if (method === 'POST') statuses.push((await ping()).status);
			};
			await n8n.publish(making);
			expect([...statuses, (await ping()).status]).toEqual([200, 401]);
		},
	);

	it.each<IDataObject>([
		{ type: 'invoice.paid', challenge: 'abc' },
		{ challenge: 'x'.repeat(1000) },
		{ challenge: { a: 1 } },
		{ type: 'invoice.pinged' },
	])('is not what %j is', async (body) => {
		const received = await n8n.receive(trigger, JSON.stringify(body));
		expect(received.status).toBe(401);
	});
});
