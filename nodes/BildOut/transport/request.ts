import type { IDataObject, IHttpRequestMethods, IHttpRequestOptions, INode } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { type ApiContext, CREDENTIAL_TYPE, getConnection } from './connection';
import { isRefusal } from './errorBody';
import {
	answerFailure,
	ApiFailure,
	type ApiResponse,
	connectionFailure,
	type FailedRequest,
	neverDone,
} from './failure';
import { pause, settledOrAborted } from './pause';
import {
	MAX_WAIT_MS,
	type RateLimiter,
	rateLimiterFor,
	readAllowance,
	readRetryDelay,
	type Ticket,
} from './rateLimit';
import { signingContext } from './signing';

export type { ApiContext } from './connection';

/** A request below `/api/v1`. */
export interface ApiRequest extends FailedRequest {
	method: Extract<IHttpRequestMethods, 'GET' | 'POST' | 'PUT' | 'DELETE'>;
	/** Segments of the path, as data: each is encoded, so that an ID never changes the path. */
	path: string[];
	query?: IDataObject;
	body?: IDataObject;
	headers?: Record<string, string>;
}

export interface RequestSettings {
	/** Milliseconds until an attempt without an answer is given up, a renewal of the token included. */
	timeoutMs: number;
	/** How many times an attempt that may be repeated is repeated. */
	maxRetries: number;
	/**
	 * The moment, in milliseconds since 1970, at which everything must have ended: waiting for the
	 * allowance, all attempts and the waits between them. Without it there is none.
	 */
	until?: number;
	/** Called for every attempt that goes out, for whoever counts what a work costs. */
	onSent?: () => void;
}

export const DEFAULT_SETTINGS: RequestSettings = { timeoutMs: 60_000, maxRetries: 5 };

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 8_000;

/** What n8n says of a credential that was saved but never connected. */
const NOT_CONNECTED = /without access token/i;

/** One attempt: an answer, or the code of the failure that left none. */
type Attempt = { response: ApiResponse } | { failure: string | undefined };

/**
 * Sends a request and gives back the JSON that BildOut answers: `{ data, pagination? }`, or `{}` for
 * an answer without a body.
 *
 * It waits for the allowance first. It repeats a read that failed for a passing reason; a write only
 * when it certainly was not done (429, or the connection never stood). n8n refreshes the access token
 * on a 401 by itself.
 *
 * @throws ApiFailure with what is known of the failure; n8n's own NodeApiError where a person must connect
 *   the credential again
 */
export async function apiRequest(
	context: ApiContext,
	request: ApiRequest,
	settings: RequestSettings = DEFAULT_SETTINGS,
): Promise<IDataObject> {
	const node = context.getNode();
	const connection = await getConnection(context);
	const limiter = rateLimiterFor(connection.key);
	const cancel =
		'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
	const { maxRetries, until = Infinity } = settings;
	const signal = stopSignal(cancel, until);
	const options: IHttpRequestOptions = {
		method: request.method,
		url: [`${connection.baseUrl}/api/v1`, ...request.path.map(encodeURIComponent)].join('/'),
		qs: request.query,
		arrayFormat: 'comma',
		body: request.body,
		headers: request.headers,
		json: true,
		disableFollowRedirect: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: { ignore: true, except: [401] },
	};

	for (let retry = 0; ; retry++) {
		const ticket = await limiter.enter(signal);
		if (cancel?.aborted) throw stopped(context, 'cancelled');
		if (!ticket) throw new ApiFailure(node, { kind: 'noTurn', request });
		settings.onSent?.();
		const timeoutMs = Math.min(settings.timeoutMs, Math.max(1, until - Date.now()));
		const timed = { ...options, timeout: timeoutMs };
		const attempt = await sendOnce(context, limiter, ticket, timed, cancel);
		const wait = retryDelay(request, attempt, retry, limiter);
		const isLast = wait === undefined || retry >= maxRetries || wait > MAX_WAIT_MS;
		if (isLast || Date.now() + wait >= until) return readAttempt(node, request, attempt);
		await pause(wait, signal);
	}
}

