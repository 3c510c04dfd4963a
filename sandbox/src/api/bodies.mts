import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './errors.mts';

declare module 'fastify' {
	interface FastifyRequest {
		/** The body as it came, before anything was made of it. */
		rawBody: string;
		/** Whether the body claims to be JSON and is not. */
		malformed: boolean;
	}
}

/**
 * Reads JSON and form bodies; what is wrong with one is only said once the caller is known. `known` turns
 * a body into the one that the sandbox understands.
 */
export function readBodies(
	app: FastifyInstance,
	known: (path: string, body: string) => string,
): void {
	app.decorateRequest('rawBody', '');
	app.decorateRequest('malformed', false);
	const reading =
		(parse: (text: string) => unknown) =>
		async (request: FastifyRequest, body: string | Buffer) => {
			request.rawBody = known(request.url, String(body));
			try {
				return request.rawBody === '' ? undefined : parse(request.rawBody);
			} catch {
				request.malformed = true;
				return undefined;
			}
		};
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('application/json', { parseAs: 'string' }, reading(JSON.parse));
	app.addContentTypeParser(
		'application/x-www-form-urlencoded',
		{ parseAs: 'string' },
		reading((text) => Object.fromEntries(new URLSearchParams(text))),
	);
}

/** Refuses a write whose body is missing or is not a JSON object. */
export async function needJsonBody({ method, malformed, body }: FastifyRequest): Promise<void> {
	if (malformed) throw new ApiError(400, 'The body is not valid JSON.');
	const writes = method === 'POST' || method === 'PUT';
	if (writes && (typeof body !== 'object' || body === null || Array.isArray(body))) {
		throw new ApiError(400, 'The body must be a JSON object.');
	}
}
