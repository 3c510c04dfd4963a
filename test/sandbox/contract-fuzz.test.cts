import fc from 'fast-check';
import { nearlyValid, odd, valid } from '../support/arbitrary.cts';
import {
	faultOf,
	operation as operationOf,
	type Operation,
	operations,
} from '../support/contract.cts';
import type { Json } from '../support/sandbox.cts';
import { type ApiResponse, type Body, useSandbox } from './client.cts';

/** A request as it goes out. `id` is the place of a record that is there, or an unknown ID. */
interface Request {
	operation: string;
	id: number | string;
	query: string;
	headers: Record<string, string>;
	body: Json | undefined;
}

const sandbox = useSandbox();

const asText = (value: Json): string =>
	(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200);
/** As `URLSearchParams` would send it: half a surrogate pair cannot be encoded. */
const wellFormed = (value: string) => Buffer.from(value).toString();
const sendable = (value: string) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value);

const oddText = fc.oneof(
	odd.map(asText),
	fc.constantFrom('1e30', '-1', '0x10', '9007199254740993', '999999999999999999999', ' 5', '1,5'),
	fc
		.jsonValue({ maxDepth: 2 })
		.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
);

/** Deeper than the sandbox's database can look into. */
const DEEP = { name: 'Ace', tags: JSON.parse(`${'['.repeat(1_100)}${']'.repeat(1_100)}`) as Json };

/** Some of the operation's parameters, some twice, and some that it does not know. */
function queryOf({ parameters }: Operation): fc.Arbitrary<string> {
	const known = parameters
		.filter((parameter) => parameter.in === 'query')
		.map(({ name, schema }) => {
			const value = fc.oneof({ weight: 3, arbitrary: valid(schema).map(asText) }, oddText);
			return { weight: 4, arbitrary: fc.tuple(fc.constant(name), value.map(wellFormed)) };
		});
	const unknown = fc.constantFrom('status', 'sort', 'id', '__proto__', 'limit[]', '');
	const pair = fc.oneof(...known, fc.tuple(unknown, oddText.map(wellFormed)));
	return fc.array(pair, { maxLength: 3 }).map((pairs) => `${new URLSearchParams(pairs)}`);
}

function requestOf(operation: Operation): fc.Arbitrary<Request> {
	const { body } = operation;
	const key = fc.record(
		{ 'idempotency-key': fc.oneof(fc.constantFrom('a', 'b'), oddText.filter(sendable)) },
		{ requiredKeys: [] },
	);
	return fc.record({
		operation: fc.constant(operation.id),
		id: fc.oneof(
			{ weight: 3, arbitrary: fc.nat(30) as fc.Arbitrary<number | string> },
			fc.oneof(fc.uuid(), oddText).map((id) => encodeURIComponent(wellFormed(id))),
			fc.constantFrom('%', '%00', '%2e%2e', '..%2finvoices', 'x'.repeat(500)),
		),
		query: queryOf(operation),
		headers: operation.method === 'POST' ? key : fc.constant({}),
		body:
			body === undefined
				? fc.constant(undefined)
				: fc.oneof(valid(body), nearlyValid(body), odd, fc.constant(DEEP)),
	}) as fc.Arbitrary<Request>;
}

/** IDs that were there at the start, by collection. */
const known: Record<string, string[]> = {};

beforeEach(async () => {
	for (const { path } of operations.filter(({ id }) => id.startsWith('list'))) {
		known[path.slice(1)] = (await sandbox.read(`${path}?limit=30`)).map(({ id }: Body) => id);
	}
});

async function send({ id, query, headers, body, ...request }: Request): Promise<ApiResponse> {
	const operation = operationOf(request.operation);
	const ids = known[operation.path.split('/')[1]!]!;
	const path = operation.path.replace('{id}', typeof id === 'string' ? id : (ids[id] ?? 'none'));
	const text = body === undefined ? undefined : JSON.stringify(body);
	return await sandbox.api(operation.method, `${path}?${query}`, text, {
		...(text !== undefined && { 'content-type': 'application/json' }),
		...headers,
	});
}

/** The response is one that the contract has for the operation, in status, form and every field. */
function expectAllowed(
	{ body: sent, ...request }: Request,
	{ status, headers, body }: ApiResponse,
): void {
	const operation = operationOf(request.operation);
	expect(status).toBeLessThan(500);
	expect(headers.get('content-type')).toMatch(/^application\/json/);
	const schema = operation.responses[status] ?? operation.responses.default!;
	expect([status, schema && faultOf(schema, body)]).toEqual([status, undefined]);
	const isFailure = operation.responses[status] === undefined;
	expect(status >= 400).toBe(isFailure);
	if (isFailure) expect(body.error.request_id).toBe(headers.get('x-request-id'));
	const isRefused = operation.body && faultOf(operation.body, sent) !== undefined;
	if (isRefused) expect([400, 404, 409, 414, 422]).toContain(status);
}

it.each([
	['GET', 'page'],
	['GET', 'offset'],
	['GET', 'cursor'],
	['POST', 'page'],
	['PUT', 'page'],
	['DELETE', 'page'],
] as const)(
	'responds to whatever %s asks as the contract allows, with lists paged by %s',
	async (method, pagination) => {
		await sandbox.control.config({ pagination });
		const ofMethod = operations.filter((operation) => operation.method === method);
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...ofMethod).chain(requestOf), async (request) => {
				expectAllowed(request, await send(request));
			}),
			{ numRuns: 200 },
		);
	},
);
