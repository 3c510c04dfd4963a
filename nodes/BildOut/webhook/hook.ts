import type { IHookFunctions } from 'n8n-workflow';

import { TtlCache } from '../ttlCache';
import type { RequestSettings } from '../api/client';
import { addressKey } from './urls';
import { ownUrl } from './state';

/** One call of n8n to check, make or end the subscription. */
export interface Hook {
	context: IHookFunctions;
	/** Our address, without a seal. */
	url: string;
	/** What each request of this call may take. */
	settings: RequestSettings;
}

/**
 * n8n calls the hooks of a publication up to five times, with waits of 15 s in all, and gives it up after
 * 84 s. What a hook then still does is lost on n8n, so all of them together end long before.
 */
const PUBLICATION_MS = 30_000;
const LONGEST_CALL_MS = 20_000;
const SHORTEST_CALL_MS = 2_000;
const REQUEST_MS = 15_000;
const MAX_RETRIES = 2;

/** Calls that lie further apart than n8n's longest wait belong to another publication. */
const PUBLICATION_GAP_MS = 20_000;

/** The time that failed calls have taken of the present publication, in milliseconds, by our address. */
const elapsedMs = new TtlCache<number>({ ttlMs: PUBLICATION_GAP_MS, maxWeight: 10_000 });

/** Does the work of one call within the time that is left for it. */
export async function withHookTimeout<Result>(
	context: IHookFunctions,
	work: (hook: Hook) => Promise<Result>,
): Promise<Result> {
	const url = ownUrl(context);
	const key = addressKey(url);
	const before = elapsedMs.get(key) ?? 0;
	const start = Date.now();
	const left = Math.min(LONGEST_CALL_MS, PUBLICATION_MS - before);
	const until = start + Math.max(SHORTEST_CALL_MS, left);
	const settings = { timeoutMs: REQUEST_MS, maxRetries: MAX_RETRIES, until };
	elapsedMs.set(key, before);
	let worked = false;
	try {
		const result = await work({ context, url, settings });
		worked = true;
		return result;
	} finally {
		if (worked) elapsedMs.delete(key);
		else elapsedMs.set(key, before + Date.now() - start);
	}
}
