/** Names that only a machine itself or its own network can look up. */
const PRIVATE_NAMES = /(^|\.)(localhost|local|localdomain|internal|lan|home\.arpa)$/;

/** Blocks of IPv4 addresses that the internet does not route: the address, and how many bits of it count. */
const PRIVATE_BLOCKS: Array<[string, number]> = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
];

/** IPv6: unspecified, loopback, unique local (fc00::/7) and link-local (fe80::/10). */
const PRIVATE_IPV6 = /^(::|::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)$/;

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
const IPV4_IN_IPV6 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Whether a host cannot be reached from the internet: loopback, a private range, or a name without a
 * public domain.
 *
 * @param hostname as `URL` gives it: lower case, an IPv4 address in four numbers, IPv6 in brackets
 */
export function isPrivateHost(hostname: string): boolean {
	if (hostname.startsWith('[')) return isPrivateIpv6(hostname.slice(1, -1));
	const name = hostname.replace(/\.$/, '');
	if (IPV4.test(name)) return isPrivateIpv4(toNumber(name));
	return !name.includes('.') || PRIVATE_NAMES.test(name);
}

function isPrivateIpv6(address: string): boolean {
	const mapped = IPV4_IN_IPV6.exec(address);
	if (mapped === null) return PRIVATE_IPV6.test(address);
	return isPrivateIpv4(parseInt(mapped[1], 16) * 2 ** 16 + parseInt(mapped[2], 16));
}

function isPrivateIpv4(address: number): boolean {
	return PRIVATE_BLOCKS.some(([block, bits]) => {
		const size = 2 ** (32 - bits);
		return Math.floor(address / size) === Math.floor(toNumber(block) / size);
	});
}

function toNumber(ipv4: string): number {
	return ipv4.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
