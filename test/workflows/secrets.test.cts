import { inspect } from 'node:util';
import { stringify } from 'flatted';
import type { IDataObject } from 'n8n-workflow';
import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import type { Fault } from '../support/sandbox.cts';

const bildout = bildOut();

/** What n8n keeps of an execution, and everything that hangs on it, hidden properties included. */
const everythingOf = (run: object) =>
	stringify(run) + inspect(run, { depth: Infinity, showHidden: true, maxStringLength: Infinity });

const DEAD = { access_token: 'dead-access-token', refresh_token: 'dead-refresh-token' };

describe('what n8n keeps of a failed execution names no token and no secret', () => {
	it.each<[string, Fault | undefined, IDataObject]>([
		['an error of BildOut', { kind: 'status', status: 500 }, {}],
		['a refused value', { kind: 'status', status: 422 }, {}],
		['a web page', { kind: 'html', status: 502 }, {}],
		['a time-out', { kind: 'slow', delayMs: 2_000 }, {}],
		['a broken connection', { kind: 'drop_before' }, {}],
		['a refused connection', undefined, { baseUrl: 'http://127.0.0.1:1' }],
		['a token that cannot be renewed', undefined, { oauthTokenData: DEAD }],
		[
			'a token endpoint that fails',
			{ kind: 'status', status: 500, path: '^/oauth/' },
			{ oauthTokenData: DEAD },
		],
		[
			'a token endpoint that breaks off',
			{ kind: 'drop_before', path: '^/oauth/' },
			{ oauthTokenData: DEAD },
		],
	])('%s', async (_, fault, data) => {
		const credential = await bildout.connect(data);
		if (fault) await bildout.control.fault({ path: '^/api/', times: 100, ...fault });
		const stored = bildout.engine.credentials.read(credential).oauthTokenData as typeof DEAD;
		for (const onError of ['stopWorkflow', 'continueErrorOutput'] as const) {
			const { run, error, errorItems } = await bildout.run(
				op('customer create', { name: 'Ace Roofing', options: { timeout: 1, maxRetries: 0 } }),
				{ credential, node: { onError } },
			);
			const kept = everythingOf(run);
			expect(kept).toContain(error?.message ?? errorItems[0].json.error);
			const { access_token, refresh_token } = stored;
			for (const secret of [access_token, refresh_token, SANDBOX_CLIENT.clientSecret]) {
				expect(kept.includes(secret)).toBe(false);
			}
		}
	});
});
