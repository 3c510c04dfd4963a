import type { IHttpRequestOptions } from 'n8n-workflow';

import { type ApiContext, CREDENTIAL_TYPE, forgetCredential, readCredential } from './credential';

const signers = new WeakMap<object, ApiContext>();

/**
 * The context as n8n needs it to sign requests, with the credential read once and not for each request.
 * After a 401 or a lost connection it is read again, because n8n or another process may have renewed the token.
 */
export function signingContext(context: ApiContext): ApiContext {
	const known = signers.get(context);
	if (known) return known;

	const getCredentials = async (type: string, ...more: []) =>
		type === CREDENTIAL_TYPE
			? await readCredential(context)
			: await context.getCredentials(type, ...more);
	const httpRequest = async (options: IHttpRequestOptions): Promise<unknown> => {
		const answer = context.helpers.httpRequest(options);
		answer.catch(() => forgetCredential(context));
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
