import type { IDataObject } from 'n8n-workflow';

/** What one run of the node has written, by item index: the output that the item had. */
export type FinishedItems = Map<number, IDataObject[]>;

interface FailedRun {
	/** When the run failed, in milliseconds since 1970. */
	since: number;
	items: FinishedItems;
}

/** Retry On Fail waits seconds; nothing asks for a run that failed longer ago. */
const KEPT_MS = 10 * 60_000;
const KEPT_ITEMS = 10_000;

const failedRuns = new Map<string, FailedRun>();

/**
 * When one item fails, n8n's Retry On Fail runs the node again for all of them. What was written for
 * the others is remembered until then, in this process, so that it is not written a second time.
 *
 * @param run tells one run of a node from every other, but not from its repetition
 * @returns what the run had written when it failed; empty for a run that did not
 */
export function recallFinished(run: string): FinishedItems {
	const failed = failedRuns.get(run);
	failedRuns.delete(run);
	return failed && Date.now() - failed.since < KEPT_MS ? failed.items : new Map();
}

/** Keeps what a run had written when one of its items failed. */
export function keepFinished(run: string, items: FinishedItems): void {
	if (items.size === 0) return;
	failedRuns.delete(run);
	failedRuns.set(run, { since: Date.now(), items });
	let kept = [...failedRuns.values()].reduce((sum, failed) => sum + failed.items.size, 0);
	for (const [oldest, failed] of failedRuns) {
		if (oldest === run || (kept <= KEPT_ITEMS && Date.now() - failed.since < KEPT_MS)) break;
		failedRuns.delete(oldest);
		kept -= failed.items.size;
	}
}

const failedCalls = new Map<string, { since: number; run: string }>();

/**
 * The run in which an agent's call of the tool failed a moment ago. A call that asks for the same again
 * takes its place, so that its creates carry the same keys.
 */
export function recallFailedCall(call: string): string | undefined {
	const failed = failedCalls.get(call);
	failedCalls.delete(call);
	return failed && Date.now() - failed.since < KEPT_MS ? failed.run : undefined;
}

/** Keeps in which run an agent's call of the tool failed. */
export function keepFailedCall(call: string, run: string): void {
	for (const [known, { since }] of failedCalls) {
		if (Date.now() - since >= KEPT_MS) failedCalls.delete(known);
	}
	failedCalls.set(call, { since: Date.now(), run });
}
