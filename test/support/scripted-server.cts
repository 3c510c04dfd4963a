import type { Wire } from './bildout.cts';
import type { Json } from './sandbox.cts';
import { served } from './served.cts';

/**
 * A response: its status, its body as JSON (none where left out), and further headers. A text that has a
 * content type of its own goes out as it is.
 */
export type Reply = [status: number, body?: Json, headers?: Record<string, string>];

/** Responds to a request, given as `GET /customers`, its query and its body as it came. */
export type Respond = (request: string, query: URLSearchParams, text: string) => Reply;

/** A BildOut that responds as each test wants it to, in ways that the sandbox never would. */
export function scriptedServer() {
	let respond: (...request: Parameters<Respond>) => Reply | Promise<Reply>;
	let seen: Wire[] = [];

	const server = served(async (request, response) => {
		let text = '';
		for await (const chunk of request) text += chunk;
		const url = new URL(request.url!, 'http://localhost');
		const path = url.pathname.replace(/^\/api\/v1/, '');
		const line = `${request.method} ${path}${url.search}`;
		// A token is refreshed with a form.
		const isJson = request.headers['content-type']?.includes('json') === true;
		seen.push(text === '' || !isJson ? [line] : [line, JSON.parse(text) as Json]);
		const [status, body, headers] = await respond(
			`${request.method} ${path}`,
			url.searchParams,
			text,
		);
		response.writeHead(status, { 'content-type': 'application/json', ...headers });
		const isPlain = body === undefined || headers?.['content-type'] !== undefined;
		response.end(isPlain ? body : JSON.stringify(body));
	});

	return {
		get url() {
			return server.url;
		},
		/** The requests since `respond` was set. */
		get seen() {
			return seen;
		},
		/** The same without their queries and bodies. */
		get requests() {
			return seen.map(([line]) => line.replace(/\?.*/, ''));
		},
		respond(by: typeof respond) {
			respond = by;
			seen = [];
		},
	};
}
