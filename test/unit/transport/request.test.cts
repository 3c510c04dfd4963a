import { apiRequest } from '../../../nodes/BildOut/transport/request.ts';

/** n8n's context, in which every request fails with `failure`. */
function failing(failure: { code: string; syscall?: string }) {
	const sent: unknown[] = [];
	const context = {
		getNode: () => ({ id: '1', name: 'BildOut', parameters: {}, credentials: {} }),
		getCredentials: async () => ({ baseUrl: 'https://bildout.com' }),
		helpers: {
			async httpRequestWithAuthentication(_type: string, options: unknown) {
				sent.push(options);
				throw Object.assign(new Error('failed'), { cause: Object.assign(new Error(), failure) });
			},
		},
	};
	return { sent, context: context as never };
}

const create = {
	method: 'POST',
	path: ['invoices'],
	body: {},
	subject: { what: 'invoice' },
} as const;
const once = { timeoutMs: 1_000, maxRetries: 1 };

describe('a create is sent again', () => {
	it.each([
		{ code: 'ECONNREFUSED', syscall: 'connect' },
		{ code: 'EHOSTUNREACH', syscall: 'connect' },
		{ code: 'ENOTFOUND', syscall: 'getaddrinfo' },
		{ code: 'CERT_HAS_EXPIRED' },
		{ code: 'EPROTO', syscall: 'write' },
	])('where it certainly did not arrive: %j', async (failure) => {
		const { sent, context } = failing(failure);
		await expect(
			apiRequest(context, { ...create, path: [...create.path] }, once),
		).rejects.toMatchObject({
			description: expect.stringMatching(/^Nothing was sent\./),
		});
		expect(sent).toHaveLength(2);
	});

	it.each([
		{ code: 'EHOSTUNREACH', syscall: 'read' },
		{ code: 'ENETUNREACH', syscall: 'write' },
		{ code: 'ECONNRESET', syscall: 'read' },
		{ code: 'ERR_SSL_BAD_RECORD_TYPE' },
		{ code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' },
		{ code: 'ETIMEDOUT' },
		{ code: 'UNHEARD_OF' },
	])('never where it may have arrived: %j', async (failure) => {
		const { sent, context } = failing(failure);
		await expect(apiRequest(context, { ...create, path: [...create.path] }, once)).rejects.toThrow(
			/the invoice may have been created all the same$/,
		);
		expect(sent).toHaveLength(1);
	});
});
