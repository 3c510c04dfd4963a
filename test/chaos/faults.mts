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
	const vendors = await vendorsToUpdate(world);
	const asked: Asked = { jobs: [], events: [], projects: [], vendors, counts: {} };
	const underWay: Array<Promise<void>> = [];
	const count = (what: string) => (asked.counts[what] = (asked.counts[what] ?? 0) + 1);
	const act: Record<keyof typeof ACTIONS, () => Promise<unknown>> = {
		// Nobody waits for the response, so that things break meanwhile.
		job: async () =>
			underWay.push(send(newJob(random, asked, world.isOneProcess), world, workflows)),
		event: async () => {
			const id = `evt_${asked.events.length}`;
			asked.events.push(id);
			await world.control.emit({ id, type: 'invoice.paid', data: { id: `invoice-${id}` } });
		},
		project: async () => {
			const project = { name: `Project ${asked.projects.length}` };
			const { id } = await world.bildOut.api<{ id: string }>('POST', '/projects', project);
			asked.projects.push(id);
		},
		fault: async () => {
			const fault = { ...random.of(FAULTS), ...random.of(TARGETS) };
			await world.control.fault({ ...fault, times: random.between(1, 3) });
		},
		'expired tokens': async () => await world.control.expireTokens(),
		'clock set': async () => await world.setClock(random.between(-MOST_CLOCK_MS, MOST_CLOCK_MS)),
		'process killed': async () => {
			const victim = random.of(world.victims);
			count(`${victim} killed`);
			await world.kill(victim);
		},
		'sandbox killed': async () => await world.killSandbox(random.between(0, 4_000)),
	};
	const end = performance.now() + minutes * 60_000;
	while (performance.now() < end) {
		const action = random.weighted(ACTIONS);
		count(action);
		await act[action]();
		await sleep(random.between(50, 800));
	}
	await Promise.all(underWay);
	return asked;
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
		const { id, rows, work } = job;
		job.isTaken = (await world.send(works[work].path, { job: id, rows })).ok;
	} catch {
		// n8n is down, or was killed before it responded: the job may still have begun.
	}
}
