import { Workflow } from 'n8n-workflow';
import fc from 'fast-check';
import { usableBaseUrl } from '../../nodes/BildOut/api/baseUrl.ts';
import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

const bildout = bildOut();
const list = op('customer getAll', { limit: 1 });
const get = op('customer get', { customerId: '={{ $json.id }}' });

const tokenCalls = async () =>
	(await bildout.control.requests()).filter(({ path }) => path === '/oauth/token');
const tokens = () =>
	bildout.engine.credentials.read(bildout.account).oauthTokenData as Record<string, string>;
const someIds = async () =>
	(await bildout.list('/customers?limit=30')).map(({ id }) => ({ id: id as string }));

/** The credential as n8n hands it to a node, and where n8n tests it. */
async function decrypted(data: Record<string, unknown>) {
	const { credentials, nodeTypes } = bildout.engine;
	const credential = await bildout.connect(data as never);
	const type = 'bildOutOAuth2Api';
	const fields = await credentials.getDecrypted({} as never, credential, type, 'manual');
	const { test } = nodeTypes.credentialType(type) as { test?: { request: { baseURL?: string } } };
	const { expression } = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });
	const url = test!.request.baseURL!;
	const more = { $credentials: fields as never };
	const tested = await expression.withIsolate(async () =>
		expression.resolveSimpleParameterValue(url, {}, null, 0, 0, '', [], 'manual', more, undefined),
	);
	return { ...fields, tested } as Record<string, unknown>;
}

/** The addresses that n8n signs in, renews and tests a credential at; '' is one that it refuses. */
async function addresses(data: Record<string, unknown>) {
	const { authUrl, accessTokenUrl, tested } = await decrypted(data);
	return { authUrl, accessTokenUrl, tested };
}

describe('an access token', () => {
	it('that has expired is refreshed and kept, and the request is sent again', async () => {
		await bildout.control.expireTokens();
		const before = tokens();
		await bildout.succeed(list);
		expect((await bildout.calls()).map(({ status }) => status)).toEqual([401, 200]);
		const [refresh, ...more] = await tokenCalls();
		expect(more).toEqual([]);
		expect(Object.fromEntries(new URLSearchParams(refresh.body))).toEqual({
			...{ grant_type: 'refresh_token', refresh_token: before.refresh_token },
			...{ client_id: 'n8n-sandbox', client_secret: 'n8n-sandbox-secret' },
		});
		expect(tokens().access_token).not.toBe(before.access_token);
		expect(tokens().refresh_token).not.toBe(before.refresh_token);

		await bildout.control.clearRequests();
		await bildout.run(list);
		expect(await tokenCalls()).toEqual([]);
		expect(await bildout.calls()).toHaveLength(1);
	});

	it('is read once for all items, and refreshed once for all of them', async () => {
		const items = await someIds();
		const decrypt = jest.spyOn(bildout.engine.credentials, 'getDecrypted');
		await bildout.run(get, { items });
		expect(decrypt).toHaveBeenCalledTimes(1);

		decrypt.mockClear();
		await bildout.control.expireTokens();
		const { json } = await bildout.run(get, { items });
		expect(json.map(({ id }) => ({ id }))).toEqual(items);
		expect(await tokenCalls()).toHaveLength(1);
		expect(decrypt.mock.calls.length).toBeGreaterThan(2);
		decrypt.mockRestore();
	});

	it('that expires before a create leads to one record, by one key', async () => {
		await bildout.control.expireTokens();
		await bildout.run(op('customer create', { name: 'Only One' }));
		const keys = (await bildout.calls()).map(({ headers }) => headers['idempotency-key']);
		expect(keys).toHaveLength(2);
		expect(new Set(keys).size).toBe(1);
		expect(await bildout.list('/customers?search=Only%20One')).toHaveLength(1);
	});

	it('signs every request, which asks for JSON', async () => {
		await bildout.run(list, { items: [{}, {}] });
		const calls = await bildout.calls();
		expect(calls).toHaveLength(2);
		for (const { headers } of calls) {
			expect(headers.authorization).toMatch(/^Bearer \S+$/);
			expect(headers.accept).toMatch(/application\/json/);
		}
	});
});

