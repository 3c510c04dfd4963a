import type { IHttpRequestOptions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { raceWithAbort } from './concurrency';
import { type ApiContext, CREDENTIAL_TYPE, forgetCredential, readCredential } from './connection';
import {
	ApiFailure,
	type ApiResponse,
	type FailureFacts,
	isUnsecured,
	notProcessed,
} from './errors';
import { parseJson } from './json';

/** One attempt: a response, or why there was none. */
export type Attempt = { response: ApiResponse } | { lost: LostRequest };

/** Why there was no response. Only after `noResponse` may the request have been processed. */
interface LostRequest {
	kind: 'tokenRefreshFailed' | 'unreachable' | 'noResponse';
	/** What Node or axios calls the failure, e.g. `ECONNRESET`. */
	code?: string;
}

/** What became of one request, which n8n sends again with a new token after a 401. */
interface Delivery {
	wasSent?: boolean;
	/** What n8n threw for the latest response, if that was a 401: the request was not processed then. */
	refusal?: ErrorLink;
}

/** A timer that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What n8n says of a credential that was saved but never connected. */
const NOT_CONNECTED = /without access token/i;

/** With these, n8n's OAuth client fails when it cannot read a response of the token endpoint. */
const PROGRAM_ERRORS = new Set(['TypeError', 'SyntaxError', 'RangeError', 'ReferenceError']);

/** Codes of n8n's OAuth client: BildOut had refused the request, and then the renewal failed. */
const NOT_RENEWED = new Set(['EAUTH', 'ESTATUS']);

/** Codes of failures in which the request certainly never reached BildOut. */
const NEVER_REACHED = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
]);

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
	const delivery: Delivery = {};
	// n8n signs the options it is given in place, so every attempt gets its own.
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
		if (!timeout.aborted) return { response: parsed(await request) };
		// A token that is refreshed later is not used any more: the signal has aborted.
		request.catch(() => {});
		return { lost: lostRequest([{ code: 'ETIMEDOUT' }], delivery)! };
	} catch (error) {
		const { wasSent, refusal } = delivery;
		const mayHaveSucceeded = options.method !== 'GET' && !refusal;
		const node = context.getNode();
		const failed = (facts: FailureFacts) => new ApiFailure(node, facts);
		if (cancel?.aborted) throw failed({ kind: 'cancelled', mayHaveSucceeded });
		const errors = chainOf(error);
		// Errors of the token endpoint hold its response; only this one is BildOut's.
		if (refusal && errors.includes(refusal)) {
			const { headers = {}, data } = refusal.response!;
			return { response: parsed({ statusCode: 401, headers, body: data }) };
		}
		const lost = lostRequest(errors, delivery);
		if (lost) return { lost };
		if (NOT_CONNECTED.test((error as Error).message)) throw failed({ kind: 'notConnected' });
		if (errors.some(({ name }) => PROGRAM_ERRORS.has(String(name)))) {
			throw failed({ kind: 'tokenRefreshFailed', mayHaveSucceeded });
		}
		// n8n's own errors, such as the one that asks to reconnect the credential, are clear as they are.
		const own = new NodeApiError(node, error as never);
		if (refusal || !wasSent) notProcessed.add(own);
		throw own;
	}
}

/**
 * The context as n8n needs it to sign one request, with the credential read once and not for each request.
 * After a 401 or a lost connection it is read again, because n8n or another process may have refreshed the
 * token. `delivery` is kept up to date with what was sent.
 */
function signingContext(context: ApiContext, delivery: Delivery): ApiContext {
	const getCredentials = async (type: string, ...more: []) =>
		type === CREDENTIAL_TYPE
			? await readCredential(context)
			: await context.getCredentials(type, ...more);
	const httpRequest = async (options: IHttpRequestOptions): Promise<unknown> => {
		delivery.wasSent = true;
		delivery.refusal = undefined;
		return await context.helpers.httpRequest(options).catch((error: ErrorLink) => {
			forgetCredential(context);
			if (error.response?.status === 401) delivery.refusal = error;
			throw error;
		});
	};
	const helpers = Object.create(context.helpers, { httpRequest: { value: httpRequest } }) as object;
	return Object.create(context, {
		getCredentials: { value: getCredentials },
		helpers: { value: helpers },
	}) as ApiContext;
}

function parsed({ body, ...response }: ApiResponse): ApiResponse {
	return { ...response, body: typeof body === 'string' ? parseJson(body) : body };
}

/** An error of n8n, axios or Node, and the one that caused it. */
interface ErrorLink {
	cause?: ErrorLink;
	name?: unknown;
	code?: unknown;
	syscall?: unknown;
	response?: { status?: number; headers?: Record<string, unknown>; data?: unknown };
}

/** An error, the one that caused it, and so on. */
function chainOf(error?: unknown): ErrorLink[] {
	return error ? [error as ErrorLink, ...chainOf((error as ErrorLink).cause)] : [];
}

/** The failed connection that errors tell of; undefined where they tell of none. */
function lostRequest(errors: ErrorLink[], { refusal }: Delivery): LostRequest | undefined {
	const { code, syscall } = errors.find((error) => typeof error.code === 'string') ?? {};
	if (typeof code !== 'string') return undefined;
	if (refusal || NOT_RENEWED.has(code)) return { kind: 'tokenRefreshFailed', code };
	// The connection was open when it failed, so the request may have arrived.
	const wasOpen = (syscall === 'read' || syscall === 'write') && code !== 'EPROTO';
	if (wasOpen) return { kind: 'noResponse', code: 'ECONNRESET' };
	const isUnsent = syscall === 'connect' || syscall === 'getaddrinfo';
	const isUnreached = isUnsent || NEVER_REACHED.has(code) || isUnsecured(code);
	return { kind: isUnreached ? 'unreachable' : 'noResponse', code };
}
