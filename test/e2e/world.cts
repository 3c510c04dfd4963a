import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

import {
	type Credential,
	inARow,
	type JsonObject,
	type Workflow,
} from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { apiClient } from '../../tools/lib/sandbox-control.mts';
import { type N8nWithBildOut, startN8nWithBildOut } from '../support/n8n.cts';
import type { Sandbox, SeenRequest } from '../support/sandbox.cts';

export const TRIGGER = 'BildOut Trigger';
const FOLLOWER = 'What happened';

/** A webhook subscription as the sandbox's API shows it. */
export interface Subscription {
	id: string;
	url: string;
	events: string[];
	active: boolean;
}

/** A real n8n with the packed tarball, beside a sandbox in which a credential is signed in. */
export type World = Awaited<ReturnType<typeof worldOf>>;

export const PUBLISH_AT_ONCE = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };

/**
 * Starts the world's n8n again as one that publishes while it is asked, and that looks after every published
 * trigger each time it starts, as all did until lately.
 */
export async function publishAtOnce(world: World): Promise<void> {
	await world.restart('stop', PUBLISH_AT_ONCE);
	world.publishesLater = false;
}

/** The world of a test file, from before its tests until after them. `variables` are n8n's. */
export function useWorld(variables: Record<string, string> = {}): World {
	const world = {} as World;
	beforeAll(async () => {
		Object.assign(world, await worldOf(await startN8nWithBildOut(variables)));
		world.publishesLater = variables !== PUBLISH_AT_ONCE;
	});
	beforeEach(async () => {
		await world.sandbox.control.clearFaults();
		await world.sandbox.control.clearRequests();
	});
	afterAll(async () => {
		await world.close?.();
	});
	return world;
}

/** What a test of the trigger needs around an n8n that runs beside a sandbox. */
export async function worldOf(n8n: N8nWithBildOut) {
	const { sandbox } = n8n;
	const { access_token } = await sandbox.control.token();
	const ownAuthorization = `Bearer ${access_token}`;
	// Tests ask more of the sandbox than BildOut lets anybody in a minute.
	await sandbox.control.config({ rateLimit: { limit: 100_000, burst: 10_000 } });

	const { api } = apiClient(sandbox.url, () => ownAuthorization);
	return {
		...n8n,
		credential: await n8n.connect(),
		/** Whether n8n publishes some time after it was asked, and not while one waits. */
		publishesLater: true as boolean,
		/** Does at BildOut's API what another of its clients would, with a token of its own. */
		api,
		subscriptions: async () => await api<Subscription[]>('GET', '/webhooks'),
		/** What n8n asked of the webhook endpoints since the sandbox's log was last emptied. */
		webhookRequests: async () =>
			(await sandbox.control.requests()).filter(
				({ path, headers }) =>
					path.startsWith('/api/v1/webhooks') && headers.authorization !== ownAuthorization,
			),
	};
}

/** What was asked of a sandbox that could change something, since its log was last emptied. */
export async function writesTo({ control }: Sandbox, path = '/api/'): Promise<SeenRequest[]> {
	return (await control.requests()).filter(
		(request) => request.method !== 'GET' && request.path.startsWith(path),
	);
}

/** A workflow that a BildOut Trigger starts; `next` is what runs after it, a node that does nothing by default. */
export async function importTriggered(
	{ client, credential }: World,
	name: string,
	parameters: JsonObject,
	{ next = {}, with: other = credential }: { next?: JsonObject; with?: Credential } = {},
): Promise<Workflow & { path: string }> {
	const webhookId = randomUUID();
	const workflow = await client().importWorkflow(
		inARow(name, [
			{
				name: TRIGGER,
				type: 'n8n-nodes-bildout.bildOutTrigger',
				typeVersion: 1.1,
				webhookId,
				parameters,
				credentials: { [other.type]: { id: other.id, name: other.name } },
			},
			{ name: FOLLOWER, type: 'n8n-nodes-base.noOp', ...next },
		]),
		other,
	);
	return { ...workflow, path: `/webhook/${webhookId}/webhook` };
}

/** The subscriptions that deliver to a workflow's address, whichever secret their URL carries. */
export async function subscriptionsTo(
	world: World,
	{ path }: { path: string },
): Promise<Subscription[]> {
	const address = world.n8n().url + path;
	return (await world.subscriptions()).filter(({ url }) => url.split('?')[0] === address);
}

/** A published workflow, the address it listens at and the secret of its subscription. */
export async function listening(
	world: World,
	name: string,
	parameters: JsonObject = {},
	more: Parameters<typeof importTriggered>[3] = {},
) {
	const workflow = await importTriggered(
		world,
		name,
		{ events: ['invoice.paid'], ...parameters },
		more,
	);
	await publish(world, workflow);
	const { secret = '' } = await stateOf(world, workflow.id);
	const url = world.n8n().url + workflow.path;
	return {
		...workflow,
		url,
		secret,
		deliver: async (body: string | Buffer, headers: Record<string, string> = {}) =>
			await post(url, body, { 'x-bildout-signature': sign(secret, body), ...headers }),
	};
}

