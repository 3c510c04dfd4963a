import type { IHttpRequestOptions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { type ApiContext, CREDENTIAL_TYPE } from './credential';
import { ApiFailure, type ApiResponse } from './errors';
import { parseJson } from './json';
import { raceWithAbort } from './sleep';
import { signingContext } from './signing';

/** One attempt: an answer, or the code of the failure that left none. */
export type Attempt = { response: ApiResponse } | { failure: string | undefined };

/** What n8n says of a credential that was saved but never connected. */
const NOT_CONNECTED = /without access token/i;

/** The errors with which n8n's OAuth client fails when it cannot read an answer of the token endpoint. */
const PROGRAM_ERRORS = new Set(['TypeError', 'SyntaxError', 'RangeError', 'ReferenceError']);

/**
 * Sends a request once. All statuses are answers, a 401 that a renewed token did not cure as well.
 *
 * @throws ApiFailure when the execution was cancelled or the credential is not connected; n8n's own
 *   NodeApiError where a person must connect the credential again
 */
export async function sendOnce(
	context: ApiContext,
	options: IHttpRequestOptions,
	timeoutMs: number,
	cancel: AbortSignal | undefined,
): Promise<Attempt> {
	// n8n's own timeout starts again with each byte and leaves out a renewal of the token.
	const timeout = AbortSignal.timeout(timeoutMs);
	// n8n signs the options it is given in place, so every attempt gets its own.
	const request = context.helpers.httpRequestWithAuthentication.call(
		signingContext(context),
		CREDENTIAL_TYPE,
		{
			...options,
			headers: { ...options.headers },
			timeout: timeoutMs,
			abortSignal: timeout,
			arrayFormat: 'comma',
			json: true,
			disableFollowRedirect: true,
			returnFullResponse: true,
			ignoreHttpStatusErrors: { ignore: true, except: [401] },
		},
	) as Promise<ApiResponse>;
	try {
		await raceWithAbort(request, timeout);
		if (timeout.aborted) {
			request.catch(() => {});
			return { failure: 'ETIMEDOUT' };
		}
		return { response: parsed(await request) };
	} catch (error) {
		if (cancel?.aborted) throw stopped(context, 'cancelled', options.method !== 'GET');
		const response = answerWithin(error);
		if (response) return { response: parsed(response) };
		const failure = failureCode(error);
		if (failure !== undefined) return { failure };
		if (NOT_CONNECTED.test((error as Error).message)) {
			throw stopped(context, 'notConnected');
		}
		if (isProgramError(error))
			throw stopped(context, 'tokenRefreshFailed', options.method !== 'GET');
		// n8n's own errors, such as the one that asks to reconnect the credential, are clear as they are.
		throw new NodeApiError(context.getNode(), error as never);
	}
}

function stopped(
	context: ApiContext,
	kind: 'cancelled' | 'notConnected' | 'tokenRefreshFailed',
	mayHaveSucceeded = false,
): ApiFailure {
	return new ApiFailure(context.getNode(), { kind, mayHaveSucceeded });
}

function parsed({ body, ...answer }: ApiResponse): ApiResponse {
	return { ...answer, body: typeof body === 'string' ? parseJson(body) : body };
}

/** The answer inside an error that n8n threw for it (a 401 that a refreshed token did not cure). */
function answerWithin(error: unknown): ApiResponse | undefined {
	for (let at = error as Chained | undefined; at; at = at.cause) {
		const { response } = at;
		if (response?.status && response.headers) {
			return { statusCode: response.status, headers: response.headers, body: response.data };
		}
	}
	return undefined;
}

/** The code that Node or axios gives a failed connection, e.g. `ECONNRESET`. */
function failureCode(error: unknown): string | undefined {
	for (let at = error as Chained | undefined; at; at = at.cause) {
		if (typeof at.code !== 'string') continue;
		// The connection was open when it failed, so the request may have arrived.
		const wasConnected = at.syscall === 'read' || at.syscall === 'write';
		return wasConnected && at.code !== 'EPROTO' ? 'ECONNRESET' : at.code;
	}
	return undefined;
}

/**
 * Whether n8n itself failed on an answer that it could not read. Mostly that is the answer of the token
 * endpoint, before the request was sent, but nothing tells which one it was.
 */
function isProgramError(error: unknown): boolean {
	for (let at = error as Chained | undefined; at; at = at.cause) {
		if (PROGRAM_ERRORS.has(String(at.name))) return true;
	}
	return false;
}

interface Chained {
	cause?: Chained;
	name?: unknown;
	code?: unknown;
	syscall?: unknown;
	response?: { status?: number; headers?: Record<string, unknown>; data?: unknown };
}
