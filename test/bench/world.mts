import { join } from 'node:path';

import { type Credential, type N8nClient, signInToN8n } from '../../tools/lib/n8n-client.mts';
import { type N8n, startN8n } from '../../tools/lib/n8n.mts';
import { installIntoN8n, packPackage } from '../../tools/lib/package.mts';
import {
	apiClient,
	controlClient,
	type SeedCounts,
	type SeenRequest,
} from '../../tools/lib/sandbox-control.mts';
import { startSandbox } from '../../tools/lib/sandbox.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { temporaryFolder } from '../../tools/lib/temporary.mts';

/** A real n8n that holds the package as a user's does, and nothing else. */
export interface World {
	n8n: N8n;
	client: N8nClient;
}

/** Does `work` in a new n8n with the packed tarball. `variables` are more of n8n's own. */
export async function withWorld<T>(
	work: (world: World) => Promise<T>,
	variables: Record<string, string> = {},
): Promise<T> {
	const userFolder = await temporaryFolder('bildout-bench-');
	await installIntoN8n(await packPackage(join(userFolder, 'package')), userFolder);
	const n8n = await startN8n({ userFolder, variables });
	try {
		return await work({ n8n, client: await signInToN8n(n8n.url) });
	} catch (error) {
		console.error(`n8n's log:\n${n8n.output().slice(-4_000)}`);
		throw error;
	} finally {
		await n8n.stop();
	}
}

/** A sandbox with wide limits, and a credential of its own that is signed in to it. */
export interface BildOut {
	url: string;
	credential: Credential;
	seed(counts: SeedCounts): Promise<unknown>;
	customerIds(): Promise<string[]>;
	/** What the API was asked since this was last called. */
	takeRequests(): Promise<SeenRequest[]>;
}

/** Does `work` with a new sandbox, without records. */
export async function withBildOut<T>(
	{ client }: World,
	work: (bildOut: BildOut) => Promise<T>,
): Promise<T> {
	const sandbox = await startSandbox(0, ['--control', '--empty']);
	const control = controlClient(sandbox.url);
	const { all } = apiClient(
		sandbox.url,
		async () => `Bearer ${(await control.token()).access_token}`,
	);
	try {
		await control.config({ announcedLimit: 10_000_000 });
		return await work({
			url: sandbox.url,
			credential: await connectBildOut(client, sandbox, `Sandbox at ${sandbox.url}`),
			seed: control.seed,
			customerIds: async () => (await all<{ id: string }>('customers')).map(({ id }) => id),
			takeRequests: async () => {
				const requests = await control.requests();
				await control.clearRequests();
				return requests.filter(({ path }) => path.startsWith('/api/'));
			},
		});
	} finally {
		await sandbox.stop();
	}
}