/** Aborts when the execution is cancelled or the moment `until` comes. */
function stopSignal(cancel: AbortSignal | undefined, until: number): AbortSignal | undefined {
	if (until === Infinity) return cancel;
	const deadline = AbortSignal.timeout(Math.max(0, until - Date.now()));
	return cancel ? AbortSignal.any([cancel, deadline]) : deadline;
}

async function sendOnce(
	context: ApiContext,
	limiter: RateLimiter,
	ticket: Ticket,
	options: IHttpRequestOptions,
	cancel: AbortSignal | undefined,
): Promise<Attempt> {
	// n8n's own timeout starts anew with each byte and leaves out a renewal of the token.
	const timeout = AbortSignal.timeout(options.timeout!);
	// n8n signs the options it is given in place, so every attempt gets its own.
	const signed = { ...options, headers: { ...options.headers }, abortSignal: timeout };
	const request = context.helpers.httpRequestWithAuthentication.call(
		signingContext(context),
		CREDENTIAL_TYPE,
		signed,
	) as Promise<ApiResponse>;
	try {
		await settledOrAborted(request, timeout);
		if (timeout.aborted) {
			request.catch(() => {});
			limiter.leave(ticket, undefined);
			return { failure: 'ETIMEDOUT' };
		}
		const response = await request;
		limiter.leave(ticket, readAllowance(response.headers));
		return { response };
	} catch (error) {
		const response = answerWithin(error);
		limiter.leave(ticket, response ? readAllowance(response.headers) : undefined);
		if (cancel?.aborted) throw stopped(context, 'cancelled', options.method !== 'GET');
		if (response) return { response };
		const failure = failureCode(error);
		if (failure !== undefined) return { failure };
		if (NOT_CONNECTED.test((error as Error).message)) {
			throw stopped(context, 'notConnected');
		}
		// n8n's own errors, such as the one that asks to reconnect the credential, are clear as they are.
		throw new NodeApiError(context.getNode(), error as never);
	}
}

function stopped(
	context: ApiContext,
	kind: 'cancelled' | 'notConnected',
	mayBeDone = false,
): ApiFailure {
	return new ApiFailure(context.getNode(), { kind, mayBeDone });
}

/** How long to wait before the same request may be sent again; undefined when it must not be. */
function retryDelay(
	request: ApiRequest,
	attempt: Attempt,
	retry: number,
	limiter: RateLimiter,
): number | undefined {
	const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** retry, LONGEST_BACKOFF_MS);
	if ('failure' in attempt) {
		return request.method === 'GET' || neverDone(attempt.failure) ? backoff : undefined;
	}
	const { statusCode, headers } = attempt.response;
	if (statusCode === 429) {
		const wait = readRetryDelay(headers) || backoff;
		limiter.block(Math.min(wait, MAX_WAIT_MS));
		return wait;
	}
	return request.method === 'GET' && statusCode >= 500 ? backoff : undefined;
}

function readAttempt(node: INode, request: ApiRequest, attempt: Attempt): IDataObject {
	if ('failure' in attempt) throw connectionFailure(node, request, attempt.failure);
	const { response } = attempt;
	const { statusCode, body } = response;
	if (statusCode >= 200 && statusCode < 300 && !isRefusal(body)) {
		if (typeof body === 'object' && body !== null) return body as IDataObject;
		if (body === '' || body === undefined || body === null) return {};
	}
	throw answerFailure(node, request, response);
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
		// The way was lost on a connection that stood, so the request may have arrived.
		const wasConnected = at.syscall === 'read' || at.syscall === 'write';
		return wasConnected && at.code !== 'EPROTO' ? 'ECONNRESET' : at.code;
	}
	return undefined;
}

interface Chained {
	cause?: Chained;
	code?: unknown;
	syscall?: unknown;
	response?: { status?: number; headers?: Record<string, unknown>; data?: unknown };
}
