import { useSandbox } from './client.cts';

const sandbox = useSandbox();

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const redirect_uri = 'http://localhost:5678/rest/oauth2-credential/callback';
const credentials = { client_id: 'n8n-sandbox', client_secret: 'n8n-sandbox-secret' };

/** What an app asks for when it sends a person to the consent page. */
const asked = {
	client_id: 'n8n-sandbox',
	redirect_uri,
	response_type: 'code',
	scope: 'customers:read invoices:write',
	state: 'a-state',
};
type Fields = Record<string, string>;

const post = async (path: string, fields: Fields, headers = {}) =>
	await sandbox.raw('POST', path, String(new URLSearchParams(fields)), { ...FORM, ...headers });
const consentPage = async (fields: Fields) =>
	await sandbox.raw('GET', `/oauth/authorize?${new URLSearchParams(fields)}`);
/** Presses a button of the consent page. Returns the query of the address that the person is sent to. */
const press = async (fields: Fields, allowed: boolean) => {
	const { headers } = await post('/oauth/authorize', { ...fields, allowed: String(allowed) });
	return new URL(headers.get('location')!).searchParams;
};
const token = async (fields: Fields) => await post('/oauth/token', { ...credentials, ...fields });
const exchange = async (more: Fields = {}) => {
	const code = (await press(asked, true)).get('code')!;
	return await token({ grant_type: 'authorization_code', code, redirect_uri, ...more });
};
const refresh = async (refresh_token: string) =>
	await token({ grant_type: 'refresh_token', refresh_token });
const customersWith = async (accessToken: string) =>
	await sandbox.api('GET', '/customers', undefined, { authorization: `Bearer ${accessToken}` });

describe('the consent page', () => {
	it('names the app and what it asks for, and its form ends in a code', async () => {
		const { status, body, headers } = await consentPage(asked);
		expect(status).toBe(200);
		expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
		expect(body).toContain('<strong>n8n</strong> wants to use your BildOut account');
		expect(body).toContain('Create, change and delete invoices');
		expect(body).not.toContain('See your vendors');
		const inputs = body.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g);
		const fields = Object.fromEntries([...inputs].map(([, name, value]) => [name, value]));
		expect(fields).toEqual(asked);
		expect(Object.fromEntries(await press(fields, true))).toEqual({
			code: expect.stringMatching(/^[0-9a-f]{64}$/),
			state: 'a-state',
		});
	});

	it('escapes what it is given', async () => {
		const { body } = await consentPage({ ...asked, state: '"><script>alert(1)</script>' });
		expect(body).not.toContain('<script>');
	});

	const elsewhere = 'only sends people back to this computer';
	it.each([
		['client_id', 'someone', 'No app is registered as “someone”'],
		['redirect_uri', 'https://evil.example/cb', elsewhere],
		['redirect_uri', 'evil-app://localhost/cb', elsewhere],
		['redirect_uri', 'http://localhost.evil.example/cb', elsewhere],
	])('refuses the %s %s without sending anyone anywhere', async (name, value, words) => {
		const fields = { ...asked, [name]: value };
		const page = await consentPage(fields);
		expect([page.status, page.body]).toEqual([400, expect.stringContaining(words)]);
		const pressed = await post('/oauth/authorize', { ...fields, allowed: 'true' });
		expect([pressed.status, pressed.headers.get('location')]).toEqual([400, null]);
	});

	it.each<[string, Fields, boolean]>([
		['access_denied', asked, false],
		['invalid_scope', { ...asked, scope: 'all:of-it' }, true],
	])('sends people back with %s', async (error, fields, allowed) => {
		const query = Object.fromEntries(await press(fields, allowed));
		expect(query).toMatchObject({ error, state: 'a-state' });
	});

	it.each([
		[403, { origin: 'https://evil.example' }],
		[403, { origin: 'null' }],
		[403, { 'sec-fetch-site': 'cross-site' }],
		[302, { 'sec-fetch-site': 'same-origin' }],
	])('responds with %i when Allow is pressed with %j', async (status, headers) => {
		const pressed = await post('/oauth/authorize', { ...asked, allowed: 'true' }, headers);
		expect(pressed.status).toBe(status);
	});
});

describe('the token endpoint', () => {
	it('returns tokens for a code, once', async () => {
		const code = (await press(asked, true)).get('code')!;
		const first = await exchange({ code });
		expect(first.headers.get('cache-control')).toBe('no-store');
		expect(first.body).toEqual({
			access_token: expect.any(String),
			refresh_token: expect.any(String),
			expires_in: expect.any(Number),
			token_type: 'Bearer',
			scope: asked.scope,
		});
		expect(3600 - first.body.expires_in).toBeLessThan(10);
		expect((await customersWith(first.body.access_token)).status).toBe(200);
		const again = await exchange({ code });
		expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
	});

	it.each([
		['client_secret', 'guess', 'invalid_client'],
		['client_secret', '', 'invalid_client'],
		['redirect_uri', 'http://localhost:5678/other', 'invalid_request'],
	])('refuses the %s %j', async (name, value, error) => {
		const { body } = await exchange({ [name]: value });
		expect([body.error, body.access_token]).toEqual([error, undefined]);
	});

	it('rotates: a refresh returns two new tokens of the same scope, and the old one ends', async () => {
		const { body: first } = await exchange();
		await sandbox.control.expireTokens(first.access_token);
		const late = await customersWith(first.access_token);
		expect(late.status).toBe(401);
		expect(late.headers.get('www-authenticate')).toContain('invalid_token');
		const second = await refresh(first.refresh_token);
		expect(second.body.scope).toBe(first.scope);
		expect(second.body.refresh_token).not.toBe(first.refresh_token);
		expect((await customersWith(second.body.access_token)).status).toBe(200);
		expect((await refresh(first.refresh_token)).body.error).toBe('invalid_grant');
		expect((await refresh(second.body.refresh_token)).status).toBe(200);
	});

	it.each(['access_token', 'refresh_token'])(
		'ends the whole grant when its %s is revoked with the secret',
		async (kind) => {
			const [{ body }, { body: other }] = [await exchange(), await exchange()];
			const revoke = async (more: Fields) =>
				await post('/oauth/revoke', { ...credentials, token: body[kind], ...more });
			expect((await revoke({ client_secret: 'guess' })).status).toBe(401);
			expect((await customersWith(body.access_token)).status).toBe(200);
			expect((await revoke({})).status).toBe(200);
			expect((await customersWith(body.access_token)).status).toBe(401);
			expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
			expect((await customersWith(other.access_token)).status).toBe(200);
		},
	);
});
