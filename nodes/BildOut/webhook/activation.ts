import type { IHookFunctions, WorkflowActivateMode } from 'n8n-workflow';
import { WebhookPathTakenError } from 'n8n-workflow';

import { getConnection } from '../api/connection';
import { ApiFailure } from '../api/errors';
import { TRIGGER_AUDIENCE } from '../errors/audiences';
import { isPermanent, toNodeError, withNodeErrors } from '../errors/toNodeError';
import { ANY_EVENT, EVERY_REPORTED_EVENT, readChosenEvents } from '../events';
import { manualSecrets, ownUrl } from './state';
import type { SubscriptionRequest } from './subscriptionApi';
import { hostOf, isPrivateHost } from './urls';

/** What n8n does when a hook throws stands in docs/n8n-internals.md. */

/** One call of n8n to check, make or remove the subscription. */
export interface Hook extends SubscriptionRequest {
	context: IHookFunctions;
}

/** n8n repeats a hook that fails: eight calls without a response end within its 84 s. */
const REQUEST_MS = 7_000;

/** BildOut's rate limit renews within a minute, so that many workflows can be published at once. */
const RATE_LIMIT_MS = 68_000;

export function hookOf(context: IHookFunctions): Hook {
	const settings = {
		timeoutMs: REQUEST_MS,
		maxRetries: 0,
		waitsOut429: true,
		until: Date.now() + RATE_LIMIT_MS,
	};
	return { context, url: ownUrl(context), settings };
}

/** Publishing cannot work until a person changes something: only after this class of its own does n8n not try again. */
export class NonRetryableActivationError extends WebhookPathTakenError {
	constructor(context: IHookFunctions, message: string) {
		super(context.getNode().name);
		this.message = message;
	}
}

/** Ways of publishing for which a person waits while n8n tries again. */
const INTERACTIVE_MODES: WorkflowActivateMode[] = ['create', 'update', 'activate'];

/** Whether BildOut's rate limit did not renew in time: another try would end beyond n8n's 84 s. */
export function isRateLimitFailure(error: unknown): boolean {
	const kind = error instanceof ApiFailure ? error.facts.kind : undefined;
	return kind === 'rateLimited' || kind === 'rateLimitTimeout';
}

/**
 * Does the work of a hook that publishes, and words a failure of BildOut.
 *
 * @throws NonRetryableActivationError when n8n's next tries cannot work and a person is waiting
 */
export async function withActivationErrors<T>(
	context: IHookFunctions,
	hook: () => Promise<T>,
): Promise<T> {
	const node = context.getNode();
	const work = async () =>
		await hook().catch((error: Error) => {
			const isFinal = isPermanent(error) || isRateLimitFailure(error);
			const isInteractive = INTERACTIVE_MODES.includes(context.getActivationMode());
			if (!isFinal || !isInteractive) throw error;
			const { message } = toNodeError(node, error, TRIGGER_AUDIENCE);
			throw new NonRetryableActivationError(context, message);
		});
	return await withNodeErrors(TRIGGER_AUDIENCE, node, work);
}

/** The events that BildOut is asked to report. */
export function chosenEvents(context: IHookFunctions): string[] {
	const chosen = readChosenEvents(context);
	if (chosen.length === 0) {
		throw new NonRetryableActivationError(
			context,
			"No event is chosen under 'Trigger On'. Choose at least one that should start this workflow.",
		);
	}
	return chosen.includes(ANY_EVENT) ? EVERY_REPORTED_EVENT : chosen;
}

export async function requireSigningSecret(context: IHookFunctions): Promise<void> {
	if ((await manualSecrets(context)).length > 0) return;
	throw new NonRetryableActivationError(
		context,
		"The credential has no 'Webhook Signing Secret', which Registration 'Manual' needs. Add a webhook in BildOut with the Production URL of this node and copy the signing secret that BildOut shows into the credential.",
	);
}

/** Only a BildOut on this machine or network, such as the sandbox, can reach an address there. */
export async function requireReachableUrl(context: IHookFunctions): Promise<void> {
	const url = ownUrl(context);
	const { baseUrl } = await getConnection(context);
	if (!isPrivateHost(hostOf(url)) || isPrivateHost(hostOf(baseUrl))) return;
	throw new NonRetryableActivationError(
		context,
		`BildOut cannot reach this n8n at ${url}, an address of this machine or network. Set the environment variable N8N_WEBHOOK_URL to an address that the internet can reach, restart n8n and publish again.`,
	);
}
