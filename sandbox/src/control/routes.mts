import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError, notFound } from '../api/errors.mts';
import { scopes } from '../contract/contract.mts';
import type { Sandbox } from '../sandbox.mts';
import type { Quantities } from '../seed/seed.mts';
import type { SettingsChange } from '../settings.mts';
import type { Fault } from './faults.mts';
import { controlBodies } from './schemas.mts';

const said = <Body,>({ body }: FastifyRequest) => (body ?? {}) as Body;

/** What tests tell the sandbox to do; registered only when asked for. */
export function controlRoutes(app: FastifyInstance, sandbox: Sandbox): void {
	const { courier, grants, faults, requestLog, records } = sandbox;

	const post = <Body,>(path: string, schema: object | undefined, work: (body: Body) => object) =>
		app.post(
			`/__control${path}`,
			{ ...(schema && { schema: { body: schema } }) },
			async (request) => {
				if (request.malformed) throw new ApiError(400, 'The body is not valid JSON.');
				return work(said<Body>(request));
			},
		);

	post<{ seed?: boolean }>('/reset', controlBodies.reset, ({ seed }) => {
		sandbox.reset(seed);
		return { ok: true };
	});
	post<Partial<Quantities>>('/seed', controlBodies.seed, (more) => sandbox.seed(more));
	post<SettingsChange>('/config', controlBodies.config, (change) => sandbox.configure(change));

	post<Omit<Fault, 'times'> & { times?: number }>('/faults', controlBodies.faults, (fault) => {
		faults.add({ ...fault, times: fault.times ?? 1 });
		return { ok: true };
	});
	app.delete('/__control/faults', async () => {
		faults.clear();
		return { ok: true };
	});

	post<{ scopes?: string[]; expiresIn?: number }>('/tokens', controlBodies.tokens, (asked) =>
		grants.issue(
			asked.scopes ?? Object.keys(scopes),
			asked.expiresIn ?? sandbox.settings().tokenLifetime,
		),
	);
	post<{ access_token?: string }>('/tokens/expire', controlBodies.expire, ({ access_token }) => ({
		expired: grants.expire(access_token),
	}));
	post('/tokens/revoke', undefined, () => ({ revoked: grants.revokeAll() }));

	app.get('/__control/requests', async () => requestLog.entries());
	app.delete('/__control/requests', async () => {
		requestLog.clear();
		return { ok: true };
	});

	post<{ type: string; data?: unknown; id?: string; to?: string[] }>(
		'/emit',
		controlBodies.emit,
		({ data = {}, ...event }) => ({ deliveries: courier.emit({ ...event, data }) }),
	);
	app.get('/__control/deliveries', async () => records.deliveries.list().reverse());
	app.post('/__control/deliveries/:id/redeliver', async (request) => {
		const { id } = request.params as { id: string };
		if (!courier.redeliver(id)) throw notFound('delivery', id);
		return { ok: true };
	});
}
