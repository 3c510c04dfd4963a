import * as n8nWorkflow from 'n8n-workflow';

/**
 * The oldest n8n in which the nodes work. Those before renew an expired token once for each request that
 * is under way, which fails where a refresh token is good for one use; the oldest do not renew it at all.
 */
export const OLDEST_N8N = '2.30';

/**
 * What `n8n-workflow` gave out before that version, and not since: nothing else tells a node n8n's version.
 * A newer n8n would be taken for an old one only if it gave out all of them again.
 */
const GIVEN_OUT_BEFORE = ['createDeferredPromise', 'createResultOk', 'ensureError'];

/** Whether this n8n is too old for the nodes. */
export const isOldN8n = (): boolean => GIVEN_OUT_BEFORE.every((name) => name in n8nWorkflow);
