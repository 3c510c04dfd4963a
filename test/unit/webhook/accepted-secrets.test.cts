import type { IWebhookFunctions } from 'n8n-workflow';

import { acceptedSecrets, manualSecrets } from '../../../nodes/BildOut/webhook/state.ts';

describe('acceptedSecrets', () => {
	const state = {
		subscriptionId: '1',
		secret: 'present',
		formerSecrets: [
			{ secret: 'former', expiresAt: 2000 },
			{ secret: 'older', expiresAt: 1000 },
		],
	};

	it('are the present secret and the former ones that are still good', () => {
		expect(acceptedSecrets(state, 999)).toEqual(['present', 'former', 'older']);
		expect(acceptedSecrets(state, 1000)).toEqual(['present', 'former']);
		expect(acceptedSecrets(state, 2000)).toEqual(['present']);
	});

	it('are none where nothing was stored', () => {
		expect(acceptedSecrets({}, 0)).toEqual([]);
		expect(acceptedSecrets({ secret: '' }, 0)).toEqual([]);
	});
});

describe('manualSecrets', () => {
	it.each<[unknown, string[]]>([
		['whsec_1', ['whsec_1']],
		[' whsec_1 \n', ['whsec_1']],
		['whsec_1,whsec_2, whsec_3', ['whsec_1', 'whsec_2', 'whsec_3']],
		['', []],
		[' , ,', []],
		[undefined, []],
	])('of %j in the credential are %j', async (webhookSigningSecret, secrets) => {
		const context = { getCredentials: async () => ({ webhookSigningSecret }) };
		expect(await manualSecrets(context as unknown as IWebhookFunctions)).toEqual(secrets);
	});
});
