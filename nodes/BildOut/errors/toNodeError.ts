import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { ApiFailure, type FailureFacts } from '../api/errors';
import type { Audience } from './audiences';
import { FAILURES, messageFor, textOf } from './messages';

export type NodeError = NodeApiError | NodeOperationError;

/** More than a person reads, whatever is quoted in it. In characters. */
const MAX_LENGTH = 1_000;

/**
 * The error that a person sees: `message` says what happened, in BildOut's own words, and `description`
 * what to do, with the request ID that BildOut's support asks for. Errors that are in words already, such
 * as n8n's own, keep them. Neither text is longer than 1,000 characters.
 */
export function toNodeError(node: INode, error: unknown, audience: Audience): NodeError {
	if (error instanceof ApiFailure) return explained(node, error.facts, audience);
	const isWorded = error instanceof NodeApiError || error instanceof NodeOperationError;
	return shortened(isWorded ? error : new NodeOperationError(node, error as Error));
}

/** Does the work; a failure of BildOut that comes out of it is put into words for the audience. */
export async function withNodeErrors<T>(
	audience: Audience,
	node: INode,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const isWorded = error instanceof NodeApiError || error instanceof NodeOperationError;
		const worded = isWorded ? toNodeError(node, error, audience) : error;
		throw worded;
	}
}

/** Whether a failure lasts until a person changes something, in n8n or in BildOut. */
export function isPermanent(error: unknown): boolean {
	return error instanceof ApiFailure && FAILURES[error.facts.kind].permanent === true;
}

function explained(
	node: INode,
	facts: FailureFacts,
	{ hints, suffix, messageOnly }: Audience,
): NodeApiError {
	const happened = shorten(messageFor(facts));
	const toDo = textOf(hints[facts.kind] ?? FAILURES[facts.kind].hint, facts);
	const hint = shorten([toDo, suffix].filter(Boolean).join(' '));
	// When n8n starts, it publishes no more where a message has "Authorization" in it.
	const message = messageOnly
		? shorten(`${happened}. ${hint}`).replaceAll('Authorization', 'authorization')
		: happened;
	const requestId = facts.requestId === undefined ? '' : `Request ID: ${facts.requestId}.`;
	const error = new NodeApiError(
		node,
		{},
		{
			message,
			description: shorten([hint, requestId].filter(Boolean).join(' ')),
			httpCode: facts.status === undefined ? undefined : String(facts.status),
			failure: causeForN8n(facts),
		},
	);
	// n8n's constructor replaces a message that contains a code such as EEXIST, as "preexisting" does.
	error.message = message;
	return error;
}

function causeForN8n({ kind, retryAfterMs }: FailureFacts): NodeApiError['failure'] {
	const { cause } = FAILURES[kind];
	if (cause === 'rate-limited' || cause === 'temporarily-unavailable') {
		return retryAfterMs === undefined ? { cause } : { cause, retryAfterMs };
	}
	return cause && ({ cause } as NodeApiError['failure']);
}

/** A value that is quoted in an error may be a whole file. */
function shortened(error: NodeError): NodeError {
	const { message, description, stack } = error;
	if (message.length > MAX_LENGTH) {
		error.message = shorten(message);
		error.stack = stack?.replace(message, () => error.message);
	}
	if (typeof description === 'string') error.description = shorten(description);
	return error;
}

/** A text with its middle left out where it is too long: its end often tells what to do. */
function shorten(text: string): string {
	if (text.length <= MAX_LENGTH) return text;
	const head = text.slice(0, MAX_LENGTH * 0.7).replace(/[\ud800-\udbff]$/, '');
	const tail = text.slice(-MAX_LENGTH * 0.25).replace(/^[\udc00-\udfff]/, '');
	return `${head} … ${tail}`;
}
