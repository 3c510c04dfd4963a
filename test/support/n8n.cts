import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Credential, type N8nClient, signInToN8n } from '../../tools/lib/n8n-client.mts';
import { type N8n, startN8n } from '../../tools/lib/n8n.mts';
import { installIntoN8n, packPackage } from '../../tools/lib/package.mts';
import { freePort } from '../../tools/lib/program.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { type Sandbox, startSandbox } from './sandbox.cts';

/** A real n8n that holds the packed tarball, beside a sandbox. */
export interface N8nWithBildOut {
	readonly sandbox: Sandbox;
	/** The n8n of now, and the owner's session in it: both are others after a restart. */
	n8n: () => N8n;
	client: () => N8nClient;
	/** Signs in a new credential at the sandbox, without a browser. */
	connect: (name?: string) => Promise<Credential>;
	/**
	 * Ends n8n, as asked to or as a power cut would, and starts it again at the same address, from now on
	 * with these variables too.
	 */
	restart: (
		how?: 'stop' | 'kill',
		variables?: Record<string, string>,
		meanwhile?: () => Promise<void>,
	) => Promise<void>;
	close: () => Promise<void>;
}

/** Starts both on free ports. `variables` are n8n's; `dist` has to be built, as `npm run test:e2e` does. */
export async function startN8nWithBildOut(
	variables: Record<string, string> = {},
): Promise<N8nWithBildOut> {
	const folder = await mkdtemp(join(tmpdir(), 'bildout-e2e-'));
	const userFolder = join(folder, 'n8n');
	await installIntoN8n(await packPackage(join(folder, 'package')), userFolder);
	const sandbox = await startSandbox();
	const port = await freePort();
	const start = async () => await startN8n({ userFolder, port, variables });
	let n8n = await start().catch(async (error: Error) => {
		await sandbox.stop();
		throw error;
	});
	let client = await signInToN8n(n8n.url);
	return {
		sandbox,
		n8n: () => n8n,
		client: () => client,
		connect: async (name) => await connectBildOut(client, sandbox, name),
		restart: async (how = 'stop', more = {}, meanwhile) => {
			await n8n[how]();
			await meanwhile?.();
			Object.assign(variables, more);
			n8n = await start();
			client = await signInToN8n(n8n.url);
		},
		close: async () => {
			await n8n.stop();
			await sandbox.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
