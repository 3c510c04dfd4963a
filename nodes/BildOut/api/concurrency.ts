import { raceWithAbort } from './sleep';

/** How many requests of one run of the node may be in flight at once. */
export const MAX_IN_FLIGHT = 20;

/**
 * Does the work for every entry, up to `most` at once, started in order. Entries are taken one by one, so
 * that a generator may end early.
 *
 * @returns the results in the order of the entries
 * @throws what the work of the first failing entry threw, once what was under way has ended; nothing
 *   further is started after a failure
 */
export async function mapConcurrently<In, Out>(
	entries: Iterable<In>,
	work: (entry: In, index: number) => Promise<Out>,
	most = MAX_IN_FLIGHT,
): Promise<Out[]> {
	const results: Out[] = [];
	const failures: Array<{ index: number; error: unknown }> = [];
	let inFlight = 0;
	let oneEnded = () => {};
	const atMost = async (count: number) => {
		while (inFlight > count) await new Promise<void>((resolve) => (oneEnded = resolve));
	};
	const start = async (entry: In, index: number) => {
		inFlight += 1;
		try {
			results[index] = await work(entry, index);
		} catch (error) {
			failures.push({ index, error });
		}
		inFlight -= 1;
		oneEnded();
	};
	let started = 0;
	for (const entry of entries) {
		await atMost(most - 1);
		if (failures.length > 0) break;
		void start(entry, started++);
	}
	await atMost(0);
	failures.sort((a, b) => a.index - b.index);
	if (failures.length > 0) await Promise.reject(failures[0].error);
	return results;
}

/** Work under the same key is done one after the other, in the order in which it came. */
export class Queues {
	private readonly last = new Map<string, Promise<void>>();

	/** How many keys have work that has not ended. */
	get size(): number {
		return this.last.size;
	}

	/** @throws the reason of the signal, where that aborts before the work's turn comes */
	async run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		const before = this.last.get(key) ?? Promise.resolve();
		const result = raceWithAbort(before, signal).then(async () => {
			signal?.throwIfAborted();
			return await work();
		});
		const ended = Promise.allSettled([before, result]).then(() => {});
		this.last.set(key, ended);
		try {
			return await result;
		} finally {
			if (this.last.get(key) === ended) this.last.delete(key);
		}
	}
}
