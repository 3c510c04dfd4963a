import type { IHookFunctions, WorkflowActivateMode } from 'n8n-workflow';
import { WebhookPathTakenError } from 'n8n-workflow';

import { getConnection } from '../api/connection';
import { ApiFailure, type FailureKind } from '../api/errors';
import { TRIGGER_AUDIENCE } from '../errors/audiences';
import { isPermanent, toNodeError, withNodeErrors } from '../errors/toNodeError';
import { ANY_EVENT, EVERY_REPORTED_EVENT, readChosenEvents } from '../events';
import { manualSecrets, ownUrl } from './state';
import type { SubscriptionRequest } from './subscriptionApi';
import { hostOf, isPrivateHost } from './urls';

/*
 * What n8n 2.41 does when a hook throws, which this folder relies on:
 * - Publishing: `checkExists` or `create` throws → n8n calls `delete`, saves static data, and tries again up to
 *   five times with waits of 1, 2, 4 and 8 s, except after a `WebhookPathTakenError`. It shows the last
 *   error's message. After 84 s it reports a failure and waits no more; the hook goes on, and what it then
 *   keeps in static data is lost.
 * - A new version, or unpublishing: `delete` throws → up to three tries with waits of 1 and 2 s, then a line in
 *   the log, and n8n still drops the webhook. When n8n starts, it calls no hook of a trigger
 *   that it has on record.
 * - A test: `checkExists` or `create` throws → n8n calls `delete` and shows the error. `delete` throws → n8n keeps the
 *   test's registration, and from then on no webhook of any workflow can be tested until n8n is restarted.
 *   In `delete` the mode is "internal", in a test too.
 * - n8n 2.30, and 2.41 without its publication service: publishing tries once, and a failure at n8n's start
 *   is tried again with growing waits.
 */

/** One call of n8n to check, make or remove the subscription. */
export interface Hook extends SubscriptionRequest {
	context: IHookFunctions;
}

/** n8n itself repeats a hook that fails: eight calls that wait for BildOut in vain end within its 84 s. */
const REQUEST_MS = 7_000;

/**
 * BildOut's rate limit renews within a minute, whoever used it up, so one call may wait that long for its
 * turn: where many workflows are published at once, each gets through. That fits once into n8n's 84 s.
 */
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

/**
 * Publishing cannot work until a person changes something. n8n repeats a failed publication, unless the error
 * is of this class of n8n's own. Of an error it shows the message only.
 */
export class NonRetryableActivationError extends WebhookPathTakenError {
	constructor(context: IHookFunctions, message: string) {
		super(context.getNode().name);
		this.message = message;
	}
}

/** The rate limit did not renew while the hook waited for it: another try would end beyond n8n's 84 s. */
const RATE_LIMIT_KINDS: FailureKind[] = ['rateLimited', 'rateLimitTimeout'];

/**
 * Ways of publishing for which a person waits while n8n tries again. When n8n starts, the failure may be
 * over at the next try; in a test it tries once.
 */
const INTERACTIVE_MODES: WorkflowActivateMode[] = ['create', 'update', 'activate'];

/** Whether nothing was sent, because BildOut's rate limit did not allow it. */
export function isRateLimitFailure(error: unknown): boolean {
	return error instanceof ApiFailure && RATE_LIMIT_KINDS.includes(error.facts.kind);
}

/**
 * Does the work of a hook that publishes, and puts a failure of BildOut into words.
 *
 * @throws NonRetryableActivationError when n8n's next tries cannot work and a person is waiting
 */
export async function withActivationErrors<T>(
	context: IHookFunctions,
	work: () => Promise<T>,
): Promise<T> {
	return await withNodeErrors(TRIGGER_AUDIENCE, context.getNode(), async () => {
		try {
			return await work();
		} catch (error) {
			const failure =
				(isPermanent(error) || isRateLimitFailure(error)) &&
				INTERACTIVE_MODES.includes(context.getActivationMode())
					? nonRetryable(context, error)
					: error;
			throw failure;
		}
	});
}

function nonRetryable(context: IHookFunctions, error: unknown): NonRetryableActivationError {
	const { message } = toNodeError(context.getNode(), error, TRIGGER_AUDIENCE);
	return new NonRetryableActivationError(context, message);
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
