import { call, useSandbox } from './client.cts';

const sandbox = useSandbox();

const redirectUri = 'http://localhost:5678/rest/oauth2-credential/callback';
const credentials = { client_id: 'n8n-sandbox', client_secret: 'n8n-sandbox-secret' };
const asked = {
	client_id: 'n8n-sandbox',
	redirect_uri: redirectUri,
	response_type: 'code',
	scope: 'customers:read invoices:write',
	state: 'a-state',
};

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const post = async (path: string, fields: Record<string, string>, headers = {}) =>
	await call('POST', `${sandbox.url}${path}`, String(new URLSearchParams(fields)), {
		...form,
		...headers,
	});
const authorizePage = async (fields: Record<string, string>) =>
	await call('GET', `${sandbox.url}/oauth/authorize?${new URLSearchParams(fields)}`);
const token = async (fields: Record<string, string>) =>
	await post('/oauth/token', { ...credentials, ...fields });

const sentTo = (answer: { headers: Headers }) => new URL(answer.headers.get('location')!);

/** Presses Allow; the code that the app is given. */
async function codeFor(fields: Record<string, string>): Promise<string> {
	const answer = await post('/oauth/authorize', { ...fields, allowed: 'true' });
	return sentTo(answer).searchParams.get('code')!;
}

async function signIn(fields: Record<string, string> = asked) {
	const code = await codeFor(fields);
	return await token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
}

const customersWith = async (accessToken: string) =>
	await sandbox.api('GET', '/customers?limit=1', undefined, {
		authorization: `Bearer ${accessToken}`,
	});

describe('the consent page', () => {
	it('names the app and, in plain words, what it asks for', async () => {
		const { status, body, headers } = await authorizePage(asked);
		expect(status).toBe(200);
		expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
		expect(body).toContain('<strong>n8n</strong> wants to use your BildOut account');
		expect(body).toContain('See your customers');
		expect(body).toContain('Create, change and delete invoices');
		expect(body).not.toContain('See your vendors');
		expect(body).toMatch(/<button[^>]*value="true"[^>]*>Allow/);
		expect(body).toMatch(/<button[^>]*value="false"[^>]*>Deny/);
	});

	it('escapes what it is given', async () => {
		const { body } = await authorizePage({ ...asked, state: '"><script>alert(1)</script>' });
		expect(body).not.toContain('<script>');
	});

	it('hands on what the form carries, so that pressing Allow ends in a code', async () => {
		const { body } = await authorizePage(asked);
		const fields = Object.fromEntries(
			[...body.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)].map(
				([, name, value]: string[]) => [name, value],
			),
		);
		expect(fields).toEqual(asked);
		const answer = await post('/oauth/authorize', { ...fields, allowed: 'true' });
		expect(answer.status).toBe(302);
		expect(sentTo(answer).href.startsWith(redirectUri)).toBe(true);
		expect(sentTo(answer).searchParams.get('state')).toBe('a-state');
	});

	it.each([
		['an unknown app', { ...asked, client_id: 'someone' }, 'No app is registered as “someone”'],
		[
			'an address that is not on this machine',
			{ ...asked, redirect_uri: 'https://evil.example/cb' },
			'only sends people back to this computer',
		],
		[
			'another program on this machine',
			{ ...asked, redirect_uri: 'evil-app://localhost/cb' },
			'only sends people back to this computer',
		],
		[
			'a name that only begins like this machine',
			{ ...asked, redirect_uri: 'http://localhost.evil.example/cb' },
			'only sends people back to this computer',
		],
	])('refuses %s without sending anyone anywhere', async (_, fields, words) => {
		const page = await authorizePage(fields);
		expect(page.status).toBe(400);
		expect(page.body).toContain(words);
		const pressed = await post('/oauth/authorize', { ...fields, allowed: 'true' });
		expect(pressed.status).toBe(400);
		expect(pressed.headers.get('location')).toBeNull();
	});

	it.each(['http://127.0.0.1:1/x', 'http://localhost/x', 'http://[::1]:9/x'])(
		'accepts the loopback address %s',
		async (uri) => {
			const answer = await post('/oauth/authorize', {
				...asked,
				redirect_uri: uri,
				allowed: 'true',
			});
			expect(sentTo(answer).searchParams.get('code')).toMatch(/^[0-9a-f]{64}$/);
		},
	);

	it('sends people back with access_denied when they press Deny', async () => {
		const answer = await post('/oauth/authorize', { ...asked, allowed: 'false' });
		expect(Object.fromEntries(sentTo(answer).searchParams)).toMatchObject({
			error: 'access_denied',
			state: 'a-state',
		});
	});

	it('sends people back with invalid_scope for a scope that does not exist', async () => {
		const answer = await post('/oauth/authorize', {
			...asked,
			scope: 'all:of-it',
			allowed: 'true',
		});
		expect(sentTo(answer).searchParams.get('error')).toBe('invalid_scope');
	});

	it('lets no other site press Allow', async () => {
		const fields = { ...asked, allowed: 'true' };
		for (const headers of [
			{ origin: 'https://evil.example' },
			{ origin: 'null' },
			{ 'sec-fetch-site': 'cross-site' },
		]) {
			expect((await post('/oauth/authorize', fields, headers)).status).toBe(403);
		}
		const own = { origin: sandbox.url, 'sec-fetch-site': 'same-origin' };
		expect((await post('/oauth/authorize', fields, own)).status).toBe(302);
	});
});

