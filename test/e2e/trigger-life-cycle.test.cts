import type { Workflow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { useSharedWorld } from './shared-world.cts';
import {
	type Subscription,
	TRIGGER,
	type TriggerParameters,
	finishedExecutions,
	importTriggered,
	publish,
	setState,
	stateOf,
	unpublish,
	untilListening,
} from './trigger-world.cts';

/** The trigger's subscription as BildOut sees it, also when n8n stops or BildOut fails in between. */
describe('The subscription of a BildOut Trigger', () => {
	const world = useSharedWorld();
	const { subscriptionsTo } = world;

	/** Saves the workflow with other parameters of its trigger; what is published stays as it is. */
	async function change({ id, nodes }: Workflow, parameters: TriggerParameters): Promise<void> {
		await world.client().updateWorkflow(id, {
			nodes: nodes.map((node) => (node.name === TRIGGER ? { ...node, parameters } : node)),
		});
	}

	const asked = async () =>
		(await world.webhookRequests()).map(({ method, path }) => `${method} ${path.slice(7)}`);

	it('is one subscription after publishing, five restarts and five publications more', async () => {
		const workflow = await importTriggered(world, 'One subscription', {
			events: ['invoice.paid', 'payment.received'],
		});
		await publish(world, workflow);
		const [first, ...further] = await subscriptionsTo(workflow);
		expect(further).toEqual([]);
		expect(first).toMatchObject({ active: true, events: ['invoice.paid', 'payment.received'] });

		for (let restart = 0; restart < 5; restart++) {
			await world.restart();
			await untilListening(world, workflow.path);
			expect(await subscriptionsTo(workflow)).toEqual([first]);
		}
		for (let publication = 0; publication < 5; publication++) {
			await publish(world, workflow);
			expect(await subscriptionsTo(workflow)).toHaveLength(1);
		}
		for (const events of [
			['invoice.sent'],
			['*'],
			['payment.sent'],
			['project.created'],
			['invoice.paid'],
		]) {
			await change(workflow, { events });
			await publish(world, workflow);
			const [present, ...others] = await subscriptionsTo(workflow);
			expect(others).toEqual([]);
			expect(present.events).toEqual(events[0] === '*' ? expect.any(Array) : events);
		}
		for (let publication = 0; publication < 5; publication++) {
			await unpublish(world, workflow);
			expect(await subscriptionsTo(workflow)).toEqual([]);
			await publish(world, workflow);
			expect(await subscriptionsTo(workflow)).toHaveLength(1);
		}
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
	});

	it('still verifies after a power cut, without registering anew', async () => {
		const workflow = await importTriggered(world, 'Power cut', { events: ['invoice.paid'] });
		await publish(world, workflow);
		await world.restart('kill');
		await untilListening(world, workflow.path);

		await world.sandbox.control.emit({ type: 'invoice.paid', data: { total: 1 } });
		const [execution] = await finishedExecutions(world, workflow.id, 1);
		expect(execution.status).toBe('success');
		expect((await asked()).filter((request) => request.startsWith('POST'))).toEqual([
			'POST /webhooks',
		]);
		await unpublish(world, workflow);
	});

	it('means every documented event where any event was chosen', async () => {
		const workflow = await importTriggered(world, 'Any event', { events: ['*', 'invoice.paid'] });
		await publish(world, workflow);
		const [{ events }] = await subscriptionsTo(workflow);
		expect(events).toHaveLength(13);
		expect(events).not.toContain('*');
		await unpublish(world, workflow);
	});

	it('replaces one at its address whose secret is not known, and does not adopt it', async () => {
		const workflow = await importTriggered(world, 'Unknown secret', { events: ['invoice.paid'] });
		const stray = await world.api<Subscription>('POST', '/webhooks', {
			url: world.n8n().url + workflow.path,
			events: ['invoice.paid'],
		});
		await publish(world, workflow);
		const [present, ...further] = await subscriptionsTo(workflow);
		expect(further).toEqual([]);
		expect(present.id).not.toBe(stray.id);
		expect((await stateOf(world, workflow.id)).subscriptionId).toBe(present.id);
		await unpublish(world, workflow);
	});

	it('is made once when the answer to making it got lost', async () => {
		const workflow = await importTriggered(world, 'Lost answer', { events: ['invoice.paid'] });
		await world.sandbox.control.fault({ method: 'POST', path: '/webhooks$', kind: 'drop_after' });
		await publish(world, workflow);
		expect((await asked()).filter((request) => request === 'POST /webhooks')).toHaveLength(2);
		const [present, ...further] = await subscriptionsTo(workflow);
		expect(further).toEqual([]);
		expect((await stateOf(world, workflow.id)).subscriptionId).toBe(present.id);
		await unpublish(world, workflow);
	});

	it('of a copied workflow leaves that of its twin alone, though it brings the state along', async () => {
		const original = await importTriggered(world, 'Original', { events: ['invoice.paid'] });
		await publish(world, original);
		const [kept] = await subscriptionsTo(original);
		const copy = await importTriggered(world, 'Copy', { events: ['invoice.sent'] });
		setState(world, copy.id, await stateOf(world, original.id));
		expect((await stateOf(world, copy.id)).subscriptionId).toBe(kept.id);
		await publish(world, copy);
		const [own] = await subscriptionsTo(copy);
		expect(own.id).not.toBe(kept.id);
		expect(await subscriptionsTo(original)).toEqual([kept]);
		await unpublish(world, copy);
		expect(await subscriptionsTo(original)).toEqual([kept]);
		await unpublish(world, original);
	});

	it('for a test stands beside the one for production, and goes when the test is over', async () => {
		const workflow = await importTriggered(world, 'Test beside production', {
			events: ['invoice.paid'],
		});
		await publish(world, workflow);
		const [production] = await subscriptionsTo(workflow);
		const test = { path: workflow.path.replace('/webhook/', '/webhook-test/') };

		await world.client().call('POST', `/workflows/${workflow.id}/run`, {
			triggerToStartFrom: { name: 'BildOut Trigger' },
		});
		expect(await subscriptionsTo(test)).toHaveLength(1);
		expect(await subscriptionsTo(workflow)).toEqual([production]);

		await world.sandbox.control.emit({ type: 'invoice.paid', data: { total: 1 } });
		const executions = await finishedExecutions(world, workflow.id, 2);
		expect(executions.map(({ mode }) => mode).sort()).toEqual(['manual', 'webhook']);
		await waitFor('the subscription for the test to go', async () =>
			(await subscriptionsTo(test)).length === 0 ? true : undefined,
		);
		expect(await subscriptionsTo(workflow)).toEqual([production]);
		await unpublish(world, workflow);
	});

	it('for a test that fails at its start or its end does not keep others from being tested', async () => {
		const workflow = await importTriggered(world, 'Failed test', { events: ['invoice.paid'] });
		const other = await importTriggered(world, 'Another test', { events: ['invoice.paid'] });
		const listen = async ({ id }: { id: string }) =>
			await world.client().call('POST', `/workflows/${id}/run`, {
				triggerToStartFrom: { name: TRIGGER },
			});
		const stopListening = async ({ id }: { id: string }) =>
			await world.client().call('DELETE', `/test-webhook/${id}`);
		const addressOf = ({ path }: { path: string }) => ({
			path: path.replace('/webhook/', '/webhook-test/'),
		});
		const failing = { path: '/webhooks', kind: 'status', status: 500, times: 100 } as const;

		await world.sandbox.control.fault(failing);
		await expect(listen(workflow)).rejects.toThrow();
		await world.sandbox.control.clearFaults();

		await listen(workflow);
		await world.sandbox.control.fault(failing);
		await stopListening(workflow);
		await waitFor('n8n to say what is left', () =>
			world.n8n().output().includes('could not remove the webhook subscription of a test')
				? true
				: undefined,
		);
		await world.sandbox.control.clearFaults();
		expect(await subscriptionsTo(addressOf(workflow))).toHaveLength(1);

		for (const each of [other, workflow]) {
			await listen(each);
			expect(await subscriptionsTo(addressOf(each))).toHaveLength(1);
			await stopListening(each);
			await waitFor('the subscription for the test to go', async () =>
				(await subscriptionsTo(addressOf(each))).length === 0 ? true : undefined,
			);
		}
	});

	it('wants an event to be chosen, before it subscribes to anything', async () => {
		const workflow = await importTriggered(world, 'No event', { events: '={{ [] }}' });
		const start = Date.now();
		await expect(publish(world, workflow)).rejects.toThrow("No event is chosen under 'Trigger On'");
		// n8n tries again for 15 s where it takes an error for one that passes.
		expect(Date.now() - start).toBeLessThan(10_000);
		await change(workflow, { events: [] });
		await expect(publish(world, workflow)).rejects.toThrow(
			'Missing or invalid required parameters: events',
		);
		// n8n has what it could not publish ended, and the trigger looks for what is at its address.
		expect((await asked()).filter((request) => !request.startsWith('GET '))).toEqual([]);
	});

	it('is refused for an address that BildOut cannot reach, before it asks for anything', async () => {
		const credential = await world
			.client()
			.createCredential('The real one', world.credential.type, {
				baseUrl: 'https://bildout.example.com',
				clientId: 'a',
				clientSecret: 'b',
			});
		const workflow = await importTriggered(
			world,
			'Out of reach',
			{ events: ['invoice.paid'] },
			{ with: credential },
		);
		await expect(publish(world, workflow)).rejects.toThrow(
			`BildOut cannot reach this n8n at ${world.n8n().url}${workflow.path}`,
		);
	});

	it('is taken back when BildOut does not tell its secret', async () => {
		const workflow = await importTriggered(world, 'No secret', { events: ['invoice.paid'] });
		await world.sandbox.control.config({ webhooks: { omitSecret: true } });
		await expect(publish(world, workflow)).rejects.toThrow(/signing secret/);
		await world.sandbox.control.config({ webhooks: { omitSecret: false } });
		expect(await subscriptionsTo(workflow)).toEqual([]);
		expect(await stateOf(world, workflow.id)).toEqual({});
	});

	it('asks for Manual where BildOut has no such endpoint', async () => {
		const workflow = await importTriggered(world, 'No endpoint', { events: ['invoice.paid'] });
		await world.sandbox.control.fault({
			path: '/webhooks$',
			kind: 'status',
			status: 404,
			times: 100,
		});
		await expect(publish(world, workflow)).rejects.toThrow(
			'BildOut does not support automatic webhook registration',
		);
	});

	it('fails at once, and names the scope, where the account may not manage webhooks', async () => {
		const workflow = await importTriggered(world, 'No scope', { events: ['invoice.paid'] });
		await world.sandbox.control.clearFaults();
		await world.sandbox.control.fault({
			path: '/webhooks',
			kind: 'status',
			status: 403,
			code: 'insufficient_scope',
			message: 'The token lacks a scope.',
			times: 100,
		});
		const start = Date.now();
		await expect(publish(world, workflow)).rejects.toThrow(/webhooks:manage/);
		expect(Date.now() - start).toBeLessThan(10_000);
		await world.sandbox.control.clearFaults();
	});
});
