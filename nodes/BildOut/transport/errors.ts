import type { IHttpRequestMethods, INode, JsonObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { type ErrorBody, isRefusal, isWebPage, readErrorBody } from './errorBody';

/** What a request is about, in the words that an error uses. */
export interface Subject {
	/** In lower case and singular, e.g. `customer`. */
	what: string;
	id?: string;
	/** What it takes to read it and to write it. */
	scopes?: { read: string; write?: string };
	/** What people take for its ID. */
	notItsId?: string;
}

/** The parts of a request that an error speaks of. */
export interface FailedRequest {
	method: IHttpRequestMethods;
	path: string[];
	subject: Subject;
}

/** An answer as n8n's `returnFullResponse` gives it. */
export interface ApiResponse {
	statusCode: number;
	headers: Record<string, unknown>;
	body: unknown;
}

interface Explanation {
	message: string;
	description: string;
}

/**
 * Turns an answer that is no success into the error a user sees: `message` says what happened, in
 * BildOut's own words with the faulty fields (section Error Handling of its developer page), and
 * `description` says what to do and gives the request ID that BildOut's support asks for.
 */
export function errorFromResponse(
	node: INode,
	request: FailedRequest,
	response: ApiResponse,
): NodeApiError {
	const { statusCode, body } = response;
	const error = statusCode >= 400 || isRefusal(body) ? readErrorBody(body) : undefined;
	const { message, description } = error
		? explainError(request, response.statusCode, error)
		: explainForeignAnswer(request, response);
	const requestId = error?.requestId ?? response.headers['x-request-id'];
	return apiError(
		node,
		message,
		typeof requestId === 'string' ? `${description} Request ID: ${requestId}.` : description,
		response.statusCode,
	);
}

function explainError(request: FailedRequest, status: number, error: ErrorBody): Explanation {
	const { subject } = request;
	const said = sentence(error.message ?? error.code ?? `status ${status}`);
	const fields = error.details.join('; ');
	const inBildOutsWords = fields ? `${said} (${fields})` : said;

	switch (status) {
		case 400:
			return {
				message: inBildOutsWords,
				description:
					"BildOut could not read the request. Check the values in this node, above all those in 'Custom Fields'.",
			};
		case 401:
			return {
				message: `BildOut did not accept the credential: ${inBildOutsWords}`,
				description: 'Open the BildOut credential and connect the account again.',
			};
		case 403:
			return {
				message: inBildOutsWords,
				description: `${saysScope(error) ? 'The credential lacks' : 'The BildOut user who connected the credential may not have the permission, or the credential lacks'} the scope '${neededScope(request, said)}'. Open the BildOut credential, make sure that 'Enabled Scopes' lists it (or turn 'Custom Scopes' off), and connect the account again.`,
			};
		case 404:
			return {
				message: `${named(subject)} was not found: ${inBildOutsWords}`,
				description: subject.id
					? `Check the ID${subject.notItsId ? `, which is not the ${subject.notItsId}` : ''}. The ${subject.what} may have been deleted, or may belong to another BildOut account than the credential's.`
					: "Check the credential's 'Base URL': BildOut does not know this address.",
			};
		case 409:
			return {
				message: inBildOutsWords,
				description: `The ${subject.what} is in a state that does not allow this. Look at it in BildOut, then run the node again.`,
			};
		case 422:
			return {
				message: inBildOutsWords,
				description: fields
					? `Correct the fields named above, then run the node again.${/\bclient_id\b/.test(fields) ? " 'client_id' is the customer." : ''}`
					: 'Correct the values in this node, then run it again.',
			};
		case 429:
			return {
				message: `BildOut is receiving too many requests: ${inBildOutsWords}`,
				description:
					"The account's allowance is used up, and waiting for it took too long. Run the node again later, or raise 'Max Retries' under Options.",
			};
		default:
			return {
				message: status >= 500 ? `BildOut had a problem: ${inBildOutsWords}` : inBildOutsWords,
				description:
					status >= 500
						? afterUncertainty(request)
						: "BildOut refused this. If the values in this node are right, ask BildOut's support.",
			};
	}
}

/** A web page, an empty body or plain text where data was due: a proxy, a firewall or a wrong address. */
function explainForeignAnswer(request: FailedRequest, response: ApiResponse): Explanation {
	const { statusCode: status, headers } = response;
	if (status >= 300 && status < 400) {
		return {
			message: `BildOut sent the request on to another address (status ${status})`,
			description: `Check the credential's 'Base URL'. The other address is: ${String(headers.location ?? 'not given')}.`,
		};
	}
	if (status === 404) {
		return {
			message: `${named(request.subject)} was not found (status 404, without an explanation)`,
			description: `Check ${request.subject.id ? 'the ID, and ' : ''}the credential's 'Base URL'.`,
		};
	}
	return {
		message: `BildOut answered with ${isWebPage(response.body) ? 'a web page' : 'something'} instead of data (status ${status})`,
		description: `This usually comes from a proxy or firewall in between, or from a wrong 'Base URL' in the credential. ${status >= 400 && status < 500 ? 'Nothing was changed.' : afterUncertainty(request)}`,
	};
}

/** Why no answer came, by the code of the failed connection. */
const FAILURES: Record<string, string> = {
	ECONNREFUSED: 'BildOut refused the connection',
	ENOTFOUND: 'The address of BildOut could not be found',
	EAI_AGAIN: 'The address of BildOut could not be looked up',
	EHOSTUNREACH: 'BildOut could not be reached',
	ENETUNREACH: 'BildOut could not be reached',
	ECONNRESET: 'The connection to BildOut broke before the answer came',
	EPIPE: 'The connection to BildOut broke before the answer came',
	ECONNABORTED: 'BildOut did not answer in time',
	ETIMEDOUT: 'BildOut did not answer in time',
	EAUTH: 'BildOut did not renew the access of the credential',
	ESTATUS: 'BildOut did not renew the access of the credential',
};

/** Codes of n8n's OAuth client: BildOut had refused the request, and then the renewal failed. */
const NOT_RENEWED = new Set(['EAUTH', 'ESTATUS']);

/** Our own code: the time that the request had was over before the allowance let it go. */
export const NO_TURN = 'NO_TURN';

/** Codes of failures in which the request certainly never reached BildOut. */
const NEVER_REACHED = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
]);

