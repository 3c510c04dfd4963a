import { waitFor } from '../../tools/lib/program.mts';
import { importTriggered, publish, unpublish } from '../e2e/world.cts';
import { exampleWorkflow } from '../support/n8n.cts';
import { type QueueWorld, addressOf, succeeded, workerOf } from '../support/queue.cts';

export function today(world: () => QueueWorld): void {
	it('runs the first example on a worker when a person presses Execute', async () => {
		const example = await exampleWorkflow('customer-invoice.json');
		const { client, credential } = world();
		const { id } = await client().importWorkflow(example, credential);
		const execution = await client().runWorkflow(id, 'When clicking Execute workflow');
		expect(execution.error).toBeUndefined();
		expect(execution.output("List the Customer's Invoices").length).toBeGreaterThan(0);
		expect(workerOf(world(), execution.id)).toBeDefined();
	});

	it('takes a delivery at each webhook processor', async () => {
		const { balancer, queue, sandbox } = world();
		const workflow = await importTriggered(world(), 'Each processor', { events: ['invoice.paid'] });
		await publish(world(), workflow);
		for (const [index, processor] of queue.webhooks.entries()) {
			balancer.targets = [addressOf(processor)];
			const { deliveries } = await sandbox.control.emit({ type: 'invoice.paid' });
			await succeeded(world(), workflow.id, index + 1);
			const sent = (await sandbox.control.deliveries()).find(({ id }) => id === deliveries[0]);
			expect(sent?.attempts).toMatchObject([{ status: 200 }]);
		}
		balancer.targets = queue.webhooks.map(addressOf);
		await unpublish(world(), workflow);
		await waitFor(
			'the subscription to end',
			async () => (await world().subscriptions()).length === 0,
		);
	});
}
