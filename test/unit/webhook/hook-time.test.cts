import { setTimeout as sleep } from 'node:timers/promises';

import { N8nProcess, publishedTrigger } from './n8n-process.cts';
import { WebhookApi } from './webhook-api.cts';

/** n8n's waits between its attempts: at ending the former version, and at publishing. */
const WAITS_MS = [1000, 2000, 0, 1000, 2000, 4000, 8000, 0];
const N8N_GIVES_UP_MS = 84_000;

describe('The hooks of a publication', () => {
	it('end before n8n gives up, together with its own waits, where BildOut never responds', async () => {
		const api = new WebhookApi();
		const timeouts: number[] = [];
		api.respond = async ({ timeout }) => {
			timeouts.push(timeout!);
			throw Object.assign(new Error('No response'), { code: 'ETIMEDOUT' });
		};
		const trigger = publishedTrigger(api);
		const n8n = new N8nProcess();
		await Promise.allSettled([1, 2, 3].map(async () => await n8n.unpublish(trigger)));
		for (let start = 0; start < 5; start++) await expect(n8n.publish(trigger)).rejects.toThrow();
		// Each call waits for one request alone, and what follows a failed check asks nothing.
		expect(timeouts).toHaveLength(WAITS_MS.length);
		const total = [...timeouts, ...WAITS_MS].reduce((sum, ms) => sum + ms);
		expect(total).toBeLessThan(N8N_GIVES_UP_MS);
	});
});

/** A BildOut that lets so many requests through in each window, and shows that in headers. */
function limited(windowMs: number, limit: number) {
	const api = new WebhookApi();
	const { respond } = api;
	let endsAt = 0;
	let used = 0;
	let refused = 0;
	let sent = 0;
	api.respond = async (options) => {
		sent += 1;
		if (Date.now() >= endsAt) {
			endsAt = Math.ceil((Date.now() + windowMs) / 1000) * 1000;
			used = 0;
		}
		const isRefused = used >= limit;
		used += isRefused ? 0 : 1;
		await sleep(5);
		const headers = {
			'x-ratelimit-limit': String(limit),
			'x-ratelimit-remaining': String(limit - used),
			'x-ratelimit-reset': String(endsAt / 1000),
		};
		if (!isRefused) return { ...((await respond.call(api, options)) as object), headers };
		refused += 1;
		return { statusCode: 429, headers: { ...headers, 'retry-after': '1' }, body: {} };
	};
	return { api, counts: () => ({ sent, refused }) };
}

describe('When n8n publishes 60 workflows on one credential, five at a time,', () => {
	it('each subscribes once, at the first attempt, though BildOut allows 60 requests in three seconds', async () => {
		const { api, counts } = limited(3_000, 60);
		const n8n = new N8nProcess();
		const triggers = Array.from({ length: 60 }, (_, index) =>
			publishedTrigger(api, {
				url: `https://n8n.example.com/webhook/${index}/webhook`,
				workflowId: `workflow ${index}`,
			}),
		);
		const queue = [...triggers];
		const failures: unknown[] = [];
		const worker = async () => {
			for (let next = queue.shift(); next; next = queue.shift()) {
				await n8n.publish(next).catch((error: unknown) => failures.push(error));
			}
		};
		await Promise.all(Array.from({ length: 5 }, worker));
		expect(failures).toEqual([]);
		expect(api.subscriptions.map(({ url }) => url.split('?')[0]).sort()).toEqual(
			triggers.map(({ url }) => url).sort(),
		);
		expect(counts().refused / counts().sent).toBeLessThan(0.05);
	}, 60_000);
});
