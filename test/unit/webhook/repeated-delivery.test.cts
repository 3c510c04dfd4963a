import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { IWebhookFunctions } from 'n8n-workflow';

import { receiveDelivery } from '../../../nodes/BildOut/webhook/delivery.ts';

const SECRET = 'whsec_test';

/** As much of n8n's webhook context as the trigger asks for, around a real request and answer. */
function contextOf(req: IncomingMessage, rawBody: Buffer, res: ServerResponse): IWebhookFunctions {
	const parameters: Record<string, unknown> = { events: ['*'] };
	return {
		getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
		getRequestObject: () => Object.assign(req, { rawBody }),
		getResponseObject: () => res,
		getHeaderData: () => req.headers,
		getQueryData: () => ({}),
		getMode: () => 'webhook',
		getNode: () => ({ id: req.url, name: 'BildOut Trigger' }),
		getWorkflow: () => ({ id: 'workflow' }),
		getNodeWebhookUrl: () => 'https://n8n.example.com/webhook/1/webhook',
		getWorkflowStaticData: () => ({ secret: SECRET, subscriptionId: 'sub_kept' }),
		logger: { warn: () => {} },
	} as unknown as IWebhookFunctions;
}

/**
 * How n8n goes on after the trigger: it puts the execution on record, which takes as long as `record`
 * takes, and answers whether that worked. All this goes on when the sender has hung up.
 */
