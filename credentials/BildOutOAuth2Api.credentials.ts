import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';

import { usableBaseUrlExpression } from '../nodes/BildOut/api/baseUrl';

/** The scopes that the nodes need: those of the records (`records/`), and the webhooks'. */
const EVERY_SCOPE =
	'invoices:read invoices:write payments:read customers:read customers:write projects:read projects:write vendors:read vendors:write webhooks:manage';

/**
 * The OAuth2 credential: Authorization Code grant with the client secret in the body of the token
 * request, and a refresh when BildOut responds with 401 (sections Authentication and OAuth Flow of
 * BildOut's developer page). n8n does the sign-in, the refresh and the storage.
 *
 * All three addresses stay empty for a base URL that is neither https nor on this machine, so neither
 * the client secret nor a token is ever sent in the clear.
 */
export class BildOutOAuth2Api implements ICredentialType {
	name = 'bildOutOAuth2Api';

	extends = ['oAuth2Api'];

	displayName = 'BildOut OAuth2 API';

	icon = { light: 'file:../icons/bildout.svg', dark: 'file:../icons/bildout.dark.svg' } as const;

	documentationUrl = 'https://github.com/n8n-nodes-bildout/n8n-nodes-bildout#connect-bildout';

	properties: INodeProperties[] = [
		{
			displayName:
				'BildOut gives you the Client ID and Client Secret on request: ask for them at bildout.com and give BildOut the OAuth Redirect URL shown above. To try the nodes without an account, use the sandbox, which shows you what to enter here.',
			// n8n shows a property where oAuth2Api has one of the same name. This one stands before the Client
			// ID, and is otherwise shown only for a server at which n8n registers itself.
			name: 'serverUrl',
			type: 'notice',
			default: '',
		},
		{ displayName: 'Grant Type', name: 'grantType', type: 'hidden', default: 'authorizationCode' },
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://bildout.com',
			placeholder: 'e.g. https://bildout.com',
			hint: 'Change it only for another BildOut server, such as the sandbox. It starts with https://; only a server on this machine may start with http://. If Connect says Invalid URL, correct it.',
			description: 'The address of BildOut, without /api',
		},
		{
			displayName: 'Sign-in Path',
			name: 'signInPath',
			type: 'string',
			default: '/oauth/authorize',
			placeholder: 'e.g. /oauth/authorize',
			description:
				'Path of the page on which BildOut asks for your consent, relative to the Base URL. Change it only when BildOut names another.',
		},
		{
			displayName: 'Authorization URL',
			name: 'authUrl',
			type: 'hidden',
			default: usableBaseUrlExpression(
				'$self["baseUrl"]',
				'.replace(/.$/, (end) => end + $self["signInPath"].trim().replace(/^\\/*/, "/"))',
			),
		},
		{
			displayName: 'Access Token URL',
			name: 'accessTokenUrl',
			type: 'hidden',
			default: usableBaseUrlExpression(
				'$self["baseUrl"]',
				'.replace(/.$/, (end) => end + "/oauth/token")',
			),
		},
		{
			displayName: 'Auth URI Query Parameters',
			name: 'authQueryParameters',
			type: 'hidden',
			default: '',
		},
		{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'body' },
		{
			displayName: 'Custom Scopes',
			name: 'customScopes',
			type: 'boolean',
			default: false,
			description: 'Whether to choose which parts of BildOut this credential may use',
		},
		{
			displayName:
				'The default scopes are all that the BildOut nodes need. Without one of them, the operations that need it fail and name it.',
			name: 'customScopesNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { customScopes: [true] } },
		},
		{
			displayName: 'Enabled Scopes',
			name: 'enabledScopes',
			type: 'string',
			displayOptions: { show: { customScopes: [true] } },
			default: EVERY_SCOPE,
			description:
				'The scopes to ask BildOut for, with a space between them. Connect the account again after a change.',
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'hidden',
			default: `={{$self["customScopes"] ? $self["enabledScopes"] : "${EVERY_SCOPE}"}}`,
		},
		{
			displayName: 'Allowed HTTP Request Domains',
			name: 'allowedHttpRequestDomains',
			type: 'hidden',
			default: 'domains',
		},
		{
			displayName: 'Allowed Domains',
			name: 'allowedDomains',
			type: 'hidden',
			// n8n's HTTP Request node sends the token to the host of the Base URL only.
			default: usableBaseUrlExpression(
				'$self["baseUrl"]',
				'.replace(/^https?:\\/\\/(\\[[^\\]]*\\]|[^:\\/]*).*$/i, "$1")',
			),
		},
		{
			displayName: 'Webhook Signing Secret',
			name: 'webhookSigningSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only for a BildOut Trigger whose Registration is Manual: the signing secret that BildOut shows when you add the webhook there. With several webhooks, put commas between their secrets.',
		},
	];

	test: ICredentialTestRequest = {
		request: {
			baseURL: usableBaseUrlExpression('$credentials.baseUrl'),
			url: '/api/v1/customers',
			qs: { limit: 1 },
		},
	};
}
