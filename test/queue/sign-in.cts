import { waitFor } from '../../tools/lib/program.mts';
import { type QueueWorld, executionCounts, workerOf } from '../support/queue.cts';
import { creates, importer, names } from './imports.cts';

const EXECUTIONS = 6;
const EACH = 25;

export function signIn(world: () => QueueWorld): void {
	it('renew it once for 150 items', async () => {
		const { sandbox, client } = world();
		const { id, start } = await importer(world(), 'Renewed');
		await sandbox.control.clearRequests();
		await start(['Signed In']);
		const [{ authorization }] = await waitFor('the token', async () => {
			const seen = await creates(sandbox);
			return seen.length > 0 ? seen : undefined;
		});
		await sandbox.control.clearRequests();
		await sandbox.control.expireTokens(authorization?.replace('Bearer ', ''));
		const people = Array.from({ length: EXECUTIONS }, (_, index) =>
			names(EACH, `Renewed ${index}`),
		);
		await Promise.all(people.map(async (some) => await start(some)));
		await waitFor('all to end', () => {
			const { success = 0, error = 0 } = executionCounts(world(), id);
			return success + error > EXECUTIONS;
		});
		const done = (await creates(sandbox)).filter(({ status }) => status === 201);
		expect(done.map(({ name }) => name).sort()).toEqual(people.flat().sort());
		const renewals = (await sandbox.control.requests()).filter(
			({ path, body }) => path === '/oauth/token' && body.includes('refresh_token'),
		);
		expect(renewals).toHaveLength(1);
		const executions = (await client().executions(id)).slice(0, EXECUTIONS);
		const workers = new Set(executions.map((execution) => workerOf(world(), execution.id)));
		expect(workers.size).toBe(2);
	});
}
