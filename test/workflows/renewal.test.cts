import type { NodeApiError } from 'n8n-workflow';

import { randomServer, type Fate } from '../support/random-server.cts';
import { bildOut } from '../support/bildout.cts';
import { onOne, op } from '../support/parameters.cts';

const server = randomServer();
const bildout = bildOut(server);

const text = (status: number, body: string): Fate => ({
	kind: 'text',
	status,
	type: 'application/json',
	body,
});
const REFUSED = text(401, '{"error": {"code": "unauthorized", "message": "Expired"}}');
const REVOKED = text(400, '{"error": "invalid_grant"}');
const PATHS = () => server.seen.map(({ method, path }) => `${method} ${path}`);

it.each(['null', '[]', '"no"', '{"error"', ''])(
	'reports that the token was not refreshed where the response to the refresh is %j, and writes once',
	async (body) => {
		server.tell([text(401, body)]);
		const remove = onOne('customer delete', 'c1', { options: { maxRetries: 0 } });
		const { error } = await bildout.run(remove);
		expect(error?.name).toBe('NodeApiError');
		expect(error?.message).toBe('BildOut did not refresh the access token');
		expect((error as NodeApiError).description).toMatch(/^Nothing was changed/);
		expect(PATHS()).toEqual(['DELETE /customers/c1', 'POST /oauth/token']);
	},
);

// A 401 proves that the create was not done, whatever becomes of the token after it.
it.each<[string, Fate]>([
	['is refused, as the access was revoked', REVOKED],
	['is refused without a reason', text(500, '')],
	['is no JSON', text(200, '{"access')],
	['is never given', { kind: 'hang up', pick: 0 }],
	['breaks off', { kind: 'hang up in the middle', pick: 0 }],
	['comes too late', { kind: 'late', pick: 0 }],
])('creates once on retry after a 401 where the refresh of the token %s', async (_, refresh) => {
	const create = op('customer create', { name: 'Ace', options: { maxRetries: 0, timeout: 1 } });
	server.tell([REFUSED, refresh]);
	const failed = await bildout.run(create);
	expect(failed.error?.message).not.toMatch(/may (still )?have been/);
	expect(PATHS()).toEqual(['POST /customers', 'POST /oauth/token']);

	server.tell([{ kind: 'allowed', pick: 0 }]);
	const { error } = await bildout.retry(failed, create);
	expect(error).toBeUndefined();
	expect(PATHS()).toEqual(['POST /customers']);
});
