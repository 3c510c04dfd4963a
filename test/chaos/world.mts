import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Credential, type N8nClient, signInToN8n } from '../../tools/lib/n8n-client.mts';
import { packPackage } from '../../tools/lib/package.mts';
import { freePort, waitFor } from '../../tools/lib/program.mts';
import { type Sandbox, startSandbox } from '../../tools/lib/sandbox.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { apiClient, controlClient, type SandboxConfig } from '../../tools/lib/sandbox-control.mts';
import { type Deployment, oneProcess, severalProcesses } from './deployment.mts';

/**
 * Deliveries are tried again quickly and for long, so that only what n8n never takes is given up. A repeated
 * Idempotency-Key is not recognized: it would hide a create that is sent twice.
 */
const SETTINGS: SandboxConfig = {
	quirks: { idempotency: false },
	rateLimit: { limit: 2_000, burst: 20 },
	webhooks: { retryDelaysMs: Array.from({ length: 60 }, () => 2_000), timeoutMs: 5_000 },
};

/** A real n8n and a sandbox that keep their state in files, so that each can be killed and started again. */
export class World {
	client!: N8nClient;
	credential!: Credential;
	readonly #folder: string;
	readonly #sandboxPort: number;
	#deployment!: Deployment;
	#sandbox!: Sandbox;
	#turn = 0;

	private constructor(folder: string, sandboxPort: number) {
		this.#folder = folder;
		this.#sandboxPort = sandboxPort;
	}

	static async open(isQueue: boolean): Promise<World> {
		const folder = await mkdtemp(join(tmpdir(), 'bildout-chaos-'));
		const world = new World(folder, await freePort());
		await world.setClock(0);
		await world.#startSandbox();
		const preloaded = ['clock.cjs', 'heap.cjs'].map((name) => join(import.meta.dirname, name));
		world.#deployment = await (isQueue ? severalProcesses : oneProcess)({
			tarball: await packPackage(join(folder, 'package')),
			userFolder: join(folder, 'n8n'),
			variables: {
				NODE_OPTIONS: preloaded.map((file) => `--require ${file}`).join(' '),
				CHAOS_CLOCK: join(folder, 'clock'),
				CHAOS_HEAP: join(folder, 'heap'),
				N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false',
			},
		});
		await world.#signIn();
		world.credential = await connectBildOut(world.client, world.#sandbox);
		return world;
	}

	/** Where webhooks are served: the next process at each call, as behind a load balancer. */
	webhookUrl(): string {
		const { webhookUrls } = this.#deployment;
		return webhookUrls[this.#turn++ % webhookUrls.length]!;
	}

	/** Whether one process runs all executions. */
	get isOneProcess(): boolean {
		return this.#deployment.pids().length === 1;
	}

	/** The names of what can be killed. */
	get victims(): string[] {
		return Object.keys(this.#deployment.victims);
	}

	/** The sandbox, past n8n and past the limits. */
	get control() {
		return controlClient(this.#sandbox.url);
	}

	/** BildOut's API with a token of our own: those that n8n has may expire at any time. */
	get bildOut() {
		const authorization = async () => `Bearer ${(await this.control.token()).access_token}`;
		return apiClient(this.#sandbox.url, authorization);
	}

	/** Kills a part of n8n's and starts it again. */
	async kill(victim: string): Promise<void> {
		await this.#deployment.victims[victim]!();
		await this.#signIn();
	}

	async killSandbox(downMs: number): Promise<void> {
		await this.#sandbox.kill();
		await new Promise((over) => setTimeout(over, downMs));
		await this.#startSandbox();
	}

	/** Lets n8n's clock differ from that of the machine. */
	async setClock(offsetMs: number): Promise<void> {
		await writeFile(join(this.#folder, 'clock'), String(offsetMs));
	}

	/** What n8n's processes still hold in their heaps when all garbage is collected, in MB. */
	async heapMb(): Promise<number> {
		let bytes = 0;
		for (const pid of this.#deployment.pids()) {
			const file = join(this.#folder, `heap-${pid}`);
			await rm(file, { force: true });
			process.kill(pid, 'SIGUSR2');
			bytes += await waitFor(
				'n8n wrote the size of its heap',
				async () => Number(await readFile(file, 'utf8')) || undefined,
			);
		}
		return bytes / 2 ** 20;
	}

	async close(): Promise<void> {
		await this.#deployment?.stop();
		await this.#sandbox?.stop();
		await rm(this.#folder, { recursive: true, force: true });
	}

	async #startSandbox(): Promise<void> {
		const database = join(this.#folder, 'bildout.sqlite');
		const args = ['--control', '--empty', '--database', database];
		this.#sandbox = await startSandbox(this.#sandboxPort, args);
		await this.control.config(SETTINGS);
	}

	async #signIn(): Promise<void> {
		this.client = await signInToN8n(this.#deployment.editorUrl);
	}
}
