import {
	type FailedRequest,
	type FailureFacts,
	type FailureKind,
	isUnsecured,
	pathOf,
} from '../api/errors';
import { OLDEST_N8N } from '../api/n8nVersion';

/** What happened, by the kind of failure: one sentence without its full stop, the same for everybody. */
const MESSAGES: Record<FailureKind, (facts: FailureFacts) => string> = {
	badRequest: whatWasRefused,
	unauthorized: (facts) => `BildOut did not accept the credential: ${apiMessage(facts)}`,
	forbidden: (facts) => `BildOut does not allow this: ${apiMessage(facts)}`,
	notFound: whatWasNotFound,
	unsupported: (facts) => `BildOut does not offer this: ${apiMessage(facts)}`,
	conflict: whatWasRefused,
	validation: whatWasRefused,
	rateLimited: (facts) => `BildOut is receiving too many requests: ${apiMessage(facts)}`,
	serverError: (facts) => `BildOut had a problem: ${apiMessage(facts)}`,
	rejected: whatWasRefused,
	redirected: ({ status }) => `BildOut sent the request on to another address (status ${status})`,
	unexpectedContent: ({ isWebPage, status, request }) =>
		`BildOut answered with ${isWebPage ? 'a web page' : 'something'} instead of ${request?.target.isFile ? 'a file' : 'data'} (status ${status})`,
	unreachable: connectionInWords,
	noResponse: connectionInWords,
	tokenRefreshFailed: () => 'BildOut did not renew the access of the credential',
	notConnected: () => 'The BildOut credential is not connected yet',
	invalidId: ({ request, badId }) =>
		`The ${request?.target.resource ?? 'record'} has no usable ID: '${badId ?? ''}'`,
	rateLimitTimeout: () => "BildOut's allowance of requests did not renew in time",
	// n8n tells a cancelled execution from a failed one by the spelling "canceled".
	cancelled: () => 'The execution was canceled',
	oldN8n: () => `This n8n is too old: the BildOut nodes need n8n ${OLDEST_N8N} or newer`,
	badBaseUrl: ({ address }) =>
		`The credential's 'Base URL' is not a web address: '${address ?? ''}'`,
	insecureBaseUrl: ({ address }) =>
		`The credential's 'Base URL' must start with https://, got '${address ?? ''}'`,
	noList: () => 'BildOut answered without a list',
	repeatedPage: () => 'BildOut handed out the same page of the list twice',
	refusedList: ({ apiError: said }) =>
		`BildOut answered with an error in place of the list${said?.message ? `: ${said.message}` : ''}`,
	unfinishedList: () => 'BildOut handed out fewer records than it says the list has',
	stuckList: () => 'BildOut says that the list goes on, but hands out nothing more',
	changingList: () => 'The list in BildOut keeps changing while it is read',
	endlessList: () => 'The list in BildOut does not end',
};

/**
 * What happened, in one sentence without its full stop. An error item and an AI agent see nothing else,
 * so it says where a record may have been created all the same: whoever tries again must know.
 */
export function messageFor(facts: FailureFacts): string {
	const happened = MESSAGES[facts.kind](facts);
	const doubt =
		facts.mayHaveSucceeded && facts.request ? uncertaintySuffix(facts.request) : undefined;
	if (doubt === undefined) return happened;
	return facts.kind === 'serverError' ? `${happened} (${doubt})` : `${happened}: ${doubt}`;
}

/** What may have been done; undefined where doing it once more does no harm. */
function uncertaintySuffix({ method, target: subject }: FailedRequest): string | undefined {
	if (subject.isCustomRequest) return 'the request may have been done all the same';
	return method === 'POST'
		? `the ${subject.resource} may have been created all the same`
		: undefined;
}

/** BildOut's own words, with the faulty fields. */
function apiMessage({ apiError: said, status }: FailureFacts): string {
	const words = withoutFullStop(said?.message ?? said?.code ?? `status ${status}`);
	return said?.details.length ? `${words} (${said.details.join('; ')})` : words;
}

function whatWasRefused(facts: FailureFacts): string {
	return facts.apiError ? apiMessage(facts) : `BildOut refused this (status ${facts.status})`;
}

function withoutFullStop(text: string): string {
	return text.trim().replace(/\.$/, '');
}

/** BildOut's words are left out where they say no more: `No customer has the ID 7`. */
function whatWasNotFound(facts: FailureFacts): string {
	const { request, apiError: said, status } = facts;
	const { resource: what, id } = request?.target ?? { resource: 'record' };
	const words = apiMessage(facts);
	if (id === undefined) {
		const happened = request
			? `BildOut does not know the address ${pathOf(request)}`
			: 'BildOut does not know the address';
		return said ? `${happened}: ${words}` : `${happened} (status ${status})`;
	}
	const happened = `The ${what} '${id}' was not found`;
	if (!said) return `${happened} (status ${status}, without an explanation)`;
	return words.includes(id) || /^(the )?(\w+ )?(was )?not[ _]found$/i.test(words)
		? happened
		: `${happened}: ${words}`;
}

/** Why no answer came, by the code of the failed connection. */
const CONNECTION_FAILURES: Record<string, string> = {
	ECONNREFUSED: 'BildOut refused the connection',
	ENOTFOUND: 'The address of BildOut could not be found',
	EAI_AGAIN: 'The address of BildOut could not be looked up',
	EHOSTUNREACH: 'BildOut could not be reached',
	ENETUNREACH: 'BildOut could not be reached',
	ECONNRESET: 'The connection to BildOut broke before the answer came',
	EPIPE: 'The connection to BildOut broke before the answer came',
	ERR_BAD_RESPONSE: 'The connection to BildOut broke before the answer was complete',
	ECONNABORTED: 'BildOut did not answer in time',
	ETIMEDOUT: 'BildOut did not answer in time',
};

function connectionInWords({ connectionCode: code }: FailureFacts): string {
	if (code === undefined) return 'The connection to BildOut failed';
	if (isUnsecured(code)) return `No secure connection to BildOut could be made (${code})`;
	return CONNECTION_FAILURES[code] ?? `The connection to BildOut failed (${code})`;
}
