import type { DatabaseSync } from 'node:sqlite';

/** How long a machine that was asleep at midnight may take to notice the new day, in milliseconds. */
const LONGEST_WAIT = 60_000;

const dayOf = (moment: Date) => moment.toLocaleDateString('sv-SE');

/**
 * What time it is in the account: the machine's time, moved by the control interface. Days are those
 * of the machine's time zone. How far the clock was moved is kept in the database.
 */
export class Clock {
	readonly #database: DatabaseSync;
	readonly #onNewDay: () => void;
	#movedMs: number;
	#day: string;
	#timer: NodeJS.Timeout | undefined;

	/** `onNewDay` is called whenever the day is another one than before; see `start`. */
	constructor(database: DatabaseSync, onNewDay: () => void) {
		this.#database = database;
		this.#onNewDay = onNewDay;
		this.#movedMs = Number(database.prepare('SELECT moved_ms FROM clock').get()?.moved_ms ?? 0);
		this.#day = this.today();
	}

	now(): Date {
		return new Date(Date.now() + this.#movedMs);
	}

	/** Today as YYYY-MM-DD. */
	today(): string {
		return dayOf(this.now());
	}

	/** Sets the clock, which goes on from there. */
	setTo(moment: Date): void {
		this.#move(moment.getTime() - Date.now());
	}

	/** The same time tomorrow, also where today has 23 or 25 hours. */
	toNextDay(): void {
		const moment = this.now();
		moment.setDate(moment.getDate() + 1);
		this.setTo(moment);
	}

	/** Back to the machine's time. */
	reset(): void {
		if (this.#movedMs !== 0) this.#move(0);
	}

	/** Looks for the next day from now on. */
	start(): void {
		clearTimeout(this.#timer);
		const wait = Math.min(this.#untilMidnight(), LONGEST_WAIT);
		this.#timer = setTimeout(() => this.#look(), wait).unref();
	}

	stop(): void {
		clearTimeout(this.#timer);
	}

	#move(movedMs: number): void {
		this.#movedMs = movedMs;
		this.#database
			.prepare('INSERT OR REPLACE INTO clock (id, moved_ms) VALUES (1, ?)')
			.run(movedMs);
		this.#look();
	}

	#look(): void {
		const today = this.today();
		if (today !== this.#day) {
			this.#day = today;
			this.#onNewDay();
		}
		this.start();
	}

	#untilMidnight(): number {
		const now = this.now();
		const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
		return midnight.getTime() - now.getTime();
	}
}
