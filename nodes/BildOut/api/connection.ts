import type { IWebhookFunctions } from 'n8n-workflow';

import { usableBaseUrl } from './baseUrl';
import { type ApiContext, CREDENTIAL_TYPE, readCredential } from './credential';
import { ApiFailure } from './errors';

/** Where the credential points. */
export interface Connection {
	/** e.g. `https://bildout.com`, without a slash at the end. */
	baseUrl: string;
	/** Tells one credential from another: BildOut counts requests per access token. */
	key: string;
}

const connections = new WeakMap<object, Promise<Connection>>();

/**
 * The credential's base URL, worked out once for each n8n context.
 *
 * @throws ApiFailure when the base URL is no URL, or is not https and not on this machine.
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
	const { baseUrl: given } = await readCredential(context);
	const address = String(given ?? '');
	const url = parseUrl(usableBaseUrl(address));
	if (!url) {
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
