import type { IHttpRequestMethods, INode } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { type ErrorBody, type FieldError, isRefusal, isWebPage, readErrorBody } from './errorBody';
import { readRetryAfter } from './rateLimitHeaders';

/** What a request is about. */
export interface Target {
	/** In lower case and singular, e.g. `customer`. */
	resource: string;
	id?: string;
	/** What it takes to read it and to write it. */
	scopes?: { read: string; write?: string };
	/** What people take for its ID. */
	confusedWith?: string;
	/** A person wrote the request, so what it does, and to what, is not known. */
	isCustomRequest?: boolean;
	/** A file is asked for, not data. */
	isFile?: boolean;
}

/** The parts of a request that tell which one failed. */
export interface FailedRequest {
	method: IHttpRequestMethods;
	path: string[];
	target: Target;
}

/** A response as n8n's `returnFullResponse` gives it. */
export interface ApiResponse {
	statusCode: number;
	headers: Record<string, unknown>;
	body: unknown;
}

/** Kinds of failure of which there is a response. The table by status is below. */
type ResponseKind =
	| 'badRequest'
	/** After n8n has renewed the token. */
	| 'unauthorized'
	| 'forbidden'
	| 'notFound'
	/** The address is there, but not for this method. */
	| 'unsupported'
	| 'conflict'
	| 'validation'
	| 'rateLimited'
	| 'serverError'
	/** Any other response in which BildOut says that it is an error. */
	| 'rejected'
	/** Redirects are not followed. */
	| 'redirected'
	/** A web page, plain text or nothing where data was due: a proxy, a firewall or a wrong address. */
	| 'unexpectedContent';

/** Kinds of failure without a response. */
type NoResponseKind =
	/** The request certainly never reached BildOut. */
	| 'unreachable'
	/** It was sent, and no response came. */
	| 'noResponse'
	/** BildOut refused the access token, and then did not renew it. */
	| 'tokenRefreshFailed'
	/** The credential was saved, but its account never connected. */
	| 'notConnected'
	/** The time that the request had was over before the rate limit let it go. */
	| 'rateLimitTimeout'
	/** A part of the path is no plain ID, so nothing was sent. */
	| 'invalidId'
	/** The execution was cancelled. */
	| 'cancelled'
	/** The credential's base URL is no URL, or not an https one. */
	| 'badBaseUrl'
	| 'insecureBaseUrl';

/** Kinds of failure of a list, each page of which came with the status of a success. */
type ListKind =
	/** A response without a list in it. */
	| 'noList'
	/** A list that was not read to its end: see `IncompleteReason`. */
	| 'incompleteList';

export type IncompleteReason =
	/** An error instead of a list. */
	| 'error'
	/** The same page came again. */
	| 'repeated'
	/** Fewer records came than the list says it has. */
	| 'short'
	/** The list says that it goes on, but nothing more comes. */
	| 'stuck'
	/** Records were removed or moved each time that it was read. */
	| 'changing'
	/** More pages came than any account can have. */
	| 'endless';

export type FailureKind = ResponseKind | NoResponseKind | ListKind;

/** What is known of a failure. `errors/` makes words for people of it. */
export interface FailureFacts {
	kind: FailureKind;
	/** Of an incomplete list. */
	reason?: IncompleteReason;
	request?: FailedRequest;
	/** The response's HTTP status, where there was a response. */
	status?: number;
	/** What BildOut said; undefined where it said nothing. */
	apiError?: ErrorBody;
	/** What BildOut's support finds the request by. */
	requestId?: string;
	/** The code of a failed connection, e.g. `ECONNRESET`. */
	connectionCode?: string;
	/** The address that BildOut sent the request on to, or the base URL that cannot be used. */
	address?: string;
	/** What stood in the place of an ID. */
	badId?: string;
	isWebPage?: boolean;
	/** Whether a write may have been done although it failed. */
	mayHaveSucceeded?: boolean;
	/** How long BildOut asks to wait, in milliseconds. */
	retryAfterMs?: number;
}

/** A failure as facts. `errors/` turns it into the error that a person sees, so its own message is for logs only. */
export class ApiFailure extends NodeApiError {
	constructor(
		node: INode,
		readonly facts: FailureFacts,
	) {
		const { kind, request, status } = facts;
		const where = request ? `${request.method} ${pathOf(request)}` : 'BildOut';
		super(
			node,
			{},
			{
				message: `${where}: ${kind}`,
				httpCode: status === undefined ? undefined : String(status),
			},
		);
	}
}

