import { N8nProcess, publishedTrigger, stateOf, URL_OF_ALL } from './n8n-process.cts';
import { WebhookApi } from './webhook-api.cts';

const FOREIGN_URL = 'https://accounting.example.com/bildout';

describe('Unpublishing', () => {
	it.each<[string, (api: WebhookApi) => void]>([
		['nothing unusual', () => {}],
		['a second subscription at our address', (api) => void api.add(URL_OF_ALL)],
		['a GET by ID that is 404', (api) => (api.habits.refuses = { GET: 404 })],
		['a GET by ID that is 405', (api) => (api.habits.refuses = { GET: 405 })],
		['no list and no GET by ID', (api) => (api.habits.refuses = { GET: 405, LIST: 405 })],
	])('leaves nothing behind with %s', async (_, happens) => {
		const api = new WebhookApi();
		const foreign = api.add(FOREIGN_URL);
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		happens(api);
		await new N8nProcess().unpublish(trigger);
		expect(api.subscriptions).toEqual([foreign]);
	});

	it.each([404, 410])('is done where BildOut answers DELETE with %i', async (status) => {
		const api = new WebhookApi();
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		api.habits.refuses = { DELETE: status };
		api.asked = [];
		await new N8nProcess().unpublish(trigger);
		const ends = api.asked.filter((request) => request.startsWith('DELETE'));
		expect(new Set(ends).size).toBe(1);
		expect(stateOf(trigger).subscriptionId).toBeUndefined();
	});

	it('is done where the subscription was removed in BildOut before', async () => {
		const api = new WebhookApi();
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		api.subscriptions = [];
		await new N8nProcess().unpublish(trigger);
		expect(stateOf(trigger).subscriptionId).toBeUndefined();
	});

	it('leaves nothing behind after the answer to POST got lost', async () => {
		const api = new WebhookApi({ loses: ['POST'] });
		await expect(new N8nProcess().publish(publishedTrigger(api))).rejects.toThrow();
		expect(api.asked).toContain('POST /webhooks');
		expect(api.subscriptions).toEqual([]);
	});

	it('leaves alone the subscription of a twin, whose state a copied workflow brings along', async () => {
		for (const refuses of [{}, { GET: 405, LIST: 405 }]) {
			const api = new WebhookApi();
			const original = publishedTrigger(api);
			await new N8nProcess().publish(original);
			const copy = publishedTrigger(api, {
				url: 'https://n8n.example.com/webhook/copy/webhook',
				staticData: structuredClone(original.staticData),
			});
			api.habits.refuses = refuses;
			await new N8nProcess().publish(copy);
			await new N8nProcess().unpublish(copy);
			expect(api.subscriptions).toMatchObject([{ id: stateOf(original).subscriptionId }]);
		}
	});

	it('does not touch what a person added by hand for Registration Manual', async () => {
		const api = new WebhookApi();
		const byHand = api.add(URL_OF_ALL);
		const trigger = publishedTrigger(api, {
			parameters: { events: ['invoice.paid'], registration: 'manual' },
		});
		await new N8nProcess().unpublish(trigger);
		expect(api.subscriptions).toEqual([byHand]);
		expect(api.asked).toEqual([]);
	});
});
