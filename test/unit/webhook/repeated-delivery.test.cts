import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { IWebhookFunctions } from 'n8n-workflow';

import { receiveDelivery } from '../../../nodes/BildOut/webhook/delivery.ts';

const SECRET = 'whsec_test';

/** As much of n8n's webhook context as the trigger asks for, around a real request and response. */
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
 * takes, and responds whether that worked. All this goes on when the sender has hung up.
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
		const [response] = (await once(send(body, path), 'response')) as [IncomingMessage];
		return [response.statusCode, await text(response)];
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
		sent.destroy(new Error('No response in time'));
		await hungUp;
		await new Promise((resolve) => setTimeout(resolve, 50));
		end();
	}

	it('starts each trigger of a workflow once', async () => {
		const body = newBody();
		expect(await deliver(body, '/one')).toEqual([200, '{}']);
		expect(await deliver(body, '/other')).toEqual([200, '{}']);
		expect(await deliver(body, '/one')).toEqual([200, '{"ignored":"repeated_delivery"}']);
		expect(starts).toBe(2);
	});

	it('starts the execution that could not be started before', async () => {
		const body = newBody();
		record = async () => false;
		expect(await deliver(body)).toEqual([500, '{}']);
		record = async () => true;
		expect(await deliver(body)).toEqual([200, '{}']);
		expect(starts).toBe(1);
	});

	it.each([
		['', true, '{"ignored":"repeated_delivery"}'],
		['not ', false, '{}'],
	])(
		'finds out that n8n did %sstart it though the first sender hung up',
		async (_, works, text) => {
			const body = newBody();
			await deliverAndHangUp(body, works);
			expect(await deliver(body)).toEqual([200, text]);
			expect(starts).toBe(1);
		},
	);
});
