import { account, type Forms } from './account.cts';
import type { Wire } from './bildout.cts';
import type { Json, JsonObject } from './sandbox.cts';
import { served } from './served.cts';

/**
 * A response: its status, its body as JSON (none where left out), and further headers. A text that has a
 * content type of its own goes out as it is.
 */
export type Reply = [status: number, body?: Json, headers?: Record<string, string>];

/** Responds to a request, given as `GET /customers`, its query and its body as it came. */
export type Respond = (request: string, query: URLSearchParams, text: string) => Reply;

/** So wide that no test waits for the rate limit. */
const LIMIT = { 'x-ratelimit-limit': '1000000', 'x-ratelimit-remaining': '999999' };

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
		response.writeHead(status, { 'content-type': 'application/json', ...LIMIT, ...headers });
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
		/** The same of what writes. */
		get writes() {
			return this.requests.filter((line) => !line.startsWith('GET '));
		},
		respond(by: typeof respond) {
			respond = by;
			seen = [];
		},
		/** Responds as an account with these records does. */
		holds(records: Record<string, JsonObject[]>, forms?: Forms) {
			const all = account(records, forms);
			this.respond(all.respond);
			return all;
		},
	};
}
