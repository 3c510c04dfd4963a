import OAuth2Server from '@node-oauth/oauth2-server';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../api/errors.mts';
import type { Grants } from './grants.mts';

const { OAuthError, Request, Response } = OAuth2Server;

export type BearerCheck = ReturnType<typeof bearerCheck>;

/** Checks an API request's access token: returns it, or refuses with 401 or, where the scope is missing, 403. */
export function bearerCheck(grants: Grants) {
	const server = new OAuth2Server({ model: grants });
	return {
		/** The token that a request carries, when it is alive. */
		async identify(request: FastifyRequest): Promise<OAuth2Server.Token> {
			const { headers, method } = request;
			const response = new Response();
			try {
				return await server.authenticate(
					new Request({ headers: headers as Record<string, string>, method, query: {} }),
					response,
				);
			} catch (error) {
				if (!(error instanceof OAuthError)) throw error;
				throw new ApiError(401, 'The access token is missing, expired or revoked.', {
					headers: response.headers,
				});
			}
		},
		refuseWithout(scope: string, token: OAuth2Server.Token): void {
			if (token.scope?.includes(scope)) return;
			throw new ApiError(
				403,
				`This needs the scope ${scope}, which the access token does not have.`,
				{
					headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
				},
			);
		},
	};
}
