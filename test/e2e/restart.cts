import { waitFor } from '../../tools/lib/program.mts';
import {
	type World,
	importTriggered,
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
}
