import { NodeApiError } from 'n8n-workflow';

import type { ApiContext } from '../request';

/** Why a list cannot be given. */
export type ListProblem =
	| 'noList'
	| 'refused'
	| 'samePage'
	| 'unfinished'
	| 'noProgress'
	| 'keepsChanging'
	| 'endless';

const NOT_GIVEN = 'Part of the list is not returned as if it were all.';
const SMALLER =
	"Choose a 'Limit' of at most 100; for invoices, a filter on a single 'Status' helps too.";

const EXPLANATIONS: Record<ListProblem, { message: string; description: string }> = {
	noList: {
		message: 'BildOut answered without a list',
		description: "Check the credential's 'Base URL'. If it is right, BildOut has changed its API.",
	},
	refused: {
		message: 'BildOut answered with an error in place of the list',
		description: 'Nothing was changed. Run the node again later.',
	},
	samePage: {
		message: 'BildOut handed out the same page of the list twice',
		description: `The list cannot be read to its end. ${NOT_GIVEN} ${SMALLER}`,
	},
	unfinished: {
		message: 'BildOut handed out fewer records than it says the list has',
		description: `${NOT_GIVEN} Run the node again later. ${SMALLER}`,
	},
	noProgress: {
		message: 'BildOut says that the list goes on, but hands out nothing more',
		description: `The list cannot be read to its end. ${NOT_GIVEN} ${SMALLER}`,
	},
	keepsChanging: {
		message: 'The list in BildOut keeps changing while it is read',
		description:
			'Records are being removed or moved, so some of the others could be missed. Run the node again later.',
	},
	endless: {
		message: 'The list in BildOut does not end',
		description: `It was given up after 10,000 pages. ${NOT_GIVEN} ${SMALLER}`,
	},
};

/** The one place where an error about a list is made. `said` are BildOut's own words, where there are any. */
export function listError(context: ApiContext, problem: ListProblem, said?: string): NodeApiError {
	const { message, description } = EXPLANATIONS[problem];
	return new NodeApiError(
		context.getNode(),
		{},
		{ message: said === undefined ? message : `${message}: ${said}`, description },
	);
}
