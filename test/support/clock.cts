import { Workflow } from 'n8n-workflow';

/**
 * The clock by which the nodes count, which is not that of Jest's own realm. `jest.restoreAllMocks` sets it right
 * again.
 *
 * @param now in milliseconds since 1970, from what the clock shows
 */
export function setNodeClock(now: (shown: number) => number): void {
	const { Date: clock } = Workflow.constructor('return globalThis')() as typeof globalThis;
	const { now: shown } = clock;
	jest.spyOn(clock, 'now').mockImplementation(() => now(shown()));
}
