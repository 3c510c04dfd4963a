import { LABOR } from './parameters.cts';
import type { Json, JsonObject, Sandbox, SeenRequest } from './sandbox.cts';

const API = '/api/v1';

/** Marks a test's own requests, which are not the node's. */
const OWN_REQUEST = 'x-sent-by-test';

/** A request as tests write it down: `POST /customers?limit=5`, and the body where there is one. */
export type Wire = [string] | [string, Json];

/** What the node asked of the sandbox, and requests past the node. */
export function ownRequests(sandbox: () => Sandbox) {
	/** The node's calls to the API so far, without those to the token endpoint. */
	async function calls(): Promise<SeenRequest[]> {
		return (await sandbox().control.requests()).filter(
			({ path, headers }) => path.startsWith(API) && headers[OWN_REQUEST] === undefined,
		);
	}

	/** Asks the API past the node: what the test sets up, and what became of it. */
	async function api(method: string, path: string, body?: Json): Promise<JsonObject> {
		const response = await fetch(`${sandbox().url}${API}${path}`, {
			method,
			headers: {
				authorization: `Bearer ${(await sandbox().control.token()).access_token}`,
				'content-type': 'application/json',
				[OWN_REQUEST]: 'yes',
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
		return (await response.json()) as JsonObject;
	}

	return {
		calls,
		/** The node's calls so far, as `Wire`. */
		wire: async (): Promise<Wire[]> => (await calls()).map(wire),
		/** Those of them that write. */
		writes: async () => (await calls()).filter(({ method }) => method !== 'GET').map(wire),
		/** Does what another client of BildOut's would. */
		write: async (method: 'PUT' | 'DELETE', path: string, body?: Json) =>
			await api(method, path, body),
		create: async (path: string, body: Json) =>
			(await api('POST', path, body)).data as JsonObject & { id: string },
		/** An invoice with one line for the customer with the ID. */
		createInvoice: async (client_id: string, more: JsonObject = {}) => {
			const body = { client_id, due_date: '2025-02-15', line_items: [LABOR], ...more };
			return (await api('POST', '/invoices', body)).data as JsonObject & { id: string };
		},
		read: async (path: string) => (await api('GET', path)).data as JsonObject,
		list: async (path: string) => (await api('GET', path)).data as JsonObject[],
	};
}

function wire({ method, path, query, body }: SeenRequest): Wire {
	const search = new URLSearchParams(query).toString();
	const line = `${method} ${path.slice(API.length)}${search && `?${search}`}`;
	return body === '' ? [line] : [line, JSON.parse(body) as Json];
}
