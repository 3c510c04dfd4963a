import { createHmac, randomUUID } from 'node:crypto';

import { Agent, request } from 'undici';

import { type Credential, inARow, type JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { withProgress } from '../../tools/lib/progress.cjs';
import { type Report, median, spread } from './report.mts';
import { startGitHubStandIn } from './trigger-github.mts';
import { type World, withBildOut, withWorld } from './world.mts';

const CONNECTIONS = 10;
const ROUNDS = 5;
const GOOD_DELIVERIES = 40;
const FORGED_DELIVERIES = 80;

/** A delivery without a response by then ends the bench with its URL. */
const LONGEST_MS = 30_000;

/** How much slower than n8n's own trigger ours may measure: what two equal ones differ by here. */
const NOISE = 0.95;

/**
 * By default n8n builds a V8 isolate for expressions at every call of every webhook but its own
 * Webhook node's, before it asks the node; with this variable it does so when there is an expression.
 */
const LAZY_ISOLATES = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

/** The header that signs a body with a secret. */
type Sign = (body: string, secret: string) => Record<string, string>;

const KINDS = ['gitHub', 'ours', 'forged', 'gitHubForged'] as const;

/** Deliveries a second, round by round. */
type Figures = Record<(typeof KINDS)[number], number[]>;

/**
 * How many deliveries a second go through our trigger and through n8n's GitHub Trigger, which checks an
 * HMAC too, over 10 connections to one n8n; and how many forged ones each refuses meanwhile. Takes minutes.
 */
export async function triggerDeliveries(world: World): Promise<Report> {
	const asItComes = await measure(world, 'n8n as it comes');
	const lazily = await withWorld(async (lazy) => await measure(lazy, 'n8n, lazy'), LAZY_ISOLATES);
	const columns = [asItComes, lazily];
	// What else the machine does changes from round to round, but hardly within one.
	const ratio = (a: number[], b: number[]) => median(a.map((rate, round) => rate / b[round]));
	const row = (name: string, cell: (figures: Figures) => string) => [name, ...columns.map(cell)];
	const rates = (name: string, kind: keyof Figures) => row(name, (all) => spread(all[kind]));
	const ratios = {
		good: columns.map(({ ours, gitHub }) => ratio(ours, gitHub).toFixed(2)),
		forged: columns.map(({ forged, gitHubForged }) => ratio(forged, gitHubForged).toFixed(2)),
		refused: columns.map(({ forged, ours }) => ratio(forged, ours).toFixed(2)),
	};
	const notSlower = (values: string[]) => values.every((value) => Number(value) >= NOISE);
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
			rates('BildOut Trigger, good', 'ours'),
			rates('GitHub Trigger, good', 'gitHub'),
			rates('BildOut Trigger, forged', 'forged'),
			rates('GitHub Trigger, forged', 'gitHubForged'),
			['good: BildOut / GitHub', ...ratios.good],
			['forged: BildOut / GitHub', ...ratios.forged],
			['BildOut: forged / good', ...ratios.refused],
		],
		bounds: [
			{
				text: `our trigger is not slower than the GitHub Trigger (${NOISE} or more): ${ratios.good.join(', lazy ')}`,
				holds: notSlower(ratios.good),
			},
			{
				text: `nor in refusing forged deliveries: ${ratios.forged.join(', lazy ')}`,
				holds: notSlower(ratios.forged),
			},
			{
				text: `forged deliveries are refused 5 times as fast as good ones are accepted, lazy: ${ratios.refused[1]}`,
				holds: Number(ratios.refused[1]) >= 5,
			},
		],
	};
}

