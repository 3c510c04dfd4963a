import type { FailureFacts, FailureKind } from '../api/errors';
import { FAILURES, howToGetAccess, refusalReason, type Text, textOf } from './messages';

/** Who reads an error, and how much of it n8n shows them. */
export interface Audience {
	/** What to do, where it differs from the common hint: whole sentences, which name only what this reader sees. */
	hints: Partial<Record<FailureKind, Text>>;
	/** Follows each hint. */
	suffix?: string;
	/** n8n shows the message only, which then holds the hint too. */
	messageOnly?: boolean;
}

const SMALLER =
	"Choose a 'Limit' of at most 100; for invoices, a filter on a single 'Status' helps too.";

/** The person who looks at the panel of the BildOut node. */
export const ACTION_AUDIENCE: Audience = {
	hints: {
		badRequest: ({ request }) =>
			`BildOut could not read the request. Check the values in this node, above all those in ${request?.target.isCustomRequest ? "'Query Parameters' and 'Body'" : "'Custom Fields'"}.`,
		forbidden: (facts) =>
			refusalReason(facts) === 'permission'
				? `${howToGetAccess(facts)} If that does not help, the BildOut user who connected it may not have the permission.`
				: howToGetAccess(facts),
		notFound: whereToLook,
		conflict: (facts) =>
			facts.request?.method === 'POST'
				? `It conflicts with what BildOut has already, such as a ${resourceOf(facts)} with the same email, name or number. Correct the values in this node, then run it again.`
				: `The ${resourceOf(facts)}'s status, or another record that refers to it or has the same number, does not allow this. Look at it in BildOut, then run the node again.`,
		validation: ({ apiError }) => {
			const fields = apiError?.details.join('; ') ?? '';
			if (fields === '') return 'Correct the values in this node, then run it again.';
			const hint = /\bclient_id\b/.test(fields) ? " 'client_id' is the customer." : '';
			return `Correct the fields named above, then run the node again.${hint}`;
		},
		rateLimited:
			"Nothing was changed. The account's rate limit is used up, possibly by other workflows or apps. Run the node again later.",
		serverError: afterDoubt,
		rejected: 'Nothing was changed. If the values in this node are right, contact BildOut support.',
		unexpectedContent: (facts) =>
			`${textOf(FAILURES.unexpectedContent.hint, facts)} ${mayBeFile(facts) ? "If it is a file, choose File under 'Response'." : afterDoubt(facts)}`,
		unreachable:
			"Nothing was sent. Check the credential's 'Base URL' and whether BildOut can be reached from the machine that runs n8n, then run the node again.",
		noResponse: (facts) =>
			`${afterDoubt(facts)} A higher 'Timeout (Seconds)' under Options gives BildOut more time.`,
		tokenRefreshFailed: ({ mayHaveSucceeded }) =>
			`${mayHaveSucceeded ? 'Check in BildOut whether this item was processed before you run it again.' : 'Nothing was changed. Run the node again later.'} If the problem persists, open the BildOut credential and connect the account again.`,
		notConnected:
			'Open the credential, connect the account and allow n8n to use your BildOut data. Then run the node again.',
		incompleteList: ({ reason }) => {
			if (reason === 'error') return 'Nothing was changed. Run the node again later.';
			if (reason === 'changing') {
				return 'Records are being removed or moved, so some of the others could be missed. Run the node again later.';
			}
			return `Nothing was returned because the list is incomplete. Run the node again later. ${SMALLER}`;
		},
	},
};

const BY_HAND =
	"Set 'Registration' of the BildOut Trigger to 'Manual' and follow the steps shown there.";
const ONCE_MORE =
	'Try again later: the BildOut Trigger then repairs whatever this attempt left in BildOut.';

/** The person who publishes or unpublishes a workflow with the BildOut Trigger. One sentence each. */
export const TRIGGER_AUDIENCE: Audience = {
	hints: {
		badRequest: BY_HAND,
		notFound: BY_HAND,
		unsupported: BY_HAND,
		conflict: BY_HAND,
		rejected: BY_HAND,
		noList: BY_HAND,
		serverError: ONCE_MORE,
		noResponse: ONCE_MORE,
		validation: ({ apiError }) =>
			apiError?.details.some((detail) => /^url\b/i.test(detail))
				? 'Give n8n an https address that the internet can reach, set the environment variable N8N_WEBHOOK_URL to it, restart n8n and publish again.'
				: BY_HAND,
		incompleteList: (facts) =>
			facts.reason === 'repeated' ? BY_HAND : textOf(FAILURES.incompleteList.hint, facts),
	},
	messageOnly: true,
};

/** The person whose workflow the BildOut Polling Trigger could not check for, or who publishes it. */
export const POLLING_AUDIENCE: Audience = {
	hints: {},
	suffix: 'Nothing is lost: the next successful check returns what happened meanwhile.',
	// At publishing.
	messageOnly: true,
};

const OPEN_AGAIN = 'Open the list again later, or choose By ID instead.';

/** The person who opens a list of records to choose one: there is always its ID instead. */
export const LOCATOR_AUDIENCE: Audience = {
	hints: {
		badRequest: OPEN_AGAIN,
		conflict: OPEN_AGAIN,
		validation: OPEN_AGAIN,
		serverError: OPEN_AGAIN,
		rejected: OPEN_AGAIN,
		noResponse: OPEN_AGAIN,
		incompleteList: OPEN_AGAIN,
		notFound: "Check the credential's 'Base URL', or choose By ID instead.",
		unsupported: 'Choose By ID instead.',
		rateLimited: 'Wait a minute, then open the list again, or choose By ID instead.',
	},
};

function resourceOf({ request }: FailureFacts): string {
	return request?.target.resource ?? 'record';
}

function mayBeFile({ request }: FailureFacts): boolean {
	const { isCustomRequest, isFile } = request?.target ?? {};
	return request?.method === 'GET' && isCustomRequest === true && !isFile;
}

function whereToLook({ request }: FailureFacts): string {
	const { resource, id, confusedWith, isCustomRequest } = request?.target ?? { resource: 'record' };
	if (id !== undefined) {
		return `Check the ID${confusedWith === undefined ? '' : `, which is not the ${confusedWith}`}. The ${resource} may have been deleted, or may belong to another BildOut account than the credential's.`;
	}
	if (isCustomRequest) {
		return "Check 'Path' and each ID in it. The record may have been deleted, or may belong to another BildOut account than the credential's.";
	}
	return request?.method === 'POST'
		? `Nothing was created. Check the credential's 'Base URL', and that the records which the new ${resource} refers to still exist in BildOut.`
		: "Check the credential's 'Base URL'.";
}

/** What a failure leaves in BildOut, and what to do before the next try. */
function afterDoubt({ request, mayHaveSucceeded }: FailureFacts): string {
	if (!mayHaveSucceeded || !request) return 'Nothing was changed. Run the node again later.';
	const { method, target } = request;
	if (target.isCustomRequest) {
		return 'Check in BildOut whether the request was processed before you run this item again.';
	}
	if (method === 'POST') {
		return `Check in BildOut whether the ${target.resource} exists before you run this item again.`;
	}
	const done = method === 'DELETE' ? 'deleted' : 'changed';
	return `The ${target.resource} may or may not have been ${done}: check in BildOut before you run this item again.`;
}
