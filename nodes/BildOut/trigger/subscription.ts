import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Subscription } from '../assumptions';
import { CREDENTIAL_TYPE, getConnection, parseUrl } from '../transport/connection';
import { ANY_EVENT, EVERY_EVENT } from './events';
import { isPrivateHost } from './privateHost';
import { forgetSubscription, keepSubscription, ownUrl, stateOf } from './state';
import {
	deleteSubscription,
	findSubscription,
	listSubscriptionsTo,
	postSubscription,
	putSubscription,
} from './subscriptionApi';

/**
 * The secrets that a delivery to a trigger registered by hand may be signed with. Each webhook added in
 * BildOut may have its own, so the credential's field takes several, with commas between.
 */
export async function secretsByHand(
	context: IHookFunctions | IWebhookFunctions,
): Promise<string[]> {
	const { webhookSigningSecret } = await context.getCredentials<{ webhookSigningSecret?: string }>(
		CREDENTIAL_TYPE,
	);
	return String(webhookSigningSecret ?? '')
		.split(',')
		.map((secret) => secret.trim())
		.filter((secret) => secret !== '');
}

/**
 * Whether BildOut has our subscription, which is put right where it drifted. Only a clear "not there"
 * counts as absence: any other failure is thrown, so that it never leads to a second subscription.
 * Subscriptions to other URLs are never touched; one to ours whose secret is not known is removed.
 *
 * @throws NodeOperationError before any request when the node's settings cannot work
 */
export async function checkSubscription(context: IHookFunctions): Promise<boolean> {
	const events = chosenEvents(context);
	const state = stateOf(context);
	if (context.getNodeParameter('registration', 'automatic') === 'manual') {
		await requireSigningSecret(context);
		return await removeSubscription(context);
	}

	if (state.subscriptionId !== undefined) {
		const known = await findSubscription(context, state.subscriptionId);
		if (known?.url === ownUrl(context) && state.secret) {
			if (hasDrifted(known, events)) await putSubscription(context, known, events);
			return true;
		}
		letGo(context, known);
	}
	const url = await reachableUrl(context);
	await removeSubscriptionsTo(context, url);
	return false;
}

/**
 * Subscribes our URL to the chosen events and keeps the subscription's ID and secret.
 *
 * @throws NodeOperationError when BildOut cannot reach the URL, or does not tell the secret
 */
export async function createSubscription(context: IHookFunctions): Promise<boolean> {
	const events = chosenEvents(context);
	const url = await reachableUrl(context);
	const { id, secret } = await postSubscription(context, url, events);
	if (!id || !secret) {
		await removeSubscriptionsTo(context, url);
		throw new NodeOperationError(
			context.getNode(),
			'BildOut made the webhook subscription but did not tell its signing secret',
			{
				description:
					"The subscription was removed again, because without the secret nobody can tell BildOut's deliveries from forged ones. Set 'Registration' to 'Manual' and follow the steps shown there.",
			},
		);
	}
	keepSubscription(context, id, secret);
	return true;
}

/**
 * Ends our subscription, if there is one. One that is gone already has ended. After any other failure,
 * which is thrown, the stored state is as before, so that it can be tried again.
 */
export async function removeSubscription(context: IHookFunctions): Promise<boolean> {
	const { subscriptionId } = stateOf(context);
	if (subscriptionId === undefined) return true;
	const known = await findSubscription(context, subscriptionId);
	if (known?.url === ownUrl(context)) await deleteSubscription(context, subscriptionId);
	letGo(context, known);
	return true;
}

function chosenEvents(context: IHookFunctions): string[] {
	const chosen = context.getNodeParameter('events', []) as string[];
	if (chosen.length === 0) {
		throw new NodeOperationError(context.getNode(), "No event is chosen under 'Trigger On'", {
			description: 'Choose at least one event that should start this workflow.',
		});
	}
	return chosen.includes(ANY_EVENT) ? EVERY_EVENT : chosen;
}

function hasDrifted({ events, active }: Subscription, wanted: string[]): boolean {
	const same = events.length === wanted.length && wanted.every((event) => events.includes(event));
	return !same || active === false;
}

async function requireSigningSecret(context: IHookFunctions): Promise<void> {
	if ((await secretsByHand(context)).length > 0) return;
	throw new NodeOperationError(
		context.getNode(),
		"The credential has no 'Webhook Signing Secret', which Registration 'Manual' needs",
		{
			description:
				'Add a webhook in BildOut with the Production URL of this node, then copy the signing secret that BildOut shows into the credential.',
		},
	);
}

/** Our URL. Only a BildOut on this machine or network, such as the sandbox, can reach one there. */
async function reachableUrl(context: IHookFunctions): Promise<string> {
	const url = ownUrl(context);
	const { baseUrl } = await getConnection(context);
	if (!isPrivateHost(hostOf(url)) || isPrivateHost(hostOf(baseUrl))) return url;
	throw new NodeOperationError(context.getNode(), `BildOut cannot reach this n8n at ${url}`, {
		description:
			'That address is known only on this machine or in its network. Give n8n an address that the internet can reach, set the environment variable N8N_WEBHOOK_URL to it, restart n8n and publish the workflow again.',
	});
}

function hostOf(url: string): string {
	return parseUrl(url)?.hostname ?? '';
}

async function removeSubscriptionsTo(context: IHookFunctions, url: string): Promise<void> {
	for (const { id } of await listSubscriptionsTo(context, url)) {
		await deleteSubscription(context, id);
	}
}

/**
 * Forgets the stored subscription, which may turn out to be another's: a copied workflow brings its twin's
 * state along.
 *
 * @param known the subscription at BildOut; undefined when it is gone
 */
function letGo(context: IHookFunctions, known: Subscription | undefined): void {
	const { subscriptionId } = stateOf(context);
	const wasOurs = known === undefined || known.url === ownUrl(context);
	if (!wasOurs) {
		context.logger.warn(
			`BildOut Trigger "${context.getNode().name}" left the webhook subscription ${subscriptionId} alone because it delivers to another address`,
			{ workflowId: context.getWorkflow().id, subscriptionId },
		);
	}
	forgetSubscription(context, wasOurs);
}
