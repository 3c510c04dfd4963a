import { waitFor } from '../../tools/lib/program.mts';
import { type QueueWorld, executionCounts } from '../support/queue.cts';
import { creates, importer, names } from './imports.cts';

/** Together more than a window holds, which here renews after half a minute. */
const EACH = 60;
const REFUSED_AT_MOST = 0.05;

export function sharedRateLimit(world: () => QueueWorld): void {
	it('share it: nothing fails, nothing is written twice, at most 5 % is refused', async () => {
		const { sandbox } = world();
		const imports = [await importer(world(), 'Shared one'), await importer(world(), 'Shared two')];
		const people = imports.map((_, index) => names(EACH, `Shared ${index}`));
		await sandbox.control.clearRequests();
		await sandbox.control.config({ rateLimit: { limit: 100, burst: 20, windowScale: 0.5 } });
		await Promise.all(imports.map(async ({ start }, index) => await start(people[index])));
		const counts = await waitFor(
			'both to end',
			() => {
				const ends = imports.map(({ id }) => executionCounts(world(), id));
				return ends.every(({ success = 0, error = 0 }) => success + error === 1) ? ends : undefined;
			},
			{ seconds: 240 },
		);
		await sandbox.control.config({ rateLimit: { limit: 100_000, burst: 10_000, windowScale: 1 } });
		expect(counts).toEqual(imports.map(() => ({ success: 1 })));
		const sent = await creates(sandbox);
		const refused = sent.filter(({ status }) => status === 429).length;
		const done = sent.filter(({ status }) => status === 201).map(({ name }) => name);
		expect(done.sort()).toEqual(people.flat().sort());
		expect(refused / sent.length).toBeLessThanOrEqual(REFUSED_AT_MOST);
	});
}
