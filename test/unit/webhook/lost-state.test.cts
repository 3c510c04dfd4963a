import type { IWebhookFunctions } from 'n8n-workflow';

import { encryptSecret } from '../../../nodes/BildOut/webhook/sealedSecret.ts';
import { withSeal } from '../../../nodes/BildOut/webhook/urls.ts';
import {
	N8nProcess,
	newEvent,
	type Published,
	published,
	publishedTrigger,
	stateOf,
	testOf,
} from './n8n-process.cts';
import { type Kept, WebhookApi } from './webhook-api.cts';

/** A BildOut that keeps a query in a subscription's URL, and one that drops it. */
const KEEPS = (url: string) => url;
const DROPS = (url: string) => url.replace(/\?.*/, '');

const standing = ({ api }: Published): Kept => api.subscriptions[0];

async function delivered(n8n: N8nProcess, trigger: Published, { url, secret } = standing(trigger)) {
	return (await n8n.deliver(trigger, secret, { url })).status;
}

describe('When other nodes wiped what n8n kept for the trigger', () => {
	it.each<[string, Published['staticData']]>([
		['nothing', {}],
		['data of their own', { global: { count: 1 } }],
	])('leaving %s, every process goes on verifying, just started or not', async (_, left) => {
		const { trigger, n8n: main } = await published();
		const processor = new N8nProcess();
		expect(await delivered(processor, trigger)).toBe(200);
		trigger.staticData = structuredClone(left);
		for (const n8n of [main, processor, new N8nProcess()]) {
			expect(await delivered(n8n, trigger)).toBe(200);
			expect(await delivered(n8n, trigger)).toBe(200);
			const { url } = standing(trigger);
			const { body } = await n8n.deliver(trigger, 'whsec_forged', { url });
			expect(body).toEqual({ refused: 'signature_mismatch' });
		}
	});

	it('publishing again keeps the subscription and knows its secret', async () => {
		const { trigger } = await published();
		const before = { ...standing(trigger) };
		trigger.staticData = {};
		expect(await new N8nProcess().publish(trigger)).toBe(true);
		expect(trigger.api.subscriptions).toEqual([before]);
		expect(stateOf(trigger)).toMatchObject({ subscriptionId: before.id, secret: before.secret });
	});

	it('publishing again does not trust the seal of another subscription at our address', async () => {
		const { trigger } = await published();
		const made = { ...standing(trigger) };
		trigger.api.add(made.url, { secret: 'whsec_of_the_copy' });
		trigger.api.subscriptions.reverse();
		trigger.staticData = {};
		await new N8nProcess().publish(trigger);
		expect(trigger.api.subscriptions).toEqual([made]);
	});

	it('unpublishing ends the subscription, in a process that made it or not', async () => {
		for (const same of [true, false]) {
			const { trigger, n8n } = await published({ keptUrl: DROPS });
			trigger.staticData = {};
			await (same ? n8n : new N8nProcess()).unpublish(trigger);
			expect(trigger.api.subscriptions).toEqual([]);
		}
	});
});

describe('When n8n restored what it kept before the latest publication', () => {
	it('deliveries are verified, also after a restart, and unpublishing leaves nothing', async () => {
		const { trigger, n8n } = await published();
		const older = structuredClone(trigger.staticData);
		await n8n.unpublish(trigger);
		await n8n.publish(trigger);
		trigger.staticData = older;
		for (const each of [n8n, new N8nProcess()]) expect(await delivered(each, trigger)).toBe(200);
		const restarted = new N8nProcess();
		await restarted.publish(trigger);
		expect(trigger.api.subscriptions).toHaveLength(1);
		await restarted.unpublish(trigger);
		expect(trigger.api.subscriptions).toEqual([]);
	});

	it('what was unpublished since then stays so', async () => {
		const { trigger, n8n } = await published({ keptUrl: DROPS });
		const older = structuredClone(trigger.staticData);
		const { secret } = standing(trigger);
		await n8n.unpublish(trigger);
		trigger.staticData = older;
		await n8n.publish(trigger);
		expect(stateOf(trigger)).toMatchObject({ formerSecrets: [{ secret }] });
		expect(standing(trigger).secret).toBe(stateOf(trigger).secret);
	});
});

