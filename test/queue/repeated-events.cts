import { randomUUID } from 'node:crypto';

import { exampleWorkflow, type Workflow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { importTriggered, publish, unpublish, untilListening } from '../e2e/world.cts';
import { type QueueWorld, executionCounts } from '../support/queue.cts';

const EVENTS = 60;
const WRITTEN = 'test-written';

export function repeatedEvents(world: () => QueueWorld): void {
	it('starts at most one execution for each webhook processor when it comes 20 times at once', async () => {
		const { queue, sandbox } = world();
		const workflow = await importTriggered(world(), 'Twenty', { events: ['invoice.paid'] });
		await publish(world(), workflow);
		const event = { type: 'invoice.paid', ...identity() };
		await Promise.all(Array.from({ length: 20 }, async () => await sandbox.control.emit(event)));
		await allDelivered(world());
		const success = await allEnded(world(), workflow.id);
		expect(success).toBeLessThanOrEqual(queue.webhooks.length);
		await unpublish(world(), workflow);
	});

	it('is acted on once by the example with Redis, of 60 at once and again later', async () => {
		const { sandbox, redis, queue, client } = world();
		// So many at once take a busy machine a while, and a second attempt would only add to them.
		await sandbox.control.config({ webhooks: { timeoutMs: 300_000 } });
		const { id } = await publishDeduplicated(world());
		const events = Array.from({ length: EVENTS }, (_, amount) => ({
			type: 'payment.received',
			...identity(),
			data: { amount },
		}));
		/** Reports events at once, and tells how many executions that started. */
		const report = async (list: typeof events): Promise<number> => {
			const before = executionCounts(world(), id).success ?? 0;
			await Promise.all(list.map(async (event) => await sandbox.control.emit(event)));
			await allDelivered(world());
			return (await allEnded(world(), id)) - before;
		};
		const written = () => redis('LRANGE', WRITTEN, '0', '-1').sort();
		const messages = events.map(({ data }) => `A payment of ${data.amount} came in.`).sort();

		// The balancer sends the two of a pair to one processor each.
		await report(events.flatMap((event) => [event, event]));
		expect(written()).toEqual(messages);

		await Promise.all(queue.webhooks.map(async (processor) => await processor.restart('kill')));
		const later = await report(events);
		expect(later).toBeGreaterThanOrEqual(EVENTS);
		expect(written()).toEqual(messages);
		await client().deactivateWorkflow(id);
		await sandbox.control.config({ webhooks: { timeoutMs: 10_000 } });
	}, 600_000);
}

/** What tells an event from others, and is the same when it is reported again. */
const identity = () => ({ id: `evt_${randomUUID()}`, created_at: new Date().toISOString() });

/** Publishes the example with a Redis credential of this deployment's and a last step that notes each message. */
async function publishDeduplicated(world: QueueWorld): Promise<Workflow> {
	const { client, credential, queue } = world;
	const redis = await client().createCredential('Redis', 'redis', {
		host: '127.0.0.1',
		port: queue.redis.port,
	});
	const example = exampleWorkflow('trigger-deduplicated.json');
	const note = {
		id: randomUUID(),
		name: 'Note It',
		type: 'n8n-nodes-base.redis',
		typeVersion: 1,
		position: [960, 0],
		parameters: { operation: 'push', list: WRITTEN, messageData: '={{ $json.message }}' },
	};
	const nodes = [...example.nodes, note].map((node) =>
		node.type === 'n8n-nodes-base.redis'
			? { ...node, credentials: { redis: { id: redis.id, name: redis.name } } }
			: node,
	);
	const connections = {
		...example.connections,
		'Write the Message': { main: [[{ node: note.name, type: 'main', index: 0 }]] },
	};
	const workflow = await client().importWorkflow({ ...example, nodes, connections }, credential);
	const earlier = (await world.subscriptions()).map(({ id }) => id);
	await client().activateWorkflow(workflow.id);
	const { url } = await waitFor('the subscription', async () =>
		(await world.subscriptions()).find(({ id }) => !earlier.includes(id)),
	);
	await untilListening(world, new URL(url).pathname);
	return workflow;
}

/** Waits until BildOut has had a success for everything that it has to report. */
async function allDelivered({ sandbox }: QueueWorld): Promise<void> {
	await waitFor(
		'everything to be delivered',
		async () => (await sandbox.control.deliveries()).every(({ state }) => state === 'delivered'),
		{ seconds: 300, everyMs: 500 },
	);
}

/** Waits until every execution that was begun has ended well, and tells how many there were. */
async function allEnded(world: QueueWorld, workflowId: string): Promise<number> {
	const counts = await waitFor(
		'all executions to end',
		() => {
			const { new: waiting, running, ...ended } = executionCounts(world, workflowId);
			return waiting === undefined && running === undefined ? ended : undefined;
		},
		{ seconds: 300, everyMs: 500 },
	);
	expect(Object.keys(counts)).toEqual(['success']);
	return counts.success;
}
