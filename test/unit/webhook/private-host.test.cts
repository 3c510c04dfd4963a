import { isPrivateHost } from '../../../nodes/BildOut/webhook/privateHost.ts';

const isPrivate = (url: string) => isPrivateHost(new URL(url).hostname);

describe('isPrivateHost', () => {
	it.each([
		'http://localhost:5678/webhook/1',
		'http://LOCALHOST./',
		'http://n8n.localhost/',
		'http://n8n:5678/',
		'http://nas.local/',
		'http://n8n.lan/',
		'http://host.docker.internal/',
		'http://n8n.home.arpa/',
		'http://127.0.0.1:5678/',
		'http://127.9.9.9/',
		'http://2130706433/',
		'http://0x7f.1/',
		'http://0.0.0.0/',
		'http://10.0.0.4/',
		'http://172.16.0.1/',
		'http://172.31.255.255/',
		'http://192.168.1.20/',
		'http://169.254.169.254/',
		'http://100.64.0.1/',
		'http://[::1]/',
		'http://[::]/',
		'http://[fd12:3456::1]/',
		'http://[fe80::1]/',
		'http://[::ffff:192.168.1.20]/',
	])('%s cannot be reached from the internet', (url) => {
		expect(isPrivate(url)).toBe(true);
	});

	it.each([
		'https://n8n.example.com/webhook/1',
		'https://localhost.example.com/',
		'https://local.dev/',
		'https://internal.example.com/',
		'https://8.8.8.8/',
		'https://172.15.0.1/',
		'https://172.32.0.1/',
		'https://192.169.0.1/',
		'https://100.128.0.1/',
		'https://[2001:db8::1]/',
		'https://[::ffff:8.8.8.8]/',
		'https://fd-construction.com/',
	])('%s can', (url) => {
		expect(isPrivate(url)).toBe(false);
	});
});
