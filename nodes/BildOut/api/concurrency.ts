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

	async run<T>(key: string, work: () => Promise<T>): Promise<T> {
		const before = this.last.get(key) ?? Promise.resolve();
		const result = before.then(work);
		const ended = result.then(
			() => {},
			() => {},
		);
		this.last.set(key, ended);
		try {
			return await result;
		} finally {
			if (this.last.get(key) === ended) this.last.delete(key);
		}
	}
}

/** Lets those who work side by side pass a point in the order of their numbers, which start at 0. */
export class Turns {
	private next = 0;

	/** Numbers that have passed ahead of a smaller one. */
	private readonly ahead = new Set<number>();

	private readonly waiting = new Map<number, () => void>();

	/** How many have passed without a gap, from 0 on. */
	get passed(): number {
		return this.next;
	}

	/** Ends when all smaller numbers have passed. */
	async reach(number: number): Promise<void> {
		if (number > this.next) {
			await new Promise<void>((resolve) => this.waiting.set(number, resolve));
		}
	}

	/** Says that the number has passed, or never will come. Saying it again does nothing. */
	pass(number: number): void {
		if (number < this.next) return;
		this.ahead.add(number);
		while (this.ahead.delete(this.next)) {
			this.next += 1;
			this.waiting.get(this.next)?.();
			this.waiting.delete(this.next);
		}
	}
}
