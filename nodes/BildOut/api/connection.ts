import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { usableBaseUrl } from './baseUrl';
import { ApiFailure } from './errors';

/** The n8n contexts that can send a request to BildOut. */
export type ApiContext =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IHookFunctions
	| IPollFunctions
	| IWebhookFunctions;

export const CREDENTIAL_TYPE = 'bildOutOAuth2Api';

const credentials = new WeakMap<object, Promise<ICredentialDataDecryptedObject>>();

/**
 * Reads the credential, once for each n8n context: n8n decrypts it and works out its expressions each time,
 * which is more than half of what a request costs.
 */
export async function readCredential(context: ApiContext): Promise<ICredentialDataDecryptedObject> {
	let credential = credentials.get(context);
	if (!credential) {
		credential = context.getCredentials(CREDENTIAL_TYPE);
		credentials.set(context, credential);
		credential.catch(() => forgetCredential(context));
	}
	return await credential;
}

/** Has the credential read again when it is needed next. */
export function forgetCredential(context: object): void {
	credentials.delete(context);
}

/** Where the credential points. */
export interface Connection {
	/** e.g. `https://bildout.com`, without a slash at the end. */
	baseUrl: string;
	/** Tells one credential from another: BildOut counts requests per access token. */
	key: string;
}

const connections = new WeakMap<ICredentialDataDecryptedObject, Connection>();

/**
 * Worked out once for each reading of the credential, because it is asked for several times an item.
 *
 * @throws ApiFailure when the base URL is no URL, or is not https and not on this machine
 */
export async function getConnection(context: ApiContext): Promise<Connection> {
	const credential = await readCredential(context);
	const connection = connections.get(credential) ?? connectionOf(context, credential);
	connections.set(credential, connection);
	return connection;
}

function connectionOf(
	context: ApiContext,
	{ baseUrl: given }: ICredentialDataDecryptedObject,
): Connection {
	const node = context.getNode();
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