describe('the token endpoint', () => {
	it('gives tokens for a code, once', async () => {
		const first = await signIn();
		expect(first.status).toBe(200);
		expect(first.headers.get('cache-control')).toBe('no-store');
		expect(first.body).toEqual({
			access_token: expect.any(String),
			refresh_token: expect.any(String),
			expires_in: expect.any(Number),
			token_type: 'Bearer',
			scope: 'customers:read invoices:write',
		});
		expect(first.body.expires_in).toBeGreaterThan(3590);
		expect(first.body.expires_in).toBeLessThanOrEqual(3600);
		expect((await customersWith(first.body.access_token)).status).toBe(200);

		const code = await codeFor(asked);
		const exchange = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
		expect((await token(exchange)).status).toBe(200);
		const again = await token(exchange);
		expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
	});

	it.each([
		['a wrong secret', { client_secret: 'guess' }],
		['no secret', { client_secret: '' }],
	])('refuses %s', async (_, wrong) => {
		const code = await codeFor(asked);
		const answer = await token({
			grant_type: 'authorization_code',
			code,
			redirect_uri: redirectUri,
			...wrong,
		});
		expect(answer.body.error).toBe('invalid_client');
		expect(answer.body.access_token).toBeUndefined();
	});

	it('refuses a code with another redirect URI', async () => {
		const code = await codeFor(asked);
		const answer = await token({
			grant_type: 'authorization_code',
			code,
			redirect_uri: 'http://localhost:5678/other',
		});
		expect(answer.status).toBe(400);
	});

	it('rotates: a refresh gives two new tokens with the same scopes, and the old refresh token dies', async () => {
		const { body: first } = await signIn();
		const refresh = async (refresh_token: string) =>
			await token({ grant_type: 'refresh_token', refresh_token });
		const second = await refresh(first.refresh_token);
		expect(second.body.scope).toBe(first.scope);
		expect(second.body.access_token).not.toBe(first.access_token);
		expect(second.body.refresh_token).not.toBe(first.refresh_token);
		expect((await customersWith(second.body.access_token)).status).toBe(200);

		const replay = await refresh(first.refresh_token);
		expect([replay.status, replay.body.error]).toEqual([400, 'invalid_grant']);
		expect((await refresh(second.body.refresh_token)).status).toBe(200);
	});
});

