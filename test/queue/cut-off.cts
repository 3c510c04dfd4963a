import type { JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { type QueueWorld, workerOf } from '../support/queue.cts';
import { creates, ended, type Import, importer, names } from './imports.cts';

const WRITTEN = 45;
const STEP = 25;
const PEOPLE = names(100, 'Cut off');

let cut: { workflow: Import; executionId: string };

const createdOf = async ({ sandbox }: QueueWorld) =>
	(await creates(sandbox)).map(({ name }) => name).filter((name) => PEOPLE.includes(name));

/** n8n takes most of a minute to notice that a worker is gone; `afterwards` looks at what it makes of it. */
export function cutOff(world: () => QueueWorld): void {
	it('has said in its log how far it came, give or take a step, and nothing of the records', async () => {
		const { sandbox, client } = world();
		const workflow = await importer(world(), 'Cut off');
		// The last create is done, but its response is held back until the worker has been killed.
		await sandbox.control.fault({
			...{ kind: 'slow', delayMs: 300_000, method: 'POST', path: '/customers$', times: 1 },
			after: WRITTEN - 1,
		});
		await workflow.start(PEOPLE);
		await waitFor(`${WRITTEN} creates`, async () => (await creates(sandbox)).length === WRITTEN);
		const [{ id: executionId }] = await client().executions(workflow.id);
		const worker = workerOf(world(), executionId)!;
		const log = worker.n8n().output();
		await worker.kill();
		await worker.restart();

		const lines = log.split('\n').filter((line) => line.includes(`in execution ${executionId}`));
		const said = lines.at(-1) ?? 'nothing';
		expect(said).toMatch(/^BildOut "BildOut": the first \d+ of 100 items are done/);
		const done = Number(/first (\d+)/.exec(said)?.[1]);
		expect(done).toBeLessThan(WRITTEN);
		expect(done).toBeGreaterThanOrEqual(WRITTEN - 1 - STEP);
		expect(log).not.toContain(PEOPLE[0]);
		cut = { workflow, executionId };
	});

	it('is made up for by a new run with Create or Update, which creates only what is missing', async () => {
		const { sandbox, api } = world();
		const { id, start } = await importer(world(), 'Resumed', {
			...{ operation: 'upsert', matchBy: 'name', ifExists: 'leave' },
		});
		await sandbox.control.clearRequests();
		await start(PEOPLE);
		expect(await ended(world(), id)).toMatchObject({ status: 'success' });
		expect(await createdOf(world())).toEqual(PEOPLE.slice(WRITTEN));
		const there: string[] = [];
		for (let page = 1; page <= 20; page++) {
			const list = await api<JsonObject[]>('GET', `/customers?limit=100&page=${page}`);
			there.push(...list.map(({ name }) => String(name)).filter((name) => PEOPLE.includes(name)));
		}
		expect(there.sort()).toEqual(PEOPLE);
	});
}

export function afterwards(world: () => QueueWorld): void {
	it('has failed in the list of executions, and a retry writes nothing', async () => {
		const { client } = world();
		const { workflow, executionId } = cut;
		const failed = await ended(world(), workflow.id, 180);
		expect(failed).toMatchObject({ id: executionId, status: 'error' });
		const { error } = (await client().getExecution(executionId))!;
		expect(error?.message).toMatch(/^This execution failed to be processed too many times/);
		await client().call('POST', `/executions/${executionId}/retry`, { loadWorkflow: false });
		expect(await ended(world(), workflow.id)).toMatchObject({ mode: 'retry', status: 'error' });
		expect(await createdOf(world())).toEqual([]);
	});
}
