import type { NodeApiError } from 'n8n-workflow';

import {
	type FailedRequest,
	type FailureFacts,
	type FailureKind,
	type IncompleteReason,
	isUnsecured,
	pathOf,
} from '../api/errors';

export type Text = string | ((facts: FailureFacts) => string);

/** What a kind of failure means for people and for n8n. */
interface FailureText {
	/** What happened: one sentence without its full stop, the same for everybody. */
	message: Text;
	/** What to do: one sentence, which names nothing but the credential, the one panel that everybody sees. */
	hint: Text;
	/** What n8n's own backoff makes of it. Faulty values are none of its causes. */
	cause?: NonNullable<NodeApiError['failure']>['cause'];
	/** It lasts until a person changes something, in n8n or in BildOut. */
	permanent?: true;
}

const CONTACT_SUPPORT = 'If the problem persists, contact BildOut support.';

export const FAILURES: Record<FailureKind, FailureText> = {
	badRequest: { message: rejection, hint: CONTACT_SUPPORT, permanent: true },
	unauthorized: {
		message: (facts) => `BildOut did not accept the credential: ${apiMessage(facts)}`,
		hint: 'Open the BildOut credential and connect the account again.',
		cause: 'credential-invalid',
		permanent: true,
	},
	forbidden: {
		message: (facts) => `BildOut does not allow this: ${apiMessage(facts)}`,
		hint: howToGetAccess,
		cause: 'configuration-invalid',
		permanent: true,
	},
	notFound: {
		message: notFoundMessage,
		hint: "Check the credential's 'Base URL', and that the record belongs to the account that the credential is connected to.",
		cause: 'configuration-invalid',
		permanent: true,
	},
	unsupported: {
		message: (facts) => `BildOut does not support this: ${apiMessage(facts)}`,
		hint: 'Ask BildOut support whether its API can do this for your account.',
		permanent: true,
	},
	conflict: {
		message: rejection,
		hint: 'Look at the record in BildOut, then try again.',
		permanent: true,
	},
	validation: { message: rejection, hint: CONTACT_SUPPORT, permanent: true },
	rateLimited: {
		message: (facts) => `BildOut's rate limit was exceeded: ${apiMessage(facts)}`,
		hint: 'Wait a minute, then try again.',
		cause: 'rate-limited',
	},
	serverError: {
		message: (facts) => `BildOut returned a server error: ${apiMessage(facts)}`,
		hint: 'Try again later.',
		cause: 'temporarily-unavailable',
	},
	rejected: { message: rejection, hint: CONTACT_SUPPORT, permanent: true },
	redirected: {
		message: ({ status }) => `BildOut redirected the request (status ${status})`,
		hint: ({ address }) =>
			`Check the credential's 'Base URL': the other address is ${address ?? 'missing'}.`,
		cause: 'configuration-invalid',
	},
	unexpectedContent: {
		message: ({ isWebPage, status, request }) =>
			`BildOut returned ${isWebPage ? 'a web page' : 'unexpected content'} instead of ${request?.target.isFile ? 'a file' : 'data'} (status ${status})`,
		hint: "This usually comes from a proxy or firewall in between, or from a wrong 'Base URL' in the credential.",
	},
	unreachable: {
		message: connectionMessage,
		hint: "Check the credential's 'Base URL' and whether BildOut can be reached from the machine that runs n8n, then try again.",
		cause: 'temporarily-unavailable',
	},
	noResponse: {
		message: connectionMessage,
		hint: 'Try again later.',
		cause: 'temporarily-unavailable',
	},
	tokenRefreshFailed: {
		message: 'BildOut did not refresh the access token',
		hint: 'Try again later, and if the problem persists, open the BildOut credential and connect the account again.',
		cause: 'temporarily-unavailable',
	},
	notConnected: {
		message: 'The BildOut credential is not connected yet',
		hint: 'Open the credential, connect the account and allow n8n to use your BildOut data, then try again.',
		cause: 'credential-invalid',
		permanent: true,
	},
	invalidId: {
		message: ({ request, badId }) =>
			`The ${request?.target.resource ?? 'record'} has no usable ID: '${badId ?? ''}'`,
		hint: "Nothing was sent, because an ID consists of letters, digits, '-' and '_': if BildOut's own list returned this one, contact BildOut support.",
	},
	rateLimitTimeout: {
		message: "Timed out waiting for BildOut's rate limit to reset",
		hint: 'Nothing was sent, because other workflows or apps use up the rate limit: try again in a minute.',
	},
	cancelled: {
		// n8n tells a cancelled execution from a failed one by the spelling "canceled".
		message: 'The execution was canceled',
		hint: 'Remaining requests were skipped.',
	},
	badBaseUrl: {
		message: ({ address }) =>
			`The credential's 'Base URL' is not a web address: '${address ?? ''}'`,
		hint: 'Open the credential and enter an address such as https://bildout.com.',
		cause: 'configuration-invalid',
		permanent: true,
	},
	insecureBaseUrl: {
		message: ({ address }) =>
			`The credential's 'Base URL' must start with https://, got '${address ?? ''}'`,
		hint: 'Without https your BildOut data and access token could be read on the way, so plain http is accepted only for a BildOut on this machine, such as the sandbox.',
		cause: 'configuration-invalid',
		permanent: true,
	},
	noList: {
		message: 'BildOut returned no list',
		hint: "Check the credential's 'Base URL': if it is right, BildOut has changed its API.",
	},
	incompleteList: {
		message: ({ reason = 'short', apiError }) =>
			`${INCOMPLETE[reason]}${reason === 'error' && apiError?.message ? `: ${apiError.message}` : ''}`,
		hint: 'Nothing was returned because the list is incomplete: try again later.',
		cause: 'temporarily-unavailable',
	},
};

