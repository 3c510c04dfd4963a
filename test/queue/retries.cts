import { type QueueWorld, workerOf } from '../support/queue.cts';
import { creates, ended, importer, names } from './imports.cts';

export function retries(world: () => QueueWorld): void {
	it.each([
		['the original workflow, on the other worker,', false],
		['the saved workflow', true],
	])('goes on with %s and writes nothing twice', async (_, loadWorkflow) => {
		const { sandbox, client } = world();
		const people = names(50, `Retry ${loadWorkflow}`);
		const { id, start } = await importer(world(), `Retry ${loadWorkflow}`);
		await sandbox.control.clearRequests();
		await sandbox.control.fault({
			...{ kind: 'status', status: 422, method: 'POST', path: '/customers$' },
			after: 25,
		});
		await start(people);
		const failed = await ended(world(), id);
		expect(failed.status).toBe('error');
		expect((await creates(sandbox)).at(-1)).toMatchObject({ name: people[25], status: 422 });

		const worker = workerOf(world(), failed.id)!;
		if (!loadWorkflow) await worker.kill();
		await client().call('POST', `/executions/${failed.id}/retry`, { loadWorkflow });
		const retried = (await client().getExecution((await ended(world(), id)).id))!;
		if (!loadWorkflow) await worker.restart();
		expect(retried.error).toBeUndefined();
		expect(retried).toMatchObject({ status: 'success', mode: 'retry' });
		expect(retried.output('BildOut').map(({ name }) => name)).toEqual(people);

		const sent = await creates(sandbox);
		const done = sent.filter(({ status }) => status === 201).map(({ name }) => name);
		expect(done.sort()).toEqual(people);
		const keys = new Set(sent.map(({ key }) => key));
		expect(keys.size).toBe(people.length);
		expect(new Set(sent.map(({ name, key }) => `${name} ${key}`)).size).toBe(people.length);
	});
}
