import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { signInToN8n } from '../../tools/lib/n8n-client.mts';
import { packPackage } from '../../tools/lib/package.mts';
import { waitFor } from '../../tools/lib/program.mts';
import {
	type Member,
	QUICK_STALLS,
	type QueueMode,
	startQueueMode,
} from '../../tools/lib/queue-mode.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { type World, worldOf } from '../e2e/world.cts';
import { type Balancer, startBalancer } from './balancer.cts';
import { startSandbox } from './sandbox.cts';

/** n8n in queue mode with the packed tarball: main, two workers, two webhook processors behind a balancer. */
export interface QueueWorld extends World {
	readonly queue: QueueMode;
	readonly balancer: Balancer;
	/** The rows that a query of n8n's database gives. */
	sql: (query: string) => string[][];
	/** The lines that a command of Redis gives. */
	redis: (...command: string[]) => string[];
}

export async function openQueueWorld(): Promise<QueueWorld> {
	const folder = await mkdtemp(join(tmpdir(), 'bildout-queue-test-'));
	const [sandbox, balancer] = [await startSandbox(), await startBalancer()];
	const queue = await startQueueMode({
		tarball: await packPackage(folder),
		variables: { N8N_WEBHOOK_URL: `${balancer.url}/`, ...QUICK_STALLS },
	});
	balancer.targets = queue.webhooks.map(addressOf);
	let client = await signInToN8n(queue.main.n8n().url);
	const world = await worldOf({
		sandbox,
		n8n: queue.main.n8n,
		client: () => client,
		connect: async (name) => await connectBildOut(client, sandbox, name),
		restart: async (how) => {
			await queue.main.restart(how);
			client = await signInToN8n(queue.main.n8n().url);
		},
		close: async () => {
			await queue.stop();
			await Promise.all([sandbox.stop(), balancer.stop()]);
			await rm(folder, { recursive: true, force: true });
		},
	});
	const run = (command: string, args: string[]) =>
		execFileSync(command, args, {
			encoding: 'utf8',
			env: { ...process.env, PGPASSWORD: queue.postgres.password },
		})
			.split('\n')
			.filter(Boolean);
	return {
		...world,
		queue,
		balancer,
		sql: (query) =>
			run('psql', [
				...['-h', '127.0.0.1', '-p', String(queue.postgres.port), '-U', 'n8n', '-d', 'n8n'],
				...['-A', '-t', '-F', '\t', '-c', query],
			]).map((line) => line.split('\t')),
		redis: (...command) => run('redis-cli', ['-p', String(queue.redis.port), ...command]),
	};
}

export const addressOf = (member: Member): string => member.n8n().url;

/** How many executions of a workflow have ended in each way, by n8n's word for it. */
export function executionCounts({ sql }: QueueWorld, workflowId: string): Record<string, number> {
	const rows = sql(
		`SELECT status, count(*) FROM execution_entity WHERE "workflowId" = '${workflowId}' GROUP BY status`,
	);
	return Object.fromEntries(rows.map(([status, count]) => [status, Number(count)]));
}

/** Waits until a workflow has had so many executions, all of which went well. */
export async function succeeded(world: QueueWorld, workflowId: string, count: number) {
	await waitFor(
		`${count} executions of ${workflowId} succeeded`,
		() => (executionCounts(world, workflowId).success ?? 0) >= count,
		{ seconds: 120 },
	);
}

/** The worker that ran an execution, by what it wrote to its log. */
export function workerOf({ queue }: QueueWorld, executionId: string): Member | undefined {
	return queue.workers.find((worker) =>
		new RegExp(`started execution ${executionId}\\b`).test(worker.n8n().output()),
	);
}