export const eventBody = (more: object = {}) =>
	JSON.stringify({
		id: `evt_${randomUUID()}`,
		type: 'invoice.paid',
		created_at: '2026-03-02T15:04:05.000Z',
		data: { invoice_number: 'INV-0042', total: 6082.5 },
		...more,
	});

/** Publishes a workflow, and throws n8n's error when that fails. */
export async function publish(world: World, { id, path }: { id: string; path: string }) {
	await activate(world, id);
	await untilListening(world, path);
}

/** Makes a polling trigger check now: publishing does, and it starts from what n8n has saved. */
export async function publishAgain(world: World, { id }: { id: string }) {
	await unpublish(world, { id });
	await activate(world, id);
}

export async function activate(world: World, id: string) {
	await world.client().activateWorkflow(id);
	const publication = await settledPublication(world, id);
	if (publication?.status === 'failed') {
		throw new Error(publication.triggers[0]?.errorMessage ?? 'without a reason');
	}
}

export async function unpublish(world: World, { id }: { id: string }) {
	await world.client().deactivateWorkflow(id);
	await settledPublication(world, id);
}

async function settledPublication({ client, publishesLater }: World, workflowId: string) {
	if (!publishesLater) return undefined;
	return await waitFor(
		`${workflowId} was published or not`,
		async () => {
			const publication = await client().call<{
				status: string;
				triggers: Array<{ errorMessage: string | null }>;
			}>('GET', `/workflows/${workflowId}/publication-status`);
			return publication.status !== 'in_progress' && publication;
		},
		{ seconds: 120 },
	);
}

/** Waits until n8n serves the address. */
export async function untilListening({ n8n }: World, path: string) {
	await waitFor(`${path} listened`, async () => (await post(n8n().url + path, '')).status !== 404, {
		seconds: 60,
		program: n8n(),
	});
}

/** Waits for executions of the workflow to be over, and returns them, the newest first. */
export async function finishedExecutions(
	world: World,
	workflowId: string,
	count: number,
	{ seconds = 30 } = {},
) {
	return await waitFor(
		`${count} executions of ${workflowId} ended`,
		async () => {
			const executions = await world.client().executions(workflowId);
			const finished = executions.filter(({ status }) => !['new', 'running'].includes(status));
			return finished.length >= count ? finished : undefined;
		},
		{ seconds },
	);
}

/** What each execution of a workflow was started with, the oldest first, once there are so many. */
export async function eventsOf(
	world: World,
	{ id }: { id: string },
	executions: number,
	trigger = TRIGGER,
): Promise<JsonObject[][]> {
	const finished = await finishedExecutions(world, id, executions);
	const read = finished.map(async (one) => await world.client().getExecution(one.id));
	return (await Promise.all(read)).map((execution) => execution!.output(trigger)).reverse();
}

/** How many executions the workflow has had, once nothing more is to be expected. */
export async function settledExecutions(world: World, workflowId: string): Promise<number> {
	await sleep(1500);
	return (await world.client().executions(workflowId)).length;
}

interface TriggerState {
	subscriptionId?: string;
	secret?: string;
}

/** The ID and the secrets that n8n keeps for the trigger. */
export async function stateOf(world: World, workflowId: string): Promise<TriggerState> {
	const { staticData } = await world.client().getWorkflow(workflowId);
	return staticData?.[`node:${TRIGGER}`] ?? {};
}

/** Puts another state into n8n's database, as copying a workflow or the passing of a day would. */
export function setState({ n8n }: World, workflowId: string, state: TriggerState): void {
	const database = new DatabaseSync(join(n8n().userFolder, '.n8n', 'database.sqlite'));
	database.exec('PRAGMA busy_timeout = 5000');
	database
		.prepare('UPDATE workflow_entity SET "staticData" = ? WHERE id = ?')
		.run(JSON.stringify({ [`node:${TRIGGER}`]: state }), workflowId);
	database.close();
}

export function sign(secret: string, body: string | Buffer) {
	const seconds = Math.floor(Date.now() / 1000);
	const digest = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
	return `t=${seconds},v1=${digest}`;
}

export async function post(
	url: string,
	body: string | Buffer,
	headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: new Uint8Array(Buffer.from(body)),
	});
	return { status: response.status, text: await response.text() };
}

/** The date in so many days in n8n's time zone, New York by default. */
export function inDays(days: number): string {
	const today = new Intl.DateTimeFormat('sv', { timeZone: 'America/New_York' }).format(new Date());
	const date = new Date(`${today}T00:00:00Z`);
	date.setUTCDate(date.getUTCDate() + days);
	return date.toISOString().slice(0, 10);
}
