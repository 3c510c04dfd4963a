import type { FastifyInstance } from 'fastify';
import { ApiError } from '../api/errors.mts';
import type { PaymentDetails } from '../api/resources/payments.mts';
import { scopes } from '../contract/contract.mts';
import { TOKEN_LIFETIME } from '../oauth/grants.mts';
import { refuseOtherSites } from '../page/protection.mts';
import type { Sandbox } from '../sandbox.mts';
import type { Quantities } from '../seed/seed.mts';
import type { SettingsChange } from '../settings.mts';
import type { Fault } from './faults.mts';
import { controlBodies } from './schemas.mts';

interface Emitted {
	type: string;
	data?: unknown;
	id?: string;
	created_at?: string;
}

/** What tests have the sandbox do; registered only when asked for, under a path of its own. */
export async function controlRoutes(app: FastifyInstance, sandbox: Sandbox): Promise<void> {
	const { clock, grants, faults, requestLog } = sandbox;

	app.addHook('onRequest', refuseOtherSites);
	app.addHook('preValidation', async (request) => {
		if (request.malformed) throw new ApiError(400, 'The body is not valid JSON.');
		request.body ??= {};
	});
	const post = <Body,>(path: string, body: object, work: (body: Body) => object) =>
		app.post(path, { schema: { body } }, async (request) => work(request.body as Body));

	post<{ seed?: boolean }>('/reset', controlBodies.reset, ({ seed }) => {
		sandbox.reset(seed);
		return { ok: true };
	});
	post<Partial<Quantities>>('/seed', controlBodies.seed, (more) => sandbox.seed(more));
	post<SettingsChange>('/config', controlBodies.config, (change) => sandbox.configure(change));

	post<{ to: string }>('/clock', controlBodies.clock, ({ to }) => {
		clock.setTo(new Date(to));
		return { now: clock.now(), today: clock.today() };
	});

	post<Omit<Fault, 'times'> & { times?: number }>('/faults', controlBodies.faults, (fault) => {
		faults.add({ ...fault, times: fault.times ?? 1 });
		return { ok: true };
	});
	app.delete('/faults', async () => {
		faults.clear();
		return { ok: true };
	});

	post<{ scopes?: string[]; expiresIn?: number }>('/tokens', controlBodies.tokens, (asked) =>
		grants.issue(asked.scopes ?? Object.keys(scopes), asked.expiresIn ?? TOKEN_LIFETIME),
	);
	post<{ access_token?: string }>('/tokens/expire', controlBodies.expire, ({ access_token }) => ({
		expired: grants.expire(access_token),
	}));
	post('/tokens/revoke', controlBodies.nothing, () => ({ revoked: grants.revokeAll() }));

	app.get('/requests', async () => requestLog.entries());
	app.delete('/requests', async () => {
		requestLog.clear();
		return { ok: true };
	});

	paymentRoutes(app, sandbox);
	deliveryRoutes(app, sandbox);
}

/** What BildOut's API cannot do and its users and banks do: pay a part, pay later, pay in vain. */
function paymentRoutes(app: FastifyInstance, { resources, change }: Sandbox): void {
	app.post('/payments', { schema: { body: controlBodies.payment } }, async ({ body }) => {
		const { invoice_id, ...how } = body as { invoice_id: string } & PaymentDetails;
		return change(() => resources.payments.receive(invoice_id, how));
	});
	app.post('/payments/:id/settle', { schema: { body: controlBodies.settle } }, async (request) => {
		const { id } = request.params as { id: string };
		const { status } = request.body as { status: 'succeeded' | 'failed' };
		return change(() => resources.payments.settle(id, status));
	});
}

function deliveryRoutes(app: FastifyInstance, { courier, records }: Sandbox): void {
	app.post('/emit', { schema: { body: controlBodies.emit } }, async ({ body }) => {
		const { data = {}, ...event } = body as Emitted;
		return { deliveries: courier.emit({ ...event, data }) };
	});
	app.get('/deliveries', async () => records.deliveries.list().reverse());
	app.post('/deliveries/:id/redeliver', async (request) => {
		courier.redeliver((request.params as { id: string }).id);
		return { ok: true };
	});
}