async function measure(world: World, title: string): Promise<Figures> {
	const gitHub = await startGitHubStandIn();
	const figures: Figures = { ours: [], gitHub: [], forged: [], gitHubForged: [] };
	try {
		await withBildOut(world, async ({ credential }) => {
			const theirs = await publishTriggered(
				world,
				await world.client.createCredential('GitHub', 'githubApi', {
					server: gitHub.url,
					user: 'bench',
					accessToken: 'bench',
				}),
				{
					type: 'n8n-nodes-base.githubTrigger',
					parameters: {
						owner: { __rl: true, mode: 'name', value: 'bench' },
						repository: { __rl: true, mode: 'name', value: 'bench' },
						events: ['push'],
					},
				},
			);
			const ours = await publishTriggered(world, credential, {
				type: 'n8n-nodes-bildout.bildOutTrigger',
				typeVersion: 1.1,
				parameters: { events: ['invoice.paid'] },
			});
			const good = (secret: string) => [GOOD_DELIVERIES, 200, secret] as const;
			const forged = [FORGED_DELIVERIES, 401, 'guessed'] as const;
			const runs = {
				ours: async () => await rate(world, ours, bildOutHeaders, ...good(ours.secret)),
				gitHub: async () => await rate(world, theirs, gitHubHeaders, ...good(gitHub.secret())),
				forged: async () => await rate(world, ours, bildOutHeaders, ...forged),
				gitHubForged: async () => await rate(world, theirs, gitHubHeaders, ...forged),
			};
			for (let round = 0; round <= ROUNDS; round++) {
				await withProgress(`Deliveries, ${title}, round ${round} of ${ROUNDS}`, async () => {
					for (const kind of round % 2 === 0 ? KINDS : KINDS.toReversed()) {
						const perSecond = await runs[kind]();
						// The first round warms everything up.
						if (round > 0) figures[kind].push(perSecond);
					}
				});
			}
		});
	} finally {
		gitHub.stop();
	}
	return figures;
}

/** A published workflow that takes one value from what starts it; the secret is the one that n8n keeps. */
async function publishTriggered(
	{ n8n, client }: World,
	credential: Credential,
	trigger: JsonObject & { type: string },
) {
	const webhookId = randomUUID();
	const value = '={{ ($json.body ?? $json).data.invoice_number }}';
	const assignments = [{ id: 'number', name: 'number', value, type: 'string' }];
	const { id } = await client.importWorkflow(
		inARow(trigger.type, [
			{
				name: 'Trigger',
				webhookId,
				...trigger,
				credentials: { [credential.type]: { id: credential.id, name: credential.name } },
			},
			{
				name: 'Invoice Number',
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: { assignments: { assignments } },
			},
		]),
		credential,
	);
	await client.activateWorkflow(id);
	const state = await waitFor(`the state of ${trigger.type} was stored`, async () => {
		const { staticData } = await client.getWorkflow(id);
		return staticData?.['node:Trigger'];
	});
	return { id, url: `${n8n.url}/webhook/${webhookId}/webhook`, secret: String(state.secret) };
}

/** Sends deliveries as fast as responses come, and waits until n8n has done what they started. */
async function rate(
	{ client }: World,
	{ id, url }: { id: string; url: string },
	sign: Sign,
	count: number,
	status: number,
	secret: string,
): Promise<number> {
	const dispatcher = new Agent({ connections: CONNECTIONS, headersTimeout: LONGEST_MS });
	let left = count;
	const start = performance.now();
	await Promise.all(
		Array.from({ length: CONNECTIONS }, async () => {
			while (left-- > 0) {
				const body = eventBody();
				const headers = { 'content-type': 'application/json', ...sign(body, secret) };
				const response = await request(url, { method: 'POST', body, headers, dispatcher });
				await response.body.dump();
				if (response.statusCode !== status) throw new Error(`${url}: ${response.statusCode}`);
			}
		}),
	);
	const perSecond = (count / (performance.now() - start)) * 1000;
	await dispatcher.close();
	await waitFor('the executions ended', async () =>
		(await client.executions(id)).every((each) => !['new', 'running'].includes(each.status)),
	);
	return perSecond;
}

const eventBody = () =>
	JSON.stringify({
		id: `evt_${randomUUID()}`,
		type: 'invoice.paid',
		created_at: new Date().toISOString(),
		data: { id: randomUUID(), invoice_number: 'INV-0042', status: 'paid', total: 6082.5 },
	});

const hmac = (secret: string, text: string) =>
	createHmac('sha256', secret).update(text).digest('hex');

const bildOutHeaders: Sign = (body, secret) => {
	const seconds = Math.floor(Date.now() / 1000);
	return { 'x-bildout-signature': `t=${seconds},v1=${hmac(secret, `${seconds}.${body}`)}` };
};

const gitHubHeaders: Sign = (body, secret) => ({
	'x-hub-signature-256': `sha256=${hmac(secret, body)}`,
});
