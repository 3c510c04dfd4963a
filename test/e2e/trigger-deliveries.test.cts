import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { waitFor } from '../../tools/lib/program.mts';
import {
	TRIGGER,
	type TriggerParameters,
	type World,
	finishedExecutions,
	importTriggered,
	openWorld,
	post,
	publish,
	setState,
	settledExecutions,
	sign,
	stateOf,
	unixNow,
	unpublish,
} from './trigger-world.cts';

const MB = 1024 * 1024;

/** While this file is there, n8n cannot start an execution: an external hook of n8n's refuses it. */
const BLOCK = join(tmpdir(), `bildout-block-${randomUUID()}`);
const HOOK = `${BLOCK}.js`;
const HOOK_TEXT = `module.exports = { workflow: { preExecute: [async () => {
	if (require('node:fs').existsSync(${JSON.stringify(BLOCK)})) throw new Error('No room for it');
}] } };`;

/** What the trigger does with what arrives at its address. */
describe('A delivery to a BildOut Trigger', () => {
	let world: World;

	beforeAll(async () => {
		await writeFile(HOOK, HOOK_TEXT);
		world = await openWorld({ EXTERNAL_HOOK_FILES: HOOK });
	});

	afterAll(async () => {
		await world?.close();
		await rm(HOOK, { force: true });
		await rm(BLOCK, { force: true });
	});

	/** A published workflow, the address it listens at and the secret of its subscription. */
	async function listening(
		name: string,
		parameters: Partial<TriggerParameters> = {},
		more: Parameters<typeof importTriggered>[3] = {},
	) {
		const workflow = await importTriggered(
			world,
			name,
			{ events: ['invoice.paid'], ...parameters },
			more,
		);
		await publish(world, workflow);
		const { secret = '' } = await stateOf(world, workflow.id);
		return {
			...workflow,
			url: world.n8n().url + workflow.path,
			secret,
			deliver: async (body: string | Buffer, headers: Record<string, string> = {}) =>
				await post(world.n8n().url + workflow.path, body, {
					'x-bildout-signature': sign(secret, body),
					...headers,
				}),
		};
	}

	const eventBody = (more: object = {}) =>
		JSON.stringify({
			id: `evt_${randomUUID()}`,
			type: 'invoice.paid',
			created_at: '2026-03-02T15:04:05.000Z',
			data: { invoice_number: 'INV-0042', total: 6082.5 },
			...more,
		});

	/** What n8n wrote to its log while `work` ran. */
	async function logged(work: () => Promise<void>): Promise<string> {
		const before = world.n8n().output().length;
		await work();
		return world.n8n().output().slice(before);
	}

	it('starts the workflow with the event as BildOut sent it', async () => {
		const workflow = await listening('Good');
		const { deliveries } = await world.sandbox.control.emit({
			type: 'invoice.paid',
			data: { invoice_number: 'INV-0042', line_items: [{ quantity: 100, unit_price: 45.5 }] },
		});
		const [{ id }] = await finishedExecutions(world, workflow.id, 1);
		const execution = await world.client().getExecution(id);
		const sent = (await world.sandbox.control.deliveries()).find(
			({ id: delivery }) => delivery === deliveries[0],
		)!;
		expect(execution?.output(TRIGGER)).toEqual([JSON.parse(sent.body)]);
		expect(sent.attempts).toMatchObject([{ status: 200, error: null }]);
		await unpublish(world, workflow);
	});

	describe('is refused', () => {
		const body = eventBody();
		const forgeries: Array<[string, string, (secret: string) => [string, Record<string, string>]]> =
			[
				['without a signature', 'signature_missing', () => [body, {}]],
				[
					'with a forged signature',
					'signature_mismatch',
					() => [body, { 'x-bildout-signature': sign('whsec_guessed', body) }],
				],
				[
					'with the signature of another body',
					'signature_mismatch',
					(secret) => [body, { 'x-bildout-signature': sign(secret, eventBody()) }],
				],
				[
					'with a stale time',
					'timestamp_stale',
					(secret) => [body, { 'x-bildout-signature': sign(secret, body, unixNow() - 310) }],
				],
				[
					'with a time in the future',
					'timestamp_in_future',
					(secret) => [body, { 'x-bildout-signature': sign(secret, body, unixNow() + 310) }],
				],
				[
					'with a time that is not digits alone',
					'timestamp_malformed',
					(secret) => [body, { 'x-bildout-signature': sign(secret, body, `${unixNow()}.0`) }],
				],
				[
					'without a time',
					'timestamp_missing',
					(secret) => [body, { 'x-bildout-signature': sign(secret, body).replace(/^t=\d+,/, '') }],
				],
				[
					'without a v1',
					'v1_missing',
					(secret) => [body, { 'x-bildout-signature': sign(secret, body).replace('v1=', 'v0=') }],
				],
				[
					'with a signature in Base64',
					'v1_malformed',
					(secret) => [
						body,
						{
							'x-bildout-signature': sign(secret, body).replace(
								/v1=(.*)/,
								(_, hex: string) => `v1=${Buffer.from(hex, 'hex').toString('base64')}`,
							),
						},
					],
				],
				[
					'without a body',
					'body_missing',
					(secret) => ['', { 'x-bildout-signature': sign(secret, '') }],
				],
				[
					'with the signature under another kind of header',
					'signature_missing',
					(secret) => [body, { 'x-bildout-signature-2': sign(secret, body) }],
				],
			];
		let workflow: Awaited<ReturnType<typeof listening>>;

		beforeAll(async () => {
			workflow = await listening('Refusals');
		});

		afterAll(async () => {
			await unpublish(world, workflow);
		});

		it.each(forgeries)('%s: %s, and one warning in the log', async (_, reason, forge) => {
			const [sent, headers] = forge(workflow.secret);
			const log = await logged(async () => {
				const answer = await post(workflow.url, sent, headers);
				expect(answer).toEqual({ status: 401, text: JSON.stringify({ refused: reason }) });
			});
			expect(log.match(/refused a delivery/g)).toHaveLength(1);
			expect(log).toContain(`BildOut Trigger "${TRIGGER}" refused a delivery: ${reason}`);
			for (const private_ of [workflow.secret, 'INV-0042', headers['x-bildout-signature']]) {
				if (private_) expect(log).not.toContain(private_);
			}
		});

		it('and starts nothing', async () => {
			expect(await settledExecutions(world, workflow.id)).toBe(0);
		});

		it('where no secret is stored', async () => {
			const bare = await importTriggered(world, 'No secret stored', { events: ['invoice.paid'] });
			await publish(world, bare);
			const { subscriptionId } = await stateOf(world, bare.id);
			setState(world, bare.id, { subscriptionId });
			expect(await stateOf(world, bare.id)).toEqual({ subscriptionId });
			const url = world.n8n().url + bare.path;
			for (const secret of ['', 'undefined', 'null']) {
				const signature = secret === '' ? sign(' ', body) : sign(secret, body);
				const answer = await post(url, body, { 'x-bildout-signature': signature });
				expect(answer).toEqual({ status: 401, text: '{"refused":"secret_missing"}' });
			}
			expect(await settledExecutions(world, bare.id)).toBe(0);
			await unpublish(world, bare);
		});
	});

	it('is accepted under any header whose name ends in signature, and any of several v1', async () => {
		const workflow = await listening('Header names');
		for (const header of ['x-bildout-signature', 'signature', 'X-Webhook-Signature']) {
			const body = eventBody();
			const several = sign(workflow.secret, body).replace('v1=', `v1=${'0'.repeat(64)},v1=`);
			const answer = await post(workflow.url, body, { [header]: several });
			expect([header, answer.status]).toEqual([header, 200]);
		}
		const besideAnother = eventBody();
		const answer = await post(workflow.url, besideAnother, {
			'a-proxy-signature': 'keyId=1',
			'x-bildout-signature': sign(workflow.secret, besideAnother),
		});
		expect(answer.status).toBe(200);
		expect(await finishedExecutions(world, workflow.id, 4)).toHaveLength(4);
		await unpublish(world, workflow);
	});

	it('is held to the header and the tolerance that the options name', async () => {
		const workflow = await listening('Options', {
			options: { signatureHeader: 'X-Foreman', tolerance: 20 },
		});
		const body = eventBody();
		const statuses = [];
		for (const headers of [
			{ 'x-bildout-signature': sign(workflow.secret, body) },
			{ 'x-foreman': sign(workflow.secret, body, unixNow() - 30) },
			{ 'x-foreman': sign(workflow.secret, body, unixNow() - 10) },
		] as Array<Record<string, string>>) {
			statuses.push((await post(workflow.url, body, headers)).status);
		}
		expect(statuses).toEqual([401, 401, 200]);
		await unpublish(world, workflow);
	});

	it('signed with the former secret is accepted after a new registration', async () => {
		const workflow = await listening('Rotation');
		await unpublish(world, workflow);
		await publish(world, workflow);
		const { secret, formerSecrets } = await stateOf(world, workflow.id);
		expect(secret).not.toBe(workflow.secret);
		expect(formerSecrets).toEqual([{ secret: workflow.secret, goodUntil: expect.any(Number) }]);
		const [{ goodUntil }] = formerSecrets!;
		expect(Math.abs(goodUntil - Date.now() - 24 * 60 * 60 * 1000)).toBeLessThan(60_000);

		expect((await workflow.deliver(eventBody())).status).toBe(200);
		const body = eventBody();
		const answer = await post(workflow.url, body, { 'x-bildout-signature': sign(secret!, body) });
		expect(answer.status).toBe(200);
		await finishedExecutions(world, workflow.id, 2);

		setState(world, workflow.id, {
			...(await stateOf(world, workflow.id)),
			formerSecrets: [{ secret: workflow.secret, goodUntil: Date.now() - 1 }],
		});
		expect((await workflow.deliver(eventBody())).text).toBe('{"refused":"signature_mismatch"}');
		await unpublish(world, workflow);
	});

	it('of an event that was not asked for is acknowledged, and starts nothing', async () => {
		const workflow = await listening('Not asked for');
		expect(await workflow.deliver(eventBody({ type: 'invoice.sent' }))).toEqual({
			status: 200,
			text: '{"ignored":"event_not_chosen"}',
		});
		expect(await settledExecutions(world, workflow.id)).toBe(0);
		await unpublish(world, workflow);
	});

	it.each(['event_key', 'no_id'] as const)(
		'may have its body in the form %s',
		async (bodyShape) => {
			const workflow = await listening(`Form ${bodyShape}`);
			await world.sandbox.control.config({ webhooks: { bodyShape } });
			await world.sandbox.control.emit({ type: 'invoice.paid', data: { total: 1 } });
			await world.sandbox.control.config({ webhooks: { bodyShape: 'default' } });
			const [{ id }] = await finishedExecutions(world, workflow.id, 1);
			const execution = await world.client().getExecution(id);
			expect(execution?.output(TRIGGER)).toMatchObject([{ data: { total: 1 } }]);
			await unpublish(world, workflow);
		},
	);

	it('starts one execution when it comes twenty times at once, and once more later', async () => {
		const workflow = await listening('Twenty at once');
		const body = eventBody();
		const answers = await Promise.all(
			Array.from({ length: 20 }, async () => await workflow.deliver(body)),
		);
		expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
		const later = await post(workflow.url, body, {
			'x-bildout-signature': sign(workflow.secret, body, unixNow() - 5),
		});
		expect(later).toEqual({ status: 200, text: '{"ignored":"repeated_delivery"}' });
		await finishedExecutions(world, workflow.id, 1);
		expect(await settledExecutions(world, workflow.id)).toBe(1);
		await unpublish(world, workflow);
	});

	it('without an ID is known by its body, and starts one execution too', async () => {
		const workflow = await listening('Without an ID');
		const body = eventBody({ id: undefined });
		await Promise.all(Array.from({ length: 20 }, async () => await workflow.deliver(body)));
		await workflow.deliver(eventBody({ id: undefined, data: { total: 2 } }));
		await finishedExecutions(world, workflow.id, 2);
		expect(await settledExecutions(world, workflow.id)).toBe(2);
		await unpublish(world, workflow);
	});

	it('starts an execution for each trigger that it comes to', async () => {
		const one = await listening('One of two');
		const other = await listening('The other of two');
		const body = eventBody();
		await one.deliver(body);
		await other.deliver(body);
		await finishedExecutions(world, one.id, 1);
		await finishedExecutions(world, other.id, 1);
		await unpublish(world, one);
		await unpublish(world, other);
	});

	it('starts an execution each time where repeated deliveries are wanted', async () => {
		const workflow = await listening('Repeats wanted', {
			options: { ignoreRepeatedDeliveries: false },
		});
		const body = eventBody();
		await workflow.deliver(body);
		await workflow.deliver(body);
		await finishedExecutions(world, workflow.id, 2);
		await unpublish(world, workflow);
	});

	it('that n8n could not start is sent again, and then starts', async () => {
		const workflow = await listening('Not startable');
		await world.sandbox.control.config({ webhooks: { retryDelaysMs: [500, 3000, 3000] } });
		await writeFile(BLOCK, '');
		const { deliveries } = await world.sandbox.control.emit({ type: 'invoice.paid', data: {} });
		const attempts = async () =>
			(await world.sandbox.control.deliveries()).find(({ id }) => id === deliveries[0])!.attempts;
		await waitFor('two attempts', async () => ((await attempts()).length >= 2 ? true : undefined));
		expect((await attempts()).slice(0, 2)).toMatchObject([{ status: 500 }, { status: 500 }]);
		await rm(BLOCK);
		await finishedExecutions(world, workflow.id, 1);
		expect(await settledExecutions(world, workflow.id)).toBe(1);
		expect((await attempts()).at(-1)).toMatchObject({ status: 200 });
		await unpublish(world, workflow);
	});

	it('is answered before the workflow has run', async () => {
		const workflow = await listening(
			'Slow',
			{},
			{
				next: {
					type: 'n8n-nodes-base.wait',
					typeVersion: 1.1,
					parameters: { amount: 8, unit: 'seconds' },
				},
			},
		);
		const answer = await workflow.deliver(eventBody());
		const [execution] = await world.client().executions(workflow.id);
		expect(answer.status).toBe(200);
		expect(['new', 'running', 'waiting']).toContain(execution.status);
		await finishedExecutions(world, workflow.id, 1);
		await unpublish(world, workflow);
	});

	describe('of an unusual body', () => {
		let workflow: Awaited<ReturnType<typeof listening>>;

		beforeAll(async () => {
			workflow = await listening('Unusual bodies');
		});

		afterAll(async () => {
			await unpublish(world, workflow);
		});

		const json = 'application/json';
		const large = eventBody({ data: { notes: 'x'.repeat(5 * MB) } });
		const form = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n';

		it.each<[string, string | Buffer, Record<string, string>, number]>([
			['5 MB of it', large, {}, 200],
			['no JSON, as JSON', 'not JSON', { 'content-type': json }, 422],
			['no JSON, as text', 'not JSON', { 'content-type': 'text/plain' }, 400],
			['a list', '[1]', {}, 400],
			['a word', '"invoice.paid"', {}, 400],
			['JSON as text', eventBody(), { 'content-type': 'text/plain' }, 200],
			['JSON as bytes', eventBody(), { 'content-type': 'application/octet-stream' }, 200],
			['JSON of no type', eventBody(), { 'content-type': '' }, 200],
			['JSON as a form', eventBody(), { 'content-type': 'application/x-www-form-urlencoded' }, 200],
			[
				'JSON as a type of its own',
				eventBody(),
				{ 'content-type': 'application/vnd.bildout+json' },
				200,
			],
			[
				'bytes that are no text',
				Buffer.from([0xff, 0xfe, 0x00]),
				{ 'content-type': 'application/octet-stream' },
				400,
			],
			['a form of several parts', form, { 'content-type': 'multipart/form-data; boundary=x' }, 401],
			['no form at all', eventBody(), { 'content-type': 'multipart/form-data; boundary=x' }, 400],
		])('(%s) is answered clearly', async (_, body, headers, status) => {
			expect((await workflow.deliver(body, headers)).status).toBe(status);
			expect((await post(workflow.url, eventBody(), {})).status).toBe(401);
		});

		it('that was compressed is checked and read as what it was', async () => {
			const body = eventBody({ data: { compressed: true } });
			const answer = await post(workflow.url, gzipSync(body), {
				'content-encoding': 'gzip',
				'x-bildout-signature': sign(workflow.secret, body),
			});
			expect(answer.status).toBe(200);
		});

		it('that only claims to be compressed is answered, and n8n goes on', async () => {
			const body = eventBody();
			for (const encoding of ['gzip', 'br', 'zstd']) {
				const { status } = await workflow.deliver(Buffer.from([1, 2, 3]), {
					'content-encoding': encoding,
				});
				expect([400, 401, 422, 500]).toContain(status);
			}
			expect((await workflow.deliver(body)).status).toBe(200);
		});

		it('leaves no memory behind: 5 MB a hundred times, forged and repeated by turns', async () => {
			const memory = () => {
				const status = readFileSync(`/proc/${world.n8n().pid}/status`, 'utf8');
				return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024;
			};
			const flood = async (turns: number) => {
				for (let turn = 0; turn < turns; turn++) {
					const forged = { 'x-bildout-signature': sign('whsec_guessed', large) };
					expect((await post(workflow.url, large, forged)).status).toBe(401);
					expect((await workflow.deliver(large)).text).toBe('{"ignored":"repeated_delivery"}');
				}
			};
			await workflow.deliver(large);
			await flood(10);
			const before = memory();
			await flood(50);
			expect(memory() - before).toBeLessThan(250);
		});
	});

	describe('with manual registration', () => {
		const secret = 'whsec_given_by_hand';

		it('needs a signing secret in the credential, and says so before anything else', async () => {
			const workflow = await importTriggered(world, 'Manual without a secret', {
				events: ['invoice.paid'],
				registration: 'manual',
			});
			await world.sandbox.control.clearRequests();
			await expect(publish(world, workflow)).rejects.toThrow(
				"The credential has no 'Webhook Signing Secret'",
			);
			expect(await world.webhookRequests()).toEqual([]);
		});

		it('is checked with the secret of the credential, and BildOut is asked for nothing', async () => {
			const credential = await world.client().createCredential('By hand', world.credential.type, {
				baseUrl: 'https://bildout.example.com',
				clientId: 'a',
				clientSecret: 'b',
				webhookSigningSecret: `whsec_of_another, ${secret}`,
			});
			await world.sandbox.control.clearRequests();
			const workflow = await listening('Manual', { registration: 'manual' }, { with: credential });
			const body = eventBody();
			const forged = await post(workflow.url, body, { 'x-bildout-signature': sign('x', body) });
			expect(forged).toEqual({ status: 401, text: '{"refused":"signature_mismatch"}' });
			const good = await post(workflow.url, body, { 'x-bildout-signature': sign(secret, body) });
			expect(good.status).toBe(200);
			await finishedExecutions(world, workflow.id, 1);
			expect(await world.webhookRequests()).toEqual([]);

			await world.client().updateCredential(credential, {
				baseUrl: 'https://bildout.example.com',
				clientId: 'a',
				clientSecret: 'b',
				webhookSigningSecret: '',
			});
			const later = eventBody();
			const empty = await post(workflow.url, later, { 'x-bildout-signature': sign(secret, later) });
			expect(empty).toEqual({ status: 401, text: '{"refused":"secret_missing"}' });
			expect(await settledExecutions(world, workflow.id)).toBe(1);
			await unpublish(world, workflow);
		});

		it('ends the subscription of the automatic one that it takes over from', async () => {
			const workflow = await listening('From automatic to manual');
			expect((await world.subscriptions()).length).toBe(1);
			await world.client().updateWorkflow(workflow.id, {
				nodes: workflow.nodes.map((node) =>
					node.name === TRIGGER
						? { ...node, parameters: { events: ['invoice.paid'], registration: 'manual' } }
						: node,
				),
			});
			await world.client().updateCredential(world.credential, {
				...(await credentialData()),
				webhookSigningSecret: secret,
			});
			await publish(world, workflow);
			expect(await world.subscriptions()).toEqual([]);

			for (const good of [workflow.secret, secret]) {
				const body = eventBody();
				const answer = await post(workflow.url, body, { 'x-bildout-signature': sign(good, body) });
				expect(answer.status).toBe(200);
			}
			await finishedExecutions(world, workflow.id, 2);
			await unpublish(world, workflow);
		});

		async function credentialData() {
			const { data } = await world.client().call<{
				data: Record<string, unknown>;
			}>('GET', `/credentials/${world.credential.id}?includeData=true`);
			return data;
		}
	});
});
