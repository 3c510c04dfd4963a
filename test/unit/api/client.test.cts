import type { ApiFailure } from '../../../nodes/BildOut/api/errors.ts';
import {
	type ApiRequest,
	apiRequest,
	type RequestSettings,
} from '../../../nodes/BildOut/api/client.ts';
import { apiContext } from '../../support/api-context.cts';

const read: ApiRequest = { method: 'GET', path: ['invoices'], target: { resource: 'invoice' } };
const create: ApiRequest = { ...read, method: 'POST', body: {} };
const settings = { timeoutMs: 1_000, maxRetries: 0 };

/** What is known of the failure of a request. */
async function failureOf(context: never, request = create, more: Partial<RequestSettings> = {}) {
	const error: unknown = await apiRequest(context, request, { ...settings, ...more }).catch(
		(thrown: unknown) => thrown,
	);
	return (error as ApiFailure).facts;
}

const LOST = { kind: 'noResponse', mayHaveSucceeded: true };

/** A BildOut that responds to every request so. */
const always = (body: unknown, statusCode = 200) =>
	apiContext(async () => ({ statusCode, headers: {}, body }));

describe('the moment at which everything must have ended', () => {
	const LIMIT_MS = 300;
	/** Less than any other wait would be, and more than a busy machine adds. */
	const LONGER_MS = 25_000;

	async function timed(context: never, request: ApiRequest) {
		const started = Date.now();
		const within = { timeoutMs: 60_000, maxRetries: 5, until: started + LIMIT_MS };
		const facts = await failureOf(context, request, within);
		return { facts, took: Date.now() - started };
	}

	it('cuts short a request that gets no response, and says that a create may have been done', async () => {
		const { sent, context } = apiContext(async () => await new Promise(() => {}));
		const { facts, took } = await timed(context, create);
		expect(took).toBeGreaterThanOrEqual(LIMIT_MS - 5);
		expect(took).toBeLessThan(LONGER_MS);
		expect(facts).toMatchObject({ ...LOST, connectionCode: 'ETIMEDOUT' });
		expect(sent).toEqual([expect.objectContaining({ abortSignal: expect.any(AbortSignal) })]);
	});

	it('leaves out a retry that would come after it', async () => {
		const { sent, context } = always({ error: { message: 'Down' } }, 503);
		const { facts } = await timed(context, read);
		const apiError = { message: 'Down' };
		expect(facts).toMatchObject({ kind: 'serverError', status: 503, apiError });
		expect(sent).toHaveLength(1);
	});

	it('ends the wait for the rate limit, and says that nothing was sent', async () => {
		const { sent, context } = apiContext(async () => ({
			statusCode: 200,
			headers: {
				'x-ratelimit-limit': '100',
				'x-ratelimit-remaining': '0',
				'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 30),
			},
			body: { data: [] },
		}));
		await apiRequest(context, read);
		const { facts, took } = await timed(context, create);
		expect(took).toBeLessThan(LONGER_MS);
		expect(facts.kind).toBe('rateLimitTimeout');
		expect(sent).toHaveLength(1);
	});
});

/** n8n's context, in which every request fails with `failure`. */
function failing(failure: { code: string; syscall?: string }) {
	return apiContext(async () => {
		throw Object.assign(new Error('failed'), { cause: Object.assign(new Error(), failure) });
	});
}

