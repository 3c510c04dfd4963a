import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import OAuth2Server from '@node-oauth/oauth2-server';
import { Eta } from 'eta';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { scopes } from '../contract/contract.mts';
import { pageHeaders, refuseOtherMachines, refuseOtherSites } from '../page/protection.mts';
import type { Sandbox } from '../sandbox.mts';
import { client, isLoopbackUrl, owner, TOKEN_LIFETIME } from './grants.mts';

const { OAuthError, Request, Response } = OAuth2Server;

const eta = new Eta();
const consentPage = eta.compile(readFileSync(new URL('consent.eta', import.meta.url), 'utf8'));
const render = (data: object) => eta.render(consentPage, data);

/** What the authorize request carries and the consent form hands on (RFC 6749, 4.1.1; RFC 7636, 4.3). */
const handedOn = [
	'client_id',
	'redirect_uri',
	'response_type',
	'scope',
	'state',
	'code_challenge',
	'code_challenge_method',
];

type Fields = Record<string, string>;

const toLibrary = ({ headers, method, query, body }: FastifyRequest) =>
	new Request({
		headers: headers as Fields,
		method,
		query: (query ?? {}) as Fields,
		body: body ?? {},
	});

const sendPage = (reply: FastifyReply, status: number, data: object) =>
	reply.code(status).headers(pageHeaders).type('text/html; charset=utf-8').send(render(data));

/** Sign-in as BildOut documents it (authorization code, secret in the body); the pages are assumed. */
export async function oauthRoutes(app: FastifyInstance, sandbox: Sandbox): Promise<void> {
	const { grants, faults, settings } = sandbox;
	app.addHook('preValidation', async (request, reply) => {
		if (await faults.inject(request, reply)) return reply;
		return undefined;
	});

	const server = new OAuth2Server({
		model: grants,
		allowEmptyState: true,
		authenticateHandler: { handle: () => ({ grantId: randomUUID() }) },
		refreshTokenLifetime: 60 * 24 * 3600,
	});

	app.get('/oauth/authorize', { preValidation: refuseOtherMachines }, askForConsent);

	app.post('/oauth/authorize', { preValidation: refuseOtherSites }, async (request, reply) => {
		const response = new Response();
		try {
			await server.authorize(toLibrary(request), response);
		} catch (error) {
			if (!response.headers?.location) {
				const problem = error instanceof Error ? error.message : String(error);
				return sendPage(reply, 400, { problem });
			}
		}
		return reply.redirect(response.headers!.location!);
	});

	app.post('/oauth/token', async (request, reply) => {
		const response = new Response();
		try {
			await server.token(toLibrary(request), response, {
				accessTokenLifetime: TOKEN_LIFETIME,
				alwaysIssueNewRefreshToken: settings().quirks.rotatesRefreshTokens,
			});
		} catch (error) {
			if (!(error instanceof OAuthError)) throw error;
			response.status = error.code;
			response.body = { error: error.name, error_description: error.message };
		}
		const { status = 200, headers = {}, body } = response;
		return reply.code(status).headers(headers).send(body);
	});

	app.post('/oauth/revoke', async (request, reply) => await revoke(sandbox, request, reply));
}

function askForConsent(request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const query = request.query as Fields;
	if (query.client_id !== client.id) {
		return sendPage(reply, 400, {
			problem: `No app is registered as “${query.client_id ?? ''}”. Check the Client ID.`,
		});
	}
	if (!isLoopbackUrl(query.redirect_uri ?? '')) {
		return sendPage(reply, 400, {
			problem: `The sandbox only sends people back to this computer, not to “${query.redirect_uri ?? ''}”.`,
		});
	}
	const asked = (query.scope ?? '').split(' ').filter((scope) => scope in scopes);
	return sendPage(reply, 200, {
		app: client.name,
		owner,
		scopes: asked.map((scope) => [scope, scopes[scope]]),
		fields: handedOn.filter((name) => name in query).map((name) => [name, query[name]]),
		destination: new URL(query.redirect_uri!).host,
	});
}

async function revoke(
	{ grants }: Sandbox,
	request: FastifyRequest,
	reply: FastifyReply,
): Promise<FastifyReply> {
	const { client_id, client_secret, token } = (request.body ?? {}) as Fields;
	if (!(await grants.getClient(client_id ?? '', client_secret ?? ''))) {
		return reply.code(401).send({
			error: 'invalid_client',
			error_description: 'The client credentials are not valid',
		});
	}
	if (!token) {
		return reply
			.code(400)
			.send({ error: 'invalid_request', error_description: 'Missing parameter: `token`' });
	}
	grants.endGrantOf(token);
	return reply.send({});
}
