import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import {
	type Credential,
	type JsonObject,
	type N8nClient,
	type Workflow,
	signInToN8n,
} from '../../tools/lib/n8n-client.mts';
import { type N8n, startN8n } from '../../tools/lib/n8n.mts';
import { installIntoN8n, packPackage } from '../../tools/lib/package.mts';
import { freePort, waitFor } from '../../tools/lib/program.mts';
import { connectBildOut } from '../../tools/lib/sign-in.mts';
import { type Sandbox, type SeenRequest, startSandbox } from '../support/sandbox.cts';

export const TRIGGER = 'BildOut Trigger';
const FOLLOWER = 'What happened';

/** A webhook subscription as the sandbox's API shows it. */
export interface Subscription {
	id: string;
	url: string;
	events: string[];
	active: boolean;
}

export interface TriggerParameters extends JsonObject {
	events: string[];
	registration?: 'automatic' | 'manual';
	options?: JsonObject;
}

/** A real n8n with the packed tarball, beside a sandbox in which a credential is signed in. */
export interface World {
	sandbox: Sandbox;
	credential: Credential;
	n8n: () => N8n;
	client: () => N8nClient;
	/** Ends n8n, as asked to or as a power cut would, and starts it again at the same address. */
	restart: (how?: 'stop' | 'kill', variables?: Record<string, string>) => Promise<void>;
	/** A token of its own for the sandbox's API, with which a test does what BildOut's users would. */
	api: <T>(method: string, path: string, body?: unknown) => Promise<T>;
	subscriptions: () => Promise<Subscription[]>;
	/** What n8n asked of the webhook endpoints since the log was last emptied, e.g. `POST /webhooks`. */
	webhookRequests: () => Promise<SeenRequest[]>;
	close: () => Promise<void>;
}

export async function openWorld(variables: Record<string, string> = {}): Promise<World> {
	const folder = await mkdtemp(join(tmpdir(), 'bildout-trigger-'));
	const userFolder = join(folder, 'n8n');
	await installIntoN8n(await packPackage(join(folder, 'pack')), userFolder);
	const sandbox = await startSandbox();
	const port = await freePort();
	const start = async (more: Record<string, string> = {}) =>
		await startN8n({ userFolder, port, variables: { ...variables, ...more } });
	let n8n = await start();
	let client = await signInToN8n(n8n.url);
	const credential = await connectBildOut(client, sandbox);
	const { access_token } = await sandbox.control.token();

	const api = async <T,>(method: string, path: string, body?: unknown): Promise<T> => {
		const response = await fetch(`${sandbox.url}/api/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return (JSON.parse(text) as { data: T }).data;
	};
	return {
		sandbox,
		credential,
		n8n: () => n8n,
		client: () => client,
		restart: async (how = 'stop', more = {}) => {
			await n8n[how]();
			n8n = await start(more);
			client = await signInToN8n(n8n.url);
		},
		api,
		subscriptions: async () => await api<Subscription[]>('GET', '/webhooks'),
		webhookRequests: async () =>
			(await sandbox.control.requests()).filter(
				({ path, headers }) =>
					path.startsWith('/api/v1/webhooks') && headers.authorization !== `Bearer ${access_token}`,
			),
		close: async () => {
			await n8n.stop();
			await sandbox.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** A workflow that a BildOut Trigger starts; `next` is what runs after it, a node that does nothing by default. */
export async function importTriggered(
	{ client, credential }: World,
	name: string,
	parameters: TriggerParameters,
	{ next = {}, with: other = credential }: { next?: JsonObject; with?: Credential } = {},
): Promise<Workflow & { path: string }> {
	const webhookId = randomUUID();
	const workflow = await client().importWorkflow(
		{
			name,
			nodes: [
				{
					id: randomUUID(),
					name: TRIGGER,
					type: 'n8n-nodes-bildout.bildOutTrigger',
					typeVersion: 1.1,
					position: [0, 0],
					webhookId,
					parameters,
					credentials: { [other.type]: { id: other.id, name: other.name } },
				},
				{
					id: randomUUID(),
					name: FOLLOWER,
					type: 'n8n-nodes-base.noOp',
					typeVersion: 1,
					position: [220, 0],
					parameters: {},
					...next,
				},
			],
			connections: { [TRIGGER]: { main: [[{ node: FOLLOWER, type: 'main', index: 0 }]] } },
		},
		other,
	);
	return { ...workflow, path: `/webhook/${webhookId}/webhook` };
}

/** Publishes, and waits until n8n answers at the workflow's address. */
export async function publish(world: World, { id, path }: { id: string; path: string }) {
	await world.client().activateWorkflow(id);
	await untilListening(world, path);
}

export async function untilListening({ n8n }: World, path: string) {
	await waitFor(
		`${path} listened`,
		async () => ((await post(n8n().url + path, '')).status === 404 ? undefined : true),
		{ seconds: 60, program: n8n() },
	);
}

export async function unpublish(world: World, { id, path }: { id: string; path: string }) {
	await world.client().deactivateWorkflow(id);
	await waitFor(`${path} went deaf`, async () =>
		(await post(world.n8n().url + path, '')).status === 404 ? true : undefined,
	);
}

/** Waits for executions of the workflow to be over, and answers them, the newest first. */
export async function finishedExecutions(world: World, workflowId: string, count: number) {
	return await waitFor(
		`${count} executions of ${workflowId} ended`,
		async () => {
			const executions = await world.client().executions(workflowId);
			const finished = executions.filter(({ status }) => !['new', 'running'].includes(status));
			return finished.length >= count ? finished : undefined;
		},
		{ seconds: 30 },
	);
}

/** How many executions the workflow has had, once nothing more is to be expected. */
export async function settledExecutions(world: World, workflowId: string): Promise<number> {
	await sleep(1500);
	return (await world.client().executions(workflowId)).length;
}

/** The ID and the secrets that n8n keeps for the trigger. */
export async function stateOf(
	world: World,
	workflowId: string,
): Promise<{ subscriptionId?: string; secret?: string; formerSecrets?: unknown[] }> {
	const { staticData } = (await world.client().getWorkflow(workflowId)) as unknown as {
		staticData: Record<string, object> | null;
	};
	return staticData?.[`node:${TRIGGER}`] ?? {};
}

export const unixNow = () => Math.floor(Date.now() / 1000);

export function sign(secret: string, body: string | Buffer, seconds: number | string = unixNow()) {
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