describe('a token', () => {
	it('lives as long as is set', async () => {
		await sandbox.raw('POST', '/__control/config', { tokenLifetime: 7 });
		const { expires_in } = (await signIn()).body;
		expect(expires_in).toBeGreaterThanOrEqual(5);
		expect(expires_in).toBeLessThanOrEqual(7);

		const brief = await sandbox.control.token({ expiresIn: 1 });
		await new Promise((later) => setTimeout(later, 1_050));
		const late = await customersWith(brief.access_token);
		expect([late.status, late.body.error.code]).toEqual([401, 'unauthorized']);
		expect(late.headers.get('www-authenticate')).toContain('invalid_token');
	});

	it('can be refreshed when it has expired', async () => {
		const { body } = await signIn();
		await sandbox.control.expireTokens(body.access_token);
		expect((await customersWith(body.access_token)).status).toBe(401);
		const refreshed = await token({
			grant_type: 'refresh_token',
			refresh_token: body.refresh_token,
		});
		expect((await customersWith(refreshed.body.access_token)).status).toBe(200);
	});

	it.each(['access_token', 'refresh_token'])(
		'takes its whole grant along when the %s is revoked',
		async (kind) => {
			const { body } = await signIn();
			const other = await signIn();
			expect((await post('/oauth/revoke', { ...credentials, token: body[kind] })).status).toBe(200);
			expect((await customersWith(body.access_token)).status).toBe(401);
			const refreshed = await token({
				grant_type: 'refresh_token',
				refresh_token: body.refresh_token,
			});
			expect(refreshed.body.error).toBe('invalid_grant');
			expect((await customersWith(other.body.access_token)).status).toBe(200);
		},
	);

	it('cannot be revoked without the secret', async () => {
		const { body } = await signIn();
		const answer = await post('/oauth/revoke', {
			client_id: 'n8n-sandbox',
			client_secret: 'guess',
			token: body.access_token,
		});
		expect(answer.status).toBe(401);
		expect((await customersWith(body.access_token)).status).toBe(200);
	});

	it.each([
		['GET', '/customers', 'customers:read'],
		['POST', '/customers', 'customers:write'],
		['PUT', '/customers/1', 'customers:write'],
		['DELETE', '/customers/1', 'customers:write'],
		['GET', '/invoices/1', 'invoices:read'],
		['POST', '/invoices', 'invoices:write'],
		['GET', '/payments', 'payments:read'],
		['GET', '/projects/1/financials', 'projects:read'],
		['DELETE', '/projects/1', 'projects:write'],
		['GET', '/vendors', 'vendors:read'],
		['PUT', '/vendors/1', 'vendors:write'],
		['POST', '/webhooks', 'webhooks:manage'],
		['GET', '/webhooks', 'webhooks:manage'],
	])('without the scope that %s %s needs gets a 403 that names %s', async (method, path, scope) => {
		const everyScope = (await sandbox.control.token()).scope.split(' ');
		const all = everyScope.filter((one) => one !== scope);
		expect(all).toHaveLength(9);
		const without = await sandbox.control.token({ scopes: all });
		const writes = method === 'POST' || method === 'PUT';
		const send = async (accessToken: string) =>
			await sandbox.api(method, path, writes ? {} : undefined, {
				authorization: `Bearer ${accessToken}`,
			});
		const refused = await send(without.access_token);
		expect([refused.status, refused.body.error.code]).toEqual([403, 'insufficient_scope']);
		expect(refused.body.error.message).toContain(scope);

		const only = await sandbox.control.token({ scopes: [scope] });
		expect((await send(only.access_token)).status).not.toBe(403);
	});

	it.each(['', 'Bearer nonsense', 'Basic bjhuOm44bg=='])(
		'must be a live one, not “%s”',
		async (authorization) => {
			const answer = await sandbox.api('GET', '/customers', undefined, { authorization });
			expect([answer.status, answer.body.error.code]).toEqual([401, 'unauthorized']);
			expect(answer.headers.get('x-ratelimit-limit')).toBeNull();
		},
	);
});
