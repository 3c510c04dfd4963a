import type { FailureFacts } from '../api/errors';
import {
	COMMON_REMEDIES,
	connectWithScope,
	type Audience,
	type Remedies,
	saysScope,
} from './remedies';

const NOT_GIVEN = 'Part of the list is not returned as if it were all.';
const SMALLER =
	"Choose a 'Limit' of at most 100; for invoices, a filter on a single 'Status' helps too.";

const FILE = "If it is a file, choose File under 'Response'.";

const REMEDIES: Remedies = {
	...COMMON_REMEDIES,
	badRequest: ({ request }) =>
		`BildOut could not read the request. Check the values in this node, above all those in ${request?.target.isCustomRequest ? "'Query Parameters' and 'Body'" : "'Custom Fields'"}.`,
	forbidden: (facts) =>
		saysScope(facts)
			? connectWithScope(facts)
			: `${connectWithScope(facts)} If that does not help, the BildOut user who connected it may not have the permission.`,
	notFound: whereToLook,
	conflict: (facts) =>
		`The ${subjectOf(facts)} is in a state that does not allow this. Look at it in BildOut, then run the node again.`,
	validation: ({ apiError: said }) => {
		const fields = said?.details.join('; ') ?? '';
		if (fields === '') return 'Correct the values in this node, then run it again.';
		const hint = /\bclient_id\b/.test(fields) ? " 'client_id' is the customer." : '';
		return `Correct the fields named above, then run the node again.${hint}`;
	},
	rateLimited: () =>
		"The account's allowance of requests is used up, which other workflows and applications may have done. Run the node again later.",
	serverError: afterDoubt,
	rejected: () =>
		"Nothing was changed. If the values in this node are right, ask BildOut's support.",
	unexpectedContent: (facts) =>
		`${COMMON_REMEDIES.unexpectedContent(facts)} ${readsAnything(facts) ? FILE : afterDoubt(facts)}`,
	unreachable: () =>
		"Nothing was sent. Check the credential's 'Base URL' and whether BildOut can be reached from the machine that runs n8n, then run the node again.",
	noResponse: (facts) =>
		`${afterDoubt(facts)} A higher 'Timeout (Seconds)' under Options gives BildOut more time.`,
	tokenRefreshFailed: ({ mayHaveSucceeded }) =>
		`${mayHaveSucceeded ? 'Look in BildOut whether this item was done before you run it again.' : 'Nothing was done. Run the node again later.'} If this stays, open the BildOut credential and connect the account again.`,
	notConnected: () =>
		'Open the credential, connect the account and allow n8n to use your BildOut data. Then run the node again.',
	refusedList: () => 'Nothing was changed. Run the node again later.',
	repeatedPage: () => `The list cannot be read to its end. ${NOT_GIVEN} ${SMALLER}`,
	unfinishedList: () => `${NOT_GIVEN} Run the node again later. ${SMALLER}`,
	stuckList: () => `The list cannot be read to its end. ${NOT_GIVEN} ${SMALLER}`,
	changingList: () =>
		'Records are being removed or moved, so some of the others could be missed. Run the node again later.',
	endlessList: () => `It was given up after 10,000 pages. ${NOT_GIVEN} ${SMALLER}`,
};

/** The person who looks at the panel of the BildOut node. */
export const ACTION_AUDIENCE: Audience = { remedies: REMEDIES };

function subjectOf({ request }: FailureFacts): string {
	return request?.target.resource ?? 'record';
}

function readsAnything({ request }: FailureFacts): boolean {
	return (
		request?.method === 'GET' && request.target.isCustomRequest === true && !request.target.isFile
	);
}

function whereToLook({ request }: FailureFacts): string {
	const { resource: what, id, confusedWith: notItsId } = request?.target ?? { resource: 'record' };
	if (id !== undefined) {
		return `Check the ID${notItsId === undefined ? '' : `, which is not the ${notItsId}`}. The ${what} may have been deleted, or may belong to another BildOut account than the credential's.`;
	}
	if (request?.target.isCustomRequest) {
		return "Check 'Path' and each ID in it. The record may have been deleted, or may belong to another BildOut account than the credential's.";
	}
	return request?.method === 'POST'
		? `Nothing was created. Check the credential's 'Base URL', and that the records which the new ${what} refers to still exist in BildOut.`
		: "Check the credential's 'Base URL'.";
}

/** What a failure leaves in BildOut, and what to do before the next try. */
function afterDoubt({ request, mayHaveSucceeded }: FailureFacts): string {
	if (!mayHaveSucceeded || !request) return 'Nothing was changed. Run the node again later.';
	const { method, target: subject } = request;
	if (subject.isCustomRequest) {
		return 'Look in BildOut whether the request was done before you run this item again.';
	}
	if (method === 'POST') {
		return `Look in BildOut whether the ${subject.resource} exists before you run this item again.`;
	}
	const done = method === 'DELETE' ? 'deleted' : 'changed';
	return `The ${subject.resource} may or may not have been ${done}: look in BildOut before you run this item again.`;
}
