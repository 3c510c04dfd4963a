import type { JsonObject, Workflow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { EVERY_REPORTED_EVENT } from '../../nodes/BildOut/events.ts';
import {
	type Subscription,
	TRIGGER,
	type World,
	finishedExecutions,
	importTriggered,
	publish,
	setState,
	stateOf,
	subscriptionsTo as subscriptionsToOf,
	unpublish,
	untilListening,
} from './world.cts';

/** The trigger's subscription as BildOut sees it. The unit tests cover what BildOut may respond. */
export function publishing(world: World): void {
	let foreign: Subscription;

	beforeAll(async () => {
		foreign = await world.api('POST', '/webhooks', {
			url: 'https://accounting.example.com/bildout',
			events: ['invoice.paid'],
		});
	});

	/** Those to a workflow's addresses; another app's has to be as it was at any time. */
	async function subscriptionsTo(workflow: { path: string }): Promise<Subscription[]> {
		const { id, url } = foreign;
		const kept = expect.objectContaining({ id, url, active: true });
		expect(await world.subscriptions()).toContainEqual(kept);
		return await subscriptionsToOf(world, workflow);
	}

	/** Saves the workflow with other parameters of its trigger; what is published stays as it is. */
	async function change({ id, nodes }: Workflow, parameters: JsonObject): Promise<void> {
		await world.client().updateWorkflow(id, {
			nodes: nodes.map((node) => (node.name === TRIGGER ? { ...node, parameters } : node)),
		});
	}

	const writes = async () =>
		(await world.webhookRequests())
			.filter(({ method }) => method !== 'GET')
			.map(({ method, path }) => `${method} ${path.slice(7)}`);

	it('is one through publishing, a restart, other events and publishing again', async () => {
		const workflow = await importTriggered(world, 'One subscription', {
			events: ['invoice.paid', 'payment.received'],
		});
		await publish(world, workflow);
		const [first, ...further] = await subscriptionsTo(workflow);
		expect(further).toEqual([]);
		expect(first).toMatchObject({ active: true, events: ['invoice.paid', 'payment.received'] });

		await world.restart();
		await untilListening(world, workflow.path);
		expect(await subscriptionsTo(workflow)).toEqual([first]);

		for (const events of [['invoice.sent'], ['*', 'invoice.paid']]) {
			await change(workflow, { events });
			await publish(world, workflow);
			const subscriptions = await subscriptionsTo(workflow);
			const expected = events[0] === '*' ? EVERY_REPORTED_EVENT : events;
			expect(subscriptions.map((each) => [...each.events].sort())).toEqual([[...expected].sort()]);
		}
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
		await publish(world, workflow);
		expect(await subscriptionsTo(workflow)).toHaveLength(1);
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
	});

	it('still verifies after a power cut, without registering again', async () => {
		const workflow = await importTriggered(world, 'Power cut', { events: ['invoice.paid'] });
		await publish(world, workflow);
		await world.restart('kill');
		await untilListening(world, workflow.path);
		await world.sandbox.control.emit({ type: 'invoice.paid', data: { total: 1 } });
		const [execution] = await finishedExecutions(world, workflow.id, 1);
		expect(execution.status).toBe('success');
		expect((await writes()).filter((write) => write.startsWith('POST'))).toEqual([
			'POST /webhooks',
		]);
		await unpublish(world, workflow);
	});

	it('of a copied workflow leaves that of its twin alone, though it brings the state along', async () => {
		const original = await importTriggered(world, 'Original', { events: ['invoice.paid'] });
		await publish(world, original);
		const [kept] = await subscriptionsTo(original);
		const copy = await importTriggered(world, 'Copy', { events: ['invoice.sent'] });
		setState(world, copy.id, await stateOf(world, original.id));
		await publish(world, copy);
		const [own] = await subscriptionsTo(copy);
		expect(own.id).not.toBe(kept.id);
		expect(await subscriptionsTo(original)).toEqual([kept]);
		await unpublish(world, copy);
		expect(await subscriptionsTo(original)).toEqual([kept]);
		await unpublish(world, original);
	});

	it('for a test exists beside the one for production, and goes when the test is over', async () => {
		const workflow = await importTriggered(world, 'Test beside production', {
			events: ['invoice.paid'],
		});
		await publish(world, workflow);
		const [production] = await subscriptionsTo(workflow);
		const test = { path: workflow.path.replace('/webhook/', '/webhook-test/') };

		await world.client().startWorkflow(workflow.id, TRIGGER);
		expect(await subscriptionsTo(test)).toHaveLength(1);
		expect(await subscriptionsTo(workflow)).toEqual([production]);

		await world.sandbox.control.emit({ type: 'invoice.paid', data: { total: 1 } });
		const executions = await finishedExecutions(world, workflow.id, 2);
		expect(executions.map(({ mode }) => mode).sort()).toEqual(['manual', 'webhook']);
		await waitFor(
			'the subscription for the test to go',
			async () => (await subscriptionsTo(test)).length === 0,
		);
		expect(await subscriptionsTo(workflow)).toEqual([production]);
		await unpublish(world, workflow);
	});

	it('that could not be ended is reported, kept in mind, and ended later', async () => {
		const workflow = await importTriggered(world, 'Not ended', { events: ['invoice.paid'] });
		await publish(world, workflow);
		const [{ id }] = await subscriptionsTo(workflow);
		await world.sandbox.control.fault({
			method: 'DELETE',
			path: '/webhooks/',
			kind: 'status',
			status: 500,
			message: 'Gone fishing',
			times: 100,
		});
		await unpublish(world, workflow);
		expect(world.n8n().output()).toMatch(
			/External webhook deregistration failed for.*BildOut Trigger.*Gone fishing/,
		);

		await world.sandbox.control.clearFaults();
		await world.sandbox.control.clearRequests();
		await publish(world, workflow);
		expect(await subscriptionsTo(workflow)).toMatchObject([{ id }]);
		expect((await writes()).filter((write) => write.startsWith('POST'))).toEqual([]);
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
	});
}
