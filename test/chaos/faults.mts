import { setTimeout as sleep } from 'node:timers/promises';

import type { Random } from './random.mts';
import { type Work, WORKS, type Workflows } from './workflows.mts';
import type { World } from './world.mts';

export interface Row {
	name: string;
	email: string;
	phone: string;
	/** Of the vendor to update. */
	id?: string;
}

/** Rows that were sent to a workflow. */
export interface Job {
	id: string;
	work: Work;
	rows: Row[];
	/** Whether n8n's response was that it took them. */
	isTaken: boolean;
}

/** What was asked for while things broke. */
export interface Asked {
	jobs: Job[];
	/** IDs of the events that BildOut was made to report. */
	events: string[];
	/** IDs of the projects that were made, for the polling trigger. */
	projects: string[];
	/** Those that updates are about, with all that no update may change. */
	vendors: Array<{ id: string; name: string; email: string; notes: string }>;
	/** How often each thing was done to n8n and the sandbox. */
	counts: Record<string, number>;
}

const ACTIONS = {
	job: 45,
	event: 20,
	project: 8,
	fault: 22,
	'expired tokens': 5,
	'clock set': 4,
	'process killed': 3,
	'sandbox killed': 4,
};

/**
 * Addresses that upserts share, so that several look for the same record. Between processes nothing keeps two
 * that look at once from both creating (`docs/behaviour.md`), so there each job has its own.
 */
const SHARED = 12;

/** By how much n8n's clock goes wrong: by less than the tolerance of a signature. */
const MOST_CLOCK_MS = 120_000;

/** Asks and breaks things in turns that the seed decides, until the time is over. */
export async function injectFaults(
	world: World,
	workflows: Workflows,
	random: Random,
	minutes: number,
): Promise<Asked> {
	const asked: Asked = {
		jobs: [],
		events: [],
		projects: [],
		vendors: await vendorsToUpdate(world),
		counts: {},
	};
	const underWay: Array<Promise<void>> = [];
	const end = performance.now() + minutes * 60_000;
	while (performance.now() < end) {
		const action = random.weighted(ACTIONS);
		count(asked, action);
		const work = act(action, world, workflows, random, asked);
		// Nobody waits for the response, so that things break meanwhile.
		if (action === 'job') underWay.push(work);
		else await work;
		await sleep(random.between(50, 800));
	}
	await Promise.all(underWay);
	return asked;
}

function count({ counts }: Asked, what: string): void {
	counts[what] = (counts[what] ?? 0) + 1;
}

async function vendorsToUpdate({ bildOut }: World): Promise<Asked['vendors']> {
	const vendors = Array.from({ length: 10 }, async (_, index) => {
		const vendor = {
			name: `To update ${index}`,
			email: `update${index}@chaos.test`,
			notes: `Kept ${index}`,
		};
		return { ...vendor, ...(await bildOut.api<{ id: string }>('POST', '/vendors', vendor)) };
	});
	return await Promise.all(vendors);
}

async function act(
	action: keyof typeof ACTIONS,
	world: World,
	workflows: Workflows,
	random: Random,
	asked: Asked,
): Promise<void> {
	switch (action) {
		case 'job':
			await send(newJob(random, asked, world.isOneProcess), world, workflows);
			break;
		case 'event': {
			const id = `evt_${asked.events.length}`;
			asked.events.push(id);
			await world.control.emit({ id, type: 'invoice.paid', data: { id: `invoice-${id}` } });
			break;
		}
		case 'project': {
			const name = `Project ${asked.projects.length}`;
			asked.projects.push(
				(await world.bildOut.api<{ id: string }>('POST', '/projects', { name })).id,
			);
			break;
		}
		case 'fault':
			await world.control.fault({
				...random.of(FAULTS),
				...random.of(TARGETS),
				times: random.between(1, 3),
			});
			break;
		case 'expired tokens':
			await world.control.expireTokens();
			break;
		case 'clock set':
			await world.setClock(random.between(-MOST_CLOCK_MS, MOST_CLOCK_MS));
			break;
		case 'process killed': {
			const victim = random.of(world.victims);
			count(asked, `${victim} killed`);
			await world.kill(victim);
			break;
		}
		case 'sandbox killed':
			await world.killSandbox(random.between(0, 4_000));
	}
}

/**
 * Requests that faults are injected into: only those of n8n, so that the run's own requests pass. Creates and changes are
 * fewer than reads, and what becomes of them matters most.
 */
const TARGETS = [
	{ path: '^/api/v1/vendors', method: 'POST' },
	{ path: '^/api/v1/vendors', method: 'PUT' },
	{ path: '^/api/v1/(vendors|webhooks)' },
	{ path: '^/api/v1/projects', method: 'GET' },
] as const;

const FAULTS = [
	{ kind: 'drop_before' },
	{ kind: 'drop_after' },
	{ kind: 'drop_after' },
	{ kind: 'status', status: 429, headers: { 'retry-after': '1' } },
	{ kind: 'status', status: 500 },
	{ kind: 'status', status: 503 },
	{ kind: 'html', status: 502 },
	{ kind: 'html', status: 200 },
	{ kind: 'slow', delayMs: 2_000 },
] as const;

function newJob(random: Random, { jobs, vendors }: Asked, isOneProcess: boolean): Job {
	const sharers = isOneProcess ? 'all' : jobs.length;
	const id = `job ${jobs.length}`;
	const work = random.of(WORKS);
	const rows = Array.from({ length: random.between(1, 12) }, (_, index): Row => {
		const phone = `${jobs.length}-${index}`;
		if (work === 'update') return { ...random.of(vendors), phone };
		const name = `${id}, row ${index}`;
		const email =
			work === 'upsert'
				? `shared${random.between(1, SHARED)}-${sharers}@chaos.test`
				: `row${jobs.length}-${index}@chaos.test`;
		return { name, email, phone };
	});
	const job = { id, work, rows, isTaken: false };
	jobs.push(job);
	return job;
}

async function send(job: Job, world: World, { works }: Workflows): Promise<void> {
	try {
		const response = await fetch(`${world.webhookUrl()}${works[job.work].path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ job: job.id, rows: job.rows }),
			signal: AbortSignal.timeout(30_000),
		});
		job.isTaken = response.ok;
	} catch {
		// n8n is down, or was killed before it responded: the job may still have begun.
	}
}
