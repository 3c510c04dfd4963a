import { TtlCache } from '../ttlCache';
import { pause } from '../api/sleep';

/** Whether a delivery's execution was started; a promise until that is known. */
interface Entry {
	started: true | Promise<boolean>;
}

/** What a caller may do with a delivery. */
export type Claim =
	/** It may start the execution. */
	| 'new'
	/** An execution was started for it already. */
	| 'duplicate'
	/** Another caller is starting the execution, and the outcome is not known yet. */
	| 'inProgress';

/** A sender does not wait much longer. */
const LONGEST_WAIT_MS = 20_000;

/** Remembers which deliveries have started an execution, in this process only. */
export class DeliveryDeduplicator {
	private readonly entries: TtlCache<Entry>;

	constructor(maxEntries: number, ttlMs: number) {
		this.entries = new TtlCache({ maxWeight: maxEntries, ttlMs });
	}

	get size(): number {
		return this.entries.size;
	}

	/**
	 * Whether the caller may start the execution for the delivery `key`. Of several callers the first may; the
	 * others wait for the outcome, and if the start fails, the next one may. A start may take hours, where
	 * n8n limits how many executions run at once.
	 *
	 * @param started resolves, for the caller that may, to whether the execution was started in the end
	 * @param gone aborts when the caller's request is over, and with it the wait
	 */
	async claim(key: string, started: Promise<boolean>, gone?: AbortSignal): Promise<Claim> {
		const giveUpAt = performance.now() + LONGEST_WAIT_MS;
		for (let earlier = this.entries.get(key); earlier; earlier = this.entries.get(key)) {
			if (earlier.started === true) return 'duplicate';
			const left = giveUpAt - performance.now();
			if (left <= 0 || gone?.aborted) return 'inProgress';
			await pause(left, gone, earlier.started);
		}
		const entry: Entry = { started };
		this.entries.set(key, entry);
		void started.then((wasStarted) => {
			if (wasStarted) entry.started = true;
			else if (this.entries.get(key) === entry) this.entries.delete(key);
		});
		return 'new';
	}
}
