import { WebhookPathTakenError } from 'n8n-workflow';

import { N8nProcess, publishedTrigger, stateOf, URL_OF_ALL } from './n8n-process.cts';
import { type Habits, WebhookApi } from './webhook-api.cts';

const FOREIGN_URL = 'https://accounting.example.com/bildout';

describe('Publishing', () => {
	it('makes one subscription, and later finds it by its ID', async () => {
		const api = new WebhookApi();
		const trigger = publishedTrigger(api);
		const n8n = new N8nProcess();
		expect(await n8n.publish(trigger)).toBe(false);
		const [{ id, secret }] = api.subscriptions;
		expect(stateOf(trigger)).toMatchObject({ subscriptionId: id, secret, isSealed: true });
		api.asked = [];
		expect(await n8n.publish(trigger)).toBe(true);
		expect(api.asked).toEqual([`GET /webhooks/${id}`]);
	});

	it('replaces a subscription at its address whose secret it does not know', async () => {
		const api = new WebhookApi();
		const stray = api.add(URL_OF_ALL);
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		expect(api.subscriptions).toHaveLength(1);
		expect(api.subscriptions[0].id).not.toBe(stray.id);
		expect(stateOf(trigger).secret).toBe(api.subscriptions[0].secret);
	});

	it.each<[string, (url: string) => string]>([
		['with its host in other letters', (url) => url.replace('n8n.example', 'N8N.Example')],
		['with its port', (url) => url.replace('.com/', '.com:443/')],
		['with a dot behind the host', (url) => url.replace('.com/', '.com./')],
		['with percent-encoding', (url) => url.replace('webhook', '%77ebhook')],
		['with a slash at its end', (url) => url.replace(/\/webhook(?=$|\?)/, '/webhook/')],
		['without its query', (url) => url.replace(/\?.*/, '')],
		['with a query of its own', (url) => `${url}${url.includes('?') ? '&' : '?'}source=api`],
		['with a query of its own before ours', (url) => url.replace(/\?|$/, '?v=2&')],
		['with a fragment', (url) => `${url}#1`],
		['cut short', (url) => url.slice(0, 60)],
	])('finds its subscription where BildOut keeps the URL %s', async (_, keptUrl) => {
		const api = new WebhookApi({ keptUrl });
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		for (let start = 0; start < 3; start++) await new N8nProcess().publish(trigger);
		expect(api.subscriptions).toHaveLength(1);
		api.asked = [];
		await new N8nProcess().publish(trigger);
		expect(api.asked).toEqual([`GET /webhooks/${api.subscriptions[0].id}`]);

		trigger.staticData = {};
		await new N8nProcess().publish(trigger);
		expect(api.subscriptions).toHaveLength(1);
		await new N8nProcess().unpublish(trigger);
		expect(api.subscriptions).toEqual([]);
	});

	it.each(['http', 'https://n8n.example.com:8443', 'https://other.example.com', 'path'])(
		'leaves alone what delivers elsewhere: another %s',
		async (other) => {
			const url =
				other === 'path'
					? `${URL_OF_ALL}/more`
					: URL_OF_ALL.replace(other === 'http' ? 'https' : 'https://n8n.example.com', other);
			const api = new WebhookApi();
			const foreign = api.add(url);
			const trigger = publishedTrigger(api);
			await new N8nProcess().publish(trigger);
			await new N8nProcess().unpublish(trigger);
			expect(api.subscriptions).toEqual([foreign]);
		},
	);

	it.each<[string, Habits['shown']]>([
		['active', (subscription) => ({ data: { ...subscription } })],
		['enabled', ({ active, ...rest }) => ({ data: { ...rest, enabled: active } })],
		['status', ({ active, ...rest }) => ({ data: { ...rest, status: active ? 'ok' : 'paused' } })],
	])('starts a paused subscription again that shows it with %s', async (_, shown) => {
		const api = new WebhookApi();
		const trigger = publishedTrigger(api);
		const n8n = new N8nProcess();
		await n8n.publish(trigger);
		api.habits.shown = shown;
		api.subscriptions[0].active = false;
		api.asked = [];
		await n8n.publish(trigger);
		expect(api.asked).toContain(`PUT /webhooks/${api.subscriptions[0].id}`);
		expect(api.subscriptions).toMatchObject([{ active: true }]);
	});

	it.each([405, 404, 422])('makes a new one where PUT answers %i', async (status) => {
		const api = new WebhookApi({ refuses: { PUT: status } });
		const trigger = publishedTrigger(api);
		const n8n = new N8nProcess();
		await n8n.publish(trigger);
		const [{ secret }] = api.subscriptions;
		api.subscriptions[0].active = false;
		await n8n.publish(trigger);
		expect(api.subscriptions).toMatchObject([{ active: true }]);
		expect(stateOf(trigger)).toMatchObject({
			subscriptionId: api.subscriptions[0].id,
			formerSecrets: [{ secret }],
		});
	});

	it('does not make a new one at each start where BildOut shows more events than were asked for', async () => {
		const api = new WebhookApi({
			shown: ({ events, ...rest }) => ({ data: { ...rest, events: [...events!, 'webhook.ping'] } }),
		});
		const trigger = publishedTrigger(api);
		for (let start = 0; start < 3; start++) await new N8nProcess().publish(trigger);
		expect(api.asked.filter((request) => request.startsWith('POST'))).toHaveLength(1);
	});

	it.each([404, 405, 501])('registers where the list answers %i', async (status) => {
		const api = new WebhookApi({ refuses: { LIST: status } });
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		await new N8nProcess().publish(trigger);
		expect(api.subscriptions).toHaveLength(1);
		await new N8nProcess().unpublish(trigger);
		expect(api.subscriptions).toEqual([]);
	});

	it.each([404, 405])(
		'registers, and ends, where all but POST and DELETE is %i',
		async (status) => {
			const api = new WebhookApi({ refuses: { LIST: status, GET: status, PUT: status } });
			const foreign = api.add(FOREIGN_URL);
			const trigger = publishedTrigger(api);
			for (let start = 0; start < 3; start++) await new N8nProcess().publish(trigger);
			expect(api.subscriptions).toHaveLength(2);
			await new N8nProcess().unpublish(trigger);
			expect(api.subscriptions).toEqual([foreign]);
		},
	);

	it.each([404, 405, 501])('says what to do, at once, where POST is %i', async (status) => {
		const api = new WebhookApi({ refuses: { POST: status, LIST: status } });
		const publishing = new N8nProcess().publish(publishedTrigger(api));
		await expect(publishing).rejects.toThrow(/Set 'Registration' to 'Manual'/);
		// By this class n8n knows that trying again is of no use.
		await expect(publishing).rejects.toBeInstanceOf(WebhookPathTakenError);
	});

	describe.each([
		[401, 'unauthorized', /connect the account again/],
		[403, 'insufficient_scope', /webhooks:manage/],
		[422, 'validation_error', /Set 'Registration'/],
	])('refused with %i', (status, code, remedy) => {
		const refusing = () => {
			const api = new WebhookApi();
			api.answer = async () => ({
				statusCode: status,
				headers: {},
				body: { error: { code, message: 'No.' } },
			});
			return api;
		};

		it('says so at once to the person who publishes', async () => {
			const publication = new N8nProcess().publish(publishedTrigger(refusing()));
			await expect(publication).rejects.toThrow(remedy);
			await expect(publication).rejects.toBeInstanceOf(WebhookPathTakenError);
		});

		it.each(['init', 'leadershipChange', 'manual'] as const)(
			'leaves the rest to n8n at %s',
			async (activation) => {
				const trigger = publishedTrigger(refusing(), { activation });
				const publication = new N8nProcess().publish(trigger);
				await expect(publication).rejects.toThrow(remedy);
				await expect(publication).rejects.not.toBeInstanceOf(WebhookPathTakenError);
			},
		);
	});

	it('leaves it to n8n to try again where BildOut fails for a while', async () => {
		const api = new WebhookApi();
		api.answer = async () => ({ statusCode: 503, headers: { 'retry-after': '60' }, body: '' });
		const publication = new N8nProcess().publish(publishedTrigger(api));
		await expect(publication).rejects.not.toBeInstanceOf(WebhookPathTakenError);
	});

	it.each(['secret', 'signing_secret'])('learns the secret as %s', async (name) => {
		const api = new WebhookApi({
			shown: ({ secret, ...rest }) => ({ data: { ...rest, ...(secret && { [name]: secret }) } }),
		});
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		expect(stateOf(trigger).secret).toBe(api.subscriptions[0].secret);
	});

	it.each<[string, Habits['shown']]>([
		['in no envelope', (subscription) => ({ ...subscription })],
		['with a numeric ID', ({ id, ...rest }) => ({ data: { ...rest, id: parseInt(id!, 16) } })],
		[
			'with the secret outside',
			({ secret, ...rest }) => ({ data: { ...rest }, ...(secret && { secret }) }),
		],
		[
			'with null instead of its secret, and a signing secret',
			({ secret, ...rest }) => ({
				data: { ...rest, secret: null, ...(secret && { signing_secret: secret }) },
			}),
		],
		[
			'with a mask instead of its secret, and a signing secret',
			({ secret, ...rest }) => ({
				data: { ...rest, secret: '********', ...(secret && { signing_secret: secret }) },
			}),
		],
		['without its events', ({ events: _, ...rest }) => ({ data: { ...rest } })],
		[
			'without its ID when it is made',
			({ id, secret, ...rest }) => ({
				data: { ...rest, ...(secret ? { secret } : { id }) },
			}),
		],
	])('copes with a subscription that is shown %s', async (name, shown) => {
		const api = new WebhookApi({ shown });
		if (name.includes('numeric')) {
			api.add = (url, more) => {
				const id = String(api.subscriptions.length + 7);
				const kept = { id, url, events: [], active: true, secret: 'whsec_7', ...more };
				api.subscriptions.push(kept);
				return kept;
			};
		}
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		expect(stateOf(trigger)).toMatchObject({ secret: api.subscriptions[0].secret });
		expect(await new N8nProcess().publish(trigger)).toBe(true);
		trigger.staticData = {};
		await new N8nProcess().unpublish(trigger);
		expect(api.subscriptions).toEqual([]);
	});

	it('removes a subscription again whose secret is not shown, and says so', async () => {
		const api = new WebhookApi({ shown: ({ secret: _, ...rest }) => ({ data: { ...rest } }) });
		await expect(new N8nProcess().publish(publishedTrigger(api))).rejects.toThrow(
			/did not return its signing secret, so it was removed again/,
		);
		expect(api.subscriptions).toEqual([]);
	});

	const MASKS = [
		'********',
		'••••••••••••',
		'whsec_****************',
		'whsec_abcd...wxyz',
		'whsec_ab…yz',
		'xxxxxxxxxxxxxxxx',
		'XXXX-1234',
		'0000000000000000',
		'-',
		'hidden',
		'[REDACTED]',
		'(not shown)',
		'Only shown once',
		'secret_hidden',
		'encrypted',
		'null',
		'N/A',
		'none',
		' ',
		'whsec_####',
		'＊＊＊＊＊＊＊＊',
		'whsec_∗∗∗∗∗∗',
		'whsec_?????',
		'whsec_$$$$',
		'whsec_~~~~',
		'whsec_xxx',
		'whsec_ab..yz',
		'whsec_',
		'placeholder',
		'shown_once',
		'not_available',
		'already_issued',
		'confidential',
		'concealed',
		'write-only',
		'ends_in_1234',
		'YOUR_SECRET',
		'unset',
		'nil',
		'yes',
	];

	it.each(MASKS)('does not take %j for a secret', async (mask) => {
		const api = new WebhookApi({
			shown: ({ secret: _, ...rest }) => ({ data: { ...rest, secret: mask } }),
		});
		await expect(new N8nProcess().publish(publishedTrigger(api))).rejects.toThrow(
			/did not return its signing secret, so it was removed again/,
		);
		expect(api.subscriptions).toEqual([]);
	});

	it.each(MASKS)('keeps the secret where a later change answers %j', async (mask) => {
		const api = new WebhookApi({
			shown: ({ secret, ...rest }) => ({ data: { ...rest, secret: secret ?? mask } }),
		});
		const trigger = publishedTrigger(api);
		const n8n = new N8nProcess();
		await n8n.publish(trigger);
		trigger.parameters = { events: ['invoice.sent', 'invoice.paid'] };
		await n8n.publish(trigger);
		const [{ secret, url }] = api.subscriptions;
		expect(stateOf(trigger)).toMatchObject({ secret, isSealed: true });
		expect((await n8n.deliver(trigger, mask, { url })).status).toBe(401);
		expect((await n8n.deliver(trigger, secret, { url })).status).toBe(200);
	});

	it.each([
		'whsec_5f1c0b7ae2d94e',
		'4vX0k3Zb+Q/9sTn2==',
		'a1b2c3',
		'whsec_test_secret',
		'correct-horse-battery',
		'Kx__9--_aZ++q//',
		'p@ss:w0rd!',
	])('takes %j for a secret', async (secret) => {
		const api = new WebhookApi();
		const { add } = api;
		api.add = (url, more) => add.call(api, url, { ...more, secret });
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		expect(stateOf(trigger)).toMatchObject({ secret });
	});

	it.each<[string, Habits['shown']]>([
		['without its events', ({ events: _, ...rest }) => ({ data: { ...rest } })],
		[
			'with its events as text',
			({ events, ...rest }) => ({ data: { ...rest, events: String(events) } }),
		],
	])('has other events reported, and asks once, where BildOut shows it %s', async (_, shown) => {
		const api = new WebhookApi({ shown });
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		trigger.parameters = { events: ['invoice.sent'] };
		api.asked = [];
		for (let start = 0; start < 3; start++) await new N8nProcess().publish(trigger);
		expect(api.subscriptions).toMatchObject([{ events: ['invoice.sent'] }]);
		expect(api.asked.filter((asked) => !asked.startsWith('GET'))).toHaveLength(1);
	});

	it('does not take a PUT that changed nothing for a change', async () => {
		const api = new WebhookApi();
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		const { answer } = api;
		api.answer = async (options) =>
			options.method === 'PUT'
				? { statusCode: 204, headers: {}, body: '' }
				: await answer.call(api, options);
		trigger.parameters = { events: ['invoice.sent'] };
		await new N8nProcess().publish(trigger);
		expect(api.subscriptions).toMatchObject([{ events: ['invoice.sent'] }]);
	});

	it.each([
		['with a seal', 'a client secret that nobody guesses'],
		['without one', ''],
	])('starts a subscription that BildOut makes paused, %s', async (_, clientSecret) => {
		const api = new WebhookApi();
		const { add } = api;
		api.add = (url, more) => add.call(api, url, { ...more, active: false });
		await new N8nProcess().publish(publishedTrigger(api, { clientSecret }));
		expect(api.subscriptions).toMatchObject([{ active: true }]);
	});

	it('takes an expression that gives one event, or several, as a text', async () => {
		const api = new WebhookApi();
		const trigger = publishedTrigger(api, { parameters: { events: 'invoice.paid, payment.sent' } });
		const n8n = new N8nProcess();
		await n8n.publish(trigger);
		expect(api.subscriptions).toMatchObject([{ events: ['invoice.paid', 'payment.sent'] }]);
		const { secret } = api.subscriptions[0];
		expect((await n8n.deliver(trigger, secret)).items).toHaveLength(1);
		const other = await n8n.deliver(trigger, secret, { event: { id: 'e', type: 'invoice' } });
		expect(other.body).toEqual({ ignored: 'event_not_chosen' });
	});

	it('keeps each secret good for a day that a change replaced', async () => {
		let changes = 0;
		const api = new WebhookApi();
		const { answer } = api;
		api.answer = async (options) => {
			const response = (await answer.call(api, options)) as object;
			if (options.method !== 'PUT') return response;
			api.subscriptions[0].secret = `whsec_changed_${++changes}`;
			return { ...response, body: { data: { ...api.subscriptions[0] } } };
		};
		const trigger = publishedTrigger(api);
		const n8n = new N8nProcess();
		await n8n.publish(trigger);
		for (const event of ['invoice.sent', 'invoice.paid']) {
			trigger.parameters = { events: [event] };
			await n8n.publish(trigger);
		}
		expect(changes).toBe(3);
		for (const change of [1, 2, 3]) {
			expect((await n8n.deliver(trigger, `whsec_changed_${change}`)).status).toBe(200);
		}
	});

	it('accepts both secrets where a change brings another, and changes it no more than needed', async () => {
		let changes = 0;
		const api = new WebhookApi();
		const { answer } = api;
		api.answer = async (options) => {
			const response = await answer.call(api, options);
			if (options.method !== 'PUT') return response;
			const [registered] = api.subscriptions;
			registered.secret = `whsec_changed_${++changes}`;
			return { ...(response as object), body: { data: { ...registered } } };
		};
		const trigger = publishedTrigger(api);
		for (let start = 0; start < 3; start++) await new N8nProcess().publish(trigger);
		expect(changes).toBe(1);
		const n8n = new N8nProcess();
		expect((await n8n.deliver(trigger, 'whsec_changed_1')).status).toBe(200);
		expect((await n8n.deliver(trigger, stateOf(trigger).secret as string)).status).toBe(200);
	});

	it('does not end a subscription that works because checking it failed for a while', async () => {
		const api = new WebhookApi();
		const trigger = publishedTrigger(api);
		await new N8nProcess().publish(trigger);
		const [healthy] = api.subscriptions;
		const n8n = new N8nProcess();
		const { answer } = api;
		api.answer = async (options) => {
			// By the time that n8n cleans up after the failure, BildOut answers again.
			api.answer = answer;
			return { statusCode: 401, headers: {}, body: { error: { code: 'unauthorized' } }, options };
		};
		await expect(n8n.publish(trigger)).rejects.toThrow();
		expect(await n8n.publish(trigger)).toBe(true);
		expect(api.subscriptions).toEqual([healthy]);
		await n8n.unpublish(trigger);
		expect(api.subscriptions).toEqual([]);
	});
});
