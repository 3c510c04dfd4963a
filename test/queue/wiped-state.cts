import { randomUUID } from 'node:crypto';

import { waitFor } from '../../tools/lib/program.mts';
import { importTriggered, publish, stateOf, unpublish } from '../e2e/world.cts';
import { type QueueWorld, addressOf, succeeded } from '../support/queue.cts';

/** Keeps workflow data: a worker starts with none and saves all of it, and so wipes the trigger's. */
const WIPE = {
	type: 'n8n-nodes-base.code',
	typeVersion: 2,
	parameters: {
		jsCode: "$getWorkflowStaticData('global').last = Date.now();\nreturn $input.all();",
	},
};

type Triggered = Awaited<ReturnType<typeof importTriggered>>;

/** Makes a new event; returns the attempts to deliver it, once the first is over. */
async function attemptsAtNewEvent({ sandbox }: QueueWorld) {
	const { deliveries } = await sandbox.control.emit({
		type: 'invoice.paid',
		id: `evt_${randomUUID()}`,
	});
	return await waitFor('a response to the delivery', async () => {
		const sent = (await sandbox.control.deliveries()).find(({ id }) => id === deliveries[0]);
		return sent?.attempts.length ? sent.attempts : undefined;
	});
}

async function waitForWipe(world: QueueWorld, { id }: Triggered): Promise<void> {
	await waitFor(
		'a worker to wipe the state',
		async () => (await stateOf(world, id)).secret === undefined,
	);
}

export function wipedState(world: () => QueueWorld): void {
	let workflow: Triggered;
	let executions = 0;

	/** One new event at each webhook processor; each has to be taken at the first attempt. */
	async function deliverToBoth(): Promise<void> {
		const { balancer, queue } = world();
		for (const processor of queue.webhooks) {
			balancer.targets = [addressOf(processor)];
			expect(await attemptsAtNewEvent(world())).toMatchObject([{ status: 200 }]);
			await succeeded(world(), workflow.id, ++executions);
		}
		balancer.targets = queue.webhooks.map(addressOf);
	}

	beforeAll(async () => {
		workflow = await importTriggered(
			world(),
			'Keeps data',
			{ events: ['invoice.paid'] },
			{ next: WIPE },
		);
		await publish(world(), workflow);
	});

	it('starts executions at both webhook processors afterwards', async () => {
		await deliverToBoth();
		await waitForWipe(world(), workflow);
		await deliverToBoth();
	});

	it('does so after it was published again', async () => {
		await unpublish(world(), workflow);
		await publish(world(), workflow);
		await deliverToBoth();
		expect(await world().subscriptions()).toHaveLength(1);
	});

	it('does so after every process was killed and started again', async () => {
		const { queue, restart } = world();
		const killed = [...queue.webhooks, ...queue.workers].map(
			async (member) => await member.restart('kill'),
		);
		await Promise.all([restart('kill'), ...killed]);
		await deliverToBoth();
		await waitForWipe(world(), workflow);
	});

	it('leaves no subscription when a main process unpublishes it that has never known its secret', async () => {
		await unpublish(world(), workflow);
		await waitFor(
			'the subscription to end',
			async () => (await world().subscriptions()).length === 0,
		);
	});
}
