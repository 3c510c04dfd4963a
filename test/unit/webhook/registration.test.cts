import { type IDataObject, WebhookPathTakenError } from 'n8n-workflow';

import { N8nProcess, published, publishedTrigger, stateOf, URL_OF_ALL } from './n8n-process.cts';
import { type Behavior, WebhookApi } from './webhook-api.cts';

const FOREIGN_URL = 'https://accounting.example.com/bildout';

type Shown = Behavior['shown'];

describe('Publishing', () => {
	it('makes one subscription, and later finds it by its ID', async () => {
		const { api, trigger, n8n } = await published();
		const [{ id, secret }] = api.subscriptions;
		expect(stateOf(trigger)).toMatchObject({ subscriptionId: id, secret, isSealed: true });
		expect(await n8n.publish(trigger)).toBe(true);
		expect(api.asked).toEqual([`GET /webhooks/${id}`]);
	});

	it('replaces a subscription at its address whose secret it does not know', async () => {
		const api = new WebhookApi();
		const stray = api.add(URL_OF_ALL);
		const { trigger } = await published(api);
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
		const { api, trigger } = await published({ keptUrl });
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

	it.each(['http://n8n.example.com', 'https://n8n.example.com:8443', 'https://other.example.com'])(
		'and unpublishing leave alone what delivers to %s, or to a path below',
		async (other) => {
			const api = new WebhookApi();
			const foreign = [
				api.add(URL_OF_ALL.replace('https://n8n.example.com', other)),
				api.add(`${URL_OF_ALL}/more`),
			];
			const { trigger } = await published(api);
			await new N8nProcess().unpublish(trigger);
			expect(api.subscriptions).toEqual(foreign);
		},
	);

	type Shows = (active?: boolean) => IDataObject;
	const words = 'paused Inactive disabled failed deactivated stopped error blocked'.split(' ');

	it.each<[string, Shows]>([
		['active', (active) => ({ active })],
		['enabled', (active) => ({ enabled: active })],
		['active as a number', (active) => ({ active: Number(active) })],
		['active as a text', (active) => ({ active: `${active}` })],
		...words.map((word): [string, Shows] => [
			`the status ${word}`,
			(active) => ({ status: active ? 'ok' : word }),
		]),
	])('starts a paused subscription again that shows it with %s', async (_, shows) => {
		const { api, trigger, n8n } = await published();
		api.behavior.shown = ({ active, ...rest }) => ({ data: { ...rest, ...shows(active) } });
		api.subscriptions[0].active = false;
		await n8n.publish(trigger);
		expect(api.asked).toContain(`PUT /webhooks/${api.subscriptions[0].id}`);
		expect([true, 1, 'true']).toContain(api.subscriptions[0].active);
	});

	it.each(['a client secret that nobody guesses', ''])(
		'starts a subscription that BildOut makes paused (Client Secret %j)',
		async (clientSecret) => {
			const { api } = await published({ made: () => ({ active: false }) }, { clientSecret });
			expect(api.subscriptions).toMatchObject([{ active: true }]);
		},
	);

	it.each([405, 404, 409, 422])('makes a new one where PUT returns %i', async (status) => {
		const { api, trigger, n8n } = await published({ refuses: { PUT: status } });
		const [{ secret }] = api.subscriptions;
		api.subscriptions[0].active = false;
		await n8n.publish(trigger);
		expect(api.subscriptions).toMatchObject([{ active: true }]);
		const [{ id: subscriptionId }] = api.subscriptions;
		expect(stateOf(trigger)).toMatchObject({ subscriptionId, formerSecrets: [{ secret }] });
	});

	it('keeps the subscription where PUT returns 500, and changes it at the next attempt', async () => {
		const { api, trigger, n8n } = await published();
		const [{ id }] = api.subscriptions;
		trigger.parameters = { events: ['invoice.sent'] };
		api.behavior.refuses = { PUT: 500 };
		await expect(n8n.publish(trigger)).rejects.toThrow('Status 500');
		api.behavior.refuses = {};
		await n8n.publish(trigger);
		expect(api.subscriptions).toMatchObject([{ id, events: ['invoice.sent'] }]);
	});

	it('does not take a PUT that changed nothing for a change', async () => {
		const { api, trigger, n8n } = await published();
		trigger.parameters = { events: ['invoice.sent'] };
		api.behavior.meanwhile = async (method) =>
			method === 'PUT' ? { statusCode: 204, body: '' } : undefined;
		await n8n.publish(trigger);
		expect(api.subscriptions).toMatchObject([{ events: ['invoice.sent'] }]);
	});

	it.each<[string, (events: unknown) => IDataObject]>([
		['without its events', () => ({})],
		['with its events as text', (events) => ({ events: `${events}` })],
	])('has other events reported, and asks once, where BildOut shows it %s', async (_, shows) => {
		const shown: Shown = ({ events, ...rest }) => ({ data: { ...rest, ...shows(events) } });
		const { api, trigger } = await published({ shown });
		trigger.parameters = { events: ['invoice.sent'] };
		for (let start = 0; start < 3; start++) await new N8nProcess().publish(trigger);
		expect(api.subscriptions).toMatchObject([{ events: ['invoice.sent'] }]);
		expect(api.asked.filter((asked) => !asked.startsWith('GET'))).toHaveLength(1);
	});

	it('does not make a new one at each start where BildOut shows more events than were asked for', async () => {
		const more = (events: string[] = []) => [...events, 'webhook.ping'];
		const shown: Shown = ({ events, ...rest }) => ({ data: { ...rest, events: more(events) } });
		const { api, trigger } = await published({ shown });
		for (let start = 0; start < 2; start++) await new N8nProcess().publish(trigger);
		expect(api.asked.filter((request) => request.startsWith('POST'))).toEqual([]);
	});

	it.each<Behavior['refuses']>([
		...[{ LIST: 404 }, { LIST: 405 }, { LIST: 501 }],
		{ LIST: 404, GET: 404, PUT: 404 },
		{ LIST: 405, GET: 405, PUT: 405 },
	])('and unpublishing cope with a BildOut that returns %j', async (refuses) => {
		const api = new WebhookApi({ refuses });
		const foreign = api.add(FOREIGN_URL);
		const { trigger } = await published(api);
		for (let start = 0; start < 2; start++) await new N8nProcess().publish(trigger);
		expect(api.subscriptions).toHaveLength(2);
		await new N8nProcess().unpublish(trigger);
		expect(api.subscriptions).toEqual([foreign]);
	});

	it('takes an expression that gives one event, or several, as a text', async () => {
		const parameters = { events: 'invoice.paid, payment.sent' };
		const { api, trigger, n8n } = await published({}, { parameters });
		expect(api.subscriptions).toMatchObject([{ events: ['invoice.paid', 'payment.sent'] }]);
		const [{ secret }] = api.subscriptions;
		expect((await n8n.deliver(trigger, secret)).items).toHaveLength(1);
		const other = await n8n.deliver(trigger, secret, { event: { id: 'e', type: 'invoice' } });
		expect(other.body).toEqual({ ignored: 'event_not_chosen' });
	});
});

describe('Publishing that fails', () => {
	const NO_ENDPOINT = /Set 'Registration' to 'Manual'/;

	describe.each([
		[401, 'unauthorized', /connect the account again/],
		[403, 'insufficient_scope', /webhooks:manage/],
		[404, 'not_found', NO_ENDPOINT],
		[405, 'not_allowed', NO_ENDPOINT],
		[422, 'validation_error', /Set 'Registration'/],
		[501, 'not_implemented', NO_ENDPOINT],
	])('with %i', (status, code, hint) => {
		const refusing = () => {
			const api = new WebhookApi();
			const body = { error: { code, message: 'No.' } };
			api.respond = async () => ({ statusCode: status, headers: {}, body });
			return api;
		};

		it('names the hint, and at once to the person who publishes', async () => {
			const publication = new N8nProcess().publish(publishedTrigger(refusing()));
			await expect(publication).rejects.toThrow(hint);
			// After this class of error, n8n does not try again.
			await expect(publication).rejects.toBeInstanceOf(WebhookPathTakenError);
		});

		if (hint === NO_ENDPOINT) return;

		it.each(['init', 'leadershipChange', 'manual'] as const)(
			'is left to n8n at %s',
			async (activation) => {
				const trigger = publishedTrigger(refusing(), { activation });
				const publication = new N8nProcess().publish(trigger);
				await expect(publication).rejects.toThrow(hint);
				await expect(publication).rejects.not.toBeInstanceOf(WebhookPathTakenError);
			},
		);
	});

	it('for a while is left to n8n', async () => {
		const api = new WebhookApi();
		api.respond = async () => ({ statusCode: 503, headers: { 'retry-after': '60' }, body: '' });
		const publication = new N8nProcess().publish(publishedTrigger(api));
		await expect(publication).rejects.not.toBeInstanceOf(WebhookPathTakenError);
	});

	it.each<[string, object]>([
		["'Trigger On'", { parameters: { events: [] } }],
		["'Webhook Signing Secret'", { parameters: { events: ['*'], registration: 'manual' } }],
		['N8N_WEBHOOK_URL', { url: 'http://localhost:5678/webhook/1/webhook' }],
	])('because of %s sends nothing and is not tried again', async (named, more) => {
		const api = new WebhookApi();
		const publication = new N8nProcess().publish(publishedTrigger(api, more));
		await expect(publication).rejects.toThrow(named);
		await expect(publication).rejects.toBeInstanceOf(WebhookPathTakenError);
		expect(api.asked).toEqual([]);
	});

	it('while a subscription is checked does not end one that works', async () => {
		const { api, trigger, n8n } = await published();
		const [healthy] = api.subscriptions;
		api.behavior.meanwhile = async () => {
			// By the time that n8n cleans up after the failure, BildOut works again.
			api.behavior.meanwhile = async () => {};
			return { statusCode: 401, body: { error: { code: 'unauthorized' } } };
		};
		await expect(n8n.publish(trigger)).rejects.toThrow();
		expect(await n8n.publish(trigger)).toBe(true);
		expect(api.subscriptions).toEqual([healthy]);
		await n8n.unpublish(trigger);
		expect(api.subscriptions).toEqual([]);
	});
});

describe('The signing secret', () => {
	const beside =
		(other: string | null): Shown =>
		({ secret, ...rest }) => ({ data: { ...rest, secret: other, signing_secret: secret } });

	it.each<[string, Shown]>([
		['in no envelope', (subscription) => ({ ...subscription })],
		['as signing_secret', ({ secret, ...rest }) => ({ data: { ...rest, signing_secret: secret } })],
		['outside', ({ secret, ...rest }) => ({ data: { ...rest }, ...(secret && { secret }) })],
		['as signing_secret beside null', beside(null)],
		['as signing_secret beside a mask', beside('****')],
		['without the events', ({ events: _, ...rest }) => ({ data: { ...rest } })],
		[
			'without the ID',
			({ id, secret, ...rest }) => ({ data: { ...rest, ...(secret ? { secret } : { id }) } }),
		],
	])('is learned where BildOut shows it %s', async (_, shown) => {
		const { api, trigger } = await published({ shown });
		expect(stateOf(trigger)).toMatchObject({ secret: api.subscriptions[0].secret });
		expect(await new N8nProcess().publish(trigger)).toBe(true);
		trigger.staticData = {};
		await new N8nProcess().unpublish(trigger);
		expect(api.subscriptions).toEqual([]);
	});

	it('is learned where IDs are numbers', async () => {
		const { trigger } = await published({
			made: (count) => ({ id: String(count + 7) }),
			shown: ({ id, ...rest }) => ({ data: { ...rest, id: Number(id) } }),
		});
		expect(await new N8nProcess().publish(trigger)).toBe(true);
		expect(stateOf(trigger)).toMatchObject({ subscriptionId: '7' });
	});

	const MASKS = `
		******** •••••••••••• whsec_**************** whsec_abcd...wxyz whsec_ab…yz whsec_ab..yz
		xxxxxxxxxxxxxxxx XXXX-1234 0000000000000000 - ＊＊＊＊＊＊＊＊ whsec_∗∗∗∗∗∗ whsec_xxx whsec_
		whsec_#### whsec_????? whsec_$$$$ whsec_~~~~ hidden [REDACTED] secret_hidden encrypted
		null nil N/A none yes unset placeholder shown_once not_available already_issued
		confidential concealed write-only ends_in_1234 YOUR_SECRET`;

	it.each([...MASKS.trim().split(/\s+/), '(not shown)', 'Only shown once', ' '])(
		'is not %j, whether POST or PUT returns it',
		async (mask) => {
			const inPost = new WebhookApi({
				shown: ({ secret: _, ...rest }) => ({ data: { ...rest, secret: mask } }),
			});
			await expect(new N8nProcess().publish(publishedTrigger(inPost))).rejects.toThrow(
				/did not return its signing secret, so it was removed again/,
			);
			expect(inPost.subscriptions).toEqual([]);

			const { api, trigger, n8n } = await published({
				shown: ({ secret, ...rest }) => ({ data: { ...rest, secret: secret ?? mask } }),
			});
			trigger.parameters = { events: ['invoice.sent', 'invoice.paid'] };
			await n8n.publish(trigger);
			const [{ secret, url }] = api.subscriptions;
			expect(stateOf(trigger)).toMatchObject({ secret, isSealed: true });
			expect((await n8n.deliver(trigger, mask, { url })).status).toBe(401);
			expect((await n8n.deliver(trigger, secret, { url })).status).toBe(200);
		},
	);

	it.each([
		...['whsec_5f1c0b7ae2d94e', '4vX0k3Zb+Q/9sTn2==', 'a1b2c3', 'whsec_test_secret'],
		...['correct-horse-battery', 'Kx__9--_aZ++q//', 'p@ss:w0rd!'],
	])('may be %j', async (secret) => {
		const { trigger } = await published({ made: () => ({ secret }) });
		expect(stateOf(trigger)).toMatchObject({ secret });
	});

	it('may change with each PUT: the first and the latest are good, the others for a day', async () => {
		let changes = 0;
		const { trigger } = await published({ changed: () => `whsec_changed_${++changes}` });
		for (let start = 0; start < 2; start++) await new N8nProcess().publish(trigger);
		// A change that is not needed is not made again for the seal.
		expect(changes).toBe(1);
		const n8n = new N8nProcess();
		for (const event of ['invoice.sent', 'invoice.paid']) {
			trigger.parameters = { events: [event] };
			await n8n.publish(trigger);
		}
		const secrets = [stateOf(trigger).secret, ...[1, 2, 3].map((n) => `whsec_changed_${n}`)];
		const deliver = async (secret: unknown) => (await n8n.deliver(trigger, String(secret))).status;
		expect(await Promise.all(secrets.map(deliver))).toEqual([200, 200, 200, 200]);
		jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 24 * 60 * 60 * 1000);
		expect(await Promise.all(secrets.map(deliver))).toEqual([200, 401, 401, 200]);
		jest.restoreAllMocks();
	});

	it.each<[unknown, string[]]>([
		['whsec_1', ['whsec_1']],
		[' whsec_1 \n', ['whsec_1']],
		['whsec_1,whsec_2, whsec_3', ['whsec_1', 'whsec_2', 'whsec_3']],
		[' , ,', []],
		[undefined, []],
	])('of Registration Manual is each of %j in the credential', async (signingSecret, good) => {
		const parameters = { events: ['*'], registration: 'manual' };
		const trigger = publishedTrigger(new WebhookApi(), { parameters, signingSecret });
		const n8n = new N8nProcess();
		for (const secret of ['whsec_1', 'whsec_2', 'whsec_3']) {
			const { status } = await n8n.deliver(trigger, secret);
			expect([secret, status]).toEqual([secret, good.includes(secret) ? 200 : 401]);
		}
		expect(trigger.api.asked).toEqual([]);
	});
});

describe('Unpublishing', () => {
	it.each<[string, (api: WebhookApi) => unknown]>([
		['nothing unusual', () => {}],
		['a second subscription at our address', (api) => api.add(URL_OF_ALL)],
		['a second one with a query', (api) => api.add(`${URL_OF_ALL}?attempt=2`)],
		['a GET by ID that is 404', (api) => (api.behavior.refuses = { GET: 404 })],
		['a GET by ID that is 405', (api) => (api.behavior.refuses = { GET: 405 })],
		['no list and no GET by ID', (api) => (api.behavior.refuses = { GET: 405, LIST: 405 })],
		['a subscription that was removed before', (api) => api.subscriptions.splice(1)],
	])('leaves nothing behind with %s', async (_, happens) => {
		const api = new WebhookApi();
		const foreign = api.add(FOREIGN_URL);
		const { trigger } = await published(api);
		happens(api);
		await new N8nProcess().unpublish(trigger);
		expect(api.subscriptions).toEqual([foreign]);
		expect(stateOf(trigger).subscriptionId).toBeUndefined();
	});

	it.each([404, 410])('is done where BildOut returns %i to DELETE', async (status) => {
		const { api, trigger } = await published();
		api.behavior.refuses = { DELETE: status };
		await new N8nProcess().unpublish(trigger);
		const ends = api.asked.filter((request) => request.startsWith('DELETE'));
		expect(new Set(ends).size).toBe(1);
		expect(stateOf(trigger).subscriptionId).toBeUndefined();
	});

	it('leaves nothing behind after the response to POST got lost', async () => {
		const api = new WebhookApi({ loses: ['POST'] });
		await expect(new N8nProcess().publish(publishedTrigger(api))).rejects.toThrow();
		expect(api.asked).toContain('POST /webhooks');
		expect(api.subscriptions).toEqual([]);
	});

	it('leaves alone the subscription of a twin, whose state a copied workflow brings along', async () => {
		for (const refuses of [{}, { GET: 405, LIST: 405 }]) {
			const { api, trigger: original } = await published();
			const copy = publishedTrigger(api, {
				url: 'https://n8n.example.com/webhook/copy/webhook',
				staticData: structuredClone(original.staticData),
			});
			api.behavior.refuses = refuses;
			await new N8nProcess().publish(copy);
			await new N8nProcess().unpublish(copy);
			expect(api.subscriptions).toMatchObject([{ id: stateOf(original).subscriptionId }]);
		}
	});

	it('does not touch what a person added by hand for Registration Manual', async () => {
		const api = new WebhookApi();
		const byHand = api.add(URL_OF_ALL);
		const parameters = { events: ['invoice.paid'], registration: 'manual' };
		await new N8nProcess().unpublish(publishedTrigger(api, { parameters }));
		expect(api.subscriptions).toEqual([byHand]);
		expect(api.asked).toEqual([]);
	});

	it('for Registration Manual ends the automatic one, whose secret stays good', async () => {
		const { api, trigger, n8n } = await published();
		const [{ secret }] = api.subscriptions;
		trigger.parameters = { events: ['invoice.paid'], registration: 'manual' };
		trigger.signingSecret = 'whsec_by_hand';
		await n8n.publish(trigger);
		expect(api.subscriptions).toEqual([]);
		for (const good of [secret, 'whsec_by_hand']) {
			expect((await n8n.deliver(trigger, good)).status).toBe(200);
		}
	});
});