const INCOMPLETE: Record<IncompleteReason, string> = {
	error: 'BildOut returned an error instead of the list',
	repeated: 'BildOut returned the same page twice',
	short: 'BildOut returned fewer records than its total',
	stuck: 'BildOut reports more records but returns none',
	changing: 'The list in BildOut keeps changing while it is read',
	endless: 'The list in BildOut does not end',
};

/** The words of a text for a failure. */
export const textOf = (text: Text, facts: FailureFacts) =>
	typeof text === 'string' ? text : text(facts);

/**
 * What happened, in one sentence without its full stop. An error item and an AI agent see nothing else,
 * so it also says where a record may still have been created: whoever tries again must know.
 */
export function messageFor(facts: FailureFacts): string {
	const message = textOf(FAILURES[facts.kind].message, facts);
	const doubt =
		facts.mayHaveSucceeded && facts.request ? uncertaintySuffix(facts.request) : undefined;
	if (doubt === undefined) return message;
	return facts.kind === 'serverError' ? `${message} (${doubt})` : `${message}: ${doubt}`;
}

/** What may have been done; undefined where doing it once more does no harm. */
function uncertaintySuffix({ method, target }: FailedRequest): string | undefined {
	if (target.isCustomRequest) return 'the request may still have been processed';
	return method === 'POST' ? `the ${target.resource} may still have been created` : undefined;
}

/** Undefined where there are none, or only signs such as a full stop. */
function wordsOf(apiError: FailureFacts['apiError']): string | undefined {
	return [apiError?.message, apiError?.code]
		.map((text) => text?.trim().replace(/\.$/, ''))
		.find((text) => text !== undefined && /[\p{L}\p{N}]/u.test(text));
}

/** BildOut's own words, with the faulty fields. */
function apiMessage({ apiError, status }: FailureFacts): string {
	const words = wordsOf(apiError) ?? `status ${status}`;
	return apiError?.details.length ? `${words} (${apiError.details.join('; ')})` : words;
}

function rejection(facts: FailureFacts): string {
	const { apiError, status } = facts;
	if (wordsOf(apiError) !== undefined) return apiMessage(facts);
	return `BildOut refused this (${apiError?.details.length ? apiError.details.join('; ') : `status ${status}`})`;
}

