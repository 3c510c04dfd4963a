import type { IDataObject, IHttpRequestMethods, INode } from 'n8n-workflow';

import { RECORD_ID } from '../assumptions';
import { type Attempt, sendOnce } from './attempt';
import { pause } from './concurrency';
import { type ApiContext, getConnection } from './connection';
import { isRefusal } from './errorBody';
import {
	ApiFailure,
	type ApiResponse,
	type FailedRequest,
	notProcessed,
	responseFailure,
} from './errors';
import { isObject, withLongNumbers } from './json';
import { rateLimiterFor, type ThrottleTimer } from './rateLimiter';
import { readRetryAfter } from './rateLimitHeaders';
import { MAX_WAIT_MS } from './scheduler';

export type { ApiContext } from './connection';

export const METHODS = [
	'GET',
	'POST',
	'PUT',
	'PATCH',
	'DELETE',
] as const satisfies IHttpRequestMethods[];

/** A request below `/api/v1`. */
export interface ApiRequest extends FailedRequest {
	method: (typeof METHODS)[number];
	/** Segments of the path, as data: each is checked to be a plain token, so that an ID never changes the path. */
	path: string[];
	query?: IDataObject;
	body?: IDataObject | IDataObject[];
	/** The record that `body` was made of, if it was read: its long numbers are written back as they were. */
	madeOf?: IDataObject;
	headers?: Record<string, string>;
}

export interface RequestSettings {
	/** Milliseconds until an attempt without a response is abandoned, a refresh of the token included. */
	timeoutMs: number;
	/** How many times an attempt that may be repeated is repeated. A 429 is not counted, but where this is 0 it ends the request. */
	maxRetries: number;
	/** Whether a 429 is waited out even where `maxRetries` is 0. */
	waitsOut429?: boolean;
	/**
	 * The moment, in milliseconds since 1970, at which everything must have ended: waiting for the
	 * rate limit, all attempts and the waits between them. Without it there is none.
	 */
	until?: number;
	/** Measures how long requests wait for the rate limit. */
	waiting?: ThrottleTimer;
	/** Called for every attempt that goes out, for whoever counts what a work costs. */
	onSent?: () => void;
	/** Called with how many pages of a list are still to be read, where the list says how long it is. */
	onPlanned?: (requests: number) => void;
}

export const DEFAULT_SETTINGS: RequestSettings = { timeoutMs: 60_000, maxRetries: 5 };

/** Request Timeout and Too Early: statuses below 500 after which a read may succeed. */
const PASSING = [408, 425];

/** With more, an execution would wait too long for a BildOut that is down. */
const MOST_RETRIES = 100;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 8_000;
/** The most that one request waits in all because of 429 responses. It fails before the wait that would exceed it. */
const MAX_RATE_LIMITED_MS = 180_000;

/**
 * Sends a request and returns the JSON of the response: `{ data, pagination? }`, or `{}` for
 * a response without a body. A number that JavaScript cannot hold is the text of its digits.
 *
 * @throws ApiFailure with what is known of the failure; n8n's own NodeApiError where a person must connect
 *   the credential again
 */
export async function apiRequest(
	context: ApiContext,
	request: ApiRequest,
	settings: RequestSettings = DEFAULT_SETTINGS,
): Promise<IDataObject> {
	const response = await exchange(context, request, settings, 'text');
	const { statusCode, body } = response;
	if (statusCode >= 200 && statusCode < 300 && !isRefusal(body)) {
		if (typeof body === 'object' && body !== null) return body as IDataObject;
		if (body === '' || body === undefined || body === null) return {};
	}
	throw responseFailure(context.getNode(), request, response);
}

/**
 * Sends a request until a response comes, or it may not be sent again.
 *
 * It waits for the rate limit first. It repeats a read that failed for a passing reason; a write only
 * when it certainly was not done (429, or the connection never stood). n8n refreshes the access token
 * on a 401 automatically.
 *
 * @param encoding of the response's body where it is no JSON
 * @returns the last response, whatever its status
 * @throws ApiFailure where it was not sent or got no response; n8n's own NodeApiError where a person must
 *   connect the credential again
 */