it.each([
	[{ baseUrl: 'http://localhost.evil.example' }, /must start with https:\/\//],
	[{ baseUrl: '' }, /is not a web address/],
	[{ oauthTokenData: undefined }, /^The BildOut credential is not connected yet$/],
])('a run with the credential %j sends nothing', async (data, message) => {
	const credential = await bildout.connect(data);
	await bildout.expectRefusal(list, message, { credential });
	expect(await bildout.control.requests()).toEqual([]);
});

it('asks for all ten scopes, or for those that were chosen', async () => {
	const scope = async (data: object) => String((await decrypted({ ...data })).scope);
	expect((await scope({})).split(' ')).toHaveLength(10);
	const enabledScopes = 'invoices:read';
	expect(await scope({ customScopes: true, enabledScopes })).toBe('invoices:read');
	expect(await scope({ customScopes: false, enabledScopes })).toMatch(/vendors:write/);
});

describe('the base URL', () => {
	it.each([
		['https://bildout.com', 'https://bildout.com'],
		[' https://bildout.com/// ', 'https://bildout.com'],
		['HTTPS://BildOut.com', 'HTTPS://BildOut.com'],
		['https://bildout.com:8443/eu/', 'https://bildout.com:8443/eu'],
		['http://localhost:4010/', 'http://localhost:4010'],
		['http://[::1]:4010', 'http://[::1]:4010'],
		['bildout.com', 'https://bildout.com'],
		['localhost:4010', 'http://localhost:4010'],
		['127.0.0.1:4010/api/v1', 'http://127.0.0.1:4010'],
		['https://bildout.com/API', 'https://bildout.com'],
		[' bildout.com/eu/api/v1 ', 'https://bildout.com/eu'],
	])('%j leads to %s', async (baseUrl, base) => {
		expect(await addresses({ baseUrl })).toEqual({
			authUrl: `${base}/oauth/authorize`,
			accessTokenUrl: `${base}/oauth/token`,
			tested: base,
		});
	});

	it.each([
		...['http://bildout.com', 'http://localhost.evil.example', 'http://127.0.0.1.evil.example'],
		...['http://localhost:4010@evil.example', 'http://localhost:secret@evil.example/'],
		...['https://bildout.com@evil.example', 'https://', 'https:///oauth', 'ftp://bildout.com'],
		...['https://bildout.com\\@evil.example', 'https://bildout.com?x=/', '//bildout.com'],
		...['bildout', ''],
	])('%j gets neither secret nor token', async (baseUrl) => {
		expect(await addresses({ baseUrl })).toEqual({ authUrl: '', accessTokenUrl: '', tested: '' });
	});

	it.each([
		['https://bildout.com', 'bildout.com'],
		['https://eu.bildout.com:8443/x', 'eu.bildout.com'],
		['http://127.0.0.1:4010', '127.0.0.1'],
		['http://[::1]:4010', '[::1]'],
		['http://bildout.com', ''],
	])('%j lets the HTTP Request node send the token to the host %j only', async (baseUrl, host) => {
		const data = await decrypted({ baseUrl });
		expect(data).toMatchObject({ allowedHttpRequestDomains: 'domains', allowedDomains: host });
	});

	it('is read alike by an expression and by the nodes', async () => {
		const part = fc.constantFrom(
			...['https://', 'http://', 'bildout.com', 'localhost', '127.0.0.1', ':80', '/', '/api'],
			...['/api/v1', '?', '#', '@', ' ', '\\', '\n', 'x', '[::1]'],
		);
		const typed = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
		await fc.assert(
			fc.asyncProperty(typed, async (baseUrl) => {
				const { tested } = await decrypted({ baseUrl });
				expect(tested).toBe(usableBaseUrl(baseUrl));
				expect(tested).toMatch(
					/^(|https:\/\/.+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:80)?(\/.*)?)$/s,
				);
			}),
		);
	});

	it.each(['/connect/authorize', 'connect/authorize', ' //connect/authorize '])(
		'is where people sign in, at the path that the credential names: %j',
		async (signInPath) => {
			const { authUrl } = await decrypted({ baseUrl: 'https://bildout.com/', signInPath });
			expect(authUrl).toBe('https://bildout.com/connect/authorize');
		},
	);
});
