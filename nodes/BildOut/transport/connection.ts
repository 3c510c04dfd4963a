import type {
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { usableBaseUrl } from './baseUrl';

/** The n8n contexts that can send a request to BildOut. */
export type ApiContext = IExecuteFunctions | ILoadOptionsFunctions | IHookFunctions;

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
 * @throws NodeOperationError when the base URL is no URL, or is not https and not on this machine.
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
	const { baseUrl: given } = await context.getCredentials<{ baseUrl: string }>(CREDENTIAL_TYPE);
	const url = parseUrl(usableBaseUrl(String(given ?? '')));
	if (!url) {
		throw new NodeOperationError(
			node,
			/^\s*\w+:\/\//.test(String(given))
				? `The credential's 'Base URL' must start with https://, got '${given}'`
				: `The credential's 'Base URL' is not a web address: '${given}'`,
			{
				description:
					'Open the credential and enter an address such as https://bildout.com. Without https your BildOut data and access token could be read on the way. Plain http is accepted only for a BildOut on this machine, such as the sandbox.',
			},
		);
	}
	const baseUrl = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
	const id = node.credentials?.[CREDENTIAL_TYPE]?.id ?? '';
	return { baseUrl, key: `${id}@${baseUrl}` };
}

/** `new URL` without the exception: undefined when the text is no absolute URL. */
export function parseUrl(text: string): URL | undefined {
	return URL.canParse(text) ? new URL(text) : undefined;
}
