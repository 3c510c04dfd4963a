import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type * as Connection from '../../../nodes/BildOut/api/connection';
import type { ApiContext } from '../../../nodes/BildOut/api/credential.ts';
import { ApiFailure } from '../../../nodes/BildOut/api/errors';
import { OLDEST_N8N } from '../../../nodes/BildOut/api/n8nVersion';
import { toNodeError } from '../../../nodes/BildOut/errors/toNodeError';
import { POLLING_AUDIENCE } from '../../../nodes/BildOut/errors/polling.ts';
import { TRIGGER_AUDIENCE } from '../../../nodes/BildOut/errors/trigger';

const node = { id: '1', name: 'BildOut', type: 'bildOut', typeVersion: 1, position: [0, 0] };

const connect = async () => {
	const { getConnection } = jest.requireActual<typeof Connection>(
		'../../../nodes/BildOut/api/connection',
	);
	return await getConnection({
		getNode: () => node,
		getCredentials: async () => ({ baseUrl: 'https://bildout.com' }),
	} as unknown as ApiContext);
};

describe('An n8n', () => {
	afterEach(() => jest.resetModules());

	it('that gives out what the pinned one does is new enough', async () => {
		expect(await connect()).toMatchObject({ baseUrl: 'https://bildout.com' });
	});

	const givesOut = (...names: string[]) =>
		jest.doMock('n8n-workflow', () => ({
			...jest.requireActual<object>('n8n-workflow'),
			...Object.fromEntries(names.map((name) => [name, () => {}])),
		}));

	it.each(['createDeferredPromise', 'createResultOk', 'ensureError'])(
		'that gives out %s again, and nothing else of the old ones, is new enough',
		async (name) => {
			givesOut(name);
			expect(await connect()).toMatchObject({ baseUrl: 'https://bildout.com' });
		},
	);

	it('that gives out what those before the oldest did is refused, and told which is needed', async () => {
		givesOut('createDeferredPromise', 'createResultOk', 'ensureError');
		const error = await connect().then(
			() => undefined,
			(thrown: { facts: ApiFailure['facts'] }) => thrown,
		);
		expect(error?.facts).toEqual({ kind: 'oldN8n' });
		const failure = new ApiFailure(node as never, error!.facts);
		for (const reader of [TRIGGER_AUDIENCE, POLLING_AUDIENCE]) {
			expect(toNodeError(node as never, failure, reader).message).toBe(
				'This n8n is too old: the BildOut nodes need n8n 2.30 or newer. Nothing was sent: update n8n, or ask the person who looks after it to do so.',
			);
		}
	});

	it('is tested in the version that the nodes name as the oldest', () => {
		const manifest = readFileSync(
			resolve(__dirname, '../../../tools/n8n-oldest/package.json'),
			'utf8',
		);
		const { dependencies } = JSON.parse(manifest) as { dependencies: { n8n: string } };
		expect(dependencies.n8n).toMatch(new RegExp(`^${OLDEST_N8N}\\.`));
	});
});
