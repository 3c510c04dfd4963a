import { findSubscription } from '../../../nodes/BildOut/trigger/subscriptionApi.ts';

const subscription = {
	id: '1',
	url: 'https://n8n.example.com/webhook/1',
	events: ['invoice.paid'],
};

async function find(statusCode: number, body: unknown) {
	const context = {
		getNode: () => ({ id: '1', name: 'BildOut Trigger', parameters: {}, credentials: {} }),
		getCredentials: async () => ({ baseUrl: 'https://bildout.com' }),
		helpers: {
			httpRequestWithAuthentication: async () => ({ statusCode, headers: {}, body }),
		},
	};
	return await findSubscription(context as never, '1');
}

describe('A subscription', () => {
	it.each([
		['in an envelope', { data: subscription }],
		['without one', subscription],
	])('is there when BildOut tells it %s', async (_, body) => {
		expect(await find(200, body)).toEqual(subscription);
	});

	it.each([404, 410])('is gone when BildOut answers %i', async (status) => {
		expect(await find(status, { error: { message: 'Not found' } })).toBeUndefined();
	});

	it.each([{}, { data: null }, { data: {} }, { data: [] }, { data: { id: '1' } }])(
		'is not gone because BildOut answers %j',
		async (body) => {
			await expect(find(200, body)).rejects.toThrow(/did not tell where/);
		},
	);
});
