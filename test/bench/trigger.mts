import { createHmac, randomUUID } from 'node:crypto';

import { Agent, request } from 'undici';

import type { Credential, JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { type Report, median, printReport, spread } from './report.mts';
import { startGitHubStandIn } from './trigger-github.mts';
import { type World, withBildOut, withWorld } from './world.mts';

const CONNECTIONS = 10;
const ROUNDS = 7;
const GOOD_DELIVERIES = 60;
const FORGED_DELIVERIES = 180;

/** How much slower than n8n's own trigger ours may measure: what two equal ones differ by here. */
const NOISE = 0.95;

/**
 * By default n8n builds a V8 isolate for expressions at every call of every webhook but its own
 * Webhook node's, before it asks the node; with this variable it does so when there is an expression.
 */
const LAZY_ISOLATES = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

/** What is delivered at one address; every call gives another delivery. */
type Delivery = () => { body: string; headers: Record<string, string> };

interface Figures {
	/** Deliveries a second, round by round. */
	ours: number[];
	gitHub: number[];
	forged: number[];
	gitHubForged: number[];
}

/**
 * How many deliveries a second go through our trigger and through n8n's GitHub Trigger, which checks an
 * HMAC too, over 10 connections to one n8n; and how many forged ones each refuses meanwhile.
 */
export async function triggerDeliveries(world: World): Promise<Report> {
	const asItComes = await measure(world);
	const lazily = await withWorld(measure, LAZY_ISOLATES);
	const columns = [asItComes, lazily];
	// What else the machine does changes from round to round, but hardly within one.
	const ratio = (a: number[], b: number[]) => median(a.map((rate, round) => rate / b[round]));
	const row = (name: string, cell: (figures: Figures) => string) => [name, ...columns.map(cell)];
	const notSlower = columns.map(({ ours, gitHub }) => ratio(ours, gitHub));
	const refusals = columns.map(({ forged, gitHubForged }) => ratio(forged, gitHubForged));
	const refusal = ratio(lazily.forged, lazily.ours);
	return {
		title: `Deliveries a second over ${CONNECTIONS} connections`,
		notes: [
			`Medians of ${ROUNDS} interleaved rounds (least–most), ${GOOD_DELIVERIES} good or ${FORGED_DELIVERIES} forged deliveries each;`,
			'a good one starts a workflow that takes one value from it. Ratios are medians of the rounds’ ratios.',
			'“Lazy” is n8n with N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true. Without it, n8n builds an isolate of',
			'35 to 45 ms for each delivery before it asks the node, which bounds how fast any trigger can refuse.',
		],
		table: [
			['', 'n8n as it comes', 'n8n, lazy'],
			row('BildOut Trigger, good', ({ ours }) => spread(ours)),
			row('GitHub Trigger, good', ({ gitHub }) => spread(gitHub)),
			row('BildOut Trigger, forged', ({ forged }) => spread(forged)),
			row('GitHub Trigger, forged', ({ gitHubForged }) => spread(gitHubForged)),
			row('good: BildOut / GitHub', ({ ours, gitHub }) => ratio(ours, gitHub).toFixed(2)),
			row('forged: BildOut / GitHub', ({ forged, gitHubForged }) =>
				ratio(forged, gitHubForged).toFixed(2),
			),
			row('BildOut: forged / good', ({ ours, forged }) => ratio(forged, ours).toFixed(2)),
		],
		bounds: [
			{
				text: `our trigger is not slower than the GitHub Trigger (${NOISE} or more): ${notSlower[0].toFixed(2)}, lazy ${notSlower[1].toFixed(2)}`,
				holds: notSlower.every((each) => each >= NOISE),
			},
			{
				text: `nor in refusing forged deliveries: ${refusals[0].toFixed(2)}, lazy ${refusals[1].toFixed(2)}`,
				holds: refusals.every((each) => each >= NOISE),
			},
			{
				text: `forged deliveries are refused 5 times as fast as good ones are accepted, lazy: ${refusal.toFixed(2)}`,
				holds: refusal >= 5,
			},
		],
	};
}

async function measure(world: World): Promise<Figures> {
	const gitHub = await startGitHubStandIn();
	try {
		return await withBildOut(world, async ({ credential }) => {
			const gitHubCredential = await world.client.createCredential('GitHub', 'githubApi', {
				server: gitHub.url,
				user: 'bench',
				accessToken: 'bench',
			});
			const theirs = await publishTriggered(world, gitHubCredential, {
				type: 'n8n-nodes-base.githubTrigger',
				typeVersion: 1,
				parameters: {
					owner: { __rl: true, mode: 'name', value: 'bench' },
					repository: { __rl: true, mode: 'name', value: 'bench' },
					events: ['push'],
					options: {},
				},
			});
			const ours = await publishTriggered(world, credential, {
				type: 'n8n-nodes-bildout.bildOutTrigger',
				typeVersion: 1.1,
				parameters: { events: ['invoice.paid'] },
			});
			const { secret } = ours.state();
			const good = signedForUs(secret);
			const forged = signedForUs('whsec_guessed');
			const theirGood = signedForGitHub(gitHub.secret());
			const theirForged = signedForGitHub('guessed');

			const runs = {
				ours: async () => await rate(world, ours, good, GOOD_DELIVERIES, 200),
				gitHub: async () => await rate(world, theirs, theirGood, GOOD_DELIVERIES, 200),
				forged: async () => await rate(world, ours, forged, FORGED_DELIVERIES, 401),
				gitHubForged: async () => await rate(world, theirs, theirForged, FORGED_DELIVERIES, 401),
			};
			const kinds = ['gitHub', 'ours', 'forged', 'gitHubForged'] as const;
			const figures: Figures = { ours: [], gitHub: [], forged: [], gitHubForged: [] };
			for (let round = -1; round < ROUNDS; round++) {
				const inTurn = round % 2 === 0 ? kinds : kinds.toReversed();
				for (const kind of inTurn) {
					const perSecond = await runs[kind]();
					// The first round warms everything up.
					if (round >= 0) figures[kind].push(perSecond);
				}
			}
			return figures;
		});
	} finally {
		gitHub.stop();
	}
}

/** A published workflow that takes one value from what starts it. */
interface Triggered {
	id: string;
	url: string;
	/** What the trigger keeps in n8n. */
	state: () => { secret: string };
}

const INVOICE_NUMBER = {
	name: 'Invoice Number',
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	parameters: {
		assignments: {
			assignments: [
				{
					id: 'number',
					name: 'number',
					value: '={{ ($json.body ?? $json).data.invoice_number }}',
					type: 'string',
				},
			],
		},
		options: {},
	},
};

async function publishTriggered(
	{ n8n, client }: World,
	credential: Credential,
	node: { type: string; typeVersion: number; parameters: JsonObject },
): Promise<Triggered> {
	const webhookId = randomUUID();
	const { id } = await client.importWorkflow(
		{
			name: node.type,
			nodes: [
				{
					id: randomUUID(),
					name: 'Trigger',
					position: [0, 0],
					webhookId,
					credentials: { [credential.type]: { id: credential.id, name: credential.name } },
					...node,
				},
				{ id: randomUUID(), position: [200, 0], ...INVOICE_NUMBER },
			],
			connections: { Trigger: { main: [[{ node: 'Invoice Number', type: 'main', index: 0 }]] } },
		},
		credential,
	);
	await client.activateWorkflow(id);
	const state = await waitFor(`the state of ${node.type} was stored`, async () => {
		const { staticData } = (await client.getWorkflow(id)) as unknown as {
			staticData: Record<string, { secret: string }> | null;
		};
		return staticData?.['node:Trigger'];
	});
	return { id, url: `${n8n.url}/webhook/${webhookId}/webhook`, state: () => state };
}

/** Sends deliveries as fast as responses come, and waits until n8n has done what they started. */
async function rate(
	{ client }: World,
	{ id, url }: Triggered,
	delivery: Delivery,
	count: number,
	status: number,
): Promise<number> {
	const dispatcher = new Agent({ connections: CONNECTIONS });
	let left = count;
	const start = performance.now();
	await Promise.all(
		Array.from({ length: CONNECTIONS }, async () => {
			while (left-- > 0) {
				const response = await request(url, { method: 'POST', ...delivery(), dispatcher });
				await response.body.dump();
				if (response.statusCode !== status) throw new Error(`${url}: ${response.statusCode}`);
			}
		}),
	);
	const perSecond = (count / (performance.now() - start)) * 1000;
	await dispatcher.close();
	await waitFor('the executions ended', async () => {
		const executions = await client.executions(id);
		return executions.some((each) => ['new', 'running'].includes(each.status)) ? undefined : true;
	});
	return perSecond;
}

function eventBody(): string {
	return JSON.stringify({
		id: `evt_${randomUUID()}`,
		type: 'invoice.paid',
		created_at: new Date().toISOString(),
		data: {
			id: randomUUID(),
			invoice_number: 'INV-0042',
			status: 'paid',
			total: 6082.5,
			amount_paid: 6082.5,
			amount_due: 0,
			line_items: [
				{ name: 'Construction materials', quantity: 100, unit_price: 45, tax_rate: 8.5 },
				{ name: 'Labor: installation', quantity: 16, unit_price: 75, tax_rate: null },
			],
		},
	});
}

const hmac = (secret: string, text: string) =>
	createHmac('sha256', secret).update(text).digest('hex');

const signedForUs =
	(secret: string): Delivery =>
	() => {
		const body = eventBody();
		const seconds = Math.floor(Date.now() / 1000);
		const signature = `t=${seconds},v1=${hmac(secret, `${seconds}.${body}`)}`;
		return {
			body,
			headers: { 'content-type': 'application/json', 'x-bildout-signature': signature },
		};
	};

const signedForGitHub =
	(secret: string): Delivery =>
	() => {
		const body = eventBody();
		const signature = `sha256=${hmac(secret, body)}`;
		return {
			body,
			headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
		};
	};

if (import.meta.main) {
	const report = await withWorld(triggerDeliveries);
	printReport(report);
	process.exit(report.bounds.every(({ holds }) => holds) ? 0 : 1);
}
