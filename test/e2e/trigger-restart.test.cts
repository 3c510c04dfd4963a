import { waitFor } from '../../tools/lib/program.mts';
import {
	PUBLISH_AT_ONCE,
	importTriggered,
	useWorld,
	publish,
	stateOf,
	subscriptionsTo as subscriptionsToOf,
	unpublish,
	untilListening,
} from './trigger-world.cts';

/**
 * An n8n that looks after every published trigger each time it starts, as all did until lately and as
 * one does with this variable. Only then does a trigger come upon a subscription that is there already.
 */
describe('At a restart, the subscription of a BildOut Trigger', () => {
	const world = useWorld(PUBLISH_AT_ONCE);

	beforeEach(async () => {
		await world.sandbox.control.clearFaults();
	});

	const subscriptionsTo = async (workflow: { path: string }) =>
		await subscriptionsToOf(world, workflow);

	const asked = async () =>
		(await world.webhookRequests()).map(({ method, path }) => `${method} ${path.slice(7)}`);

	async function restart(workflow: { path: string }): Promise<void> {
		await world.sandbox.control.clearRequests();
		await world.restart();
		await untilListening(world, workflow.path);
		await waitFor('n8n to look after it', async () =>
			(await asked()).length > 0 ? true : undefined,
		);
	}

	it('is asked for by its ID, and left as it is, five times over', async () => {
		const workflow = await importTriggered(world, 'Five restarts', { events: ['invoice.paid'] });
		await publish(world, workflow);
		const [first] = await subscriptionsTo(workflow);
		for (let times = 0; times < 5; times++) {
			await restart(workflow);
			expect(await asked()).toEqual([`GET /webhooks/${first.id}`]);
			expect(await subscriptionsTo(workflow)).toEqual([first]);
		}
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
	});

	it.each([
		['fewer events', { events: ['invoice.paid'], active: true }],
		['other events', { events: ['invoice.paid', 'customer.created'], active: true }],
		['a pause', { events: ['invoice.paid', 'invoice.sent'], active: false }],
	])('is put right where it drifted: %s', async (name, drift) => {
		const events = ['invoice.paid', 'invoice.sent'];
		const workflow = await importTriggered(world, `Drift: ${name}`, { events });
		await publish(world, workflow);
		const [{ id, url }] = await subscriptionsTo(workflow);
		await world.api('PUT', `/webhooks/${id}`, { url, ...drift });
		await restart(workflow);
		await waitFor('it to be put right', async () =>
			(await asked()).includes(`PUT /webhooks/${id}`) ? true : undefined,
		);
		expect(await subscriptionsTo(workflow)).toMatchObject([{ id, active: true, events }]);
		await unpublish(world, workflow);
	});

	it('is made anew when it was removed in BildOut, or by a change to another account', async () => {
		const workflow = await importTriggered(world, 'Removed', { events: ['invoice.paid'] });
		await publish(world, workflow);
		const [{ id }] = await subscriptionsTo(workflow);
		const { secret } = await stateOf(world, workflow.id);
		await world.api('DELETE', `/webhooks/${id}`);
		await restart(workflow);
		const state = await waitFor('its new secret to be stored', async () => {
			const present = await stateOf(world, workflow.id);
			return present.secret === secret ? undefined : present;
		});
		expect(await subscriptionsTo(workflow)).toMatchObject([{ id: state.subscriptionId }]);
		expect(state.formerSecrets).toBeUndefined();
		await unpublish(world, workflow);
	});

	it.each([
		['401', { kind: 'status', status: 401 }],
		['429', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }],
		['500', { kind: 'status', status: 500 }],
		['nothing', { kind: 'drop_before' }],
	] as const)('is not made a second time when BildOut answers %s', async (answer, fault) => {
		const workflow = await importTriggered(world, `Trouble ${answer}`, {
			events: ['invoice.paid'],
		});
		await publish(world, workflow);
		const [first] = await subscriptionsTo(workflow);
		await world.sandbox.control.clearRequests();
		await world.sandbox.control.fault({ ...fault, path: '/webhooks/', times: 10_000 });
		await world.restart();
		await waitFor(
			'n8n to notice',
			() =>
				world.n8n().output().includes('Issue on initial workflow activation') ? true : undefined,
			{ seconds: 120 },
		);
		expect(await subscriptionsTo(workflow)).toEqual([first]);

		await world.sandbox.control.clearFaults();
		await waitFor(
			'n8n to come round',
			() => (world.n8n().output().includes('was successful!') ? true : undefined),
			{ seconds: 120 },
		);
		expect(await subscriptionsTo(workflow)).toEqual([first]);
		expect((await asked()).filter((request) => !request.startsWith('GET'))).toEqual([]);
		await unpublish(world, workflow);
	});
});
