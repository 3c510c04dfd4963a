export interface TtlCacheOptions<Value> {
	/** How long an entry is kept after it was last set, in milliseconds; `Infinity` for no end. */
	ttlMs: number;
	/** The most that all entries may weigh together. The oldest go first; the newest always stays. */
	maxWeight: number;
	/** What an entry weighs while it is kept, asked when it is set. 1 by default, so that `maxWeight` is a number of entries. */
	weightOf?: (value: Value) => number;
}

interface Entry<Value> {
	value: Value;
	weight: number;
	/** By the clock of `performance`, which nobody sets forth or back. */
	endsAt: number;
}

/** The longest that one timer is set for; a timer cannot be set for more than 24 days. */
const LONGEST_TIMER_MS = 24 * 60 * 60 * 1000;

/**
 * What a process remembers beyond one execution. Every such memory of this package is one of these, so
 * that none can grow without end: it is bounded by weight and by time, and an entry ends with its time
 * also when nobody asks for it again.
 */
export class TtlCache<Value> {
	/** Oldest first: an entry that is set again goes to the end. */
	private readonly entries = new Map<string, Entry<Value>>();

	private weight = 0;

	private isTimerSet = false;

	constructor(private readonly options: TtlCacheOptions<Value>) {}

	/** How many entries are held in memory. */
	get size(): number {
		return this.entries.size;
	}

	get(key: string): Value | undefined {
		const entry = this.entries.get(key);
		return entry && performance.now() < entry.endsAt ? entry.value : undefined;
	}

	/** Keeps the value for a whole lifetime from now. */
	set(key: string, value: Value): void {
		this.delete(key);
		const { ttlMs, maxWeight, weightOf = () => 1 } = this.options;
		const weight = weightOf(value);
		this.entries.set(key, { value, weight, endsAt: performance.now() + ttlMs });
		this.weight += weight;
		while (this.weight > maxWeight && this.entries.size > 1) {
			const [oldest] = this.entries.keys();
			this.delete(oldest);
		}
		if (!this.isTimerSet) this.setTimer();
	}

	delete(key: string): void {
		this.weight -= this.entries.get(key)?.weight ?? 0;
		this.entries.delete(key);
	}

	/** Node's timer of an abort signal keeps no process alive. */
	private setTimer(): void {
		const [oldest] = this.entries.values();
		if (oldest === undefined || oldest.endsAt === Infinity) return;
		this.isTimerSet = true;
		const ms = Math.max(1, Math.ceil(oldest.endsAt - performance.now()));
		AbortSignal.timeout(Math.min(ms, LONGEST_TIMER_MS)).addEventListener('abort', () => {
			this.isTimerSet = false;
			for (const [key, { endsAt }] of this.entries) {
				if (performance.now() < endsAt) break;
				this.delete(key);
			}
			this.setTimer();
		});
	}
}
