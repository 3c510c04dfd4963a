import { waitFor } from '../../tools/lib/program.mts';
import { useSharedWorld } from './shared-world.cts';
import {
	finishedExecutions,
	importTriggered,
	publish,
	setState,
	stateOf,
	unpublish,
	untilListening,
} from './trigger-world.cts';

const KEEPS_DATA_FOR_EIGHT_SECONDS = {
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: {
		jsCode: `const data = $getWorkflowStaticData('global');
data.count = (data.count ?? 0) + 1;
await new Promise((resolve) => setTimeout(resolve, 8000));
return $input.all();`,
	},
};

describe('The subscription of a BildOut Trigger, at its end or lost from sight,', () => {
	const world = useSharedWorld();
	const { subscriptionsTo } = world;

	const asked = async () =>
		(await world.webhookRequests()).map(({ method, path }) => `${method} ${path.slice(7)}`);

	it.each([404, 410])('has ended when BildOut answers its end with %i', async (status) => {
		const workflow = await importTriggered(world, `Gone ${status}`, { events: ['invoice.paid'] });
		await publish(world, workflow);
		await world.sandbox.control.fault({
			method: 'DELETE',
			path: '/webhooks/',
			kind: 'status',
			status,
			times: 100,
		});
		await world.sandbox.control.clearRequests();
		await unpublish(world, workflow);
		// BildOut's list goes on showing it, so it may be asked to end it once more, but not for another.
		const ends = (await asked()).filter((request) => request.startsWith('DELETE'));
		expect(new Set(ends).size).toBe(1);
		await world.sandbox.control.clearFaults();
		expect(await stateOf(world, workflow.id)).toEqual({
			since: expect.any(Number),
			formerSecrets: [expect.any(Object)],
		});
		for (const { id } of await subscriptionsTo(workflow))
			await world.api('DELETE', `/webhooks/${id}`);
	});

	it('has ended when it was removed in BildOut before', async () => {
		const workflow = await importTriggered(world, 'Removed', { events: ['invoice.paid'] });
		await publish(world, workflow);
		const [{ id }] = await subscriptionsTo(workflow);
		await world.api('DELETE', `/webhooks/${id}`);
		await unpublish(world, workflow);
		expect(await stateOf(world, workflow.id)).toEqual({ since: expect.any(Number) });
	});

	it('ends where BildOut shows it in the list alone', async () => {
		const workflow = await importTriggered(world, 'Empty answer', { events: ['invoice.paid'] });
		await publish(world, workflow);
		await world.sandbox.control.fault({
			method: 'GET',
			path: '/webhooks/',
			kind: 'status',
			status: 200,
			times: 100,
		});
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
	});

	it('ends with all others at its address, also where n8n has lost what it knew', async () => {
		const workflow = await importTriggered(world, 'Lost state', { events: ['invoice.paid'] });
		await publish(world, workflow);
		const url = world.n8n().url + workflow.path;
		await world.api('POST', '/webhooks', { url, events: ['invoice.paid'] });
		await world.restart('kill', {}, async () => setState(world, workflow.id, {}));
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
	});

	it('at an address that n8n no longer has is left alone when the workflow is unpublished', async () => {
		const workflow = await importTriggered(world, 'Moved', { events: ['invoice.paid'] });
		await publish(world, workflow);
		const [own] = await subscriptionsTo(workflow);
		const elsewhere = {
			url: `${own.url.split('?')[0]}/elsewhere`,
			events: own.events,
			active: true,
		};
		await world.api('PUT', `/webhooks/${own.id}`, elsewhere);
		await unpublish(world, workflow);
		expect(world.n8n().output()).toMatch(`left the webhook subscription ${own.id} alone`);
		expect(await world.subscriptions()).toContainEqual(expect.objectContaining(elsewhere));
		expect(await stateOf(world, workflow.id)).toEqual({ since: expect.any(Number) });
		await world.api('DELETE', `/webhooks/${own.id}`);
	});

	it('is not forgotten for an older one that an execution under way puts back', async () => {
		const workflow = await importTriggered(
			world,
			'Static data of others',
			{ events: ['invoice.paid'] },
			{ next: KEEPS_DATA_FOR_EIGHT_SECONDS },
		);
		await publish(world, workflow);
		const first = await stateOf(world, workflow.id);
		await world.sandbox.control.emit({ type: 'invoice.paid', data: { total: 1 } });
		await waitFor('the execution to run', async () =>
			(await world.client().executions(workflow.id)).length > 0 ? true : undefined,
		);
		await unpublish(world, workflow);
		await publish(world, workflow);
		const [present] = await subscriptionsTo(workflow);
		await finishedExecutions(world, workflow.id, 1);
		await waitFor('n8n to put the older state back', async () =>
			(await stateOf(world, workflow.id)).secret === first.secret ? true : undefined,
		);

		await world.sandbox.control.emit({ type: 'invoice.paid', data: { total: 2 } });
		await finishedExecutions(world, workflow.id, 2);
		await world.restart('kill');
		await untilListening(world, workflow.path);
		await world.sandbox.control.emit({ type: 'invoice.paid', data: { total: 3 } });
		await finishedExecutions(world, workflow.id, 3);
		expect(await subscriptionsTo(workflow)).toEqual([present]);
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
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
		expect((await stateOf(world, workflow.id)).subscriptionId).toBe(id);

		await world.sandbox.control.clearFaults();
		await world.sandbox.control.clearRequests();
		await publish(world, workflow);
		expect(await subscriptionsTo(workflow)).toMatchObject([{ id }]);
		expect((await asked()).filter((request) => request.startsWith('POST'))).toEqual([]);
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
	});
});
