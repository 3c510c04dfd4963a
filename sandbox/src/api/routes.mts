import responseValidation from '@fastify/response-validation';
import type { FastifyInstance, preValidationAsyncHookHandler, RouteHandlerMethod } from 'fastify';
import { apiOperations } from '../contract/contract.mts';
import { responses } from '../contract/validation.mts';
import type { Faults } from '../control/faults.mts';
import type { BearerCheck } from '../oauth/bearer.mts';
import { type RateLimiter, rateLimitHeaders } from '../ratelimit/limiter.mts';
import type { Settings } from '../settings.mts';
import { refuseServerField } from '../quirks.mts';
import { needJsonBody } from './bodies.mts';
import { ApiError } from './errors.mts';
import type { operations } from './operations.mts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface Gate {
	handlers: ReturnType<typeof operations>;
	bearer: BearerCheck;
	limiter: RateLimiter;
	faults: Faults;
	settings: () => Settings;
}

/**
 * The API under /api/v1: the contract's operations, each behind the same gate (token, rate limit,
 * fault, scope, body, fields), and its responses held to the contract too.
 */
export async function apiRoutes(app: FastifyInstance, gate: Gate): Promise<void> {
	const { handlers, bearer, limiter, faults, settings } = gate;

	const passes =
		(scope: string): preValidationAsyncHookHandler =>
		async (request, reply) => {
			const token = await bearer.identify(request);
			const now = Date.now();
			const verdict = limiter.take(token.accessToken, now);
			reply.headers(rateLimitHeaders(verdict, settings(), now));
			if (!verdict.allowed) throw new ApiError(429, 'Too many requests. Try again a little later.');
			if (await faults.inject(request, reply)) return reply;
			bearer.refuseWithout(scope, token);
			await needJsonBody(request);
			if (settings().quirks.unknownServerField) refuseServerField(request);
			return undefined;
		};

	await app.register(responseValidation, { ajv: responses as never });
	for (const { operationId, scope, ...route } of apiOperations) {
		app.route({
			...route,
			handler: handlers[operationId] as RouteHandlerMethod,
			preValidation: passes(scope),
		});
	}

	for (const [url, operationsThere] of Map.groupBy(apiOperations, (operation) => operation.url)) {
		const allowed = operationsThere.map(({ method }) => method);
		app.route({
			url,
			method: methods.filter((method) => !allowed.includes(method)),
			handler: async () => {
				throw new ApiError(405, `This address takes ${allowed.join(', ')} only.`, {
					headers: { allow: allowed.join(', ') },
				});
			},
		});
	}
}
