import { setTimeout as sleep } from 'node:timers/promises';

import { startN8n } from '../../tools/lib/n8n.mts';
import { installIntoN8n, type Tarball } from '../../tools/lib/package.mts';
import { freePort } from '../../tools/lib/program.mts';
import { QUICK_STALLS, startQueueMode } from '../../tools/lib/queue-mode.mts';

/** The n8n of a run, as one process or as many. */
export interface Deployment {
	/** Where people sign in, without a slash at the end. */
	readonly editorUrl: string;
	/** Where webhooks are served, by one process or by several alike. */
	readonly webhookUrls: string[];
	/** What can be killed, by its name, and is started again: first what serves the editor. */
	readonly victims: Record<string, () => Promise<void>>;
	/** The processes that run executions. */
	pids(): number[];
	stop(): Promise<void>;
}

interface DeploymentOptions {
	tarball: Tarball;
	/** Holds what a single n8n keeps. */
	userFolder: string;
	variables: Record<string, string>;
}

export async function oneProcess({
	tarball,
	userFolder,
	variables,
}: DeploymentOptions): Promise<Deployment> {
	await installIntoN8n(tarball, userFolder);
	const port = await freePort();
	const start = async () => await startN8n({ userFolder, port, variables });
	let n8n = await start();
	return {
		editorUrl: n8n.url,
		webhookUrls: [n8n.url],
		victims: {
			n8n: async () => {
				await n8n.kill();
				n8n = await start();
			},
		},
		pids: () => [n8n.pid],
		stop: async () => await n8n.stop(),
	};
}

/** How long Redis is away: n8n's processes end after ten seconds without it. */
const REDIS_AWAY_MS = 2_000;

/** How often, in minutes, n8n looks for executions that Redis has lost. */
const RECOVERY = { N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL: '1' };

/** A main process, two workers and two webhook processors over Redis and PostgreSQL. */
export async function severalProcesses({
	tarball,
	variables,
}: DeploymentOptions): Promise<Deployment> {
	const queue = await startQueueMode({
		tarball,
		variables: { ...variables, ...QUICK_STALLS, ...RECOVERY },
	});
	const { main, workers, webhooks, redis } = queue;
	const members = {
		'main process': main,
		worker: workers[0]!,
		'other worker': workers[1]!,
		'webhook processor': webhooks[0]!,
		'other processor': webhooks[1]!,
	};
	const victims = Object.fromEntries(
		Object.entries(members).map(([name, member]) => [
			name,
			async () => await member.restart('kill'),
		]),
	);
	const killRedis = async () => {
		await redis.kill();
		await sleep(REDIS_AWAY_MS);
		await redis.restart();
	};
	return {
		editorUrl: main.n8n().url,
		webhookUrls: webhooks.map(({ n8n }) => n8n().url),
		victims: { ...victims, Redis: killRedis },
		pids: () => workers.map(({ n8n }) => n8n().pid),
		stop: async () => await queue.stop(),
	};
}
