import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { nearlyValid, odd, valid } from './arbitrary.cts';
import { operations, type Schema } from './contract.cts';
import type { Json, JsonObject } from './sandbox.cts';
import { served } from './served.cts';

/** What becomes of one request. `pick` chooses among what the contract has for it. */
export type Fate =
	| { kind: 'allowed' | 'nearly allowed'; pick: number }
	| { kind: 'another envelope'; pick: number; envelope: string }
	| { kind: 'json'; status: number; body: Json }
	| { kind: 'text'; status: number; type: string; body: string }
	| { kind: 'hang up' | 'hang up in the middle' | 'late'; pick: number };

/** A request as it came, and what became of it. `status` is undefined where no whole response was sent. */
export interface Seen {
	method: string;
	path: string;
	body: string;
	fate: Fate;
	status?: number;
	/** The body of the response, where it was JSON. */
	reply?: Json;
}

const pick = fc.nat();
const status = fc.constantFrom(
	...[200, 201, 204, 301, 304, 400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 503, 599],
);

/** An error with parts that are missing or odd. */
const failure: fc.Arbitrary<Json> = fc.record(
	{
		code: fc.oneof(fc.constantFrom('validation_error', 'not_found', 'conflict'), odd),
		message: fc.oneof(fc.constantFrom('Some fields are not valid.', ''), odd),
		details: fc.oneof(
			fc.constant([{ field: 'email', message: 'must be an email address' }]),
			fc.array(odd, { maxLength: 2 }),
			odd,
		),
		request_id: fc.oneof(fc.constant('req_1'), odd),
	},
	{ requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<Json>;

const oddBody: fc.Arbitrary<Json> = fc.oneof(
	odd,
	failure.map((error) => ({ error })),
	failure.map((error) => ({ success: false, ...(error as JsonObject) })),
	failure.map((error) => ({ data: null, errors: [error] })),
	fc.constantFrom<Json>(
		{ success: false },
		{ data: {} },
		{ data: [] },
		{ data: null },
		{ data: [null] },
		{ data: [{}], pagination: null },
		{ data: 'none', pagination: { page: 1, total: 3 } },
		{ data: { data: { id: 'a' } } },
	),
);

const text = fc.record({
	kind: fc.constant('text' as const),
	status,
	type: fc.constantFrom(
		...['text/html', 'application/json', 'text/plain', 'application/octet-stream', ''],
	),
	body: fc.constantFrom(
		'',
		' ',
		'<html><title>502 Bad Gateway</title></html>',
		'OK',
		'{"data": {"id": "a"',
		'\ufeff{"data":{"id":"a"}}',
		'null',
		'{"data":{"id":"a"}}{"data":{"id":"a"}}',
		'{"data":{"id":12345678901234567890}}',
	),
});

/** A few requests' fates; the last one is that of all further requests. */
export const fates: fc.Arbitrary<Fate[]> = fc.array(
	fc.oneof(
		{ weight: 6, arbitrary: fc.record({ kind: fc.constant('allowed' as const), pick }) },
		{ weight: 3, arbitrary: fc.record({ kind: fc.constant('nearly allowed' as const), pick }) },
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constant('another envelope' as const),
				pick,
				envelope: fc.constantFrom('', 'result', 'customer', 'items', 'response.data'),
			}),
		},
		{
			weight: 4,
			arbitrary: fc.record({ kind: fc.constant('json' as const), status, body: oddBody }),
		},
		{ weight: 2, arbitrary: text },
		{
			weight: 1,
			arbitrary: fc.record({
				kind: fc.constantFrom(
					'hang up' as const,
					'hang up in the middle' as const,
					'late' as const,
				),
				pick,
			}),
		},
	),
	{ minLength: 1, maxLength: 5 },
);

const TOKENS = {
	access_token: 'new',
	refresh_token: 'newer',
	expires_in: 3600,
	token_type: 'Bearer',
};
const LATE_MS = 1_400;

const sample = (arbitrary: fc.Arbitrary<Json>, seed: number): Json =>
	fc.sample(arbitrary, { seed, numRuns: 1 })[0]!;

/** What the contract lets BildOut respond to a request that went well. */
function success(method: string, path: string): [status: number, schema: Schema] {
	const operation = operations.find(
		(each) =>
			each.method === method && new RegExp(`^${each.path.replace('{id}', '[^/]+')}$`).test(path),
	);
	const entry = Object.entries(operation?.responses ?? {}).find(([code]) => code.startsWith('2'));
	return entry ? [Number(entry[0]), entry[1]] : [200, {}];
}

/** The record that was asked for has the ID by which it was asked for. */
function withId(reply: Json, path: string): Json {
	const id = path.split('/')[2];
	const { data } = (reply ?? {}) as JsonObject;
	if (id === undefined || typeof data !== 'object' || data === null || !('id' in data))
		return reply;
	return { ...(reply as JsonObject), data: { ...data, id } };
}

function inEnvelope(reply: Json, envelope: string): Json {
	const { data } = (reply ?? {}) as JsonObject;
	return envelope
		.split('.')
		.filter(Boolean)
		.reduceRight<Json>((inner, key) => ({ [key]: inner }), data ?? null);
}

function replyTo({ method, path, fate }: Seen): {
	status: number;
	type: string;
	body: string;
	reply?: Json;
} {
	const json = (code: number, reply: Json) => ({
		status: code,
		type: 'application/json',
		body: JSON.stringify(reply),
		reply,
	});
	if (fate.kind === 'json') return json(fate.status, fate.body);
	if (fate.kind === 'text') return fate;
	if (path.startsWith('/oauth')) return json(200, TOKENS);
	const [code, schema] = success(method, path);
	const allowed = () => withId(sample(valid(schema, true), fate.pick), path);
	if (fate.kind === 'nearly allowed') return json(code, sample(nearlyValid(schema), fate.pick));
	if (fate.kind === 'another envelope') return json(code, inEnvelope(allowed(), fate.envelope));
	return json(code, allowed());
}

async function send(
	entry: Seen,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const { kind } = entry.fate;
	if (kind === 'hang up') return void request.socket.destroy();
	const { status: code, type, body: content, reply: json } = replyTo(entry);
	if (kind === 'late') await wait(LATE_MS);
	response.writeHead(code, {
		...(type && { 'content-type': type }),
		...(code === 301 && { location: '/elsewhere' }),
	});
	if (kind === 'hang up in the middle') {
		response.write(content.slice(0, content.length / 2));
		return void setTimeout(() => request.socket.destroy(), 5);
	}
	if (kind !== 'late') Object.assign(entry, { status: code, reply: json });
	response.end(content);
}

/** A BildOut that responds with anything: what was set, one request after the other. */
export function randomServer() {
	let fatesSet: Fate[] = [];
	let seen: Seen[] = [];

	async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
		let body = '';
		for await (const chunk of request) body += chunk;
		const { pathname } = new URL(request.url!, 'http://localhost');
		const entry: Seen = {
			method: request.method!,
			path: pathname.replace(/^\/api\/v1/, ''),
			body,
			fate: fatesSet[Math.min(seen.length, fatesSet.length - 1)]!,
		};
		seen.push(entry);
		await send(entry, request, response);
	}

	const server = served((request, response) => void respond(request, response));

	return {
		get url() {
			return server.url;
		},
		/** The requests since the fates were set. */
		get seen() {
			return seen;
		},
		tell(next: Fate[]) {
			fatesSet = next;
			seen = [];
		},
	};
}
