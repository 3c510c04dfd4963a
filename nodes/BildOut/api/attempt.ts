import type { IHttpRequestOptions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { type ApiContext, CREDENTIAL_TYPE } from './connection';
import { ApiFailure, type ApiResponse, type LostRequest, markNotProcessed } from './errors';
import { parseJson } from './json';
import { raceWithAbort } from './sleep';
import { type Delivery, signingContext } from './signing';

/** One attempt: a response, or the failure that left none. */
export type Attempt = { response: ApiResponse } | { failure: LostRequest };

/** A timer that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What n8n says of a credential that was saved but never connected. */
const NOT_CONNECTED = /without access token/i;

/** With these, n8n's OAuth client fails when it cannot read a response of the token endpoint. */
const PROGRAM_ERRORS = new Set(['TypeError', 'SyntaxError', 'RangeError', 'ReferenceError']);

/**
 * Sends a request once. All statuses are responses, also a 401 that a refreshed token did not cure.
 *
 * @throws ApiFailure when the execution was cancelled or the credential is not connected; n8n's own
 *   NodeApiError where a person must connect the credential again
 */
export async function sendOnce(
	context: ApiContext,
	options: IHttpRequestOptions,
	longestMs: number,
	cancel: AbortSignal | undefined,
): Promise<Attempt> {
	const timeoutMs = Math.min(longestMs, LONGEST_TIMER_MS);
	// n8n's own timeout starts again with each byte and leaves out a refresh of the token.
	const timeout = AbortSignal.timeout(timeoutMs);
	// n8n signs the options it is given in place, so every attempt gets its own.
	const delivery: Delivery = { sent: 0 };
	const request = context.helpers.httpRequestWithAuthentication.call(
		signingContext(context, delivery),
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
			// A token that is refreshed later is not used any more: the signal has aborted.
			return { failure: { code: 'ETIMEDOUT', isRefused: delivery.refusal !== undefined } };
		}
		return { response: parsed(await request) };
	} catch (error) {
		const isRefused = delivery.refusal !== undefined;
		const mayHaveSucceeded = options.method !== 'GET' && !isRefused;
		if (cancel?.aborted) throw failed(context, 'cancelled', mayHaveSucceeded);
		const errors = chainOf(error);
		const response = refusalWithin(errors, delivery);
		if (response) return { response: parsed(response) };
		const lost = lostRequestWithin(errors);
		if (lost) return { failure: { ...lost, isRefused } };
		if (NOT_CONNECTED.test((error as Error).message)) throw failed(context, 'notConnected');
		const isProgramError = errors.some(({ name }) => PROGRAM_ERRORS.has(String(name)));
		if (isProgramError) throw failed(context, 'tokenRefreshFailed', mayHaveSucceeded);
		// n8n's own errors, such as the one that asks to reconnect the credential, are clear as they are.
		const own = new NodeApiError(context.getNode(), error as never);
		if (isRefused || delivery.sent === 0) markNotProcessed(own);
		throw own;
	}
}

function failed(
	context: ApiContext,
	kind: 'cancelled' | 'notConnected' | 'tokenRefreshFailed',
	mayHaveSucceeded = false,
): ApiFailure {
	return new ApiFailure(context.getNode(), { kind, mayHaveSucceeded });
}

function parsed({ body, ...response }: ApiResponse): ApiResponse {
	return { ...response, body: typeof body === 'string' ? parseJson(body) : body };
}

interface Chained {
	cause?: Chained;
	name?: unknown;
	code?: unknown;
	syscall?: unknown;
	response?: { status?: number; headers?: Record<string, unknown>; data?: unknown };
}

/** An error, the one that caused it, and so on. */
function chainOf(error?: unknown): Chained[] {
	return error ? [error as Chained, ...chainOf((error as Chained).cause)] : [];
}

/**
 * The response inside an error that n8n threw for it: a 401 that a refreshed token did not cure. Errors of the
 * token endpoint hold its response, and those of a connection that broke off hold one without its body.
 */
function refusalWithin(errors: Chained[], { sent, refusal }: Delivery): ApiResponse | undefined {
	const { response } =
		errors.find(
			(at) => at.response?.status === 401 && at.response.headers && (sent === 0 || at === refusal),
		) ?? {};
	return response && { statusCode: 401, headers: response.headers!, body: response.data };
}

/** The failed connection inside an error of Node or axios, e.g. `ECONNRESET`. */
function lostRequestWithin(errors: Chained[]): LostRequest | undefined {
	const found = errors.find(({ code }) => typeof code === 'string');
	if (!found) return undefined;
	const { code, syscall } = found as { code: string; syscall?: unknown };
	// The connection was open when it failed, so the request may have arrived.
	const wasConnected = (syscall === 'read' || syscall === 'write') && code !== 'EPROTO';
	const isUnsent = syscall === 'connect' || syscall === 'getaddrinfo';
	return { code: wasConnected ? 'ECONNRESET' : code, isUnsent };
}
