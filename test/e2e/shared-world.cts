import { type Subscription, subscriptionsTo, useWorld, type World } from './trigger-world.cts';

/** The world of tests in which another app has a subscription too, which has to be as it was at any time. */
export interface SharedWorld extends World {
	/** The subscriptions to a workflow's addresses. */
	subscriptionsTo: (workflow: { path: string }) => Promise<Subscription[]>;
}

export function useSharedWorld(): SharedWorld {
	const world = useWorld() as SharedWorld;
	let foreign: Subscription;
	beforeAll(async () => {
		foreign = await world.api('POST', '/webhooks', {
			url: 'https://accounting.example.com/bildout',
			events: ['invoice.paid'],
		});
	});
	beforeEach(async () => {
		await world.sandbox.control.clearFaults();
		await world.sandbox.control.clearRequests();
	});
	world.subscriptionsTo = async (workflow) => {
		const all = await world.subscriptions();
		expect(all.find(({ id }) => id === foreign.id)).toMatchObject({
			url: foreign.url,
			active: true,
		});
		return await subscriptionsTo(world, workflow);
	};
	return world;
}