export async function exchange(
	context: ApiContext,
	request: ApiRequest,
	settings: RequestSettings,
	encoding: 'text' | 'arraybuffer',
): Promise<ApiResponse> {
	const node = context.getNode();
	const path = checkedPath(node, request);
	const { baseUrl, key } = await getConnection(context).catch((error: Error) => {
		notProcessed.add(error);
		throw error;
	});
	const options = { ...contentOf(request), encoding, url: `${baseUrl}/api/v1/${path}` };
	const limiter = rateLimiterFor(key);
	const cancel =
		'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
	const { until = Infinity } = settings;
	const maxRetries = Math.min(settings.maxRetries, MOST_RETRIES);
	const endsAtFirst = maxRetries === 0 && settings.waitsOut429 !== true;
	const signal = stopSignal(cancel, until);

	let rateLimitedMs = 0;
	for (let retry = 0; ; ) {
		const send = async () => {
			settings.onSent?.();
			const timeoutMs = Math.min(settings.timeoutMs, Math.max(1, until - Date.now()));
			return await sendOnce(context, options, timeoutMs, cancel);
		};
		const sent = await limiter.send(send, signal, settings.waiting);
		if (!sent) {
			const kind = cancel?.aborted ? 'cancelled' : 'rateLimitTimeout';
			throw new ApiFailure(node, { kind, request });
		}
		const { attempt, limitedForMs } = sent;
		rateLimitedMs += limitedForMs;
		const isRateLimited = limitedForMs > 0;
		const wait = isRateLimited ? limitedForMs : retryDelay(request, attempt, retry);
		const isEnough = isRateLimited ? rateLimitedMs > MAX_RATE_LIMITED_MS : retry >= maxRetries;
		if (isEnough || endsAtFirst || Date.now() + wait >= until) {
			if ('response' in attempt) return attempt.response;
			const { kind, code } = attempt.lost;
			const mayHaveSucceeded = request.method !== 'GET' && kind === 'noResponse';
			throw new ApiFailure(node, { kind, request, connectionCode: code, mayHaveSucceeded });
		}
		// The limiter holds the next turn back for as long as BildOut asked.
		if (isRateLimited) continue;
		retry += 1;
		await pause(wait, signal);
	}
}

/** @throws ApiFailure when a segment is no plain token, such as an ID that a list lacks */
function checkedPath(node: INode, request: ApiRequest): string {
	for (const segment of request.path as unknown[]) {
		const isToken = typeof segment === 'string' && RECORD_ID.test(segment);
		if (isToken && segment !== 'undefined' && segment !== 'null') continue;
		throw new ApiFailure(node, { kind: 'invalidId', request, badId: String(segment) });
	}
	return request.path.join('/');
}

function contentOf({ method, query: qs, body: given, madeOf, headers }: ApiRequest) {
	const body = isObject(given) && madeOf ? withLongNumbers(given, madeOf) : given;
	const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
	return { method, qs, body, headers: { ...headers, ...type } };
}

/** Aborts when the execution is cancelled or the moment `until` comes. */
function stopSignal(cancel: AbortSignal | undefined, until: number): AbortSignal | undefined {
	if (until === Infinity) return cancel;
	const deadline = AbortSignal.timeout(Math.max(0, until - Date.now()));
	return cancel ? AbortSignal.any([cancel, deadline]) : deadline;
}

/** How long to wait before the same request may be sent again; infinite when it must not be. */
function retryDelay(request: ApiRequest, attempt: Attempt, retry: number): number {
	const isRead = request.method === 'GET';
	const longest = Math.min(FIRST_BACKOFF_MS * 2 ** retry, LONGEST_BACKOFF_MS);
	const backoff = longest * (1 + Math.random() / 2);
	if ('lost' in attempt) return isRead || attempt.lost.kind !== 'noResponse' ? backoff : Infinity;
	const { statusCode, headers } = attempt.response;
	const isPassing = statusCode >= 500 || PASSING.includes(statusCode);
	if (!isRead || !isPassing) return Infinity;
	const asked = readRetryAfter(headers) ?? 0;
	return asked > MAX_WAIT_MS ? Infinity : Math.max(asked, backoff);
}
