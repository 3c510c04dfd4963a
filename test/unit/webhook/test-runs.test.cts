import {
	N8nProcess,
	type Published,
	published,
	publishedTrigger,
	stateOf,
	testOf,
} from './n8n-process.cts';
import { WebhookApi } from './webhook-api.cts';

const TEST_URL = 'https://n8n.example.com/webhook-test/5d0f2c1e/webhook';

/** Where n8n's test URLs have another name, n8n's mode no longer shows that a test ends. */
const RENAMED = { url: 'https://n8n.example.com/trying/5d0f2c1e/webhook' };

describe('The end of a test', () => {
	it.each([
		['500 to everything', { GET: 500, LIST: 500, POST: 500, PUT: 500, DELETE: 500 }],
		['500 to the list', { LIST: 500 }],
		['500 to DELETE', { DELETE: 500 }],
		['401 to DELETE and the list', { DELETE: 401, LIST: 401 }],
		['403 to everything', { GET: 403, LIST: 403, POST: 403, DELETE: 403 }],
	])('never fails where BildOut returns %s, and warns of what may be left', async (_, refuses) => {
		for (const more of [{}, RENAMED]) {
			const api = new WebhookApi();
			const test = testOf(publishedTrigger(api), more);
			const n8n = new N8nProcess();
			await n8n.publish(test);
			api.behavior.refuses = refuses;
			await n8n.unpublish(test);
			expect(test.warnings).toEqual([
				expect.stringContaining(`BildOut may still deliver to ${test.url}`),
			]);
		}
	});

	it('never fails after a start that did, whatever n8n keeps of it', async () => {
		const api = new WebhookApi({ refuses: { LIST: 500, POST: 500, DELETE: 500 } });
		for (const staticData of [{}, { global: {} }] as Array<Published['staticData']>) {
			const test = testOf(publishedTrigger(api), { staticData });
			const n8n = new N8nProcess();
			await expect(n8n.publish(test)).rejects.toThrow('Status 500');
			await n8n.unpublish(test);
		}
	});

	it('never fails because of a parameter that cannot be read', async () => {
		const test = testOf(publishedTrigger(new WebhookApi()));
		const n8n = new N8nProcess();
		await n8n.publish(test);
		test.parameters = {
			get registration(): string {
				throw new Error('No such node');
			},
		};
		await n8n.unpublish(test);
		expect(test.warnings).toHaveLength(1);
	});

	it('still fails for a published workflow, so that n8n reports it', async () => {
		const { api, trigger, n8n } = await published();
		api.behavior.refuses = { DELETE: 500 };
		await expect(n8n.unpublish(trigger)).rejects.toThrow('Status 500');
		expect(stateOf(trigger).subscriptionId).toBe(api.subscriptions[0].id);
	});
});

describe('What a test left in BildOut', () => {
	/** A test whose subscription could not be removed. */
	async function leave() {
		const n8n = new N8nProcess();
		const api = new WebhookApi();
		const trigger = publishedTrigger(api);
		const test = testOf(trigger);
		await n8n.publish(test);
		api.behavior.refuses = { DELETE: 500 };
		await n8n.unpublish(test);
		expect(api.subscriptions).toHaveLength(1);
		api.behavior.refuses = {};
		return { api, trigger, n8n };
	}

	it.each(['the same', 'a new'])('is removed by the next test, in %s process', async (which) => {
		const { api, trigger, n8n } = await leave();
		const later = which === 'a new' ? new N8nProcess() : n8n;
		const next = testOf(trigger);
		await later.publish(next);
		expect(api.subscriptions).toMatchObject([{ id: stateOf(next).subscriptionId }]);
		await later.unpublish(next);
		expect(api.subscriptions).toEqual([]);
	});

	it('is removed by the next publication, also of a workflow that was published before', async () => {
		const { api, trigger, n8n } = await leave();
		await n8n.publish(trigger);
		expect(api.subscriptions.map(({ url }) => url.split('?')[0])).toEqual([trigger.url]);
		api.asked = [];
		await n8n.publish(trigger);
		expect(api.asked).toHaveLength(1);
	});

	it('fails no publication where it cannot be removed yet, and is tried again', async () => {
		const { api, trigger, n8n } = await leave();
		api.behavior.refuses = { DELETE: 500 };
		await n8n.publish(trigger);
		expect(api.subscriptions).toHaveLength(2);
		api.behavior.refuses = {};
		await n8n.publish(trigger);
		expect(api.subscriptions).toHaveLength(1);
	});

	it('is left to a test that has begun since', async () => {
		const { api, trigger, n8n } = await leave();
		const test = testOf(trigger);
		await n8n.publish(test);
		await n8n.publish(trigger);
		expect(api.subscriptions.map(({ url }) => url.split('?')[0]).sort()).toEqual(
			[trigger.url, TEST_URL].sort(),
		);
	});
});
