import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type N8n, startN8n } from './n8n.mts';
import { type Tarball, installIntoN8n } from './package.mts';
import { freePort } from './program.mts';
import { type Postgres, type Service, startPostgres, startRedis } from './services.mts';
import { temporaryFolder } from './temporary.mts';

/** One n8n process of the deployment. */
export interface Member {
	n8n(): N8n;
	/** Ends it, as asked to or as a power cut would, and starts it again at the same address. */
	restart(how?: 'stop' | 'kill'): Promise<void>;
	/** Ends it for good, as a power cut would. */
	kill(): Promise<void>;
}

/** n8n in queue mode: main, two workers and two webhook processors over Redis and PostgreSQL. */
export interface QueueMode {
	/** Serves the editor and its REST interface, and publishes workflows. */
	readonly main: Member;
	/** Run the executions. */
	readonly workers: Member[];
	/** Take deliveries. The first is the one that n8n shows as its webhook address. */
	readonly webhooks: Member[];
	readonly redis: Service;
	readonly postgres: Postgres;
	/** Whether any of them has ended unasked. */
	hasEnded(): boolean;
	stop(): Promise<void>;
}

export interface QueueModeOptions {
	/** The packed package: every process gets it in a user folder of its own. */
	tarball: Tarball;
	/** More of n8n's own variables, for every process. */
	variables?: Record<string, string>;
	/** The port of the editor; any free one when left out. */
	port?: number;
}

/** What differs from one deployment to the next. */
export interface QueuePlaces {
	redisPort: number;
	postgresPort: number;
	postgresPassword: string;
	encryptionKey: string;
	/** Where the main process serves the editor. */
	editorUrl: string;
	/** Where BildOut reaches the webhook processors, with a slash at the end. */
	webhookUrl: string;
}

/**
 * The variables that make several n8n processes one deployment. `docs/queue-mode.md` shows the same ones
 * in a compose file; a test compares them.
 */
export function queueVariables(places: QueuePlaces) {
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(places.redisPort),
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(places.postgresPort),
		DB_POSTGRESDB_DATABASE: 'n8n',
		DB_POSTGRESDB_USER: 'n8n',
		DB_POSTGRESDB_PASSWORD: places.postgresPassword,
		N8N_ENCRYPTION_KEY: places.encryptionKey,
		N8N_EDITOR_BASE_URL: places.editorUrl,
		N8N_WEBHOOK_URL: places.webhookUrl,
	};
}

/** More variables, so that n8n notices within seconds, and not minutes, that a worker has died. */
export const QUICK_STALLS = {
	QUEUE_WORKER_LOCK_DURATION: '20000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
	QUEUE_WORKER_STALLED_INTERVAL: '5000',
};

/** How each n8n process of one deployment is started. */
interface Deployment {
	tarball: Tarball;
	/** Holds a user folder for each process. */
	folder: string;
	variables: Record<string, string>;
}

async function startMember(
	{ tarball, folder, variables }: Deployment,
	name: string,
	command: 'start' | 'worker' | 'webhook',
	port: number,
): Promise<Member> {
	const userFolder = join(folder, name);
	await installIntoN8n(tarball, userFolder);
	const start = async () =>
		await startN8n({
			userFolder,
			port,
			command,
			// Elsewhere each has a machine or a container of its own, and all may use one port.
			variables: { ...variables, QUEUE_HEALTH_CHECK_PORT: String(port) },
		});
	let n8n = await start();
	return {
		n8n: () => n8n,
		restart: async (how = 'stop') => {
			await n8n[how]();
			n8n = await start();
		},
		kill: async () => await n8n.kill(),
	};
}

/** Starts a process at each of the ports, one at a time: a starting n8n needs a whole core. */
async function startMembers(
	deployment: Deployment,
	command: 'worker' | 'webhook',
	ports: number[],
): Promise<Member[]> {
	const started: Member[] = [];
	for (const [index, port] of ports.entries()) {
		started.push(await startMember(deployment, `${command}-${index + 1}`, command, port));
	}
	return started;
}

export async function startQueueMode(options: QueueModeOptions): Promise<QueueMode> {
	const folder = await temporaryFolder('bildout-queue-');
	// One after the other, so that nothing goes on where the other cannot start.
	const postgres = await startPostgres();
	const redis = await startRedis().catch(async (error: Error) => {
		await postgres.stop();
		throw error;
	});
	const [webhookPort, mainPort] = [await freePort(), options.port ?? (await freePort())];
	const deployment: Deployment = {
		tarball: options.tarball,
		folder,
		variables: {
			...queueVariables({
				redisPort: redis.port,
				postgresPort: postgres.port,
				postgresPassword: postgres.password,
				encryptionKey: randomBytes(24).toString('hex'),
				editorUrl: `http://127.0.0.1:${mainPort}`,
				webhookUrl: `http://127.0.0.1:${webhookPort}/`,
			}),
			...options.variables,
		},
	};

	// The main process makes the tables, so it goes first.
	const main = await startMember(deployment, 'main', 'start', mainPort);
	const [workers, webhooks] = await Promise.all([
		startMembers(deployment, 'worker', [await freePort(), await freePort()]),
		startMembers(deployment, 'webhook', [webhookPort, await freePort()]),
	]);
	const members = [main, ...workers, ...webhooks];
	return {
		main,
		workers,
		webhooks,
		redis,
		postgres,
		hasEnded: () =>
			[redis, postgres, ...members.map(({ n8n }) => n8n())].some((program) => program.hasEnded()),
		stop: async () => {
			await Promise.all(members.map(async (member) => await member.n8n().stop()));
			await Promise.all([redis.stop(), postgres.stop()]);
			await rm(folder, { recursive: true, force: true });
		},
	};
}
