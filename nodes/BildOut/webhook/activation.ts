import type { IHookFunctions, WorkflowActivateMode } from 'n8n-workflow';
import { WebhookPathTakenError } from 'n8n-workflow';

import { ApiFailure, type FailureKind } from '../api/errors';
import { inWords, speakingTo } from '../errors/toNodeError';
import { TRIGGER_READER } from '../errors/trigger';

/**
 * Publishing cannot work until a person changes something. n8n tries a failed publication five times, for
 * about 15 s, unless the error is of this class of n8n's own. Of an error it shows the message only.
 */
export class PermanentError extends WebhookPathTakenError {
	constructor(context: IHookFunctions, message: string) {
		super(context.getNode().name);
		this.message = message;
	}
}

/** Kinds of failure that last until a person changes something, in n8n or in BildOut. */
const LASTING: FailureKind[] = [
	'unauthorized',
	'forbidden',
	'malformed',
	'invalid',
	'conflict',
	'notFound',
	'notOffered',
	'refused',
	'notConnected',
	'badBaseUrl',
	'insecureBaseUrl',
];

/**
 * Ways of publishing for which a person waits while n8n tries again. When n8n starts, the failure may be
 * over at the next try; in a test it tries once.
 */
const BY_A_PERSON: WorkflowActivateMode[] = ['create', 'update', 'activate'];

/**
 * Does the work of a hook that publishes, and puts a failure of BildOut into words.
 *
 * @throws PermanentError when the failure lasts and a person is waiting, so that n8n says so at once
 */
export async function publishing<T>(context: IHookFunctions, work: () => Promise<T>): Promise<T> {
	return await speakingTo(TRIGGER_READER, context.getNode(), async () => {
		try {
			return await work();
		} catch (error) {
			const failure = isLasting(error) && isByAPerson(context) ? permanent(context, error) : error;
			throw failure;
		}
	});
}

function isLasting(error: unknown): boolean {
	return error instanceof ApiFailure && LASTING.includes(error.facts.kind);
}

function isByAPerson(context: IHookFunctions): boolean {
	return BY_A_PERSON.includes(context.getActivationMode());
}

function permanent(context: IHookFunctions, error: unknown): PermanentError {
	const { message } = inWords(context.getNode(), error, TRIGGER_READER);
	return new PermanentError(context, message);
}
