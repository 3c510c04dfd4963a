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

type Payment = PaymentDetails & { invoice_id: string };

interface Settled {
	status: 'succeeded' | 'failed';
}

interface Emitted {
	type: string;
	data?: unknown;
	id?: string;
	created_at?: string;
}

/** What tests have the sandbox do; registered only when asked for, under a path of its own. */
export async function controlRoutes(app: FastifyInstance, sandbox: Sandbox): Promise<void> {
	const { change, clock, courier, faults, grants, records, requestLog, resources } = sandbox;
	const ok = { ok: true };

	app.addHook('onRequest', refuseOtherSites);
	app.addHook('preValidation', async (request) => {
		if (request.malformed) throw new ApiError(400, 'The body is not valid JSON.');
		request.body ??= {};
	});
	const post = <Body,>(path: string, body: object, work: (body: Body, id: string) => object) =>
		app.post(path, { schema: { body } }, async ({ body: given, params }) =>
			work(given as Body, (params as { id: string }).id),
		);

	post<{ seed?: boolean }>('/reset', controlBodies.reset, ({ seed }) => {
		sandbox.reset(seed);
		return ok;
	});
	post<Partial<Quantities>>('/seed', controlBodies.seed, (more) => sandbox.seed(more));
	post<SettingsChange>('/config', controlBodies.config, (changes) => sandbox.configure(changes));

	post<{ to: string }>('/clock', controlBodies.clock, ({ to }) => {
		clock.setTo(new Date(to));
		return { now: clock.now(), today: clock.today() };
	});

	post<Omit<Fault, 'times'> & { times?: number }>('/faults', controlBodies.faults, (fault) => {
		faults.add({ ...fault, times: fault.times ?? 1 });
		return ok;
	});
	app.delete('/faults', async () => {
		faults.clear();
		return ok;
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
		return ok;
	});

	// What BildOut's API cannot do and its users and banks do: pay a part, pay later, pay in vain.
	post<Payment>('/payments', controlBodies.payment, ({ invoice_id, ...how }) =>
		change(() => resources.payments.receive(invoice_id, how)),
	);
	post<Settled>('/payments/:id/settle', controlBodies.settle, ({ status }, id) =>
		change(() => resources.payments.settle(id, status)),
	);

	post<Emitted>('/emit', controlBodies.emit, ({ data = {}, ...event }) => ({
		deliveries: courier.emit({ ...event, data }),
	}));
	app.get('/deliveries', async () => records.deliveries.list().reverse());
	post('/deliveries/:id/redeliver', controlBodies.nothing, (_, id) => {
		courier.redeliver(id);
		return ok;
	});
}
