import type { IHttpRequestOptions } from 'n8n-workflow';

import { type ApiContext, CREDENTIAL_TYPE, forgetCredential, readCredential } from './connection';

/** What became of one request, which n8n sends again with a new token after a 401. */
export interface Delivery {
	/** How many times it was sent. */
	sent: number;
	/** What n8n threw for the latest response, if that was a 401: the request was not processed then. */
	refusal?: unknown;
}

/**
 * The context as n8n needs it to sign one request, with the credential read once and not for each request.
 * After a 401 or a lost connection it is read again, because n8n or another process may have refreshed the
 * token. `delivery` is kept up to date with what was sent.
 */
export function signingContext(context: ApiContext, delivery: Delivery): ApiContext {
	const getCredentials = async (type: string, ...more: []) =>
		type === CREDENTIAL_TYPE
			? await readCredential(context)
			: await context.getCredentials(type, ...more);
	const httpRequest = async (options: IHttpRequestOptions): Promise<unknown> => {
		delivery.sent += 1;
		delivery.refusal = undefined;
		try {
			return await context.helpers.httpRequest(options);
		} catch (error) {
			forgetCredential(context);
			const { response } = error as { response?: { status?: number } };
			if (response?.status === 401) delivery.refusal = error;
			return await Promise.reject(error as Error);
		}
	};
	const helpers = Object.create(context.helpers, { httpRequest: { value: httpRequest } }) as object;
	return Object.create(context, {
		getCredentials: { value: getCredentials },
		helpers: { value: helpers },
	}) as ApiContext;
}
