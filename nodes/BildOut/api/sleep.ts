import { sleep } from 'n8n-workflow';

/** n8n's lint bans timers and n8n-workflow's `sleep` cannot be cut short, so long waits go in short steps. */
const STEP_MS = 1000;

/**
 * Waits, and stops at once when the execution is cancelled.
 *
 * @param ms how long, in milliseconds
 * @param wake resolves when waiting on has become pointless; the wait then ends early
 * @returns when the time is over, `wake` resolved or the signal aborted: the caller checks which
 */
export async function pause(
	ms: number,
	signal?: AbortSignal,
	wake?: Promise<unknown>,
): Promise<void> {
	let woken = false;
	void wake?.then(() => {
		woken = true;
	});
	const until = Date.now() + ms;
	for (let rest = ms; rest > 0 && !woken && !signal?.aborted; ) {
		const stepMs = Math.min(rest, STEP_MS);
		const step = sleep(stepMs);
		await raceWithAbort(wake ? Promise.race([step, wake]) : step, signal);
		// A clock that was set back must not make the wait longer.
		rest = Math.min(rest - stepMs, until - Date.now());
	}
}

/** Waits for the work, but no longer than until the signal aborts. */
export async function raceWithAbort(work: Promise<unknown>, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	let stopListening = () => {};
	const aborted = new Promise<void>((resolve) => {
		const onAbort = () => resolve();
		signal?.addEventListener('abort', onAbort, { once: true });
		stopListening = () => signal?.removeEventListener('abort', onAbort);
	});
	try {
		await Promise.race([work, aborted]);
	} finally {
		stopListening();
	}
}
