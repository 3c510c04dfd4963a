import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import { isObject } from './client.mts';

export interface SignIn {
	baseUrl: string;
	clientId: string;
	clientSecret: string;
	/** Where BildOut sends the browser back to; the application has to be registered with it. */
	redirectUri: string;
	signInPath: string;
	scope: string;
	/** Shows the person the address to open. */
	show: (address: string) => void;
}

export interface Tokens {
	accessToken: string;
	refreshToken?: string;
}

/**
 * Signs in as a person does, in the browser (RFC 6749, section 4.1): shows the address, waits on loopback
 * for the browser to come back, and exchanges the code.
 */
export async function signIn(options: SignIn): Promise<Tokens> {
	const { baseUrl, clientId, clientSecret, redirectUri, signInPath, scope, show } = options;
	const state = randomBytes(16).toString('hex');
	const address = new URL(baseUrl + signInPath);
	address.search = new URLSearchParams({
		response_type: 'code',
		client_id: clientId,
		redirect_uri: redirectUri,
		scope,
		state,
	}).toString();
	const code = await codeFromBrowser(new URL(redirectUri), state, () => show(address.href));
	return await exchange(baseUrl, {
		grant_type: 'authorization_code',
		code,
		redirect_uri: redirectUri,
		client_id: clientId,
		client_secret: clientSecret,
	});
}

/** Asks the token endpoint, and returns its tokens. */
export async function exchange(baseUrl: string, fields: Record<string, string>): Promise<Tokens> {
	const response = await fetch(`${baseUrl}/oauth/token`, {
		method: 'POST',
		body: new URLSearchParams(fields),
		redirect: 'manual',
	});
	const tokens: unknown = await response.json().catch(() => undefined);
	if (!response.ok || !isObject(tokens) || typeof tokens.access_token !== 'string') {
		const reason = isObject(tokens) ? String(tokens.error_description ?? tokens.error ?? '') : '';
		throw new Error(`BildOut's token endpoint responded with ${response.status}. ${reason}`.trim());
	}
	const { access_token: accessToken, refresh_token: refreshToken } = tokens;
	return {
		accessToken,
		...(typeof refreshToken === 'string' && { refreshToken }),
	};
}

async function codeFromBrowser(
	redirectUri: URL,
	state: string,
	ready: () => void,
): Promise<string> {
	const server = createServer();
	try {
		return await new Promise<string>((found, failed) => {
			server.on('error', failed);
			server.on('request', (request, response) => {
				const { pathname, searchParams } = new URL(request.url ?? '/', redirectUri);
				if (pathname !== redirectUri.pathname || searchParams.get('state') !== state) {
					response.writeHead(404).end();
					return;
				}
				const code = searchParams.get('code');
				response.setHeader('connection', 'close');
				response.end(code ? 'Signed in. You can close this page.' : 'BildOut did not sign you in.');
				if (code) found(code);
				else
					failed(
						new Error(`BildOut did not sign you in: ${searchParams.get('error') ?? 'no code'}`),
					);
			});
			server.listen(Number(redirectUri.port), redirectUri.hostname.replace(/^\[|\]$/g, ''), ready);
		});
	} finally {
		server.close();
	}
}
