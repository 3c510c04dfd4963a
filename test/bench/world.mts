import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Credential, type N8nClient, signInToN8n } from '../../tools/lib/n8n-client.mts';
import { type N8n, startN8n } from '../../tools/lib/n8n.mts';
import { installIntoN8n, packPackage } from '../../tools/lib/package.mts';
import { startSandbox } from '../../tools/lib/sandbox.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import type { SandboxConfig, SeedCounts, SeenRequest } from '../support/sandbox.cts';

/** A real n8n that holds the package as a user's does, and nothing else. */
export interface World {
	n8n: N8n;
	client: N8nClient;
}

/**
 * Does `work` in a new n8n with the packed tarball; nothing of it is left when the process ends.
 * `variables` are more of n8n's own.
 */
export async function withWorld<T>(
	work: (world: World) => Promise<T>,
	variables: Record<string, string> = {},
): Promise<T> {
	const userFolder = await mkdtemp(join(tmpdir(), 'bildout-bench-'));
	process.once('exit', () => rmSync(userFolder, { recursive: true, force: true }));
	await installIntoN8n(await packPackage(join(userFolder, 'package')), userFolder);
	const n8n = await startN8n({ userFolder, variables });
	try {
		return await work({ n8n, client: await signInToN8n(n8n.url) });
	} catch (error) {
		console.error(`n8n said:\n${n8n.output().slice(-4_000)}`);
		throw error;
	} finally {
		await n8n.stop();
	}
}

/** A sandbox without records, and a credential of its own that is signed in to it. */
export interface BildOut {
	url: string;
	credential: Credential;
	configure(config: SandboxConfig): Promise<void>;
	seed(counts: SeedCounts): Promise<void>;
	customerIds(): Promise<string[]>;
	/** The header with a token of our own. */
	authorization(): Promise<string>;
	/** What the API was asked since this was last called. */
	takeRequests(): Promise<SeenRequest[]>;
}

/** Does `work` with a new sandbox. Its credential is new too, so the node knows of no allowance yet. */
export async function withBildOut<T>(
	{ client }: World,
	work: (bildOut: BildOut) => Promise<T>,
): Promise<T> {
	const sandbox = await startSandbox(0, ['--control', '--empty']);
	const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
		const response = await fetch(`${sandbox.url}/__control${path}`, {
			method,
			...(body === undefined
				? {}
				: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
		});
		if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
		return await response.json();
	};
	const authorization = async () => {
		const { access_token } = (await control('POST', '/tokens', {})) as { access_token: string };
		return `Bearer ${access_token}`;
	};
	const customerIds = async () => await readCustomerIds(sandbox.url, await authorization());
	try {
		const credential = await connectBildOut(client, sandbox, `Sandbox at ${sandbox.url}`);
		return await work({
			url: sandbox.url,
			credential,
			configure: async (config) => void (await control('POST', '/config', config)),
			seed: async (counts) => void (await control('POST', '/seed', counts)),
			customerIds,
			authorization,
			takeRequests: async () => {
				const requests = (await control('GET', '/requests')) as SeenRequest[];
				await control('DELETE', '/requests');
				return requests.filter(({ path }) => path.startsWith('/api/'));
			},
		});
	} finally {
		await sandbox.stop();
	}
}

async function readCustomerIds(url: string, authorization: string): Promise<string[]> {
	const ids: string[] = [];
	for (let page = 1, pages = 1; page <= pages; page++) {
		const response = await fetch(`${url}/api/v1/customers?limit=100&page=${page}`, {
			headers: { authorization },
		});
		const { data, pagination } = (await response.json()) as {
			data: Array<{ id: string }>;
			pagination: { total_pages: number };
		};
		ids.push(...data.map(({ id }) => id));
		pages = pagination.total_pages;
	}
	return ids;
}
