import type { JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { type Outcome, outcomes } from './outcome.mts';
import type { Asked, Job } from './faults.mts';
import { WORKS, type Workflows } from './workflows.mts';
import type { World } from './world.mts';

interface Vendor extends JsonObject {
	id: string;
	name: string;
	email: string;
	phone: string | null;
}

const POLLED_WITHIN_SECONDS = 130;

/** The words of an error after which a write may have been done. */
const DOUBT = /may (still )?have been|created since|not respond|connection/i;

/** Everything in which BildOut's records and n8n's executions differ from what was asked: one line each. */
export async function verdict(world: World, workflows: Workflows, asked: Asked): Promise<string[]> {
	const vendors = await world.bildOut.all<Vendor>('vendors');
	const faults = [...recordedOnce(vendors), ...updatesKept(vendors, asked)];
	for (const work of WORKS) {
		const executions = await outcomes(world, workflows.works[work].id);
		const jobs = asked.jobs.filter((job) => job.work === work);
		faults.push(...jobs.flatMap((job) => judgeJob(job, executions, vendors)));
	}
	return [
		...faults,
		...(await triggerFaults(world, workflows)),
		...(await pollingFaults(world, workflows, asked)),
	];
}

/** No create is repeated within a run, and upserts share addresses, so no two records may be alike. */
function recordedOnce(vendors: Vendor[]): string[] {
	return repeated(vendors.map(({ email }) => email)).map(
		([email, times]) => `${times} vendors have the email ${email}`,
	);
}

function updatesKept(vendors: Vendor[], asked: Asked): string[] {
	return asked.vendors.flatMap(({ id, name, email, notes }) => {
		const now = vendors.find((vendor) => vendor.id === id);
		const isKept = now?.name === name && now.email === email && now.notes === notes;
		return isKept ? [] : [`updates changed more than the phone: ${JSON.stringify(now)}`];
	});
}

function judgeJob(job: Job, executions: Outcome[], vendors: Vendor[]): string[] {
	const own = executions.filter((execution) => execution.job === job.id);
	const cutOff = executions.some(({ job: known }) => known === undefined);
	if (own.length > 1) return [`${job.id} was run ${own.length} times`];
	const [execution] = own;
	if (!execution) return job.isTaken && !cutOff ? [`${job.id} was taken and never run`] : [];
	const { status, output = [], isMadeUp } = execution;
	if (status !== 'success' || isMadeUp) return [];
	if (output.length !== job.rows.length) {
		return [`${job.id} has ${job.rows.length} rows and returned ${output.length}`];
	}
	return output.flatMap((item, index) => judgeItem(job, index, item, vendors));
}

/** A success is a record that is there; a failure without a doubt is a record that is not. */
function judgeItem(job: Job, index: number, item: JsonObject, vendors: Vendor[]): string[] {
	const row = job.rows[index]!;
	const where = `${job.id} (${job.work}), row ${index}`;
	if (item.error === undefined) {
		const record = vendors.find(({ id }) => id === item.id);
		if (record?.email !== row.email)
			return [`${where} succeeded, but ${item.id} is not its record`];
		return [];
	}
	const isThere = vendors.some(({ name }) => name === row.name);
	return job.work === 'create' && isThere && !DOUBT.test(String(item.error))
		? [`${where} was created, and n8n reports: ${String(item.error)}`]
		: [];
}

/** Each delivery that BildOut counts as taken has its execution; there is one subscription. */
async function triggerFaults(world: World, { trigger }: Workflows): Promise<string[]> {
	const executions = await outcomes(world, trigger.id);
	const cutOff = executions.filter(({ output }) => output === undefined).length;
	const started = new Set(
		executions.flatMap(({ output = [] }) => output.map(({ id }) => String(id))),
	);
	const deliveries = await world.control.deliveries();
	const missing = deliveries.filter(
		({ state, event_id }) => state === 'delivered' && !started.has(event_id),
	);
	const subscriptions = (await world.bildOut.all<{ url: string }>('webhooks')).filter(({ url }) =>
		url.includes(trigger.path),
	);
	const open = deliveries.filter(({ state }) => state !== 'delivered');
	return [
		...(missing.length > cutOff
			? missing.map(({ event_id }) => `${event_id} was delivered and started nothing`)
			: []),
		...open.map(({ event_id, state, attempts }) => {
			const last = attempts.at(-1);
			return `${event_id} is ${state} after ${attempts.length} attempts: ${last?.status} ${last?.error ?? last?.response}`;
		}),
		...(subscriptions.length === 1 ? [] : [`there are ${subscriptions.length} subscriptions`]),
	];
}

/** Each project is reported once, at the latest by the poll after next. */
async function pollingFaults(
	world: World,
	{ polling }: Workflows,
	{ projects }: Asked,
): Promise<string[]> {
	const read = async () =>
		(await outcomes(world, polling.id)).flatMap(({ output = [] }) =>
			output.map(({ data }) => String((data as JsonObject).id)),
		);
	const reported = await waitFor(
		'all projects were reported',
		async () => {
			const ids = await read();
			return projects.every((id) => ids.includes(id)) && ids;
		},
		{ seconds: POLLED_WITHIN_SECONDS, everyMs: 2_000 },
	).catch(read);
	return [
		...projects
			.filter((id) => !reported.includes(id))
			.map((id) => `the polling trigger did not report the project ${id}`),
		...repeated(reported).map(
			([id, times]) => `the polling trigger reported the project ${id} ${times} times`,
		),
	];
}

function repeated(values: string[]): Array<[string, number]> {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return [...counts].filter(([, times]) => times > 1);
}
