import { TtlCache } from '../ttlCache';
import { sleepUntil } from '../api/sleep';

interface Entry {
	/** When it was claimed, by the clock of `performance`. */
	claimedAt: number;
	/** Whether its execution was started; a promise until that is known. */
	started: true | Promise<boolean>;
}

/** What a caller may do with a delivery. */
export type Claim =
	/** It may start the execution. */
	| 'first'
	/** An execution was started for it already. */
	| 'repeated'
	/** Another caller is starting the execution, and how that goes is not known yet. */
	| 'undecided';

/** How long a caller waits for how another one's start goes: a sender does not wait much longer. */
const LONGEST_WAIT_MS = 20_000;

/** A start of which nothing was heard for so long has failed. */
const LONGEST_START_MS = 2 * 60 * 1000;

/** Remembers which deliveries have started an execution, in this process only. */
export class DeliveryDeduplicator {
	private readonly entries: TtlCache<Entry>;

	constructor(most: number, lifetimeMs: number) {
		this.entries = new TtlCache({ maxWeight: most, ttlMs: lifetimeMs });
	}

	get size(): number {
		return this.entries.size;
	}

	/**
	 * Asks whether the caller may start the execution for the delivery `key`. Of callers that ask at the
	 * same time the first may; the others wait for how that goes, and should it fail, the next one may.
	 *
	 * @param started tells, for the caller that may, whether the execution was started in the end
	 * @param gone aborts when the caller's request is over, and with it the wait
	 */
	async claim(key: string, started: Promise<boolean>, gone?: AbortSignal): Promise<Claim> {
		const giveUpAt = performance.now() + LONGEST_WAIT_MS;
		for (let earlier = this.find(key); earlier; earlier = this.find(key)) {
			if (earlier.started === true) return 'repeated';
			const left = giveUpAt - performance.now();
			if (left <= 0 || gone?.aborted) return 'undecided';
			await sleepUntil(left, gone, earlier.started);
		}
		const entry: Entry = { claimedAt: performance.now(), started };
		this.entries.set(key, entry);
		void started.then((wasStarted) => {
			if (wasStarted) entry.started = true;
			else if (this.entries.get(key) === entry) this.entries.delete(key);
		});
		return 'first';
	}

	private find(key: string): Entry | undefined {
		const entry = this.entries.get(key);
		const isLost =
			entry !== undefined &&
			entry.started !== true &&
			performance.now() - entry.claimedAt > LONGEST_START_MS;
		return isLost ? undefined : entry;
	}
}
