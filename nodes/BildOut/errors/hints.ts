import type { NodeExecutionHint } from 'n8n-workflow';

import type { RunStats } from '../execution/runStats';

/** A wait that a person notices. */
const LONG_WAIT_MS = 5_000;
/** So many records are five requests and more. */
const MANY_RECORDS = 500;

/**
 * What n8n shows beside the output of a run that took its time, or that did less than it seems. There are
 * at most three: one for the allowance, one for a list that was read for little, one for updates.
 */
export function hintsOf(facts: RunStats): NodeExecutionHint[] {
	return [waited(facts), readForLittle(facts), changedNothing(facts)]
		.filter((message) => message !== undefined)
		.map((message) => ({ message, type: 'info', location: 'outputPane' }));
}

function waited({ waiting: { totalMs, limit } }: RunStats): string | undefined {
	if (totalMs < LONG_WAIT_MS) return undefined;
	return `Waited ${span(totalMs)} for BildOut's allowance of ${amount(limit)} requests a minute, which all workflows with this credential share.`;
}

/** The list that was read for the least. */
function readForLittle({ filtered, lookedUp }: RunStats): string | undefined {
	const lists = [
		...[...filtered].map(([{ name }, { read, wanted, faster }]) => ({
			more: read - wanted,
			message: `Read ${amount(read)} ${name}s to find ${amount(wanted)}${
				faster
					? `: a single '${faster}' under Filters is faster, because BildOut applies it itself.`
					: ", because BildOut's API cannot filter or sort them."
			}`,
		})),
		...[...lookedUp].map(
			([
				{ name },
				{
					read,
					values: { size },
				},
			]) => ({
				more: size > 0 ? read - size : 0,
				message: `Read all ${amount(read)} ${name}s to look up ${amount(size)}, because BildOut's API has no search. What is given by its ID needs no look-up.`,
			}),
		),
	];
	const [worst] = lists.sort((one, other) => other.more - one.more);
	return worst && worst.more >= MANY_RECORDS ? worst.message : undefined;
}

function changedNothing({ updates, unchanged }: RunStats): string | undefined {
	if (unchanged === 0) return undefined;
	const which = updates === 1 ? 'The update' : `${amount(unchanged)} of ${amount(updates)} updates`;
	return `${which} changed nothing, because BildOut had these values already.`;
}

function span(ms: number): string {
	const seconds = Math.round(ms / 1000);
	return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}

function amount(count: number): string {
	return count.toLocaleString('en');
}
