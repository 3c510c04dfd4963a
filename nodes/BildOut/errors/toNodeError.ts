import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { ApiFailure, type FailureFacts, type FailureKind } from '../api/errors';
import { messageFor } from './messages';
import type { Audience } from './remedies';

type NodeError = NodeApiError | NodeOperationError;

/**
 * The error that a person sees: `message` says what happened, in BildOut's own words, and `description`
 * what to do, with the request ID that BildOut's support asks for. Errors that are in words already, such
 * as n8n's own, stay as they are.
 */
export function toNodeError(node: INode, error: unknown, reader: Audience): NodeError {
	if (error instanceof ApiFailure) return wordedError(node, error.facts, reader);
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(node, error as Error);
}

/** Does the work; a failure of BildOut that comes out of it is put into words for the reader. */
export async function withNodeErrors<T>(
	reader: Audience,
	node: INode,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const worded = error instanceof ApiFailure ? wordedError(node, error.facts, reader) : error;
		throw worded;
	}
}

function wordedError(node: INode, facts: FailureFacts, reader: Audience): NodeApiError {
	const happened = messageFor(facts);
	const remedy = reader.remedies[facts.kind](facts);
	// When n8n starts, it publishes no more where a message has "Authorization" in it.
	const message = reader.messageOnly
		? `${happened}. ${remedy}`.replaceAll('Authorization', 'authorization')
		: happened;
	const requestId = facts.requestId === undefined ? '' : `Request ID: ${facts.requestId}.`;
	const error = new NodeApiError(
		node,
		{},
		{
			message,
			description: [remedy, requestId].filter(Boolean).join(' '),
			httpCode: facts.status === undefined ? undefined : String(facts.status),
			failure: causeForN8n(facts),
		},
	);
	// n8n's constructor replaces a message that contains a code such as EEXIST, as "preexisting" does.
	error.message = message;
	return error;
}

type Failure = NonNullable<NodeApiError['failure']>;

/** What n8n's own backoff makes of a failure. Faulty values are none of its causes. */
const CAUSES: Partial<Record<FailureKind, Failure['cause']>> = {
	unauthorized: 'credential-invalid',
	notConnected: 'credential-invalid',
	forbidden: 'configuration-invalid',
	notFound: 'configuration-invalid',
	redirected: 'configuration-invalid',
	badBaseUrl: 'configuration-invalid',
	oldN8n: 'configuration-invalid',
	insecureBaseUrl: 'configuration-invalid',
	rateLimited: 'rate-limited',
	serverError: 'temporarily-unavailable',
	unreachable: 'temporarily-unavailable',
	noResponse: 'temporarily-unavailable',
	tokenRefreshFailed: 'temporarily-unavailable',
	refusedList: 'temporarily-unavailable',
	changingList: 'temporarily-unavailable',
};

function causeForN8n({ kind, retryAfterMs }: FailureFacts): Failure | undefined {
	const cause = CAUSES[kind];
	if (cause === 'rate-limited' || cause === 'temporarily-unavailable') {
		return retryAfterMs === undefined ? { cause } : { cause, retryAfterMs };
	}
	return cause && ({ cause } as Failure);
}
