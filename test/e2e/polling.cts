import { randomUUID } from 'node:crypto';

import { inARow, type JsonObject, type Workflow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { pressOnPage } from '../support/sandbox.cts';
import {
	TRIGGER,
	type World,
	activate,
	eventsOf,
	finishedExecutions,
	importTriggered,
	publish,
	publishAgain,
	settledExecutions,
	subscriptionsTo,
	unpublish,
} from './world.cts';

interface Made extends JsonObject {
	id: string;
}

const POLLING = 'BildOut Polling Trigger';

/** The trigger as a workflow has it, polling every minute. */
const pollingNode = (events: string[]) => ({
	name: POLLING,
	type: 'n8n-nodes-bildout.bildOutPollingTrigger',
	parameters: { events, pollTimes: { item: [{ mode: 'everyMinute' }] } },
});

/** A workflow that a BildOut Polling Trigger starts. */
const importPolling = async ({ client, credential }: World, events: string[]): Promise<Workflow> =>
	await client().importWorkflow(
		inARow(`Polling ${randomUUID()}`, [pollingNode(events)]),
		credential,
	);

/**
 * The polling trigger in a real n8n, which polls every minute at most. It also does when a workflow is
 * published and when it starts, which is what these tests use. What it makes of what it reads is the matter
 * of unit and workflow tests.
 */
export function polling(world: World): void {
	beforeEach(async () => {
		await world.sandbox.control.reset();
	});

	const create = async (path: string, body: object) =>
		await world.api<Made>('POST', `/${path}`, body);
	const rename = async (path: string, { id }: Made) =>
		await world.api('PUT', `/${path}/${id}`, { name: 'Renamed' });
	const remove = async (path: string, { id }: Made) => await world.api('DELETE', `/${path}/${id}`);

	async function anInvoice(client: Made, dueDate = '2099-01-01'): Promise<Made> {
		return await create('invoices', {
			client_id: client.id,
			due_date: dueDate,
			line_items: [{ name: 'Door', quantity: 1, unit_price: 100 }],
		});
	}

	const press = async (button: string, body?: object) =>
		await pressOnPage(world.sandbox.url, button, body);
	const check = async (workflow: Workflow) => await publishAgain(world, workflow);
	const polled = async (workflow: Workflow, executions: number) =>
		await eventsOf(world, workflow, executions, POLLING);
	const aVendor = async (name: string) => await create('vendors', { name });
	const brief = (events: JsonObject[]) =>
		events.map(({ type, data }) => `${String(type)} ${String((data as Made).id)}`).sort();

	it('brings each event that it offers, once', async () => {
		const type = await world.client().nodeType('n8n-nodes-bildout.bildOutPollingTrigger');
		const properties = type!.properties as Array<{ name: string; options: JsonObject[] }>;
		const offered = properties.find(({ name }) => name === 'events')!.options;
		const { pay, settle } = world.sandbox.control;
		const workflow = await importPolling(world, ['*']);
		await check(workflow);
		const found: string[][] = [];
		const expectOfNext = async (...events: string[]) => {
			await check(workflow);
			found.push(events.sort());
			const seen = await polled(workflow, found.length);
			expect(seen.map(brief)).toEqual(found);
		};

		const customer = await create('customers', { name: 'C' });
		const [leaving, vendor, project] = [
			await create('customers', { name: 'D' }),
			await create('vendors', { name: 'V' }),
			await create('projects', { name: 'P' }),
		];
		const [invoice, late] = [await anInvoice(customer), await anInvoice(customer, '2020-01-31')];
		const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
		const soon = await anInvoice(customer, tomorrow);
		await expectOfNext(
			...[customer, leaving].map(({ id }) => `customer.created ${id}`),
			`vendor.created ${vendor.id}`,
			`project.created ${project.id}`,
			...[invoice, late, soon].map(({ id }) => `invoice.created ${id}`),
		);

		await rename('customers', leaving);
		await rename('vendors', vendor);
		await rename('projects', project);
		await press(`invoices/${invoice.id}/sent`);
		await press(`invoices/${late.id}/sent`);
		await press(`invoices/${soon.id}/sent`);
		const part = await pay({ invoice_id: invoice.id, amount: 40, status: 'processing' });
		await expectOfNext(
			`customer.updated ${leaving.id}`,
			`vendor.updated ${vendor.id}`,
			`project.updated ${project.id}`,
			...[invoice, late, soon].flatMap(({ id }) => [`invoice.updated ${id}`, `invoice.sent ${id}`]),
			`invoice.overdue ${late.id}`,
			`invoice.due_soon ${soon.id}`,
		);

		await settle(part.id, 'succeeded');
		await press(`invoices/${soon.id}/viewed`);
		await expectOfNext(
			`invoice.updated ${soon.id}`,
			`invoice.viewed ${soon.id}`,
			`payment.status_changed ${part.id}`,
			`payment.received ${part.id}`,
			`invoice.updated ${invoice.id}`,
			`invoice.partially_paid ${invoice.id}`,
		);

		const rest = await pay({ invoice_id: invoice.id });
		await press(`vendors/${vendor.id}/paid`, { amount: 75 });
		const [{ id: sent }] = await world.api<Made[]>('GET', '/payments?limit=1');
		await expectOfNext(
			`payment.received ${rest.id}`,
			`payment.sent ${sent}`,
			`invoice.updated ${invoice.id}`,
			`invoice.paid ${invoice.id}`,
		);

		await remove('customers', leaving);
		await remove('vendors', vendor);
		await remove('projects', project);
		await remove('invoices', late);
		await check(workflow);
		await expectOfNext(
			`customer.deleted ${leaving.id}`,
			`vendor.deleted ${vendor.id}`,
			`project.deleted ${project.id}`,
			`invoice.deleted ${late.id}`,
		);

		const types = new Set(found.flat().map((event) => event.split(' ')[0]));
		expect([...types].sort()).toEqual(
			offered
				.map(({ value }) => String(value))
				.filter((value) => value !== '*')
				.sort(),
		);
		await unpublish(world, workflow);
	});

	it('brings events in the form of the webhook trigger, and none again, in a workflow that moves to it', async () => {
		const customer = await create('customers', { name: 'C' });
		const [before, after] = [await anInvoice(customer), await anInvoice(customer)];
		const workflow = await importTriggered(world, `Moves ${randomUUID()}`, {
			events: ['invoice.paid'],
		});
		await publish(world, workflow);
		await press(`invoices/${before.id}/paid`);
		const [first] = await finishedExecutions(world, workflow.id, 1);
		const [byWebhook] = (await world.client().getExecution(first.id))!.output(TRIGGER);
		expect(await subscriptionsTo(world, workflow)).toHaveLength(1);

		const [webhook, follower] = workflow.nodes;
		const { id, name, position, credentials } = webhook;
		const polling = {
			typeVersion: 1,
			...pollingNode(['invoice.paid']),
			id,
			name,
			position,
			credentials,
		};
		await world.client().updateWorkflow(workflow.id, { nodes: [polling, follower] });
		await activate(world, workflow.id);
		expect(await subscriptionsTo(world, workflow)).toEqual([]);
		await press(`invoices/${after.id}/paid`);
		await check(workflow);
		const executions = await finishedExecutions(world, workflow.id, 2);
		expect(executions).toHaveLength(2);
		const execution = (await world.client().getExecution(executions[0].id))!;
		const [byPolling, ...others] = execution.output(TRIGGER);
		expect(others).toEqual([]);
		expect(execution.output(follower.name)).toEqual([byPolling]);
		expect(byPolling).toMatchObject({ type: 'invoice.paid', data: { id: after.id } });
		expect(Object.keys(byPolling).sort()).toEqual(Object.keys(byWebhook).sort());
		const fieldsOf = ({ data }: JsonObject) => Object.keys(data as JsonObject).sort();
		expect(fieldsOf(byPolling)).toEqual(fieldsOf(byWebhook));
		await unpublish(world, workflow);
	});

	it('brings what happened while n8n was off, and nothing twice after one that was killed', async () => {
		const workflow = await importPolling(world, ['vendor.created', 'vendor.deleted']);
		await check(workflow);
		let missed: JsonObject = {};
		await world.restart('stop', {}, async () => {
			missed = await aVendor('While n8n was off');
		});
		expect(await polled(workflow, 1)).toMatchObject([[{ data: missed }]]);
		await world.restart('kill');
		expect(await settledExecutions(world, workflow.id)).toBe(1);
		await unpublish(world, workflow);
	});

	it('loses nothing when n8n is killed while it reads', async () => {
		const workflow = await importPolling(world, ['vendor.created']);
		await check(workflow);
		const vendor = await aVendor('Seen by an n8n that died');
		await world.client().deactivateWorkflow(workflow.id);
		await world.sandbox.control.clearRequests();
		await world.sandbox.control.config({ latencyMs: 3000 });
		void world
			.client()
			.activateWorkflow(workflow.id)
			.catch(() => {});
		await waitFor('n8n to read', async () =>
			(await world.sandbox.control.requests()).some(({ path }) => path.endsWith('/vendors')),
		);
		await world.restart('kill', {}, async () => {
			await world.sandbox.control.config({ latencyMs: 0 });
		});
		// Whether it was published by then, and so polls when n8n starts, is not certain.
		if ((await settledExecutions(world, workflow.id)) === 0) await check(workflow);
		expect(await polled(workflow, 1)).toMatchObject([[{ data: vendor }]]);
		await unpublish(world, workflow);
	});
}
