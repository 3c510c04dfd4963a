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

/**
 * Names that no public DNS serves: RFC 6761 and 6762, RFC 8375, what ICANN has reserved or withheld
 * (`internal`, `corp`, `home`, `mail`), and what routers and companies use of their own accord.
 */
const PRIVATE_NAMES =
	/(^|\.)(localhost|localdomain|local|internal|intranet|private|lan|corp|home|home\.arpa|mail|test|example|invalid|onion)$/;

/** Blocks of IPv4 addresses that the internet does not route: the address, and how many bits of it count. */
const PRIVATE_BLOCKS: Array<[string, number]> = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.168.0.0', 16],
	// Documentation: RFC 5737. Benchmarks: RFC 2544.
	['192.0.2.0', 24],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['198.18.0.0', 15],
	// Multicast, and what is reserved above it.
	['224.0.0.0', 3],
];

/** Blocks within the only routed part of IPv6 (2000::/3) that lead nowhere: documentation and benchmarks. */
const PRIVATE_IPV6_BLOCKS: Array<[string, number]> = [
	['2001:db8::', 32],
	['3fff::', 20],
	['2001:2::', 48],
];

/** Blocks that carry an IPv4 address, and at which bit it starts: mapped, translated (NAT64), and 6to4. */
const IPV4_WITHIN: Array<[string, number, number]> = [
	['::ffff:0:0', 96, 96],
	['::ffff:0:0:0', 96, 96],
	['64:ff9b::', 96, 96],
	['2002::', 16, 16],
];

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/**
 * Whether a host cannot be reached from the internet: loopback, a range that is not routed, or a name
 * without a public domain.
 *
 * @param hostname as `URL` gives it: lower case, an IPv4 address in four numbers, IPv6 in brackets
 */
export function isPrivateHost(hostname: string): boolean {
	if (hostname.startsWith('[')) return isPrivateIpv6(ipv6Bits(hostname.slice(1, -1)));
	const name = hostname.replace(/(?<!\.)\.+$/, '');
	if (IPV4.test(name)) return isPrivateIpv4(ipv4Bits(name));
	return !name.includes('.') || PRIVATE_NAMES.test(name);
}

function isPrivateIpv6(address: bigint): boolean {
	const isIn = ([block, bits]: readonly [string, number, ...unknown[]]) =>
		isWithin(address, ipv6Bits(block), bits, 128);
	const carrier = IPV4_WITHIN.find(isIn);
	if (carrier) return isPrivateIpv4((address >> BigInt(96 - carrier[2])) & 0xffffffffn);
	return !isIn(['2000::', 3]) || PRIVATE_IPV6_BLOCKS.some(isIn);
}

function isPrivateIpv4(address: bigint): boolean {
	return PRIVATE_BLOCKS.some(([block, bits]) => isWithin(address, ipv4Bits(block), bits, 32));
}

function isWithin(address: bigint, block: bigint, bits: number, length: number): boolean {
	const rest = BigInt(length - bits);
	return address >> rest === block >> rest;
}

function ipv4Bits(address: string): bigint {
	return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** @param address in hexadecimal groups, with `::` for zeros, as `URL` writes it */
function ipv6Bits(address: string): bigint {
	const [head, tail = []] = address
		.split('::')
		.map((half) => half.split(':').filter((group) => group !== ''));
	const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
	return [...head, ...zeros, ...tail].reduce(
		(sum, group) => (sum << 16n) + BigInt(`0x${group}`),
		0n,
	);
}
