import { join } from 'node:path';

import type { BinaryDataService } from 'n8n-core';

import { scriptedServer } from '../support/scripted-server.cts';
import { bildOut } from '../support/bildout.cts';
import { op } from '../support/parameters.cts';

/** The engine's own modules, of which Jest would load a second copy. */
declare const loadedOnce: (name: string) => {
	Container: { get(type: unknown): BinaryDataService };
	BinaryDataService: unknown;
};

const bildout = bildOut();
const byHand = scriptedServer();

/** n8n-core brings a copy of its own of what keeps its services. */
const N8N_CORE = join(__dirname, '../../node_modules/n8n-core');
const FILESYSTEM = 'filesystem-v2';
const { Container } = loadedOnce(require.resolve('@n8n/di', { paths: [N8N_CORE] }));
const files = Container.get(loadedOnce('n8n-core').BinaryDataService);

describe('an n8n that keeps files on disk, as n8n 3 does', () => {
	beforeAll(async () => await files.init());
	// Other tests of this process keep files in memory.
	afterAll(() => files.setManager(FILESYSTEM, undefined as never));

	it('stores the file of an API Request, byte for byte', async () => {
		const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff, 0xfe, 0x80]);
		byHand.respond(() => [200, pdf as never, { 'content-type': 'application/pdf' }]);
		const { items } = await bildout.succeed(
			op('apiRequest send', { method: 'GET', path: '/invoices/i1/pdf', response: 'file' }),
			{ credential: await bildout.connect({ baseUrl: byHand.url }) },
		);
		const { id, data } = items[0].binary!.data;
		expect(data).toBe(FILESYSTEM);
		expect(await files.getAsBuffer({ id, data, mimeType: 'application/pdf' })).toEqual(pdf);
	});
});
