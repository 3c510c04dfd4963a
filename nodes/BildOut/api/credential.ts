import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

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
