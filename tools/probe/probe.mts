import { type Kind, kinds } from '../../sandbox/src/records/kinds.mts';
import type { AssumptionId } from './assumptions.mts';
import { type Client, type JsonObject, recordsIn, type ApiResponse } from './client.mts';
import type { Tokens } from './signIn.mts';

export interface Finding {
	verdict: 'holds' | 'differs' | 'not tested';
	/** What was seen, without names, amounts, tokens and IDs. */
	evidence: string;
}

export const holds = (evidence: string): Finding => ({ verdict: 'holds', evidence });
export const differs = (evidence: string): Finding => ({ verdict: 'differs', evidence });
export const notTested = (evidence: string): Finding => ({ verdict: 'not tested', evidence });

export { kinds as RESOURCES };
export type Resource = Kind;

/** What the checks work with. */
export interface Probe {
	client: Client;
	signInPath: string;
	/** How the sign-in went; undefined where an access token was given. */
	signedIn?: { tokens: Tokens; renew: (refreshToken: string) => Promise<Tokens> };
	/** The first page of each list, of up to 100 records. */
	lists: Record<Resource, ApiResponse>;
	/** Where BildOut can reach this machine: a public address that is handed on to a port here. */
	tunnel?: { url: string; port: number };
	/** Remembers how to take back what was written, for the end or an interruption. */
	undo(what: string, work: () => Promise<unknown>): void;
}

export type Check = (probe: Probe) => Promise<Finding>;
export type Checks = Partial<Record<AssumptionId, Check>>;

/** The first record of a list, if there is one. */
export function firstOf({ lists }: Probe, resource: Resource): JsonObject | undefined {
	return recordsIn(lists[resource])[0];
}
