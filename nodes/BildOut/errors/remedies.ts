import type { FailureFacts, FailureKind } from '../api/errors';

/** Who reads an error, and how much of it n8n shows them. */
export interface Audience {
	remedies: Remedies;
	/** Whether n8n shows the message only, which then holds the remedy too. */
	messageOnly?: boolean;
}

/** What to do about each kind of failure: whole sentences, which name only what their reader can see. */
export type Remedies = Record<FailureKind, (facts: FailureFacts) => string>;

/**
 * What to do as far as the credential tells, which is the one panel that everybody sees who uses any of
 * the nodes. Each reader's own remedies are laid over these. One sentence each.
 */
export const COMMON_REMEDIES: Remedies = {
	badRequest: () => "If this stays, ask BildOut's support.",
	unauthorized: () => 'Open the BildOut credential and connect the account again.',
	forbidden: connectWithScope,
	notFound: () =>
		"Check the credential's 'Base URL', and that the record belongs to the account that the credential is connected to.",
	unsupported: () => "Ask BildOut's support whether its API can do this for your account.",
	conflict: () => 'Look at the record in BildOut, then try again.',
	validation: () => "If this stays, ask BildOut's support.",
	rateLimited: () => 'Wait a minute, then try again.',
	serverError: () => 'Try again later.',
	rejected: () => "If this stays, ask BildOut's support.",
	redirected: ({ address }) =>
		`Check the credential's 'Base URL': the other address is ${address ?? 'not given'}.`,
	unexpectedContent: () =>
		"This usually comes from a proxy or firewall in between, or from a wrong 'Base URL' in the credential.",
	unreachable: () =>
		"Check the credential's 'Base URL' and whether BildOut can be reached from the machine that runs n8n, then try again.",
	noResponse: () => 'Try again later.',
	tokenRefreshFailed: () =>
		'Try again later, and if this stays, open the BildOut credential and connect the account again.',
	notConnected: () =>
		'Open the credential, connect the account and allow n8n to use your BildOut data, then try again.',
	invalidId: () =>
		"Nothing was sent, because an ID consists of letters, digits, '-' and '_': if BildOut's own list gave this one, ask BildOut's support.",
	rateLimitTimeout: () =>
		'Nothing was sent, because other workflows or applications use up the allowance: try again in a minute.',
	cancelled: () => 'What had not been sent by then was not sent.',
	oldN8n: () => 'Nothing was sent: update n8n, or ask the person who looks after it to do so.',
	badBaseUrl: () => 'Open the credential and enter an address such as https://bildout.com.',
	insecureBaseUrl: () =>
		'Without https your BildOut data and access token could be read on the way, so plain http is accepted only for a BildOut on this machine, such as the sandbox.',
	noList: () => "Check the credential's 'Base URL': if it is right, BildOut has changed its API.",
	refusedList: () => 'Try again later.',
	repeatedPage: tryListLater,
	unfinishedList: tryListLater,
	stuckList: tryListLater,
	changingList: () =>
		'Records are being removed or moved, so some of the others could be missed: try again later.',
	endlessList: tryListLater,
};

function tryListLater(): string {
	return 'Part of the list is not taken for all of it, so try again later.';
}

/** How to get at what the credential may not do, first the way that needs no list of scopes. */
export function connectWithScope(facts: FailureFacts): string {
	const scope = neededScope(facts);
	const list = scope === undefined ? 'what is missing' : `'${scope}'`;
	return `Open the BildOut credential, turn 'Custom Scopes' off (or add ${list} to 'Enabled Scopes'), and connect the account again.`;
}

/** Whether BildOut says that a scope is missing, rather than a permission of the person. */
export function saysScope({ apiError: said }: FailureFacts): boolean {
	return /scope/i.test(`${said?.code} ${said?.message}`) || SCOPE.test(said?.message ?? '');
}

const SCOPE = /\b[a-z]+:(read|write|manage)\b/;

/** BildOut's own words win; a part of the API that this package does not know has no known scopes. */
function neededScope({ request, apiError: said }: FailureFacts): string | undefined {
	const { read, write = read } = request?.target.scopes ?? {};
	return SCOPE.exec(said?.message ?? '')?.[0] ?? (request?.method === 'GET' ? read : write);
}
