import { useSandbox } from './client.cts';
import { asked, oauthClient, redirectUri, sentTo } from './oauth-client.cts';

const sandbox = useSandbox();
const { authorizePage, codeFor, customersWith, post, signIn, token } = oauthClient(sandbox);

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
