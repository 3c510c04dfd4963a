import { resolve } from 'node:path';
import type { IDataObject, INodeCredentialsDetails } from 'n8n-workflow';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { Engine } from './engine.cts';
import { nodeRuns } from './node-runs.cts';
import { ownRequests } from './own-requests.cts';
import { type Sandbox, useSharedSandbox } from './sandbox.cts';

export type { NodeOptions, NodeRun, StartedNode } from './node-runs.cts';
export type { Wire } from './own-requests.cts';

const PACKAGE = resolve(__dirname, '../..');

/**
 * A BildOut sandbox and n8n's engine with this package in it, for all tests of a file. Every test
 * starts with the seeded records, no faults, an empty request log, a new account and limits so wide
 * that nothing waits for them. After every test it checks that creates, and nothing else, carried an
 * Idempotency-Key.
 */
export function bildOut() {
	let sandbox: Sandbox;
	let engine: Engine;
	let account: INodeCredentialsDetails;
	const requests = ownRequests(() => sandbox);

	beforeAll(async () => {
		engine = await Engine.start(PACKAGE);
		sandbox = await useSharedSandbox();
	});
	beforeEach(async () => {
		await sandbox.control.reset({ seed: true });
		await sandbox.control.config({ announcedLimit: 1_000_000 });
		account = await connect();
	});
	afterEach(async () => {
		for (const { method, headers } of await requests.calls()) {
			expect(headers['idempotency-key'] !== undefined).toBe(method === 'POST');
		}
	});

	/** A credential signed in at the sandbox; `data` replaces fields of it. */
	async function connect(
		data: IDataObject = {},
		token: { scopes?: string[]; expiresIn?: number } = {},
	): Promise<INodeCredentialsDetails> {
		const oauthTokenData = await sandbox.control.token(token);
		const signedIn = { ...SANDBOX_CLIENT, baseUrl: sandbox.url, oauthTokenData };
		return engine.credentials.add({ ...signedIn, ...data } as never);
	}

	return {
		get sandbox() {
			return sandbox;
		},
		get control() {
			return sandbox.control;
		},
		get engine() {
			return engine;
		},
		get account() {
			return account;
		},
		connect,
		...nodeRuns(() => ({ engine, account })),
		...requests,
	};
}

/** How a resource locator stands in a workflow. */
export const locator = (value: string, mode = 'id') => ({
	__rl: true as const,
	mode,
	value,
});

export type BildOut = ReturnType<typeof bildOut>;
