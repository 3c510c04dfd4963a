import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Credential, type N8nClient, signInToN8n } from '../../tools/lib/n8n-client.mts';
import { type N8n, startN8n } from '../../tools/lib/n8n.mts';
import { installIntoN8n, packPackage } from '../../tools/lib/package.mts';
import { freePort } from '../../tools/lib/program.mts';
import { type Sandbox, startSandbox } from '../../tools/lib/sandbox.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import type { Delivery, Fault, SandboxConfig } from '../support/sandbox.cts';

/** Tried again quickly and for long, so that only what n8n never takes is given up. */
const SETTINGS: SandboxConfig = {
	rateLimit: { limit: 2_000, burst: 20 },
	webhooks: { retryDelaysMs: Array.from({ length: 60 }, () => 2_000), timeoutMs: 5_000 },
};

/** A real n8n and a sandbox that keep what they know in files, so that each can be killed and started again. */
export class World {
	client!: N8nClient;
	credential!: Credential;
	readonly #folder: string;
	readonly #ports: { n8n: number; sandbox: number };
	#n8n!: N8n;
	#sandbox!: Sandbox;

	private constructor(folder: string, ports: { n8n: number; sandbox: number }) {
		this.#folder = folder;
		this.#ports = ports;
	}

	static async open(): Promise<World> {
		const folder = await mkdtemp(join(tmpdir(), 'bildout-chaos-'));
		const world = new World(folder, { n8n: await freePort(), sandbox: await freePort() });
		await installIntoN8n(await packPackage(join(folder, 'package')), join(folder, 'n8n'));
		await world.setClock(0);
		await world.#startSandbox();
		await world.#startN8n();
		world.credential = await connectBildOut(world.client, world.#sandbox);
		return world;
	}

	get n8nUrl(): string {
		return `http://127.0.0.1:${this.#ports.n8n}`;
	}

	fault = async (fault: Fault) => await this.#control('POST', '/faults', fault);

	clearFaults = async () => await this.#control('DELETE', '/faults');

	expireTokens = async () => await this.#control('POST', '/tokens/expire', {});

	emit = async (event: { id: string; type: string; data: object }) =>
		await this.#control<{ deliveries: string[] }>('POST', '/emit', event);

	deliveries = async () => await this.#control<Delivery[]>('GET', '/deliveries');

	async killN8n(): Promise<void> {
		await this.#n8n.kill();
		await this.#startN8n();
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

	/** What n8n holds in memory, in MB. */
	async memory(): Promise<number> {
		const status = await readFile(`/proc/${this.#n8n.pid}/status`, 'utf8');
		return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
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
		await this.#n8n?.stop();
		await this.#sandbox?.stop();
		await rm(this.#folder, { recursive: true, force: true });
	}

	async #startSandbox(): Promise<void> {
		const database = join(this.#folder, 'bildout.sqlite');
		const args = ['--control', '--empty', '--database', database];
		this.#sandbox = await startSandbox(this.#ports.sandbox, args);
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

	async #startN8n(): Promise<void> {
		this.#n8n = await startN8n({
			userFolder: join(this.#folder, 'n8n'),
			port: this.#ports.n8n,
			variables: {
				NODE_OPTIONS: `--require ${join(import.meta.dirname, 'clock.cjs')}`,
				CHAOS_CLOCK: join(this.#folder, 'clock'),
				N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false',
			},
		});
		this.client = await signInToN8n(this.#n8n.url);
	}
}
