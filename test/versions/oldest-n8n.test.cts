import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { exampleWorkflow, inARow, type JsonObject } from '../../tools/lib/n8n-client.mts';
import { n8nVersion, root } from '../../tools/lib/places.cjs';
import { examples } from '../e2e/examples.cts';
import { polling } from '../e2e/polling.cts';
import {
	eventBody,
	finishedExecutions,
	importTriggered,
	listening,
	post,
	PUBLISH_AT_ONCE,
	settledExecutions,
	sign,
	subscriptionsTo,
	unpublish,
	untilListening,
	useWorld,
} from '../e2e/world.cts';

const START = 'When clicking Execute workflow';

/** What the package does with n8n's help, in the oldest n8n that the README says it works in. */
describe(`In n8n ${n8nVersion()}`, () => {
	const world = useWorld(PUBLISH_AT_ONCE);

	/** Runs the node once for each of `items`. */
	async function run(items: JsonObject[], parameters: JsonObject, more: JsonObject = {}) {
		const workflow = await world.client().importWorkflow(
			inARow(`Run ${randomUUID()}`, [
				{ name: START, type: 'n8n-nodes-base.manualTrigger' },
				{
					name: 'Items',
					type: 'n8n-nodes-base.code',
					typeVersion: 2,
					parameters: { jsCode: `return ${JSON.stringify(items)};` },
				},
				{ name: 'BildOut', type: 'n8n-nodes-bildout.bildOut', parameters, ...more },
			]),
			world.credential,
		);
		return await world.client().runWorkflow(workflow.id, START);
	}

	const getById = {
		resource: 'customer',
		operation: 'get',
		customerId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
	};

	/** The access token that n8n has sent last. */
	async function tokenInUse(): Promise<string> {
		await run([{}], { resource: 'customer', operation: 'getAll', limit: 1 });
		const [{ headers }] = (await world.sandbox.control.requests()).slice(-1);
		return headers.authorization.replace('Bearer ', '');
	}

	const tokenRequests = async () =>
		(await world.sandbox.control.requests()).filter(({ path }) => path === '/oauth/token');

	it.each(['bildOut', 'bildOutTrigger', 'bildOutPollingTrigger'])(
		'%s is there, with its icon',
		async (name) => {
			const type = await world.client().nodeType(`n8n-nodes-bildout.${name}`);
			const { light } = type!.iconUrl as { light: string };
			expect((await fetch(`${world.n8n().url}/${light}`)).status).toBe(200);
		},
	);

	describe('the examples', () => {
		const files = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.json'));

		it.each(files)('%s has only nodes that are there, in their versions', async (file) => {
			const { nodes } = exampleWorkflow(file);
			const missing: string[] = [];
			for (const { type, ...more } of nodes) {
				const typeVersion = more.typeVersion as number;
				// n8n makes the tools itself, and describes only the nodes that it makes them of.
				const node = type.replace(/(Hitl)?Tool$/, '');
				const known = await world.client().nodeType(node, typeVersion);
				if (![known?.version].flat().includes(typeVersion)) {
					missing.push(`${type} ${typeVersion}`);
				}
			}
			expect(missing).toEqual([]);
		});

		describe('run', () => examples(world));
	});

	it('a resource locator lists records', async () => {
		const { id, name, type } = world.credential;
		const found = await world.client().call<{
			results: JsonObject[];
		}>('POST', '/dynamic-node-parameters/resource-locator-results', {
			path: 'parameters.customerId',
			methodName: 'searchCustomers',
			nodeTypeAndVersion: { name: 'n8n-nodes-bildout.bildOut', version: 1 },
			currentNodeParameters: getById,
			credentials: { [type]: { id, name } },
		});
		expect(found.results.length).toBeGreaterThan(0);
	});

	it('a token that expires while twenty requests are on their way is renewed once', async () => {
		const customers = await world.api<Array<{ id: string }>>('GET', '/customers?limit=20');
		const items = [...customers, ...customers, ...customers].map(({ id }) => ({ id }));
		await world.sandbox.control.config({ latencyMs: 300 });
		await world.sandbox.control.expireTokens(await tokenInUse());
		const execution = await run(items, getById);
		await world.sandbox.control.config({ latencyMs: 0 });
		expect(execution.error).toBeUndefined();
		expect(execution.output('BildOut').map(({ id }) => id)).toEqual(items.map(({ id }) => id));
		expect(await tokenRequests()).toHaveLength(1);

		await world.sandbox.control.clearRequests();
		expect((await run(items.slice(0, 1), getById)).error).toBeUndefined();
		expect(await tokenRequests()).toEqual([]);
	});

	it('BildOut’s own words and the field reach the user', async () => {
		await world.sandbox.control.fault({
			kind: 'status',
			status: 422,
			message: 'The name is not allowed.',
			details: [{ field: 'name', message: 'is not allowed' }],
		});
		const create = { resource: 'customer', operation: 'create', name: 'Harbor' };
		const execution = await run([{}], create);
		expect(execution.error?.message).toContain('The name is not allowed (name: is not allowed)');
		expect(execution.error?.message).not.toContain('Bad request');
	});

	it('a refusal is waited out, and a create whose response got lost is made once', async () => {
		const name = `Once ${randomUUID()}`;
		await world.sandbox.control.fault({
			kind: 'status',
			status: 429,
			headers: { 'retry-after': '1' },
		});
		await world.sandbox.control.fault({ method: 'POST', kind: 'drop_after' });
		const create = { resource: 'customer', operation: 'create', name };
		const execution = await run([{}], create, { retryOnFail: true, waitBetweenTries: 100 });
		expect(execution.error).toBeUndefined();
		const found = await world.api<JsonObject[]>(
			'GET',
			`/customers?search=${encodeURIComponent(name)}`,
		);
		expect(found).toHaveLength(1);
	});

	it('the trigger verifies, refuses and counts its deliveries, after a power cut too', async () => {
		const workflow = await listening(world, 'Deliveries');
		expect(await subscriptionsTo(world, workflow)).toHaveLength(1);
		const forged = await post(workflow.url, eventBody(), {
			'x-bildout-signature': sign('guessed', eventBody()),
		});
		expect(forged.status).toBe(401);

		const body = eventBody();
		await Promise.all(
			Array.from({ length: 20 }, async () => {
				expect((await workflow.deliver(body)).status).toBe(200);
			}),
		);
		expect(await settledExecutions(world, workflow.id)).toBe(1);

		await world.restart('kill');
		await untilListening(world, workflow.path);
		const { deliveries } = await world.sandbox.control.emit({ type: 'invoice.paid', data: {} });
		expect(deliveries).toHaveLength(1);
		await finishedExecutions(world, workflow.id, 2);
		expect(await subscriptionsTo(world, workflow)).toHaveLength(1);
		await unpublish(world, workflow);
		expect(await subscriptionsTo(world, workflow)).toEqual([]);
	});

	it('the trigger reports why it could not be published', async () => {
		const workflow = await importTriggered(world, 'Refused', { events: ['invoice.paid'] });
		await world.sandbox.control.fault({
			kind: 'status',
			status: 403,
			path: '/webhooks',
			times: 100,
		});
		await expect(world.client().activateWorkflow(workflow.id)).rejects.toThrow(
			/webhooks:manage|Something went wrong/,
		);
	});

	describe('a BildOut Polling Trigger', () => polling(world));
});
