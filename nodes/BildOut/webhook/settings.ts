import type { IHookFunctions } from 'n8n-workflow';

import { ANY_EVENT, EVERY_REPORTED_EVENT } from '../events';
import { getConnection } from '../api/connection';
import { hostOf } from './urls';
import { isPrivateHost } from './privateHost';
import { NonRetryableActivationError } from './activation';
import { manualSecrets } from './secrets';
import { ownUrl } from './state';

/** The events that BildOut is asked to report. */
export function chosenEvents(context: IHookFunctions): string[] {
	const chosen = context.getNodeParameter('events', []) as string[];
	if (chosen.length === 0) {
		throw new NonRetryableActivationError(
			context,
			"No event is chosen under 'Trigger On'. Choose at least one that should start this workflow.",
		);
	}
	return chosen.includes(ANY_EVENT) ? EVERY_REPORTED_EVENT : chosen;
}

export async function requireSigningSecret(context: IHookFunctions): Promise<void> {
	if ((await manualSecrets(context)).length > 0) return;
	throw new NonRetryableActivationError(
		context,
		"The credential has no 'Webhook Signing Secret', which Registration 'Manual' needs. Add a webhook in BildOut with the Production URL of this node and copy the signing secret that BildOut shows into the credential.",
	);
}

/** Only a BildOut on this machine or network, such as the sandbox, can reach an address there. */
export async function requireReachableUrl(context: IHookFunctions): Promise<void> {
	const url = ownUrl(context);
	const { baseUrl } = await getConnection(context);
	if (!isPrivateHost(hostOf(url)) || isPrivateHost(hostOf(baseUrl))) return;
	throw new NonRetryableActivationError(
		context,
		`BildOut cannot reach this n8n at ${url}, an address of this machine or network. Set the environment variable N8N_WEBHOOK_URL to an address that the internet can reach, restart n8n and publish again.`,
	);
}
