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
 * Reads JSON and form bodies; a fault in one is reported only once the caller is identified. `canonical`
 * undoes the quirks of a body.
 */
export function readBodies(
	app: FastifyInstance,
	canonical: (path: string, body: string) => string,
): void {
	app.decorateRequest('rawBody', '');
	app.decorateRequest('malformed', false);
	const reading =
		(parse: (text: string) => unknown) =>
		async (request: FastifyRequest, body: string | Buffer) => {
			request.rawBody = canonical(request.url, String(body));
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

/** No real body is nested as deeply, and SQLite cannot read much deeper ones. */
const DEEPEST = 100;

function isDeeperThan(depth: number, value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return depth === 0 || Object.values(value).some((part) => isDeeperThan(depth - 1, part));
}

/** Refuses a write whose body is missing, is not a JSON object or holds what cannot be kept. */
export async function needJsonBody(request: FastifyRequest): Promise<void> {
	const { method, malformed, body, headers } = request;
	if (malformed) throw new ApiError(400, 'The body is not valid JSON.');
	if (body !== undefined && !/^application\/json\b/i.test(headers['content-type'] ?? '')) {
		throw new ApiError(415, 'The body must be sent as application/json.');
	}
	if (isDeeperThan(DEEPEST, body)) throw new ApiError(400, 'The body is nested too deeply.');
	const writes = method === 'POST' || method === 'PUT';
	if (writes && (typeof body !== 'object' || body === null || Array.isArray(body))) {
		throw new ApiError(400, 'The body must be a JSON object.');
	}
}
