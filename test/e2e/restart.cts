import { randomUUID } from 'node:crypto';

import { inARow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import {
	type World,
	finishedExecutions,
	importTriggered,
	post,
	publish,
	stateOf,
	subscriptionsTo,
	unpublish,
	untilListening,
} from './world.cts';

/**
 * Of an n8n that looks after every published trigger each time it starts. Only then does a trigger come upon
 * a subscription that is there already.
 */
export function restart(world: World): void {
	const events = ['invoice.paid', 'invoice.sent'];

	async function published(name: string) {
		const workflow = await importTriggered(world, name, { events });
		await publish(world, workflow);
		const [subscription] = await subscriptionsTo(world, workflow);
		return { workflow, subscription, path: `/webhooks/${subscription.id}` };
	}

	const askedOf = async (path: string) =>
		(await world.webhookRequests())
			.map((request) => `${request.method} ${request.path.slice(7)}`)
			.filter((request) => request.includes(path));

	it('leaves alone what is as it was, mends what drifted, and makes again what was removed', async () => {
		const untouched = await published('Untouched');
		const drifted = [
			[await published('Fewer events'), { events: ['invoice.paid'], active: true }],
			[await published('A pause'), { events, active: false }],
		] as const;
		for (const [{ path, subscription }, drift] of drifted) {
			await world.api('PUT', path, { url: subscription.url, ...drift });
		}
		const removed = await published('Removed');
		const { secret } = await stateOf(world, removed.workflow.id);
		await world.api('DELETE', removed.path);

		await world.sandbox.control.clearRequests();
		await world.restart();
		await untilListening(world, untouched.workflow.path);
		for (const [{ workflow, subscription, path }] of drifted) {
			await waitFor(`${workflow.name} to be mended`, async () =>
				(await askedOf(path)).includes(`PUT ${path}`),
			);
			const { id } = subscription;
			expect(await subscriptionsTo(world, workflow)).toMatchObject([{ id, active: true, events }]);
		}
		const state = await waitFor('the new secret to be stored', async () => {
			const present = await stateOf(world, removed.workflow.id);
			return present.secret === secret ? undefined : present;
		});
		expect(await subscriptionsTo(world, removed.workflow)).toMatchObject([
			{ id: state.subscriptionId },
		]);
		await waitFor(
			'the untouched one to be asked for',
			async () => (await askedOf(untouched.path)).length > 0,
		);
		expect(await askedOf(untouched.path)).toEqual([`GET ${untouched.path}`]);
		expect(await subscriptionsTo(world, untouched.workflow)).toEqual([untouched.subscription]);
		for (const { workflow } of [untouched, removed, ...drifted.map(([each]) => each)]) {
			await unpublish(world, workflow);
			expect(await subscriptionsTo(world, workflow)).toEqual([]);
		}
	});

	it('writes nothing again when an execution that was killed is retried', async () => {
		const { client, credential, sandbox } = world;
		const webhookId = randomUUID();
		const create = {
			resource: 'customer',
			operation: 'create',
			name: '={{ $json.body.name }} of 2',
		};
		const workflow = await client().importWorkflow(
			inARow('Killed', [
				{
					name: 'Name',
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					webhookId,
					parameters: { httpMethod: 'POST', path: webhookId },
				},
				{ name: 'First', type: 'n8n-nodes-bildout.bildOut', parameters: create },
				{
					name: 'Second',
					type: 'n8n-nodes-bildout.bildOut',
					parameters: { ...create, name: "={{ $('Name').item.json.body.name }} again" },
				},
			]),
			credential,
		);
		await client().activateWorkflow(workflow.id);
		const url = `${world.n8n().url}/webhook/${webhookId}`;
		await sandbox.control.clearRequests();
		const creates = async () =>
			(await sandbox.control.requests()).filter(
				({ method, path }) => method === 'POST' && path === '/api/v1/customers',
			);
		await sandbox.control.fault({
			...{ kind: 'slow', delayMs: 60_000, method: 'POST', path: '/customers$', times: 1 },
			after: 1,
		});
		await waitFor(
			'n8n to take the name',
			async () => (await post(url, JSON.stringify({ name: 'Ada' }))).status === 200,
		);
		await waitFor('the second create', async () => (await creates()).length === 2);
		await world.restart('kill');
		const crashed = await waitFor('n8n to notice', async () => {
			const [execution] = await world.client().executions(workflow.id);
			return execution.status === 'crashed' ? execution : undefined;
		});

		await world.client().call('POST', `/executions/${crashed.id}/retry`, { loadWorkflow: true });
		const [{ id }] = await finishedExecutions(world, workflow.id, 2);
		const { error } = (await world.client().getExecution(id))!;
		expect(error?.message).toMatch(/^This execution was cut off when n8n ended/);
		expect(await creates()).toHaveLength(2);
	});
}
