import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify, {
	type FastifyError,
	type FastifyInstance,
	type FastifyReply,
	type FastifyRequest,
} from 'fastify';
import { readBodies } from './api/bodies.mts';
import { ApiError, codeOf } from './api/errors.mts';
import { operations } from './api/operations.mts';
import { apiRoutes } from './api/routes.mts';
import { fieldProblems, requestCompiler } from './contract/validation.mts';
import { controlRoutes } from './control/routes.mts';
import { bearerCheck } from './oauth/bearer.mts';
import { oauthRoutes } from './oauth/routes.mts';
import { pageRoutes } from './page/routes.mts';
import type { Sandbox } from './sandbox.mts';
import { canonicalBody, canonicalUrl, quirkyBody } from './quirks.mts';

function asApiError(error: FastifyError | ApiError): ApiError {
	if (error instanceof ApiError) return error;
	if (error.validationContext) {
		return new ApiError(422, 'Some fields are not valid.', {
			details: fieldProblems(error.validation as never),
		});
	}
	const status = error.statusCode ?? 500;
	if (error.code === 'FST_ERR_BAD_URL') return new ApiError(400, 'The address cannot be read.');
	if (status === 415) return new ApiError(status, 'The body must be sent as application/json.');
	if (status < 500) return new ApiError(status, `${error.message}.`);
	console.error(error);
	return new ApiError(500, 'Something went wrong on our side.');
}

function sendError(
	error: FastifyError | ApiError,
	request: FastifyRequest,
	reply: FastifyReply,
): FastifyReply {
	const { status, message, details, headers } = asApiError(error);
	return reply
		.code(status)
		.headers({ ...headers, 'x-request-id': request.id })
		.send({ error: { code: codeOf(status), message, details, request_id: request.id } });
}

/** The sandbox over HTTP: API, sign-in and page, and, when asked for, the control interface. */
export async function buildServer(
	sandbox: Sandbox,
	{ control }: { control: boolean },
): Promise<FastifyInstance> {
	const { faults, requestLog, settings } = sandbox;
	const app = fastify({
		genReqId: () => `req_${randomBytes(8).toString('hex')}`,
		requestIdHeader: false,
		forceCloseConnections: true,
		rewriteUrl: ({ url = '/' }) => canonicalUrl(url, settings().quirks),
		// What the router refuses, such as an address that cannot be decoded, never comes to a route.
		frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
	});
	app.setValidatorCompiler(requestCompiler);
	app.setSerializerCompiler(() => JSON.stringify);
	app.decorateRequest('laterFault', null);
	readBodies(app, (path, body) => canonicalBody(path, body, settings().quirks));

	app.setErrorHandler<FastifyError | ApiError>(sendError);
	app.setNotFoundHandler(({ method, url }) => {
		throw new ApiError(404, `There is nothing at ${method} ${url.split('?', 1)[0]}.`);
	});

	app.addHook('onRequest', async (request, reply) => {
		reply.header('x-request-id', request.id);
		const calls = /^\/(api|oauth)\//.test(request.url);
		if (!calls) return;
		requestLog.note(request, reply);
		const { latencyMs } = settings();
		if (latencyMs > 0) await sleep(latencyMs);
	});
	app.addHook('onSend', async (request, reply, payload) => {
		if (typeof payload !== 'string') return payload;
		const { method, url } = request;
		const about = { method, path: url.split('?', 1)[0]!, status: reply.statusCode };
		return quirkyBody(about, payload, settings().quirks);
	});
	app.addHook('onSend', async (request, reply, payload) => faults.spoil(request, reply, payload));

	await app.register(async (oauth) => oauthRoutes(oauth, sandbox));
	await app.register(async (api) =>
		apiRoutes(api, {
			...sandbox,
			handlers: operations(sandbox),
			bearer: bearerCheck(sandbox.grants),
		}),
	);
	await pageRoutes(app, sandbox);
	if (control) {
		await app.register(async (inner) => controlRoutes(inner, sandbox), { prefix: '/__control' });
	}
	app.addHook('onClose', () => sandbox.close());
	return app;
}
