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

export function sealOf(url = ''): string | undefined {
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

/**
 * Names that no public DNS serves: RFC 6761 and 6762, RFC 8375, what ICANN has reserved or withheld
 * (`internal`, `corp`, `home`, `mail`), and what routers and companies use of their own accord.
 */
const PRIVATE_NAMES =
	/(^|\.)(localhost|localdomain|local|internal|intranet|private|lan|corp|home|home\.arpa|mail|test|example|invalid|onion)$/;

/**
 * IPv4 addresses that the internet does not route: private and shared ranges, this machine, link-local, those
 * for documentation (RFC 5737) and benchmarks (RFC 2544), multicast, and what is reserved.
 */
const PRIVATE_IPV4 =
	/^(0|10|127|22[4-9]|2[3-5]\d)\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^192\.(168|0\.[02])\.|^198\.(1[89]|51\.100)\.|^203\.0\.113\./;

/** Of IPv6, only 2000::/3 is routed, and in it nothing for documentation and benchmarks. */
const PRIVATE_IPV6 = /^\[([^23]|2001:(db8|2):|3fff:)/;

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/**
 * Whether a host cannot be reached from the internet: an address that is not routed, or a name without a
 * public domain.
 *
 * @param hostname as `URL` gives it: lower case, an IPv4 address in four numbers, IPv6 in brackets
 */
export function isPrivateHost(hostname: string): boolean {
	if (hostname.startsWith('[')) return PRIVATE_IPV6.test(hostname);
	const name = hostname.replace(/(?<!\.)\.+$/, '');
	if (IPV4.test(name)) return PRIVATE_IPV4.test(name);
	return !name.includes('.') || PRIVATE_NAMES.test(name);
}