/**
 * Codes of failures while the secure connection was being set up, before anything was sent. `ERR_SSL_…`
 * is not among them: it also comes when the connection breaks while the answer is awaited.
 */
const NOT_SECURED = /^EPROTO$|CERT|SELF_SIGNED|VERIFY|ISSUER|^ERR_TLS_/;

/** Whether the request certainly was not done, so that even a write may be sent again. */
export function neverDone(code: string | undefined): boolean {
	return (
		code !== undefined &&
		(NEVER_REACHED.has(code) || NOT_RENEWED.has(code) || NOT_SECURED.test(code))
	);
}

function failureInWords(code: string | undefined): string {
	if (code === undefined) return 'The connection to BildOut failed';
	if (NOT_SECURED.test(code)) return `No secure connection to BildOut could be made (${code})`;
	return FAILURES[code] ?? `The connection to BildOut failed (${code})`;
}

/** The error for a request that got no answer. A write whose answer got lost may have been done. */
export function errorFromFailure(
	node: INode,
	request: FailedRequest,
	code: string | undefined,
): NodeApiError {
	const happened = failureInWords(code);
	if (code && NOT_RENEWED.has(code)) {
		return apiError(
			node,
			happened,
			'Nothing was done. Run the node again later. If this stays, open the BildOut credential and connect the account again.',
		);
	}
	if (code === NO_TURN) {
		return apiError(
			node,
			"BildOut's allowance of requests did not renew in time",
			'Nothing was sent. The allowance is used up, which other workflows or applications may have done. Try again in a minute.',
		);
	}
	if (neverDone(code)) {
		return apiError(
			node,
			happened,
			"Nothing was sent. Check the credential's 'Base URL' and whether BildOut can be reached from the machine that runs n8n, then run the node again.",
		);
	}
	if (request.method === 'POST') {
		return apiError(
			node,
			`${happened}: the ${request.subject.what} may have been created all the same`,
			`Look in BildOut whether the ${request.subject.what} exists before you run this item again. A higher 'Timeout (Seconds)' under Options gives BildOut more time.`,
		);
	}
	return apiError(
		node,
		happened,
		`${afterUncertainty(request)} A higher 'Timeout (Seconds)' under Options gives BildOut more time.`,
	);
}

/** The error for a credential that was saved, but whose account was never connected. */
export function notConnectedError(node: INode): NodeApiError {
	return apiError(
		node,
		'The BildOut credential is not connected yet',
		'Open the credential, connect the account and allow n8n to use your BildOut data. Then run the node again.',
	);
}

/** n8n tells a cancelled execution from a failed one by the spelling "canceled" in the message. */
export function cancelledError(node: INode): NodeApiError {
	return apiError(
		node,
		'The execution was canceled',
		'What had not been sent by then was not sent.',
	);
}

function apiError(
	node: INode,
	message: string,
	description: string,
	status?: number,
): NodeApiError {
	return new NodeApiError(node, {} as JsonObject, {
		message,
		description,
		httpCode: status === undefined ? undefined : String(status),
	});
}

const SCOPE = /\b[a-z]+:(read|write|manage)\b/;

function saysScope({ code, message }: ErrorBody): boolean {
	return /scope/i.test(`${code} ${message}`) || SCOPE.test(message ?? '');
}

/** Scopes are named after the resource and the access (section Scopes); the API's own words win. */
function neededScope({ method, path, subject }: FailedRequest, said: string): string {
	const { read, write = read } = subject.scopes ?? {};
	return SCOPE.exec(said)?.[0] ?? (method === 'GET' ? read : write) ?? path[0];
}

function named({ what, id }: Subject): string {
	return id ? `The ${what} '${id}'` : `The ${what}`;
}

function afterUncertainty({ method, subject }: FailedRequest): string {
	if (method === 'GET') return 'Nothing was changed. Run the node again later.';
	const done =
		{ POST: 'created', PUT: 'changed', DELETE: 'deleted' }[method as string] ?? 'changed';
	return `The ${subject.what} may or may not have been ${done}: look in BildOut before you run this item again.`;
}

function sentence(text: string): string {
	return text.trim().replace(/\.$/, '');
}
