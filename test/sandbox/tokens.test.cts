import { useSandbox } from './client.cts';
import { credentials, oauthClient } from './oauth-client.cts';

const sandbox = useSandbox();
const { customersWith, post, signIn, token } = oauthClient(sandbox);

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
