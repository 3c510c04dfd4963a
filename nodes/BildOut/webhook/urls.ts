import { parseUrl } from '../api/connection';

/** The query parameter of our own address that carries the sealed signing secret. */
const SEAL_PARAMETER = 'sealed';

/** Whether two URLs lead to the same place, however each is spelled and whatever query each carries. */
export function isSameAddress(one: string | undefined, other: string): boolean {
	return one !== undefined && addressKey(one) === addressKey(other);
}

/**
 * The same text for every spelling of an address, and for no other address. The query does not count: n8n
 * gives our address none, so what is there is our seal, or what BildOut added.
 */
export function addressKey(url: string): string {
	const parsed = parseUrl(url);
	if (!parsed) return url;
	const { protocol, username, password, port } = parsed;
	const host = parsed.hostname.replace(/\.$/, '');
	return JSON.stringify([protocol, username, password, host, port, pathOf(parsed)]);
}

/** The same text for every spelling of the address's path, whichever host serves it. */
export function pathKey(url: string): string {
	const parsed = parseUrl(url);
	return parsed ? JSON.stringify(pathOf(parsed)) : url;
}

export function withSeal(url: string, seal: string): string {
	const sealed = new URL(url);
	sealed.searchParams.set(SEAL_PARAMETER, seal);
	return sealed.href;
}

export function sealOf(url: string): string | undefined {
	return parseUrl(url)?.searchParams.get(SEAL_PARAMETER) ?? undefined;
}

/** The host, as `isPrivateHost` takes it. */
export function hostOf(url: string): string {
	return parseUrl(url)?.hostname ?? '';
}

/** The path's segments without percent-encoding; slashes in a row and at the end do not count. */
function pathOf({ pathname }: URL): string[] {
	return pathname
		.split('/')
		.filter((segment) => segment !== '')
		.map((segment) => {
			try {
				return decodeURIComponent(segment);
			} catch {
				return segment;
			}
		});
}
