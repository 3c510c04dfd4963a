import type { IHttpRequestOptions } from 'n8n-workflow';

let credentials = 0;

/** n8n's context with a credential of its own, in which every request gets the response of `respond`. */
export function apiContext(respond: (options: IHttpRequestOptions) => Promise<unknown>) {
	const sent: IHttpRequestOptions[] = [];
	const credential = { id: `credential-${credentials++}`, name: '' };
	const context = {
		getNode: () => ({
			id: '1',
			name: 'BildOut',
			parameters: {},
			credentials: { bildOutOAuth2Api: credential },
		}),
		getCredentials: async () => ({ baseUrl: 'https://bildout.com' }),
		helpers: {
			async httpRequestWithAuthentication(_type: string, options: IHttpRequestOptions) {
				sent.push(options);
				return await respond(options);
			},
		},
	};
	return { sent, context: context as never };
}
