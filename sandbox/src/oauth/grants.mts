import { randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type OAuth2Server from '@node-oauth/oauth2-server';
import { scopes } from '../contract/contract.mts';

/** The one app that is registered with the sandbox. */
export const client = {
	id: 'n8n-sandbox',
	secret: 'n8n-sandbox-secret',
	name: 'n8n',
	grants: ['authorization_code', 'refresh_token'],
	redirectUris: ['http://127.0.0.1/'],
};

/** How long an access token lives, in seconds. */
export const TOKEN_LIFETIME = 3600;

/** The person who is always signed in to the sandbox. */
export const owner = { name: 'Dana Whitfield', business: 'Whitfield & Sons Construction' };

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** As RFC 8252 has it for native apps: any port and path, as long as it is on this machine. */
export function isLoopbackUrl(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, hostname } = new URL(url);
	return ['http:', 'https:'].includes(protocol) && loopback.has(hostname);
}

interface TokenRow {
	token: string;
	grant_id: string;
	scope: string;
	expires_at: number;
}

export interface IssuedTokens {
	access_token: string;
	refresh_token: string;
	expires_in: number;
	token_type: 'Bearer';
	scope: string;
}

type Code = Pick<
	OAuth2Server.AuthorizationCode,
	'authorizationCode' | 'expiresAt' | 'redirectUri' | 'scope'
>;

/** The codes and tokens that were given out: what the OAuth library asks of its model, and a little more. */
export class Grants implements OAuth2Server.AuthorizationCodeModel, OAuth2Server.RefreshTokenModel {
	readonly #database: DatabaseSync;
	/** A sign-in that is under way when the sandbox ends begins again. */
	readonly #codes = new Map<string, OAuth2Server.AuthorizationCode>();

	constructor(database: DatabaseSync) {
		this.#database = database;
	}

	async getClient(id: string, secret: string | null) {
		if (id !== client.id || (secret !== null && secret !== client.secret)) return null;
		return client;
	}

	async validateRedirectUri(uri: string): Promise<boolean> {
		return isLoopbackUrl(uri);
	}

	async validateScope(_user: unknown, _client: unknown, asked?: string[]) {
		return asked?.length && asked.every((scope) => scope in scopes) ? asked : false;
	}

	async saveAuthorizationCode(code: Code, _client: unknown, user: OAuth2Server.User) {
		const kept = { ...code, client, user };
		this.#codes.set(code.authorizationCode, kept);
		return kept;
	}

	async getAuthorizationCode(code: string) {
		return this.#codes.get(code);
	}

	async revokeAuthorizationCode({ authorizationCode }: OAuth2Server.AuthorizationCode) {
		return this.#codes.delete(authorizationCode);
	}

	async saveToken(token: OAuth2Server.Token, _client: unknown, user: OAuth2Server.User) {
		const { accessToken, accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt } = token;
		const grant = { id: user.grantId, scope: token.scope };
		this.#keep('access', accessToken, grant, accessTokenExpiresAt);
		if (refreshToken) this.#keep('refresh', refreshToken, grant, refreshTokenExpiresAt);
		return { ...token, client, user };
	}

	async getAccessToken(accessToken: string) {
		const row = this.#row(accessToken, 'access');
		return (
			row && { accessToken, accessTokenExpiresAt: new Date(row.expires_at), ...this.#holder(row) }
		);
	}

	async getRefreshToken(refreshToken: string) {
		const row = this.#row(refreshToken, 'refresh');
		return (
			row && { refreshToken, refreshTokenExpiresAt: new Date(row.expires_at), ...this.#holder(row) }
		);
	}

	/** Rotation: a refresh token that was used is gone. */
	async revokeToken({ refreshToken }: OAuth2Server.RefreshToken): Promise<boolean> {
		const { changes } = this.#database
			.prepare('DELETE FROM tokens WHERE token = ?')
			.run(refreshToken);
		return Number(changes) > 0;
	}

	/** Ends the whole grant that a token of either kind belongs to (RFC 7009, section 2.1). */
	endGrantOf(token: string): void {
		this.#database
			.prepare('DELETE FROM tokens WHERE grant_id = (SELECT grant_id FROM tokens WHERE token = ?)')
			.run(token);
	}

	/** Tokens as a sign-in would give them, for tests. `expiresIn` is in seconds. */
	issue(granted: string[], expiresIn: number): IssuedTokens {
		const newToken = () => randomBytes(32).toString('hex');
		const [access_token, refresh_token] = [newToken(), newToken()];
		const grant = { id: randomUUID(), scope: granted };
		this.#keep('access', access_token, grant, new Date(Date.now() + expiresIn * 1000));
		this.#keep('refresh', refresh_token, grant, new Date(Date.now() + 1e10));
		return {
			access_token,
			refresh_token,
			expires_in: expiresIn,
			token_type: 'Bearer',
			scope: granted.join(' '),
		};
	}

	/** Lets an access token, or all of them, expire now. Returns how many. */
	expire(accessToken?: string): number {
		const { changes } = this.#database
			.prepare(
				`UPDATE tokens SET expires_at = 0 WHERE kind = 'access' AND (:token IS NULL OR token = :token)`,
			)
			.run({ token: accessToken ?? null });
		return Number(changes);
	}

	/** Forgets every token of both kinds. Returns how many. */
	revokeAll(): number {
		return Number(this.#database.prepare('DELETE FROM tokens').run().changes);
	}

	#row(token: string, kind: 'access' | 'refresh') {
		return this.#database
			.prepare('SELECT * FROM tokens WHERE token = ? AND kind = ?')
			.get(token, kind) as TokenRow | undefined;
	}

	#holder({ grant_id, scope }: TokenRow) {
		return { scope: scope.split(' '), client, user: { grantId: grant_id } };
	}

	#keep(kind: string, token: string, grant: { id: string; scope?: string[] }, expires?: Date) {
		this.#database
			.prepare(
				'INSERT INTO tokens (token, kind, grant_id, scope, expires_at) VALUES (?, ?, ?, ?, ?)',
			)
			.run(token, kind, grant.id, (grant.scope ?? []).join(' '), expires!.getTime());
	}
}
