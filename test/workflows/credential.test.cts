import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

const bildout = bildOut();
const list = op('customer getAll', { limit: 1 });

const tokenCalls = async () =>
	(await bildout.control.requests()).filter(({ path }) => path === '/oauth/token');

it('refreshes an expired token, keeps the new one, and sends the request again', async () => {
	await bildout.control.expireTokens();
	const before = bildout.engine.credentials.read(bildout.account).oauthTokenData as Record<
		string,
		string
	>;
	const { json } = await bildout.succeed(list);
	expect(json).toHaveLength(1);
	expect((await bildout.calls()).map(({ status }) => status)).toEqual([401, 200]);
	const [refresh, ...more] = await tokenCalls();
	expect(more).toEqual([]);
	expect(Object.fromEntries(new URLSearchParams(refresh.body))).toEqual({
		grant_type: 'refresh_token',
		refresh_token: before.refresh_token,
		client_id: 'n8n-sandbox',
		client_secret: 'n8n-sandbox-secret',
	});
	const after = bildout.engine.credentials.read(bildout.account).oauthTokenData as Record<
		string,
		string
	>;
	expect(after.access_token).not.toBe(before.access_token);
	expect(after.refresh_token).not.toBe(before.refresh_token);

	await bildout.control.clearRequests();
	await bildout.run(list);
	expect(await tokenCalls()).toEqual([]);
	expect(await bildout.calls()).toHaveLength(1);
});

it('refreshes once for many concurrent requests', async () => {
	const ids = (await bildout.list('/customers?limit=30')).map(({ id }) => ({ id: id as string }));
	await bildout.control.expireTokens(
		(bildout.engine.credentials.read(bildout.account).oauthTokenData as { access_token: string })
			.access_token,
	);
	const { json } = await bildout.run(op('customer get', { customerId: '={{ $json.id }}' }), {
		items: ids,
	});
	expect(json.map(({ id }) => ({ id }))).toEqual(ids);
	expect(await tokenCalls()).toHaveLength(1);
});

it('reads the credential once for all items, and again once its token was refused', async () => {
	const ids = (await bildout.list('/customers?limit=30')).map(({ id }) => ({ id: id as string }));
	const decrypt = jest.spyOn(bildout.engine.credentials, 'getDecrypted');
	const get = op('customer get', { customerId: '={{ $json.id }}' });
	await bildout.run(get, { items: ids });
	expect(decrypt).toHaveBeenCalledTimes(1);

	decrypt.mockClear();
	await bildout.control.expireTokens();
	const { json } = await bildout.run(get, { items: ids });
	expect(json).toHaveLength(30);
	expect(await tokenCalls()).toHaveLength(1);
	expect(decrypt.mock.calls.length).toBeGreaterThan(2);
	decrypt.mockRestore();
});

it('creates once when the token expires before it', async () => {
	await bildout.control.expireTokens();
	await bildout.run(op('customer create', { name: 'Only One' }));
	const keys = (await bildout.calls()).map(({ headers }) => headers['idempotency-key']);
	expect(keys).toHaveLength(2);
	expect(new Set(keys).size).toBe(1);
	expect(await bildout.list('/customers?search=Only%20One')).toHaveLength(1);
});

it('signs every request, and asks for JSON', async () => {
	await bildout.run(list, { items: [{}, {}] });
	const calls = await bildout.calls();
	expect(calls).toHaveLength(2);
	for (const { headers } of calls) {
		expect(headers.authorization).toMatch(/^Bearer \S+$/);
		expect(headers.accept).toMatch(/application\/json/);
	}
});

it.each([
	['http://bildout.com', /must start with https:\/\//],
	['http://127.0.0.1.evil.example', /must start with https:\/\//],
	['http://localhost.evil.example', /must start with https:\/\//],
	['ftp://bildout.com', /must start with https:\/\//],
	['bildout', /is not a web address/],
	['', /is not a web address/],
])('refuses the base URL %p', async (baseUrl, message) => {
	const credential = await bildout.connect({ baseUrl });
	const { error } = await bildout.run(list, { credential });
	expect(error?.message).toMatch(message);
	expect(error?.description).toBeTruthy();
	expect(await bildout.control.requests()).toEqual([]);
});

it('says so where the account was never connected', async () => {
	const credential = await bildout.connect({ oauthTokenData: undefined });
	const { error } = await bildout.run(list, { credential });
	expect(error?.message).toBe('The BildOut credential is not connected yet');
	expect(error?.description).toMatch(/connect the account/);
	expect(await bildout.control.requests()).toEqual([]);
});

it('asks for all ten scopes, or for those that were chosen', async () => {
	const { credentials } = bildout.engine;
	const scope = async (data: object) => {
		const credential = await bildout.connect(data as never);
		return (await credentials.getDecrypted({} as never, credential, 'bildOutOAuth2Api', 'manual'))
			.scope;
	};
	expect(String(await scope({})).split(' ')).toHaveLength(10);
	expect(await scope({ customScopes: true, enabledScopes: 'invoices:read' })).toBe('invoices:read');
	expect(String(await scope({ customScopes: false, enabledScopes: 'invoices:read' }))).toMatch(
		/vendors:write/,
	);
});
