import { sleep } from 'n8n-workflow';

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
	const iterator = entries[Symbol.iterator]();
	const results: Out[] = [];
	const failures: Array<{ index: number; error: unknown }> = [];
	let started = 0;
	const workInTurn = async () => {
		while (failures.length === 0) {
			const next = iterator.next();
			if (next.done) break;
			const index = started++;
			try {
				results[index] = await work(next.value, index);
			} catch (error) {
				failures.push({ index, error });
			}
		}
	};
	await Promise.all(Array.from({ length: most }, workInTurn));
	const [first] = failures.sort((a, b) => a.index - b.index);
	if (first) await Promise.reject(first.error as Error);
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

/** n8n's lint bans timers and n8n-workflow's `sleep` cannot be cut short, so long waits go in short steps. */
const STEP_MS = 1000;

/** Waits so many milliseconds, or until the signal aborts: the caller checks which. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
	const until = Date.now() + ms;
	for (let rest = ms; rest > 0 && !signal?.aborted; ) {
		const stepMs = Math.min(rest, STEP_MS);
		await raceWithAbort(sleep(stepMs), signal);
		// A clock that was set back must not make the wait longer.
		rest = Math.min(rest - stepMs, until - Date.now());
	}
}

/** Waits for the work, but no longer than until the signal aborts. */
export async function raceWithAbort(work: Promise<unknown>, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	let stop = () => {};
	const aborted = new Promise<void>((resolve) => {
		stop = resolve;
		signal?.addEventListener('abort', stop, { once: true });
	});
	await Promise.race([work, aborted]).finally(() => signal?.removeEventListener('abort', stop));
}