/** The HTTP status of the response that an error is about; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
	return error instanceof ApiFailure ? error.facts.status : undefined;
}

/** The faulty fields that the failure names; none where it only has words. */
export function fieldErrorsOf(error: unknown): FieldError[] {
	return error instanceof ApiFailure ? (error.facts.apiError?.fields ?? []) : [];
}

/** Errors of n8n after which it is certain that BildOut did not process the request. */
export const notProcessed = new WeakSet<object>();

/** Whether a write that ended with this error may have been done. */
export function mayHaveSucceeded(error: unknown): boolean {
	if (error instanceof ApiFailure) return error.facts.mayHaveSucceeded === true;
	return !notProcessed.has(error as object);
}

/** The path of a request as BildOut sees it. */
export function pathOf({ path }: Pick<FailedRequest, 'path'>): string {
	return ['/api/v1', ...path].join('/');
}

/** Section Error Handling of BildOut's developer page. 500 and above are a `serverError` otherwise. */
const KIND_BY_STATUS: Record<number, ResponseKind> = {
	400: 'badRequest',
	401: 'unauthorized',
	402: 'forbidden',
	403: 'forbidden',
	404: 'notFound',
	405: 'unsupported',
	408: 'serverError',
	409: 'conflict',
	410: 'notFound',
	422: 'validation',
	429: 'rateLimited',
	501: 'unsupported',
};

/** Found and See Other also follow a write that was done (RFC 9110, sections 15.4.3 and 15.4.4). */
const REDIRECTS_AFTER_WRITING = [302, 303];

/** Not Implemented, HTTP Version Not Supported, Network Authentication Required: nobody processed the request. */
const REFUSING_SERVER_ERRORS = [501, 505, 511];

/** Statuses whose meaning is plain even where a proxy returned a web page. */
const PLAIN_STATUSES = [404, 410, 429];

/** The failure that a response reports: any status but a success, or a success without data. */
export function responseFailure(
	node: INode,
	request: FailedRequest,
	{ statusCode: status, headers, body }: ApiResponse,
): ApiFailure {
	const said = status >= 400 || isRefusal(body) ? readErrorBody(body) : undefined;
	const requestId = said?.requestId ?? headers['x-request-id'];
	const kind = kindOfResponse(status, said, body);
	const isCertain = (status < 300 && kind === 'rejected') || isRefusalStatus(status);
	return new ApiFailure(node, {
		kind,
		request,
		status,
		apiError: said,
		requestId: typeof requestId === 'string' ? requestId : undefined,
		address: typeof headers.location === 'string' ? headers.location : undefined,
		isWebPage: isWebPage(body),
		mayHaveSucceeded: request.method !== 'GET' && !isCertain,
		retryAfterMs: readRetryAfter(headers),
	});
}

function kindOfResponse(status: number, said: ErrorBody | undefined, body: unknown): ResponseKind {
	if (isRedirect(status)) return 'redirected';
	if (!said && !PLAIN_STATUSES.includes(status) && (status < 400 || isWebPage(body))) {
		return 'unexpectedContent';
	}
	return KIND_BY_STATUS[status] ?? (status >= 500 ? 'serverError' : 'rejected');
}

/** Whether a status proves that the request was not processed. 408 only means that the server gave up waiting. */
function isRefusalStatus(status: number): boolean {
	if (isRedirect(status)) return !REDIRECTS_AFTER_WRITING.includes(status);
	return (
		REFUSING_SERVER_ERRORS.includes(status) || (status >= 400 && status < 500 && status !== 408)
	);
}

function isRedirect(status: number): boolean {
	return status >= 300 && status < 400;
}

/** The failure of a list. `message` are BildOut's own words, where there are any. */
export function incompleteList(
	node: INode,
	reason: IncompleteReason,
	message?: string,
): ApiFailure {
	const apiError = message === undefined ? undefined : { message, details: [] };
	return new ApiFailure(node, { kind: 'incompleteList', reason, apiError });
}

/**
 * Codes of failures while the secure connection was being set up, before anything was sent. `ERR_SSL_…`
 * is not among them: it also comes when the connection breaks while the response is awaited.
 */
const NOT_SECURED = /^EPROTO$|CERT|SELF_SIGNED|VERIFY|ISSUER|^ERR_TLS_/;

/** Whether a connection failed because it could not be made secure. */
export function isUnsecured(code: string): boolean {
	return NOT_SECURED.test(code);
}
