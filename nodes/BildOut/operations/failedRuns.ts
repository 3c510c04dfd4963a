import type { IDataObject } from 'n8n-workflow';

/** A run of the node in which an item failed. */
export interface FailedRun {
	/** Tells the run from every other; the keys of its creates are made of it. */
	identity: string;
	/** What it has written, by item index: the output that the item had. */
	finished: Map<number, IDataObject[]>;
}

/** Retry On Fail waits seconds; nothing asks for a run that failed longer ago. */
const KEPT_MS = 10 * 60_000;
/** Runs and the items they have written, together. */
const MOST_KEPT = 10_000;

const failedRuns = new Map<string, FailedRun & { since: number }>();

/**
 * When one item fails, n8n's Retry On Fail runs the node again for all of them. The failed run is
 * remembered until then, in this process, so that nothing is written a second time.
 *
 * @param repetition what a run and its repetition have in common, and no other run
 */
export function recallFailed(repetition: string): FailedRun | undefined {
	const failed = failedRuns.get(repetition);
	failedRuns.delete(repetition);
	return failed && Date.now() - failed.since < KEPT_MS ? failed : undefined;
}

export function keepFailed(repetition: string, run: FailedRun): void {
	failedRuns.delete(repetition);
	failedRuns.set(repetition, { ...run, since: Date.now() });
	let kept = 0;
	for (const { finished } of failedRuns.values()) kept += 1 + finished.size;
	for (const [oldest, { since, finished }] of failedRuns) {
		if (oldest === repetition || (kept <= MOST_KEPT && Date.now() - since < KEPT_MS)) break;
		failedRuns.delete(oldest);
		kept -= 1 + finished.size;
	}
}
