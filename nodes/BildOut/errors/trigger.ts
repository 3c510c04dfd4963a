import { COMMON_REMEDIES, type Reader, type Remedies } from './remedies';

const BY_HAND =
	"Set 'Registration' of the BildOut Trigger to 'Manual' and follow the steps shown there.";
const ONCE_MORE =
	'Try again later: the BildOut Trigger then puts right whatever this attempt left in BildOut.';

/** Each one sentence, so that the message takes it up and stays short. */
const REMEDIES: Remedies = {
	...COMMON_REMEDIES,
	malformed: () => BY_HAND,
	notFound: () => BY_HAND,
	notOffered: () => BY_HAND,
	conflict: () => BY_HAND,
	invalid: ({ said }) =>
		said?.details.some((detail) => /^url\b/i.test(detail))
			? 'Give n8n an https address that the internet can reach, set the environment variable N8N_WEBHOOK_URL to it, restart n8n and publish again.'
			: BY_HAND,
	refused: () => BY_HAND,
	broken: () => ONCE_MORE,
	lost: () => ONCE_MORE,
	noList: () => BY_HAND,
	repeatedPage: () => BY_HAND,
};

/** The person who publishes or unpublishes a workflow with the BildOut Trigger. */
export const TRIGGER_READER: Reader = { remedies: REMEDIES, seesMessageOnly: true };
