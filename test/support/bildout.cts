import type { IDataObject, INodeCredentialsDetails } from 'n8n-workflow';
import { SANDBOX_CLIENT } from '../../tools/lib/sandbox.mts';
import { Engine } from './engine.cts';
import { type NodeOptions, type NodeRun, nodeRuns } from './node-runs.cts';
import { ownRequests } from './own-requests.cts';
import { type Sandbox, useSharedSandbox } from './sandbox.cts';

export type { NodeOptions, NodeRun } from './node-runs.cts';
export { locator } from './parameters.cts';
export type { Wire } from './own-requests.cts';

/**
 * A BildOut sandbox and n8n's engine with this package in it, for all tests of a file. Every test
 * starts with the seeded records, no faults, an empty request log, a new account (at `server`, if not at
 * the sandbox) and limits so wide that nothing waits for them. After every test it checks that creates, and
 * nothing else, carried an Idempotency-Key.
 */
export function bildOut(server?: { url: string }) {
	let sandbox: Sandbox;
	let engine: Engine;
	let account: INodeCredentialsDetails;
	const requests = ownRequests(() => sandbox);

	beforeAll(async () => {
		engine = await Engine.start();
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

	/** A credential that is signed in; `data` replaces fields of it. */
	async function connect(
		data: IDataObject = {},
		token: { scopes?: string[]; expiresIn?: number } = {},
	): Promise<INodeCredentialsDetails> {
		const oauthTokenData = await sandbox.control.token(token);
		const signedIn = { ...SANDBOX_CLIENT, baseUrl: (server ?? sandbox).url, oauthTokenData };
		return engine.credentials.add({ ...signedIn, ...data } as never);
	}

	const runs = nodeRuns(() => ({ engine, account }));

	/** Runs the node, which must not fail. */
	async function succeed(parameters: object, options?: NodeOptions): Promise<NodeRun> {
		const run = await runs.run(parameters, options);
		expect(run.error).toBeUndefined();
		return run;
	}

	/** Runs the node, which must fail at its first item with the message, and with a hint, before any request. */
	async function expectRefusal(
		parameters: object,
		message: string | RegExp,
		options?: NodeOptions,
	): Promise<NodeRun> {
		const run = await runs.run(parameters, options);
		expect(run.error?.message).toEqual(
			typeof message === 'string' ? message : expect.stringMatching(message),
		);
		expect(run.error?.description).toBeTruthy();
		expect(run.error?.context).toMatchObject({ itemIndex: 0 });
		expect(await requests.wire()).toEqual([]);
		return run;
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
		...runs,
		succeed,
		expectRefusal,
		/** Runs the node with an account at another server. */
		runAt: async (other: { url: string }, parameters: object, options: NodeOptions = {}) =>
			await runs.run(parameters, { credential: await connect({ baseUrl: other.url }), ...options }),
		...requests,
	};
}

export type BildOut = ReturnType<typeof bildOut>;
