import { waitFor } from '../../tools/lib/program.mts';
import { figure } from '../support/figures.cts';
import { type QueueWorld, workerOf } from '../support/queue.cts';
import { creates, ended, importer, names } from './imports.cts';

const DONE_BEFORE = 44;

export function cutOff(world: () => QueueWorld): void {
	const people = names(100, 'Cut off');
	const created = async () => (await creates(world().sandbox)).map(({ name }) => name);

	it('has its execution marked as failed, and a retry writes nothing', async () => {
		const { sandbox, client } = world();
		const { id, start } = await importer(world(), 'Cut off');
		await sandbox.control.clearRequests();
		await sandbox.control.config({ latencyMs: 50 });
		await start(people);
		await waitFor(`${DONE_BEFORE} creates`, async () =>
			(await created()).length >= DONE_BEFORE ? true : undefined,
		);
		const [{ id: executionId }] = await client().executions(id);
		const worker = workerOf(world(), executionId)!;
		await worker.kill();
		await sandbox.control.config({ latencyMs: 0 });
		const killedAt = Date.now();
		const failed = await ended(world(), id, 180);
		expect(failed).toMatchObject({ id: executionId, status: 'error' });
		const written = await created();
		expect(written.length).toBeLessThan(people.length);
		const execution = await client().getExecution(failed.id);
		const seconds = Math.round((Date.now() - killedAt) / 1000);
		figure(
			'killed worker',
			`after ${written.length} of ${people.length}; ${seconds} s later failed: ${execution?.error?.message}`,
		);

		await client().call('POST', `/executions/${failed.id}/retry`, { loadWorkflow: false });
		expect(await ended(world(), id)).toMatchObject({ mode: 'retry', status: 'error' });
		expect(await created()).toEqual(written);
		await worker.restart();
	});

	it('is made up for by a new run with Create or Update, which creates only what is missing', async () => {
		const { sandbox, api } = world();
		const { id, start } = await importer(world(), 'Resumed', {
			...{ operation: 'upsert', matchBy: 'name', ifExists: 'leave' },
		});
		await sandbox.control.clearRequests();
		await start(people);
		expect(await ended(world(), id)).toMatchObject({ status: 'success' });
		expect((await created()).length).toBeLessThanOrEqual(people.length - DONE_BEFORE);
		const there: string[] = [];
		for (let page = 1; page <= 20; page++) {
			const list = await api<Array<{ name: string }>>('GET', `/customers?limit=100&page=${page}`);
			there.push(...list.map(({ name }) => name).filter((name) => people.includes(name)));
		}
		expect(there.sort()).toEqual(people);
	});
}
