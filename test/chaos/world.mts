import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { signInToN8n } from '../../tools/lib/n8n-client.mts';
import { packPackage } from '../../tools/lib/package.mts';
import { freePort, waitFor } from '../../tools/lib/program.mts';
import { startSandbox } from '../../tools/lib/sandbox.mts';
import { apiClient, controlClient, type SandboxConfig } from '../../tools/lib/sandbox-control.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { temporaryFolder } from '../../tools/lib/temporary.mts';
import { oneProcess, severalProcesses } from './deployment.mts';

/**
 * Deliveries are tried again quickly and for long, so that only what n8n never takes is given up. A repeated
 * Idempotency-Key is not recognized: it would hide a create that is sent twice.
 */
const SETTINGS: SandboxConfig = {
	quirks: { idempotency: false },
	rateLimit: { limit: 2_000, burst: 20 },
	webhooks: { retryDelaysMs: Array.from({ length: 60 }, () => 2_000), timeoutMs: 5_000 },
};

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A real n8n and a sandbox that keep their state in files, so that each can be killed and started again. */
export async function openWorld(isQueue: boolean) {
	const folder = await temporaryFolder('bildout-chaos-');
	const sandboxPort = await freePort();
	const control = controlClient(`http://127.0.0.1:${sandboxPort}`);
	const database = ['--database', join(folder, 'bildout.sqlite')];
	const start = async () => {
		const started = await startSandbox(sandboxPort, ['--control', '--empty', ...database]);
		await control.config(SETTINGS);
		return started;
	};
	/** Lets n8n's clock differ from that of the machine. */
	const setClock = async (offsetMs: number) =>
		await writeFile(join(folder, 'clock'), String(offsetMs));

	await setClock(0);
	let sandbox = await start();
	const preloaded = ['clock.cjs', 'heap.cjs'].map((name) => join(import.meta.dirname, name));
	const deployment = await (isQueue ? severalProcesses : oneProcess)({
		tarball: await packPackage(join(folder, 'package')),
		userFolder: join(folder, 'n8n'),
		variables: {
			NODE_OPTIONS: preloaded.map((file) => `--require ${file}`).join(' '),
			CHAOS_CLOCK: join(folder, 'clock'),
			CHAOS_HEAP: join(folder, 'heap'),
			N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false',
		},
	});
	const { victims, webhookUrls } = deployment;
	let client = await signInToN8n(deployment.editorUrl);
	let turn = 0;
	return {
		/** The owner's session in n8n, another one after each kill. */
		get client() {
			return client;
		},
		credential: await connectBildOut(client, sandbox),
		/** The sandbox, past n8n and past the limits. */
		control,
		/** BildOut's API with a token of our own: those that n8n has may expire at any time. */
		bildOut: apiClient(sandbox.url, async () => `Bearer ${(await control.token()).access_token}`),
		/** Whether one process runs all executions. */
		isOneProcess: deployment.pids().length === 1,
		/** The names of what can be killed. */
		victims: Object.keys(victims),
		/** Sends rows to a workflow: to the next process at each call, as behind a load balancer. */
		send: async (path: string, body: { job: string; rows: object[] }) =>
			await fetch(webhookUrls[turn++ % webhookUrls.length]! + path, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
				signal: AbortSignal.timeout(30_000),
			}),
		/** Kills a part of n8n's and starts it again. */
		kill: async (victim: string) => {
			await victims[victim]!();
			client = await signInToN8n(deployment.editorUrl);
		},
		killSandbox: async (downMs: number) => {
			await sandbox.kill();
			await sleep(downMs);
			sandbox = await start();
		},
		setClock,
		/** What n8n's processes still hold in their heaps when all garbage is collected, in MB. */
		heapMb: async () => {
			let bytes = 0;
			for (const pid of deployment.pids()) {
				const file = join(folder, `heap-${pid}`);
				await rm(file, { force: true });
				process.kill(pid, 'SIGUSR2');
				bytes += await waitFor(
					'n8n wrote the size of its heap',
					async () => Number(await readFile(file, 'utf8')) || undefined,
				);
			}
			return bytes / 2 ** 20;
		},
		close: async () => {
			await deployment.stop();
			await sandbox.stop();
		},
	};
}
