import { COMMON_REMEDIES, type Audience, type Remedies } from './remedies';

const NOTHING_LOST = 'Nothing is lost: the next check that works brings what happened meanwhile.';

const entries = Object.entries(COMMON_REMEDIES) as Array<
	[keyof Remedies, Remedies[keyof Remedies]]
>;

/** The person whose workflow the BildOut Polling Trigger could not check for, or who publishes it. */
export const POLLING_AUDIENCE: Audience = {
	remedies: {
		...(Object.fromEntries(
			entries.map(([kind, remedy]): [string, Remedies[keyof Remedies]] => [
				kind,
				(facts) => `${remedy(facts)} ${NOTHING_LOST}`,
			]),
		) as Remedies),
		// Such an n8n has checked nothing yet.
		oldN8n: COMMON_REMEDIES.oldN8n,
	},
	// That is so at publishing.
	messageOnly: true,
};
