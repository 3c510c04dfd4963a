import { on } from 'node:events';
import { Readable } from 'node:stream';
import staticFiles from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { notFound } from '../api/errors.mts';
import { client, owner } from '../oauth/grants.mts';
import type { StoredRecord } from '../records/collection.mts';
import type { Invoice } from '../records/types.mts';
import type { Sandbox } from '../sandbox.mts';
import { pageHeaders, refuseOtherMachines, refuseOtherSites } from './protection.mts';

const rowsShown = 25;
const deliveriesShown = 50;

interface Find {
	search?: string;
	status?: string;
	/** How many rows to show at most. */
	show?: string;
}

const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;

/** The page that a person uses: static files, and the small private API that feeds them. */
export async function pageRoutes(app: FastifyInstance, sandbox: Sandbox): Promise<void> {
	const { records, resources, subscriptions, courier, news, change } = sandbox;

	await app.register(staticFiles, {
		root: new URL('public', import.meta.url),
		prefix: '/assets/',
		cacheControl: false,
		setHeaders: (reply) => void reply.headers(pageHeaders),
	});
	app.get('/', { onRequest: refuseOtherMachines }, (_request, reply) =>
		reply.sendFile('index.html'),
	);

	for (const kind of ['customers', 'invoices', 'payments', 'projects', 'vendors'] as const) {
		app.get(`/${kind}/:id`, { onRequest: refuseOtherMachines }, (request, reply) => {
			if (!records[kind].has(idOf(request))) throw notFound('page', idOf(request));
			return reply.redirect(`/#${kind}`);
		});
	}

	const find = (request: FastifyRequest) => {
		const { search, status, show } = request.query as Find;
		return {
			search,
			where: (status ? { status } : {}) as Record<string, string>,
			limit: Math.max(0, Math.trunc(Number(show))) || rowsShown,
		};
	};
	const customerName = (id: string) => String(records.customers.get(id)?.name ?? '');

	await app.register(
		async (page) => {
			page.addHook('onRequest', refuseOtherSites);
			page.addHook('onRequest', async (_request, reply) => void reply.headers(pageHeaders));

			page.get('/account', async () => ({
				...owner,
				clientId: client.id,
				clientSecret: client.secret,
			}));

			page.get('/invoices', async (request) => {
				const selection = find(request);
				const withCustomer = (invoice: Invoice) => ({
					...invoice,
					customer: customerName(invoice.client_id),
				});
				return {
					total: records.invoices.count(selection),
					rows: records.invoices.list(selection).map(withCustomer),
				};
			});
			page.post('/invoices/:id/sent', async (request) =>
				change(() => resources.invoices.markSent(idOf(request))),
			);
			page.post('/invoices/:id/paid', async (request) =>
				change(() => resources.payments.receive(idOf(request))),
			);

			for (const people of ['customers', 'vendors'] as const) {
				page.get(
					`/${people}`,
					async (request): Promise<{ total: number; rows: StoredRecord[] }> => {
						const selection = { ...find(request), where: {} };
						return {
							total: records[people].count(selection),
							rows: records[people].list(selection),
						};
					},
				);
			}
			page.post(
				'/vendors/:id/paid',
				{
					schema: {
						body: {
							type: 'object',
							required: ['amount'],
							properties: { amount: { type: 'number', minimum: 0.01, maximum: 9999999999.99 } },
						},
					},
				},
				async (request) => {
					const { amount } = request.body as { amount: number };
					return change(() => resources.payments.send(idOf(request), amount));
				},
			);

			page.get('/subscriptions', async () => records.subscriptions.list().map(subscriptions.shown));
			page.get('/deliveries', async () => records.deliveries.list({ limit: deliveriesShown }));
			page.post('/deliveries/:id/again', async (request) => {
				if (!courier.redeliver(idOf(request))) throw notFound('delivery', idOf(request));
				return { ok: true };
			});

			page.get('/news', (_request, reply) => {
				async function* ticks() {
					yield 'retry: 1000\n\n';
					for await (const _ of on(news, 'change')) yield 'data: change\n\n';
				}
				return reply.type('text/event-stream').send(Readable.from(ticks()));
			});
		},
		{ prefix: '/page' },
	);
}
