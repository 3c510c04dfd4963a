import { acceptedSecrets } from '../../../nodes/BildOut/trigger/subscription.ts';

describe('acceptedSecrets', () => {
	const state = {
		subscriptionId: '1',
		secret: 'present',
		formerSecrets: [
			{ secret: 'former', goodUntil: 2000 },
			{ secret: 'older', goodUntil: 1000 },
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
