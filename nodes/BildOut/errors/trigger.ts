import { COMMON_REMEDIES, type Audience, type Remedies } from './remedies';

const BY_HAND =
	"Set 'Registration' of the BildOut Trigger to 'Manual' and follow the steps shown there.";
const ONCE_MORE =
	'Try again later: the BildOut Trigger then puts right whatever this attempt left in BildOut.';

/** Each one sentence, so that the message takes it up and stays short. */
const REMEDIES: Remedies = {
	...COMMON_REMEDIES,
	badRequest: () => BY_HAND,
	notFound: () => BY_HAND,
	unsupported: () => BY_HAND,
	conflict: () => BY_HAND,
	validation: ({ apiError: said }) =>
		said?.details.some((detail) => /^url\b/i.test(detail))
			? 'Give n8n an https address that the internet can reach, set the environment variable N8N_WEBHOOK_URL to it, restart n8n and publish again.'
			: BY_HAND,
	rejected: () => BY_HAND,
	serverError: () => ONCE_MORE,
	noResponse: () => ONCE_MORE,
	noList: () => BY_HAND,
	repeatedPage: () => BY_HAND,
};

/** The person who publishes or unpublishes a workflow with the BildOut Trigger. */
export const TRIGGER_AUDIENCE: Audience = { remedies: REMEDIES, messageOnly: true };
