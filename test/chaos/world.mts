import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Credential, type N8nClient, signInToN8n } from '../../tools/lib/n8n-client.mts';
import { packPackage } from '../../tools/lib/package.mts';
import { freePort, waitFor } from '../../tools/lib/program.mts';
import { type Sandbox, startSandbox } from '../../tools/lib/sandbox.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import type { Delivery, Fault, SandboxConfig } from '../support/sandbox.cts';
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

/** A real n8n and a sandbox that keep what they know in files, so that each can be killed and started again. */
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

	fault = async (fault: Fault) => await this.#control('POST', '/faults', fault);

	clearFaults = async () => await this.#control('DELETE', '/faults');

	expireTokens = async () => await this.#control('POST', '/tokens/expire', {});

	emit = async (event: { id: string; type: string; data: object }) =>
		await this.#control<{ deliveries: string[] }>('POST', '/emit', event);

	deliveries = async () => await this.#control<Delivery[]>('GET', '/deliveries');

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

	/** All records of a kind, read past n8n and past the limits. */
	async records<T>(path: string): Promise<T[]> {
		const authorization = await this.#authorization();
		const records: T[] = [];
		for (let page = 1, pages = 1; page <= pages; page++) {
			const response = await fetch(`${this.#sandbox.url}/api/v1/${path}?limit=100&page=${page}`, {
				headers: { authorization },
			});
			if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
			const { data, pagination } = (await response.json()) as {
				data: T[];
				pagination?: { total_pages: number };
			};
			records.push(...data);
			pages = pagination?.total_pages ?? 1;
		}
		return records;
	}

	async create(path: string, body: object): Promise<{ id: string }> {
		const authorization = await this.#authorization();
		const response = await fetch(`${this.#sandbox.url}/api/v1/${path}`, {
			method: 'POST',
			headers: { authorization, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
		return ((await response.json()) as { data: { id: string } }).data;
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
		await this.#control('POST', '/config', SETTINGS);
	}

	async #control<T>(method: string, path: string, body?: object): Promise<T> {
		const response = await fetch(`${this.#sandbox.url}/__control${path}`, {
			method,
			...(body && {
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			}),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return JSON.parse(text) as T;
	}

	/** A token of our own: those that n8n has may expire at any time. */
	async #authorization(): Promise<string> {
		const { access_token } = await this.#control<{ access_token: string }>('POST', '/tokens', {});
		return `Bearer ${access_token}`;
	}

	async #signIn(): Promise<void> {
		this.client = await signInToN8n(this.#deployment.editorUrl);
	}
}
