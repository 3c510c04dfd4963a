import type { IHttpRequestOptions } from 'n8n-workflow';

import { type ApiContext, CREDENTIAL_TYPE } from './connection';

type Credential = ReturnType<ApiContext['getCredentials']>;

const signers = new WeakMap<object, ApiContext>();

/**
 * The context as n8n needs it to sign requests, with the credential read once and not for each request:
 * n8n would decrypt it and work out its expressions each time, which is more than half of what a request
 * costs. After a 401 it is read again, because n8n or another process may have renewed the token.
 */
export function signingContext(context: ApiContext): ApiContext {
	const known = signers.get(context);
	if (known) return known;

	let credential: Credential | undefined;
	const forget = () => {
		credential = undefined;
	};
	const getCredentials = async (type: string, ...more: []) => {
		if (type !== CREDENTIAL_TYPE) return await context.getCredentials(type, ...more);
		if (credential === undefined) {
			credential = context.getCredentials(type, ...more);
			credential.catch(forget);
		}
		return await credential;
	};
	const httpRequest = async (options: IHttpRequestOptions): Promise<unknown> => {
		const answer = context.helpers.httpRequest(options);
		answer.catch(forget);
		return await answer;
	};
	const helpers = Object.create(context.helpers, { httpRequest: { value: httpRequest } }) as object;
	const signer = Object.create(context, {
		getCredentials: { value: getCredentials },
		helpers: { value: helpers },
	}) as ApiContext;
	signers.set(context, signer);
	return signer;
}
