import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlClient, type Sandbox, useSharedSandbox } from '../support/sandbox.cts';

export type Body = any;

export interface ApiResponse {
	status: number;
	headers: Headers;
	body: Body;
}

/** One HTTP request; a body that is not text is sent as JSON, and a JSON response is read as such. */
export async function call(
	method: string,
	url: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<ApiResponse> {
	const response = await fetch(url, {
		method,
		redirect: 'manual',
		headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
		body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
	});
	const text = await response.text();
	const { status, headers: received } = response;
	const isJson = received.get('content-type')?.startsWith('application/json');
	return { status, headers: received, body: isJson ? JSON.parse(text) : text };
}

/**
 * The sandbox for all tests of a file. Before each test it is as it was at the start, without records where
 * `empty`, with limits so wide that only a test of the limits meets them, and `api` has a new token of all scopes.
 */
export function useSandbox({ empty = false } = {}) {
	let sandbox: Sandbox;
	let token: string;

	beforeAll(async () => {
		sandbox = await useSharedSandbox();
	});
	beforeEach(async () => {
		await sandbox.control.reset({ seed: !empty });
		await sandbox.control.config({ announcedLimit: 1_000_000 });
		token = (await sandbox.control.token()).access_token;
	});

	const api = async (method: string, path: string, body?: unknown, headers = {}) =>
		await call(method, `${sandbox.url}/api/v1${path}`, body, {
			authorization: `Bearer ${token}`,
			...headers,
		});

	return {
		get url() {
			return sandbox.url;
		},
		get control(): ReturnType<typeof controlClient> {
			return sandbox.control;
		},
		get token() {
			return token;
		},
		/** A call under /api/v1. */
		api,
		/** The record that a POST makes. */
		create: async (path: string, fields: object): Promise<Body> => {
			const { status, body } = await api('POST', path, fields);
			expect([status, body.error]).toEqual([201, undefined]);
			return body.data;
		},
		/** The record or the records that a GET returns. */
		read: async (path: string): Promise<Body> => {
			const { status, body } = await api('GET', path);
			expect([status, body.error]).toEqual([200, undefined]);
			return body.data;
		},
		/** A call of anything else, without a token. */
		raw: async (method: string, path: string, body?: unknown, headers = {}) =>
			await call(method, `${sandbox.url}${path}`, body, headers),
	};
}

export interface Received {
	at: number;
	headers: IncomingHttpHeaders;
	body: string;
}

const receivers: Server[] = [];
afterEach(() => {
	for (const server of receivers.splice(0)) {
		server.closeAllConnections();
		server.close();
	}
});

/**
 * A stand-in for a webhook's receiver, until the test is over. `respond` chooses the status, or 'silence' for no
 * response at all.
 */
export async function startReceiver(
	respond: (received: Received, count: number) => number | 'silence' = () => 200,
) {
	const received: Received[] = [];
	const server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8');
		request.on('data', (chunk) => (body += chunk));
		request.on('end', () => {
			const one = { at: Date.now(), headers: request.headers, body };
			received.push(one);
			const status = respond(one, received.length);
			if (status === 'silence') return;
			response.statusCode = status;
			response.end(`responded ${status}`);
		});
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	receivers.push(server);
	return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
