import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { readCredential } from '../api/credential';
import { type SealedSecret, decryptSecret } from './sealedSecret';
import { type SubscriptionState, readState, ownUrl, unexpired } from './state';

/** The secrets that a delivery may be signed with at the moment `now`, in milliseconds since 1970. */
export function acceptedSecrets(state: SubscriptionState, now: number): string[] {
	const former = unexpired(state, now).map(({ secret }) => secret);
	return state.secret ? [state.secret, ...former] : former;
}

/**
 * The secrets that are at hand for a delivery. Only manual registration has to decrypt the credential;
 * the secret of an automatic one that was given up lately counts there too.
 */
export async function storedSecrets(context: IWebhookFunctions): Promise<string[]> {
	const kept = acceptedSecrets(readState(context), Date.now());
	if (!isManual(context)) return kept;
	try {
		return [...(await manualSecrets(context)), ...kept];
	} catch {
		return kept;
	}
}

/**
 * The secret in the seal that a delivery's URL carries, where it is later than what is at hand: then other
 * nodes have wiped the state, or put an older one back.
 */
export async function secretInSeal(context: IWebhookFunctions): Promise<SealedSecret | undefined> {
	const { sealed } = context.getQueryData() as { sealed?: unknown };
	if (typeof sealed !== 'string' || isManual(context)) return undefined;
	const opened = await decryptSecret(context, ownUrl(context), sealed);
	const { since = 0 } = readState(context);
	return opened && opened.since > since ? opened : undefined;
}

/**
 * The secrets that a delivery to a trigger registered by hand may be signed with. Each webhook added in
 * BildOut may have its own, so the credential's field takes several, with commas between.
 */
export async function manualSecrets(
	context: IHookFunctions | IWebhookFunctions,
): Promise<string[]> {
	const { webhookSigningSecret } = await readCredential(context);
	return String(webhookSigningSecret ?? '')
		.split(',')
		.map((secret) => secret.trim())
		.filter((secret) => secret !== '');
}

/** Whether a person adds the webhook in BildOut, and not the node. */
export function isManual(context: IHookFunctions | IWebhookFunctions): boolean {
	return context.getNodeParameter('registration', 'automatic') === 'manual';
}
