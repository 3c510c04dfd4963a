import type {
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { usableBaseUrl } from './baseUrl';
import { ApiFailure } from './failure';
import { isOldN8n } from './n8nVersion';

/** The n8n contexts that can send a request to BildOut. */
export type ApiContext =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IHookFunctions
	| IPollFunctions;

export const CREDENTIAL_TYPE = 'bildOutOAuth2Api';

/** Where the credential points. */
export interface Connection {
	/** e.g. `https://bildout.com`, without a slash at the end. */
	baseUrl: string;
	/** Tells one credential from another: BildOut counts requests per access token. */
	key: string;
}

const connections = new WeakMap<object, Promise<Connection>>();

/**
 * Reads the credential's base URL, once per n8n context, so that many items cost one decryption.
 *
 * @throws ApiFailure when n8n is too old, or the base URL is no URL, or is not https and not on this machine.
 */
export async function getConnection(context: ApiContext | IWebhookFunctions): Promise<Connection> {
	let connection = connections.get(context);
	if (!connection) {
		connection = readConnection(context);
		connections.set(context, connection);
	}
	return await connection;
}

async function readConnection(context: ApiContext | IWebhookFunctions): Promise<Connection> {
	const node = context.getNode();
	if (isOldN8n()) throw new ApiFailure(node, { kind: 'oldN8n' });
	const { baseUrl: given } = await context.getCredentials<{ baseUrl: string }>(CREDENTIAL_TYPE);
	const url = parseUrl(usableBaseUrl(String(given ?? '')));
	if (!url) {
		const address = String(given ?? '');
		const hasProtocol = /^\s*\w+:\/\//.test(address);
		throw new ApiFailure(node, { kind: hasProtocol ? 'insecureBaseUrl' : 'badBaseUrl', address });
	}
	const baseUrl = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
	const id = node.credentials?.[CREDENTIAL_TYPE]?.id ?? '';
	return { baseUrl, key: `${id}@${baseUrl}` };
}

/** `new URL` without the exception: undefined when the text is no absolute URL. */
export function parseUrl(text: string): URL | undefined {
	return URL.canParse(text) ? new URL(text) : undefined;
}
