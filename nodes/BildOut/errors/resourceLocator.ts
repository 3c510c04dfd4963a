import { COMMON_REMEDIES, type Reader, type Remedies } from './remedies';

const REMEDIES: Remedies = {
	...COMMON_REMEDIES,
	malformed: orById,
	notFound: () => "Check the credential's 'Base URL', or choose By ID instead.",
	notOffered: () => 'Choose By ID instead.',
	conflict: orById,
	invalid: orById,
	busy: () => 'Wait a minute, then open the list again, or choose By ID instead.',
	broken: orById,
	refused: orById,
	lost: orById,
	repeatedPage: orById,
	unfinishedList: orById,
	stuckList: orById,
	changingList: orById,
	endlessList: orById,
};

/** The person who opens a list of records to choose one: there is always its ID instead. */
export const CHOOSER_READER: Reader = { remedies: REMEDIES };

function orById(): string {
	return 'Open the list again later, or choose By ID instead.';
}
