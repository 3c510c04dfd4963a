import { exampleWorkflow } from '../../tools/lib/n8n-client.mts';
import { type QueueWorld, workerOf } from '../support/queue.cts';

export function today(world: () => QueueWorld): void {
	it('runs the first example on a worker when a person presses Execute', async () => {
		const example = exampleWorkflow('customer-invoice.json');
		const { client, credential } = world();
		const { id } = await client().importWorkflow(example, credential);
		const execution = await client().runWorkflow(id, 'When clicking Execute workflow');
		expect(execution.error).toBeUndefined();
		expect(execution.output("List the Customer's Invoices").length).toBeGreaterThan(0);
		expect(workerOf(world(), execution.id)).toBeDefined();
	});
}
