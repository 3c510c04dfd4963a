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

	it('is asked for by its ID, and left as it is, three times over', async () => {
		const workflow = await importTriggered(world, 'Three restarts', { events: ['invoice.paid'] });
		await publish(world, workflow);
		const [first] = await subscriptionsTo(workflow);
		for (let times = 0; times < 3; times++) {
			await restart(workflow);
			expect(await asked()).toEqual([`GET /webhooks/${first.id}`]);
			expect(await subscriptionsTo(workflow)).toEqual([first]);
		}
		await unpublish(world, workflow);
		expect(await subscriptionsTo(workflow)).toEqual([]);
	});

	it('is put right where it drifted', async () => {
		const events = ['invoice.paid', 'invoice.sent'];
		const drifts = {
			'Fewer events': { events: ['invoice.paid'], active: true },
			'Other events': { events: ['invoice.paid', 'customer.created'], active: true },
			'A pause': { events, active: false },
		};
		const drifted = [];
		for (const [name, drift] of Object.entries(drifts)) {
			const workflow = await importTriggered(world, name, { events });
			await publish(world, workflow);
			const [{ id, url }] = await subscriptionsTo(workflow);
			await world.api('PUT', `/webhooks/${id}`, { url, ...drift });
			drifted.push({ workflow, id });
		}
		await restart(drifted[0].workflow);
		for (const { workflow, id } of drifted) {
			await waitFor(`${workflow.name} to be put right`, async () =>
				(await asked()).includes(`PUT /webhooks/${id}`) ? true : undefined,
			);
			expect(await subscriptionsTo(workflow)).toMatchObject([{ id, active: true, events }]);
			await unpublish(world, workflow);
		}
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

	it('is not made a second time when BildOut answers badly, or not at all', async () => {
		const faults = [
			{ kind: 'status', status: 401 },
			{ kind: 'status', status: 429, headers: { 'retry-after': '1' } },
			{ kind: 'status', status: 500 },
			{ kind: 'drop_before' },
		] as const;
		const troubled = [];
		for (const [index, fault] of faults.entries()) {
			const workflow = await importTriggered(world, `Trouble ${index}`, {
				events: ['invoice.paid'],
			});
			await publish(world, workflow);
			const subscriptions = await subscriptionsTo(workflow);
			const path = `/webhooks/${subscriptions[0].id}`;
			await world.sandbox.control.fault({ ...fault, path, times: 10_000 });
			troubled.push({ workflow, subscriptions });
		}
		await world.sandbox.control.clearRequests();
		await world.restart();
		await untilLogged('Issue on initial workflow activation', faults.length);
		for (const { workflow, subscriptions } of troubled) {
			expect(await subscriptionsTo(workflow)).toEqual(subscriptions);
		}

		await world.sandbox.control.clearFaults();
		await untilLogged('was successful!', faults.length);
		for (const { workflow, subscriptions } of troubled) {
			expect(await subscriptionsTo(workflow)).toEqual(subscriptions);
		}
		expect((await asked()).filter((request) => !request.startsWith('GET'))).toEqual([]);
		for (const { workflow } of troubled) await unpublish(world, workflow);
	});

	async function untilLogged(text: string, times: number): Promise<void> {
		await waitFor(
			`n8n to say ${times} times: ${text}`,
			() => (world.n8n().output().split(text).length > times ? true : undefined),
			{ seconds: 120 },
		);
	}
});
