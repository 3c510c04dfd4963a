import { on } from 'node:events';
import { Readable } from 'node:stream';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { notFound } from '../api/errors.mts';
import { client, owner } from '../oauth/grants.mts';
import type { Collection, StoredRecord } from '../records/collection.mts';
import { kinds } from '../records/kinds.mts';
import type { Sandbox } from '../sandbox.mts';
import { pageHeaders, refuseOtherMachines, refuseOtherSites } from './protection.mts';

const rowsShown = 25;
const deliveriesShown = 50;
const requestsShown = 200;

interface Find {
	search?: string;
	/** Of invoices only. */
	status?: string;
	/** How many rows to show at most. */
	show?: string;
}

const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;

const amountBody = {
	type: 'object',
	required: ['amount'],
	properties: { amount: { type: 'number', minimum: 0.01, maximum: 9999999999.99 } },
};

/** The page that a person uses: static files, and the small private API that feeds them. */
export async function pageRoutes(app: FastifyInstance, sandbox: Sandbox): Promise<void> {
	const { records } = sandbox;

	await app.register(staticFiles, {
		root: [
			new URL('public', import.meta.url),
			new URL('../../node_modules/@picocss/pico/css', import.meta.url),
		],
		prefix: '/assets/',
		cacheControl: false,
		setHeaders: (reply) => void reply.headers(pageHeaders),
	});
	app.get('/', { onRequest: refuseOtherMachines }, (_request, reply) =>
		reply.sendFile('index.html'),
	);

	for (const kind of kinds) {
		app.get(`/${kind}/:id`, { onRequest: refuseOtherMachines }, (request, reply) => {
			if (!records[kind].has(idOf(request))) throw notFound('page', idOf(request));
			return reply.redirect(`/#${kind}`);
		});
	}

	await app.register(
		async (page) => {
			page.addHook('onRequest', refuseOtherSites);
			page.addHook('onRequest', async (_request, reply) => void reply.headers(pageHeaders));
			listRoutes(page, sandbox);
			buttonRoutes(page, sandbox);
			newsRoute(page, sandbox);
		},
		{ prefix: '/page' },
	);
}

/** What the page shows. A record comes with the names of those that it refers to. */
function listRoutes(page: FastifyInstance, sandbox: Sandbox): void {
	const { records, subscriptions, clock } = sandbox;

	page.get('/account', async () => ({
		...owner,
		clientId: client.id,
		clientSecret: client.secret,
		today: clock.today(),
	}));

	const names: Array<[field: string, name: string, nameOf: (id: string) => unknown]> = [
		['client_id', 'customer', (id) => records.customers.get(id)?.name],
		['vendor_id', 'vendor', (id) => records.vendors.get(id)?.name],
		['invoice_id', 'invoice', (id) => records.invoices.get(id)?.invoice_number],
	];
	const withNames = (record: StoredRecord) => ({
		...record,
		...Object.fromEntries(
			names
				.filter(([field]) => field in record)
				.map(([field, name, nameOf]) => [name, nameOf(String(record[field])) ?? '']),
		),
	});
	for (const kind of kinds) {
		const collection = records[kind] as Collection<StoredRecord>;
		page.get(`/${kind}`, async (request) => {
			const { search, status, show } = request.query as Find;
			const selection = {
				search,
				where: (kind === 'invoices' && status ? { status } : {}) as Record<string, string>,
				limit: Math.max(0, Math.trunc(Number(show))) || rowsShown,
			};
			return {
				total: collection.count(selection),
				rows: collection.list(selection).map(withNames),
			};
		});
	}

	page.get('/subscriptions', async () => records.subscriptions.list().map(subscriptions.shown));
	page.get('/deliveries', async () => records.deliveries.list({ limit: deliveriesShown }));
	page.get('/requests', async () => requestsOfToday(sandbox));
}

/** The latest requests of this machine's day, newest first, without tokens and bodies. Times are in ms. */
function requestsOfToday({ requestLog }: Sandbox) {
	const midnight = new Date().setHours(0, 0, 0, 0);
	const ofToday = requestLog.entries().filter(({ startedAt }) => startedAt >= midnight);
	const latest = ofToday.slice(-requestsShown);
	const earlier = ofToday.at(-requestsShown - 1);
	return {
		total: ofToday.length,
		rows: latest
			.map(({ method, path, status, startedAt, finishedAt, responseHeaders }, index) => {
				const before = latest[index - 1] ?? earlier;
				return {
					method,
					path,
					status,
					at: new Date(startedAt).toISOString(),
					ms: finishedAt && finishedAt - startedAt,
					/** How long after the request before it this one came. */
					wait: before ? startedAt - before.startedAt : null,
					left: responseHeaders['x-ratelimit-remaining'] ?? null,
				};
			})
			.reverse(),
	};
}

function buttonRoutes(page: FastifyInstance, sandbox: Sandbox): void {
	const { resources, courier, clock, change } = sandbox;

	page.post('/clock/next-day', async () => {
		clock.toNextDay();
		return { now: clock.now(), today: clock.today() };
	});
	const invoiceButtons: Record<string, (id: string) => object> = {
		sent: (id) => resources.invoices.markSent(id),
		viewed: (id) => resources.invoices.markViewed(id),
		paid: (id) => resources.payments.receive(id),
		void: (id) => resources.invoices.makeVoid(id),
	};
	for (const [button, press] of Object.entries(invoiceButtons)) {
		page.post(`/invoices/:id/${button}`, async (request) => change(() => press(idOf(request))));
	}
	page.post('/invoices/:id/part-paid', { schema: { body: amountBody } }, async (request) => {
		const { amount } = request.body as { amount: number };
		return change(() => resources.payments.receive(idOf(request), { amount }));
	});
	page.post('/vendors/:id/paid', { schema: { body: amountBody } }, async (request) => {
		const { amount } = request.body as { amount: number };
		return change(() => resources.payments.send(idOf(request), amount));
	});
	for (const fault of ['forged', 'stale'] as const) {
		page.post(
			`/deliveries/:id/${fault}`,
			async (request) => await courier.sendInvalid(idOf(request), fault),
		);
	}
	page.post('/deliveries/:id/again', async (request) => {
		courier.redeliver(idOf(request));
		return { ok: true };
	});
}

/** Tells an open page whenever there is something new to see. */
function newsRoute(page: FastifyInstance, { news }: Sandbox): void {
	page.get('/news', (_request, reply) => {
		async function* ticks() {
			yield 'retry: 1000\n\n';
			for await (const _ of on(news, 'change')) yield 'data: change\n\n';
		}
		return reply.type('text/event-stream').send(Readable.from(ticks()));
	});
}
