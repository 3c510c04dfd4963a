import { Workflow } from 'n8n-workflow';
import fc from 'fast-check';
import { usableBaseUrl } from '../../nodes/BildOut/api/baseUrl.ts';
import { bildOut } from '../support/bildout.cts';

const bildout = bildOut();

/** The addresses that n8n signs in, renews and tests a credential at; '' is one that it refuses. */
async function addresses(baseUrl: unknown, more: Record<string, unknown> = {}) {
	const { credentials, nodeTypes } = bildout.engine;
	const credential = await bildout.connect({ baseUrl, ...more } as never);
	const data = await credentials.getDecrypted(
		{} as never,
		credential,
		'bildOutOAuth2Api',
		'manual',
	);
	const { test } = nodeTypes.credentialType('bildOutOAuth2Api');
	const { expression } = new Workflow({ nodes: [], connections: {}, active: false, nodeTypes });
	const tested = await expression.withIsolate(async () =>
		expression.resolveSimpleParameterValue(
			(test as { request: { baseURL: string } }).request.baseURL,
			{},
			null,
			0,
			0,
			'Test',
			[],
			'manual',
			{ $credentials: data as never },
			undefined,
		),
	);
	return { authUrl: data.authUrl, accessTokenUrl: data.accessTokenUrl, tested };
}

it.each([
	['https://bildout.com', 'https://bildout.com'],
	['https://bildout.com///', 'https://bildout.com'],
	[' https://bildout.com/ ', 'https://bildout.com'],
	['HTTPS://BildOut.com', 'HTTPS://BildOut.com'],
	['https://bildout.com:8443/eu/', 'https://bildout.com:8443/eu'],
	['http://localhost:4010/', 'http://localhost:4010'],
	['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
	['http://[::1]:4010', 'http://[::1]:4010'],
	['bildout.com', 'https://bildout.com'],
	['bildout.com:8443/eu', 'https://bildout.com:8443/eu'],
	['localhost:4010', 'http://localhost:4010'],
	['127.0.0.1:4010/api/v1', 'http://127.0.0.1:4010'],
	['https://bildout.com/api/v1/', 'https://bildout.com'],
	['https://bildout.com/API', 'https://bildout.com'],
	[' bildout.com/eu/api/v1 ', 'https://bildout.com/eu'],
])('asks %j at %s', async (baseUrl, base) => {
	expect(await addresses(baseUrl)).toEqual({
		authUrl: `${base}/oauth/authorize`,
		accessTokenUrl: `${base}/oauth/token`,
		tested: base,
	});
});

it.each([
	'http://bildout.com',
	'http://localhost.evil.example',
	'http://127.0.0.1.evil.example',
	'http://localhost:4010@evil.example',
	'http://localhost:secret@evil.example/',
	'https://bildout.com@evil.example',
	'https://',
	'https:///oauth',
	'ftp://bildout.com',
	'https://bildout.com\\@evil.example',
	'https://bildout.com?x=/',
	'//bildout.com',
	'bildout',
	'',
])('sends neither secret nor token to %j', async (baseUrl) => {
	expect(await addresses(baseUrl)).toEqual({ authUrl: '', accessTokenUrl: '', tested: '' });
});

it.each([
	['https://bildout.com', 'bildout.com'],
	['https://eu.bildout.com:8443/x', 'eu.bildout.com'],
	['http://127.0.0.1:4010', '127.0.0.1'],
	['http://[::1]:4010', '[::1]'],
	['http://bildout.com', ''],
])('lets the HTTP Request node send the token of %j to the host %j only', async (baseUrl, host) => {
	const { credentials } = bildout.engine;
	const credential = await bildout.connect({ baseUrl });
	const type = 'bildOutOAuth2Api';
	expect(await credentials.getDecrypted({} as never, credential, type, 'manual')).toMatchObject({
		allowedHttpRequestDomains: 'domains',
		allowedDomains: host,
	});
});

it('works addresses out alike in an expression and in the nodes', async () => {
	const part = fc.constantFrom(
		'https://',
		'http://',
		'bildout.com',
		'localhost',
		'127.0.0.1',
		':80',
	);
	const rest = fc.constantFrom(
		'/',
		'/api',
		'/api/v1',
		'?',
		'#',
		'@',
		' ',
		'\\',
		'\n',
		'x',
		'[::1]',
	);
	const typed = fc.array(fc.oneof(part, rest), { maxLength: 6 }).map((parts) => parts.join(''));
	await fc.assert(
		fc.asyncProperty(typed, async (baseUrl) => {
			const { tested } = await addresses(baseUrl);
			expect(tested).toBe(usableBaseUrl(baseUrl));
			expect(tested).toMatch(
				/^(|https:\/\/.+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:80)?(\/.*)?)$/s,
			);
		}),
	);
});

it.each(['/connect/authorize', 'connect/authorize', ' //connect/authorize '])(
	'signs in at the path that the credential names: %j',
	async (signInPath) => {
		const { authUrl } = await addresses('https://bildout.com/', { signInPath });
		expect(authUrl).toBe('https://bildout.com/connect/authorize');
	},
);
