import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { waitFor } from '../../tools/lib/program.mts';
import {
	TRIGGER,
	type World,
	eventBody,
	finishedExecutions,
	importTriggered,
	listening,
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

	/** What n8n wrote to its log while `work` ran. */
	async function logged(work: () => Promise<void>): Promise<string> {
		const before = world.n8n().output().length;
		await work();
		return world.n8n().output().slice(before);
	}

	it('starts the workflow with the event as BildOut sent it', async () => {
		const workflow = await listening(world, 'Good');
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
		expect(sent.attempts).toMatchObject([
			{ status: 200, error: null, answer: '{"accepted":true}' },
		]);
		await unpublish(world, workflow);
	});

	describe('is refused', () => {
		const body = eventBody();
		const forgeries: Array<[string, string, (secret: string) => Record<string, string>]> = [
			['without a signature', 'signature_missing', () => ({})],
			[
				'with the signature of another body',
				'signature_mismatch',
				(secret) => ({ 'x-bildout-signature': sign(secret, eventBody()) }),
			],
		];
		let workflow: Awaited<ReturnType<typeof listening>>;

		beforeAll(async () => {
			workflow = await listening(world, 'Refusals');
		});

		afterAll(async () => {
			await unpublish(world, workflow);
		});

		it.each(forgeries)('%s: %s, and one warning in the log', async (_, reason, forge) => {
			const headers = forge(workflow.secret);
			const log = await logged(async () => {
				const answer = await post(workflow.url, body, headers);
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
			const withoutSecret = { subscriptionId, since: Date.now() + 60_000 };
			setState(world, bare.id, withoutSecret);
			expect(await stateOf(world, bare.id)).toEqual(withoutSecret);
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
		const workflow = await listening(world, 'Header names');
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
		const workflow = await listening(world, 'Options', {
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
		const workflow = await listening(world, 'Rotation');
		await unpublish(world, workflow);
		await publish(world, workflow);
		const { secret, formerSecrets } = await stateOf(world, workflow.id);
		expect(secret).not.toBe(workflow.secret);
		expect(formerSecrets).toEqual([{ secret: workflow.secret, expiresAt: expect.any(Number) }]);
		const [{ expiresAt }] = formerSecrets!;
		expect(Math.abs(expiresAt - Date.now() - 24 * 60 * 60 * 1000)).toBeLessThan(60_000);

		expect((await workflow.deliver(eventBody())).status).toBe(200);
		const body = eventBody();
		const answer = await post(workflow.url, body, { 'x-bildout-signature': sign(secret!, body) });
		expect(answer.status).toBe(200);
		await finishedExecutions(world, workflow.id, 2);

		setState(world, workflow.id, {
			...(await stateOf(world, workflow.id)),
			formerSecrets: [{ secret: workflow.secret, expiresAt: Date.now() - 1 }],
		});
		expect((await workflow.deliver(eventBody())).text).toBe('{"refused":"signature_mismatch"}');
		await unpublish(world, workflow);
	});

	it('of an event that was not asked for is acknowledged, and starts nothing', async () => {
		const workflow = await listening(world, 'Not asked for');
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
			const workflow = await listening(world, `Form ${bodyShape}`);
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
		const workflow = await listening(world, 'Twenty at once');
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
		const workflow = await listening(world, 'Without an ID');
		const body = eventBody({ id: undefined });
		await Promise.all(Array.from({ length: 20 }, async () => await workflow.deliver(body)));
		await workflow.deliver(eventBody({ id: undefined, data: { total: 2 } }));
		await finishedExecutions(world, workflow.id, 2);
		expect(await settledExecutions(world, workflow.id)).toBe(2);
		await unpublish(world, workflow);
	});

	it('starts an execution for each trigger that it comes to', async () => {
		const one = await listening(world, 'One of two');
		const other = await listening(world, 'The other of two');
		const body = eventBody();
		await one.deliver(body);
		await other.deliver(body);
		await finishedExecutions(world, one.id, 1);
		await finishedExecutions(world, other.id, 1);
		await unpublish(world, one);
		await unpublish(world, other);
	});

	it('starts an execution each time where repeated deliveries are wanted', async () => {
		const workflow = await listening(world, 'Repeats wanted', {
			options: { ignoreRepeatedDeliveries: false },
		});
		const body = eventBody();
		await workflow.deliver(body);
		await workflow.deliver(body);
		await finishedExecutions(world, workflow.id, 2);
		await unpublish(world, workflow);
	});

	it('that n8n could not start is sent again, and then starts', async () => {
		const workflow = await listening(world, 'Not startable');
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
			world,
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
});
