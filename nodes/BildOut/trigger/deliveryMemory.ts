interface Entry {
	/** When it was remembered, in milliseconds. */
	since: number;
	/** Whether its execution was started; a promise until that is known. */
	started: true | Promise<boolean>;
}

/**
 * Remembers which deliveries have started an execution, in this process only. Its size is bounded by
 * number and by age, the oldest going first.
 */
export class DeliveryMemory {
	private readonly entries = new Map<string, Entry>();

	constructor(
		private readonly limit: number,
		private readonly lifetimeMs: number,
	) {}

	get size(): number {
		return this.entries.size;
	}

	/**
	 * Asks whether the caller may start the execution for the delivery `key`. Of callers that ask at the
	 * same time the first may; the others wait for how that goes, and should it fail, the next one may.
	 *
	 * @param started tells, for the caller that may, whether the execution was started in the end
	 * @returns false when an execution was started for this delivery already
	 */
	async claim(key: string, started: () => Promise<boolean>): Promise<boolean> {
		for (let earlier = this.find(key); earlier; earlier = this.find(key)) {
			if (await earlier.started) return false;
		}
		const entry: Entry = { since: Date.now(), started: started() };
		this.remember(key, entry);
		void Promise.resolve(entry.started).then((wasStarted) => {
			if (wasStarted) entry.started = true;
			else if (this.entries.get(key) === entry) this.entries.delete(key);
		});
		return true;
	}

	private find(key: string): Entry | undefined {
		const entry = this.entries.get(key);
		return entry && !this.isOld(entry) ? entry : undefined;
	}

	private remember(key: string, entry: Entry): void {
		this.entries.delete(key);
		this.entries.set(key, entry);
		for (const [oldestKey, oldest] of this.entries) {
			if (this.entries.size <= this.limit && !this.isOld(oldest)) return;
			this.entries.delete(oldestKey);
		}
	}

	private isOld({ since }: Entry): boolean {
		return Date.now() - since >= this.lifetimeMs;
	}
}
