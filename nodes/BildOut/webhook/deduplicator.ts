import { pause } from '../api/concurrency';
import { DAY_MS } from '../input/dates';
import { TtlCache } from '../ttlCache';

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

/** Remembers for a day which deliveries have started an execution, in this process only. */
export class DeliveryDeduplicator {
	/** Whether the execution of each was started, once that is known. */
	private readonly starts = new TtlCache<Promise<boolean>>({ ttlMs: DAY_MS, maxWeight: 50_000 });

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
		for (let earlier = this.starts.get(key); earlier; earlier = this.starts.get(key)) {
			const isKnown = new AbortController();
			const over = AbortSignal.any([isKnown.signal, ...(gone ? [gone] : [])]);
			const timeOut = pause(giveUpAt - performance.now(), over).then(() => undefined);
			const wasStarted = await Promise.race([earlier, timeOut]);
			isKnown.abort();
			if (wasStarted !== false) return wasStarted ? 'duplicate' : 'inProgress';
		}
		this.starts.set(key, started);
		void started.then((wasStarted) => {
			if (!wasStarted && this.starts.get(key) === started) this.starts.delete(key);
		});
		return 'new';
	}
}