describe('A delivery that comes again', () => {
	let starts: number;
	let record: () => Promise<boolean>;

	const server = createServer(async (req, res) => {
		const result = await receiveDelivery(contextOf(req, await buffer(req), res));
		if (result.workflowData === undefined) return;
		const works = await record();
		if (works) starts += 1;
		res.statusCode = works ? 200 : 500;
		res.end('{}');
	});

	beforeAll(async () => {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
	});

	afterAll(() => server.close());

	beforeEach(() => {
		starts = 0;
		record = async () => true;
	});

	const newBody = () => JSON.stringify({ id: randomUUID(), type: 'invoice.paid' });

	/** `path` tells one trigger of the workflow from another. */
	function send(body: string, path = '/first') {
		const seconds = Math.floor(Date.now() / 1000);
		const digest = createHmac('sha256', SECRET).update(`${seconds}.${body}`).digest('hex');
		const sent = request({
			port: (server.address() as AddressInfo).port,
			path,
			method: 'POST',
			headers: { 'x-bildout-signature': `t=${seconds},v1=${digest}` },
		});
		sent.end(body);
		return sent;
	}

	async function deliver(body: string, path?: string): Promise<[number | undefined, string]> {
		const [answer] = (await once(send(body, path), 'response')) as [IncomingMessage];
		return [answer.statusCode, await text(answer)];
	}

	/** Delivers, hangs up while n8n is at work, and then lets n8n end with `works`. */
	async function deliverAndHangUp(body: string, works: boolean): Promise<void> {
		let begin = () => {};
		let end = () => {};
		const begun = new Promise<void>((resolve) => (begin = resolve));
		const ended = new Promise<void>((resolve) => (end = resolve));
		record = async () => {
			begin();
			await ended;
			record = async () => true;
			return works;
		};
		const sent = send(body);
		const hungUp = once(sent, 'error');
		await begun;
		sent.destroy(new Error('No answer in time'));
		await hungUp;
		await new Promise((resolve) => setTimeout(resolve, 50));
		end();
	}

	const invoice = { id: 'inv_1', total: 1 };
	const paidLater = { id: 'inv_1', total: 2 };

	it.each<[string, object, object, boolean]>([
		[
			'the same ID, name and time in another body',
			{ id: 'e', created_at: '2026-03-02T15:04:05Z', data: invoice, attempt: 1 },
			{ id: 'e', created_at: '2026-03-02T15:04:05Z', data: invoice, attempt: 2 },
			true,
		],
		['the same ID and name', { id: 'e', data: invoice }, { id: 'e', data: paidLater }, true],
		[
			'the same ID and another name',
			{ id: 'e', data: invoice },
			{ id: 'e', data: invoice, type: 'invoice.sent' },
			false,
		],
		[
			'the same ID and another time',
			{ id: 'e', created_at: '2026-03-02T15:04:05Z', data: invoice },
			{ id: 'e', created_at: '2026-03-02T15:04:06Z', data: invoice },
			false,
		],
		["the record's ID", { id: 'inv_1', data: invoice }, { id: 'inv_1', data: paidLater }, false],
		[
			"the record's ID, in an object",
			{ id: 'inv_1', data: { object: invoice } },
			{ id: 'inv_1', data: { object: paidLater } },
			false,
		],
		[
			"the record's ID and no envelope",
			{ ...invoice, created_at: '2026-01-01T00:00:00Z' },
			{ ...paidLater, created_at: '2026-01-01T00:00:00Z' },
			false,
		],
		["the record's ID and the same body", invoice, invoice, true],
		['another ID', { id: 'e', data: invoice }, { id: 'f', data: invoice }, false],
		['no ID and the same body', { data: invoice }, { data: invoice }, true],
		['no ID and another body', { data: invoice }, { data: paidLater }, false],
		['an empty ID', { id: '', data: invoice }, { id: '', data: paidLater }, false],
		[
			'the ID and name in an object',
			{ event: { id: 'e', type: 'invoice.sent' }, data: invoice },
			{ event: { id: 'e', type: 'invoice.sent' }, data: invoice, attempt: 2 },
			true,
		],
		[
			"the subscription's ID, and another invoice",
			{ id: 'sub_1', data: invoice },
			{ id: 'sub_1', data: { id: 'inv_2', total: 1 } },
			false,
		],
		[
			"the subscription's ID, which n8n keeps, and a later payment of the invoice",
			{ id: 'sub_kept', data: invoice },
			{ id: 'sub_kept', data: paidLater },
			false,
		],
		[
			"the account's ID, and another invoice in an object",
			{ id: 'acc_1', data: { object: invoice } },
			{ id: 'acc_1', data: { object: { id: 'inv_2' } } },
			false,
		],
		[
			"the account's ID, which stands beside it, and a later payment",
			{ id: 'acc_1', account_id: 'acc_1', data: invoice },
			{ id: 'acc_1', account_id: 'acc_1', data: paidLater },
			false,
		],
		[
			"the customer's ID and a later payment",
			{ id: 'c', data: { ...invoice, client_id: 'c' } },
			{ id: 'c', data: { ...paidLater, client_id: 'c' } },
			false,
		],
		[
			'the same event_id in another body',
			{ event_id: 'e', invoice_id: 'i', attempt: 1 },
			{ event_id: 'e', invoice_id: 'i', attempt: 2, note: 1 },
			true,
		],
		[
			'the same event_id beside an ID of the attempt',
			{ id: 'a1', event_id: 'e', data: invoice },
			{ id: 'a2', event_id: 'e', data: invoice },
			true,
		],
		['another event_id', { event_id: 'e', data: invoice }, { event_id: 'f', data: invoice }, false],
		['no ID and a counter', { data: invoice, attempt: 1 }, { data: invoice, attempt: 2 }, true],
		[
			'no ID and a counter further in',
			{ data: invoice, delivery: { id: 'd1', retry_count: 0 } },
			{ data: invoice, delivery: { id: 'd1', retry_count: 1 } },
			true,
		],
		[
			'an ID and the ID of the attempt further in',
			{ id: 'e', data: invoice, delivery: { id: 'd1' } },
			{ id: 'e', data: invoice, delivery: { id: 'd2' } },
			true,
		],
		[
			'no ID and its fields in another order',
			{ data: { id: 'inv_1', total: 1 }, note: 1 },
			{ note: 1, data: { total: 1, id: 'inv_1' } },
			true,
		],
	])('is one with %s', async (name, first, second, isRepeated) => {
		const bodyOf = (event: object) => JSON.stringify({ type: 'invoice.paid', ...event });
		const path = `/${encodeURIComponent(name)}`;
		await deliver(bodyOf(first), path);
		const [, said] = await deliver(bodyOf(second), path);
		expect(said).toBe(isRepeated ? '{"ignored":"repeated_delivery"}' : '{}');
	});

	it('has not been to another trigger of the same workflow', async () => {
		const body = newBody();
		expect(await deliver(body, '/one')).toEqual([200, '{}']);
		expect(await deliver(body, '/other')).toEqual([200, '{}']);
		expect(await deliver(body, '/one')).toEqual([200, '{"ignored":"repeated_delivery"}']);
	});

	it('is told that it has been here, once it has started an execution', async () => {
		const body = newBody();
		expect(await deliver(body)).toEqual([200, '{}']);
		expect(await deliver(body)).toEqual([200, '{"ignored":"repeated_delivery"}']);
		expect(starts).toBe(1);
	});

	it('starts the execution that could not be started before', async () => {
		const body = newBody();
		record = async () => false;
		expect(await deliver(body)).toEqual([500, '{}']);
		record = async () => true;
		expect(await deliver(body)).toEqual([200, '{}']);
		expect(starts).toBe(1);
	});

	it('waits for one that is being started, and takes its place when that fails', async () => {
		const body = newBody();
		const outcomes = [false, true, true, true];
		record = async () => {
			await new Promise((resolve) => setTimeout(resolve, 50));
			return outcomes.shift()!;
		};
		const answers = await Promise.all([1, 2, 3, 4].map(async () => await deliver(body)));
		expect(answers.map(([status]) => status).sort()).toEqual([200, 200, 200, 500]);
		expect(starts).toBe(1);
	});

	it('is told so too where the first sender did not wait for the answer', async () => {
		const body = newBody();
		await deliverAndHangUp(body, true);
		expect(await deliver(body)).toEqual([200, '{"ignored":"repeated_delivery"}']);
		expect(starts).toBe(1);
	});

	it('starts where the first sender did not wait and n8n could not start it', async () => {
		const body = newBody();
		await deliverAndHangUp(body, false);
		expect(await deliver(body)).toEqual([200, '{}']);
		expect(starts).toBe(1);
	});
});
