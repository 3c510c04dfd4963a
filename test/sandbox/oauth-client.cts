import { call, type useSandbox } from './client.cts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

export const redirectUri = 'http://localhost:5678/rest/oauth2-credential/callback';
export const credentials = { client_id: 'n8n-sandbox', client_secret: 'n8n-sandbox-secret' };

/** What an app asks for when it sends a person to the consent page. */
export const asked = {
	client_id: 'n8n-sandbox',
	redirect_uri: redirectUri,
	response_type: 'code',
	scope: 'customers:read invoices:write',
	state: 'a-state',
};

export const sentTo = (answer: { headers: Headers }) => new URL(answer.headers.get('location')!);

/** Plays an app that a person connects with BildOut. */
export function oauthClient(sandbox: ReturnType<typeof useSandbox>) {
	const post = async (path: string, fields: Record<string, string>, headers = {}) =>
		await call('POST', `${sandbox.url}${path}`, String(new URLSearchParams(fields)), {
			...form,
			...headers,
		});
	const authorizePage = async (fields: Record<string, string>) =>
		await call('GET', `${sandbox.url}/oauth/authorize?${new URLSearchParams(fields)}`);
	const token = async (fields: Record<string, string>) =>
		await post('/oauth/token', { ...credentials, ...fields });

	/** Presses Allow; the code that the app is given. */
	const codeFor = async (fields: Record<string, string>): Promise<string> => {
		const answer = await post('/oauth/authorize', { ...fields, allowed: 'true' });
		return sentTo(answer).searchParams.get('code')!;
	};
	const signIn = async (fields: Record<string, string> = asked) => {
		const code = await codeFor(fields);
		return await token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
	};
	const customersWith = async (accessToken: string) =>
		await sandbox.api('GET', '/customers?limit=1', undefined, {
			authorization: `Bearer ${accessToken}`,
		});
	return { post, authorizePage, token, codeFor, signIn, customersWith };
}
