import { isPrivateHost } from '../../../nodes/BildOut/webhook/urls.ts';

const PRIVATE = `
	localhost LOCALHOST. n8n.localhost n8n nas.local n8n.lan host.docker.internal n8n.home.arpa
	127.0.0.1 127.9.9.9 2130706433 0x7f.1 0.0.0.0 10.0.0.4 172.16.0.1 172.31.255.255 192.168.1.20
	169.254.169.254 100.64.0.1 [::1] [::] [fd12:3456::1] [fe80::1] [::ffff:192.168.1.20]
	[::ffff:127.0.0.1] [::ffff:192.0.2.7] [64:ff9b::10.0.0.1] [2001:db8::1]
	[3fff:ab::1] [2001:2::1] [100::1] [fec0::1] [ff02::1] 192.0.2.1 198.51.100.255 203.0.113.9
	198.18.0.1 198.19.255.255 192.0.0.8 224.0.0.1 240.0.0.1 255.255.255.255 n8n.test n8n.corp
	n8n.home n8n.internal. n8n.intranet n8n.office.private n8n.example n8n.invalid n8n.localdomain
`;

const PUBLIC = `
	n8n.example.com localhost.example.com local.dev internal.example.com 8.8.8.8 172.15.0.1
	172.32.0.1 192.169.0.1 100.128.0.1 [2001:4860:4860::8888] [2606:4700::1111]
	198.17.255.255 198.20.0.1 203.0.114.1 192.0.1.1 223.255.255.255
	test.example.com corp.homes fd-construction.com
`;

const hosts = (text: string) => text.trim().split(/\s+/);

it.each([
	...hosts(PRIVATE).map((host) => [host, true] as const),
	...hosts(PUBLIC).map((host) => [host, false] as const),
])('that %s cannot be reached from the internet is %s', (host, isPrivate) => {
	expect(isPrivateHost(new URL(`http://${host}/`).hostname)).toBe(isPrivate);
});
