import type { Credential, N8nClient } from './n8n-client.mts';
import { SANDBOX_CLIENT, type Sandbox } from './sandbox.mts';

/** The credential type that the package brings. */
export const CREDENTIAL_TYPE = 'bildOutOAuth2Api';

/**
 * Makes the BildOut credential of this name in n8n, or takes the one there is, and signs it in at the
 * sandbox as a person does with Connect my account: n8n names the address of the consent page, its form is sent with Allow, and the
 * redirect goes back to n8n, which exchanges the code itself.
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

/** Presses Allow on the consent page and returns the address that it sends the browser to. */
async function allow({ browser }: N8nClient, consentPage: string): Promise<string> {
	const page = await browser.fetch(consentPage);
	const html = await page.text();
	const action = /<form\b[^>]*\baction="([^"]*)"/.exec(html)?.[1];
	const button = /<button\b([^>]*)>\s*Allow\s*</.exec(html)?.[1];
	if (action === undefined || button === undefined) {
		throw new Error(
			`${consentPage} responded with ${page.status} without a form to allow:\n${html}`,
		);
	}
	const fields = [button, ...[...html.matchAll(/<input\b([^>]*)>/g)].map(([, input]) => input)];
	const target = new URL(unescape(action), consentPage);
	const response = await browser.fetch(target, {
		method: 'POST',
		headers: { origin: target.origin },
		body: new URLSearchParams(
			fields.map((field): [string, string] => [
				attribute(field, 'name'),
				attribute(field, 'value'),
			]),
		),
	});
	const location = response.headers.get('location');
	if (location === null)
		throw new Error(`${target} responded with ${response.status} without a redirect`);
	return location;
}

const attribute = (tag: string, name: string): string =>
	unescape(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

const CHARACTERS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

const unescape = (text: string): string =>
	text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => CHARACTERS[name]);
