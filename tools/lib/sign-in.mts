import type { Credential, N8nClient } from './n8n-client.mts';
import { SANDBOX_CLIENT, type Sandbox } from './sandbox.mts';

/** The credential type that the package brings. */
export const CREDENTIAL_TYPE = 'bildOutOAuth2Api';

/**
 * Makes the BildOut credential of this name in n8n, or takes the one there is, and signs it in at the
 * sandbox as a person does with Connect my account: n8n names the address of the consent page, the access is allowed,
 * and the redirect goes back to n8n, which exchanges the code itself.
 */
export async function connectBildOut(
	n8n: N8nClient,
	sandbox: Pick<Sandbox, 'url'>,
	name = 'BildOut sandbox',
): Promise<Credential> {
	const data = { baseUrl: sandbox.url, ...SANDBOX_CLIENT };
	const existing = (await n8n.credentials()).find((each) => each.name === name);
	const credential =
		existing === undefined
			? await n8n.createCredential(name, CREDENTIAL_TYPE, data)
			: await n8n.updateCredential(existing, data);
	const consentPage = await n8n.call<string>('GET', `/oauth2-credential/auth?id=${credential.id}`);
	const callback = await allow(n8n, consentPage);
	const response = await n8n.browser.fetch(callback);
	const page = await response.text();
	if (!response.ok || !/connection successful/i.test(page)) {
		throw new Error(`n8n did not accept the sign-in: ${response.status} ${page}`);
	}
	return credential;
}

/** Does what Allow on the consent page does, and returns the address that it sends the browser to. */
async function allow({ browser }: N8nClient, consentPage: string): Promise<string> {
	const { origin, pathname, searchParams } = new URL(consentPage);
	const response = await browser.fetch(origin + pathname, {
		method: 'POST',
		headers: { origin },
		body: new URLSearchParams([...searchParams, ['allowed', 'true']]),
	});
	const location = response.headers.get('location');
	if (location === null) {
		throw new Error(
			`${consentPage} responded with ${response.status} without a redirect:\n${await response.text()}`,
		);
	}
	return location;
}
