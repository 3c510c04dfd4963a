import type { IHookFunctions, WorkflowActivateMode } from 'n8n-workflow';
import { WebhookPathTakenError } from 'n8n-workflow';

import { ApiFailure, type FailureKind } from '../api/errors';
import { toNodeError, withNodeErrors } from '../errors/toNodeError';
import { TRIGGER_AUDIENCE } from '../errors/trigger';

/**
 * Publishing cannot work until a person changes something. n8n tries a failed publication five times, for
 * about 15 s, unless the error is of this class of n8n's own. Of an error it shows the message only.
 */
export class NonRetryableActivationError extends WebhookPathTakenError {
	constructor(context: IHookFunctions, message: string) {
		super(context.getNode().name);
		this.message = message;
	}
}

/** Kinds of failure that last until a person changes something, in n8n or in BildOut. */
const PERMANENT_KINDS: FailureKind[] = [
	'unauthorized',
	'forbidden',
	'badRequest',
	'validation',
	'conflict',
	'notFound',
	'unsupported',
	'rejected',
	'notConnected',
	'badBaseUrl',
	'insecureBaseUrl',
];

/**
 * Ways of publishing for which a person waits while n8n tries again. When n8n starts, the failure may be
 * over at the next try; in a test it tries once.
 */
const INTERACTIVE_MODES: WorkflowActivateMode[] = ['create', 'update', 'activate'];

/**
 * Does the work of a hook that publishes, and puts a failure of BildOut into words.
 *
 * @throws PermanentError when the failure lasts and a person is waiting, so that n8n says so at once
 */
export async function withActivationErrors<T>(
	context: IHookFunctions,
	work: () => Promise<T>,
): Promise<T> {
	return await withNodeErrors(TRIGGER_AUDIENCE, context.getNode(), async () => {
		try {
			return await work();
		} catch (error) {
			const failure = isLasting(error) && isByAPerson(context) ? permanent(context, error) : error;
			throw failure;
		}
	});
}

function isLasting(error: unknown): boolean {
	return error instanceof ApiFailure && PERMANENT_KINDS.includes(error.facts.kind);
}

function isByAPerson(context: IHookFunctions): boolean {
	return INTERACTIVE_MODES.includes(context.getActivationMode());
}

function permanent(context: IHookFunctions, error: unknown): NonRetryableActivationError {
	const { message } = toNodeError(context.getNode(), error, TRIGGER_AUDIENCE);
	return new NonRetryableActivationError(context, message);
}
