import { COMMON_REMEDIES, type Audience, type Remedies } from './remedies';

const REMEDIES: Remedies = {
	...COMMON_REMEDIES,
	badRequest: orById,
	notFound: () => "Check the credential's 'Base URL', or choose By ID instead.",
	unsupported: () => 'Choose By ID instead.',
	conflict: orById,
	validation: orById,
	rateLimited: () => 'Wait a minute, then open the list again, or choose By ID instead.',
	serverError: orById,
	rejected: orById,
	noResponse: orById,
	repeatedPage: orById,
	unfinishedList: orById,
	stuckList: orById,
	changingList: orById,
	endlessList: orById,
};

/** The person who opens a list of records to choose one: there is always its ID instead. */
export const LOCATOR_AUDIENCE: Audience = { remedies: REMEDIES };

function orById(): string {
	return 'Open the list again later, or choose By ID instead.';
}