describe('a create is sent again', () => {
	it.each([
		{ code: 'ECONNREFUSED', syscall: 'connect' },
		{ code: 'EHOSTUNREACH', syscall: 'connect' },
		{ code: 'ENOTFOUND', syscall: 'getaddrinfo' },
		{ code: 'CERT_HAS_EXPIRED' },
		{ code: 'EPROTO', syscall: 'write' },
	])('where it certainly did not arrive: %j', async (failure) => {
		const { sent, context } = failing(failure);
		const facts = await failureOf(context, create, { maxRetries: 1 });
		expect(facts).toMatchObject({ kind: 'unreachable', mayHaveSucceeded: false });
		expect(sent).toHaveLength(2);
	});

	it.each([
		{ code: 'EHOSTUNREACH', syscall: 'read' },
		{ code: 'ENETUNREACH', syscall: 'write' },
		{ code: 'ECONNRESET', syscall: 'read' },
		{ code: 'ERR_SSL_BAD_RECORD_TYPE' },
		{ code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' },
		{ code: 'ETIMEDOUT' },
		{ code: 'UNHEARD_OF' },
	])('never where it may have arrived: %j', async (failure) => {
		const { sent, context } = failing(failure);
		expect(await failureOf(context, create, { maxRetries: 1 })).toMatchObject(LOST);
		expect(sent).toHaveLength(1);
	});
});

it.each([
	...['', '.', '..', 'a/b', '..%2Fx', 'a?b', 'a b', 'undefined', 'null'],
	...[undefined, null, {}, 7],
])('an ID never changes the path: %p is refused before any request', async (id) => {
	const { sent, context } = always(undefined, 204);
	const request: ApiRequest = { ...read, method: 'DELETE', path: ['invoices', id as string] };
	expect(await failureOf(context, request)).toMatchObject({ kind: 'invalidId', badId: String(id) });
	expect(sent).toEqual([]);
});

describe('a create whose response says that it failed', () => {
	it.each([
		{ success: false },
		{ success: false, message: 'Taken' },
		{ success: false, data: null },
		{ errors: [{ field: 'email', message: 'is taken' }] },
		{ errors: ['email is taken'] },
		{ error: 'Taken' },
		{ error: { message: 'Taken' }, data: null },
		{ ok: false, data: null },
		{ status: 'error', message: 'Taken' },
		{ result: 'FAILED', data: null },
		{ data: { error: 'Taken' } },
		{ data: { success: false, message: 'Taken' } },
	])('is no success: 200 with %j', async (body) => {
		const facts = await failureOf(always(body).context);
		expect(facts).toMatchObject({ kind: 'rejected', mayHaveSucceeded: false });
	});

	it.each([
		{ data: { id: '1' }, errors: [] },
		{ data: { id: '1' }, success: true },
		{ id: '1', success: false },
		{ success: true, error: 'the e-mail could not be sent' },
		{ ok: true, error: 'none' },
		{ status: 'ok', error: 'none', data: null },
		{ data: { id: '1' }, errors: ['the e-mail could not be sent'] },
		{ data: { id: '1' }, status: 'failed' },
		{ id: '1', status: 'failed' },
		{ data: { id: '1', error: 'the e-mail could not be sent' } },
		{ data: { name: 'Ace', error: 'none' } },
		{ data: { status: 'created' } },
	])('but %j is one', async (body) => {
		expect(await apiRequest(always(body).context, create)).toEqual(body);
	});
});

it.each([408, 425, 500, 503])('a read is tried again after a %d', async (statusCode) => {
	let failures = 1;
	const { sent, context } = apiContext(async () =>
		failures-- > 0
			? { statusCode, headers: { 'retry-after': '1' }, body: '' }
			: { statusCode: 200, headers: {}, body: '{"data":{"id":"12345678901234567890"}}' },
	);
	const started = Date.now();
	expect(await apiRequest(context, read)).toEqual({ data: { id: '12345678901234567890' } });
	expect(sent).toHaveLength(2);
	expect(Date.now() - started).toBeGreaterThanOrEqual(995);
});

describe('what a failed create proves', () => {
	it.each([
		301, 307, 308, 400, 401, 402, 403, 404, 405, 409, 410, 413, 422, 425, 429, 501, 505, 511,
	])('%i: that it was not done', async (status) => {
		expect((await failureOf(always('', status).context)).mayHaveSucceeded).toBe(false);
	});

	it.each([302, 303, 408, 500, 502, 503, 504])('%i: nothing', async (status) => {
		expect((await failureOf(always('', status).context)).mayHaveSucceeded).toBe(true);
	});

	it('nothing, and no success, where the response breaks off after its status', async () => {
		const broken = { code: 'ERR_BAD_RESPONSE', response: { status: 200, headers: {}, data: '' } };
		const { context } = apiContext(async () => {
			throw Object.assign(new Error('aborted'), { cause: broken });
		});
		expect(await failureOf(context)).toMatchObject(LOST);
	});
});

it.each([2_147_484, 1e12])('waits for a response with a timeout of %d seconds', async (seconds) => {
	const { context } = apiContext(async () => {
		await new Promise((resolve) => setTimeout(resolve, 50));
		return { statusCode: 200, headers: {}, body: { data: { id: '1' } } };
	});
	const sent = apiRequest(context, create, { ...settings, timeoutMs: seconds * 1000 });
	expect(await sent).toEqual({ data: { id: '1' } });
});