describe('Another name for the node', () => {
	it.each([KEEPS, DROPS])('keeps deliveries valid that are under way', async (keptUrl) => {
		const { trigger, n8n } = await published({ keptUrl });
		const underWay = { ...standing(trigger) };
		// n8n ends the version with the former name before it publishes the one with the new name.
		await n8n.unpublish(trigger);
		trigger.name = 'Paid invoices';
		await n8n.publish(trigger);
		expect(await delivered(n8n, trigger, underWay)).toBe(200);
		expect(await delivered(new N8nProcess(), trigger, underWay)).toBe(200);
		expect(trigger.api.subscriptions).toHaveLength(1);
	});
});

describe('The former account, after another one was connected and the workflow published again,', () => {
	it.each([KEEPS, DROPS])('starts nothing', async (keptUrl) => {
		const { trigger, n8n } = await published({ keptUrl });
		const former = { ...standing(trigger) };
		trigger.api = new WebhookApi({ keptUrl });
		expect(await n8n.publish(trigger)).toBe(false);
		for (const each of [n8n, new N8nProcess()]) {
			expect(await delivered(each, trigger)).toBe(200);
			expect(await delivered(each, trigger, former)).toBe(401);
		}
	});
});

describe('A seal', () => {
	const sealed = async (more: Partial<Published> = {}) => {
		const { trigger } = await published({}, more);
		return { trigger, ...standing(trigger) };
	};

	it('does not show the secret, and is another one each time', async () => {
		const { url, secret } = await sealed();
		const seal = new URL(url).searchParams.get('sealed')!;
		expect(Buffer.from(seal, 'base64url').toString('latin1')).not.toContain(secret);
		expect(url.length).toBeLessThan(255);
		expect((await sealed()).url).not.toBe(url);
	});

	it.each<[string, (trigger: Published, url: string) => string | void]>([
		['of another client secret', (trigger) => void (trigger.clientSecret += 'x')],
		['of another trigger', (trigger) => void (trigger.url = trigger.url.replace('5d0f', 'ffff'))],
		['with a changed character', (_, url) => url.replace(/.{6}$/, 'AAAAAA')],
		['that was cut short', (_, url) => url.slice(0, -3)],
		['that is empty', (_, url) => url.replace(/sealed=.*/, 'sealed=')],
		['that is no Base64', (_, url) => url.replace(/sealed=.*/, 'sealed=%00%FF!')],
		['of Registration Manual', (trigger) => void (trigger.parameters.registration = 'manual')],
	])('%s opens nothing', async (_, change) => {
		const { trigger, url, secret } = await sealed();
		trigger.staticData = {};
		const changed = change(trigger, url) ?? url;
		const received = await new N8nProcess().deliver(trigger, secret, { url: changed });
		expect(received).toMatchObject({ status: 401, body: { refused: 'secret_missing' } });
	});

	it.each(['', ' ', 'short'])(
		'is not made with the client secret %j, which could be guessed',
		async (clientSecret) => {
			const { trigger, url, secret } = await sealed({ clientSecret });
			expect(url).toBe(trigger.url);
			expect(await delivered(new N8nProcess(), trigger, { url, secret } as Kept)).toBe(200);
		},
	);

	it('counts once BildOut has confirmed it, and BildOut is asked once, for what it verifies', async () => {
		const { trigger, id, url } = await sealed();
		trigger.api.asked = [];
		const n8n = new N8nProcess();
		expect(await delivered(n8n, trigger)).toBe(200);
		trigger.staticData = {};
		expect((await n8n.deliver(trigger, 'whsec_forged', { url })).status).toBe(401);
		expect(trigger.api.asked).toEqual([]);
		const responses = await Promise.all([1, 2, 3].map(async () => await delivered(n8n, trigger)));
		expect([...responses, await delivered(n8n, trigger)]).toEqual([200, 200, 200, 200]);
		expect(trigger.api.asked).toEqual([`GET /webhooks/${id}`]);
	});

	it.each<[string, (trigger: Published) => unknown]>([
		['has no such subscription', ({ api }) => (api.subscriptions = [])],
		['has paused it', ({ api }) => (api.subscriptions[0].active = false)],
		['delivers it elsewhere', ({ api }) => (api.subscriptions[0].url = 'https://example.com/')],
		['delivers it under another seal', ({ api }) => (api.subscriptions[0].url += 'x')],
		['belongs to another account now', (trigger) => (trigger.api = new WebhookApi())],
		['returns 500', ({ api }) => (api.behavior.refuses = { GET: 500 })],
		['returns 401', ({ api }) => (api.behavior.refuses = { GET: 401 })],
		['does not respond', ({ api }) => (api.behavior.loses = ['GET'])],
	])('opens nothing where BildOut %s', async (_, happens) => {
		const { trigger, url, secret } = await sealed();
		trigger.staticData = {};
		happens(trigger);
		const n8n = new N8nProcess();
		for (let times = 0; times < 3; times++) {
			const asked = trigger.api.asked.length;
			const received = await n8n.deliver(trigger, secret, { url });
			expect(received).toEqual({ status: 401, body: { refused: 'seal_not_confirmed' } });
			// Who holds an old secret does not have BildOut asked again and again.
			expect(trigger.api.asked.length - asked).toBe(times === 0 ? 1 : 0);
		}
	});

	it('that is no later than the state opens nothing, and BildOut is not asked', async () => {
		const { trigger, url, secret } = await sealed();
		Object.assign(stateOf(trigger), { secret: 'whsec_since_then' });
		trigger.api.asked = [];
		expect(await delivered(new N8nProcess(), trigger, { url, secret } as Kept)).toBe(401);
		expect(trigger.api.asked).toEqual([]);
	});

	it('of long ago opens nothing, where the state is wiped and the process is new', async () => {
		const { trigger, url, secret } = await sealed();
		const old = { url, secret } as Kept;
		await new N8nProcess().unpublish(trigger);
		await new N8nProcess().publish(trigger);
		trigger.staticData = {};
		expect(await delivered(new N8nProcess(), trigger, old)).toBe(401);
		expect(await delivered(new N8nProcess(), trigger)).toBe(200);
	});

	it('that who knows the Client Secret forged neither opens nor breaks anything', async () => {
		const { trigger, id, url, secret } = await sealed();
		const forge = async (since: number) => {
			const getCredentials = async () => ({ clientSecret: trigger.clientSecret });
			const forger = { getCredentials } as unknown as IWebhookFunctions;
			const forged = { id, secret: 'whsec_forged', since };
			return withSeal(trigger.url, (await encryptSecret(forger, trigger.url, forged))!);
		};
		for (const since of [Date.now() + 1000, 2 ** 48 - 1, 2 ** 60]) {
			for (const wiped of [false, true]) {
				const staticData = wiped ? {} : structuredClone(trigger.staticData);
				const victim = { ...trigger, staticData };
				const n8n = new N8nProcess();
				const forgedUrl = await forge(since);
				const received = await n8n.deliver(victim, 'whsec_forged', { url: forgedUrl });
				expect(received.status).toBe(401);
				expect((await n8n.deliver(victim, secret, { url })).status).toBe(200);
			}
		}
		const n8n = new N8nProcess();
		trigger.api.add(await forge(2 ** 48 - 1), { secret: 'whsec_forged' });
		trigger.staticData = {};
		await n8n.publish(trigger);
		expect(stateOf(trigger).since).toBeLessThanOrEqual(Date.now());
		await n8n.unpublish(trigger);
		expect(trigger.api.subscriptions).toEqual([]);
	});

	it('takes one PUT, also where BildOut drops it, and none while a person tests the workflow', async () => {
		for (const [keptUrl, mode, puts] of [
			[KEEPS, 'trigger', 1],
			[DROPS, 'trigger', 1],
			[KEEPS, 'manual', 0],
		] as const) {
			const trigger = publishedTrigger(new WebhookApi({ keptUrl }), { mode });
			for (let times = 0; times < 3; times++) await new N8nProcess().publish(trigger);
			expect(trigger.api.asked.filter((asked) => asked.startsWith('PUT'))).toHaveLength(puts);
		}
	});

	it('that could not be set leaves the subscription as it is', async () => {
		for (const status of [422, 500]) {
			const { trigger } = await published({ refuses: { PUT: status } });
			expect(await delivered(new N8nProcess(), trigger)).toBe(200);
			expect(trigger.api.subscriptions).toHaveLength(1);
		}
	});
});

test('A delivery of a test comes under the secret of the test, whatever is published meanwhile', async () => {
	const trigger = publishedTrigger(new WebhookApi());
	const n8n = new N8nProcess();
	const test = testOf(trigger);
	await n8n.publish(test);
	const [{ secret }] = trigger.api.subscriptions;
	await n8n.publish(trigger);
	// n8n gives a webhook's context the production URL, in a test too.
	const received = await n8n.deliver({ ...test, url: trigger.url }, secret, { event: newEvent() });
	expect(received.status).toBe(200);
});