/** BildOut's words are left out where they add nothing: `No customer has the ID 7`. */
function notFoundMessage(facts: FailureFacts): string {
	const { request, apiError, status } = facts;
	const { resource, id } = request?.target ?? { resource: 'record' };
	const words = apiMessage(facts);
	if (id === undefined) {
		const message = `BildOut has nothing at ${request ? pathOf(request) : 'this address'}`;
		return apiError ? `${message}: ${words}` : `${message} (status ${status})`;
	}
	const message = `The ${resource} '${id}' was not found`;
	if (!apiError) return `${message} (status ${status}, without an explanation)`;
	return words.includes(id) || /^(the )?(\w+ )?(was )?not[ _]found$/i.test(words)
		? message
		: `${message}: ${words}`;
}

const BROKEN = 'The connection to BildOut broke before the response arrived';
const TOO_LATE = 'BildOut did not respond in time';

/** Why no response arrived, by the code of the failed connection. */
const CONNECTION_FAILURES: Record<string, string> = {
	ECONNREFUSED: 'BildOut refused the connection',
	ENOTFOUND: 'The address of BildOut could not be found',
	EAI_AGAIN: 'The address of BildOut could not be looked up',
	EHOSTUNREACH: 'BildOut could not be reached',
	ENETUNREACH: 'BildOut could not be reached',
	ECONNRESET: BROKEN,
	EPIPE: BROKEN,
	ERR_BAD_RESPONSE: BROKEN,
	ECONNABORTED: TOO_LATE,
	ETIMEDOUT: TOO_LATE,
};

function connectionMessage({ connectionCode: code }: FailureFacts): string {
	if (code === undefined) return 'The connection to BildOut failed';
	if (isUnsecured(code)) return `No secure connection to BildOut could be made (${code})`;
	return CONNECTION_FAILURES[code] ?? `The connection to BildOut failed (${code})`;
}

const SCOPE = /\b[a-z]+:(read|write|manage)\b/;

/** Why BildOut did not allow a request, by the code and the words of its response. */
export function refusalReason({ apiError, status }: FailureFacts) {
	const words = `${apiError?.code ?? ''} ${apiError?.message ?? ''}`;
	const plain = words.replace(/[_-]/g, ' ');
	if (/\bscopes?\b/i.test(plain) || SCOPE.test(words)) return 'scope';
	if (status === 402 || (PLAN.test(plain) && !/\brate limit/i.test(plain))) return 'plan';
	return PERMISSION.test(plain) ? 'permission' : 'unclear';
}

/** A plan's limit comes with status 403 too, e.g. "Invoice limit reached". */
const PLAN =
	/\b(plans?|quotas?|upgrad(e|ing)|trial|billing|tier|payment required|limits?|allowances?|maximum|exceed(s|ed|ing)?|free account|agency|(?<!webhook )subscriptions?|entitle(d|ments?)|features?)\b/i;

const PERMISSION = /\b(permissions?|permitted|roles?|admin(istrator)?s?)\b/i;

/** How to get at what the credential or the account may not do. */
export function howToGetAccess(facts: FailureFacts): string {
	const reason = refusalReason(facts);
	const scope = neededScope(facts);
	const list = scope === undefined ? 'what is missing' : `'${scope}'`;
	const connect = `turn 'Custom Scopes' off (or add ${list} to 'Enabled Scopes'), and connect the account again`;
	if (reason === 'plan') {
		return "The plan of the BildOut account does not include this, or its limit is reached: check both in BildOut's settings.";
	}
	if (reason === 'unclear') {
		return `Either the plan of the BildOut account does not include this or its limit is reached, which BildOut's settings show, or the credential lacks access: then open it, ${connect}.`;
	}
	return `Open the BildOut credential, ${connect}.`;
}

/** The scope that BildOut names; else the one that the request is known to need. */
function neededScope({ request, apiError }: FailureFacts): string | undefined {
	const { read, write = read } = request?.target.scopes ?? {};
	return SCOPE.exec(apiError?.message ?? '')?.[0] ?? (request?.method === 'GET' ? read : write);
}
