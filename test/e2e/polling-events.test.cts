import { randomUUID } from 'node:crypto';

import type { JsonObject, Workflow } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { pressOnPage } from '../support/sandbox.cts';
import { importPolling, polledEvents, POLLING, pollingNode } from './polling-world.cts';
import {
	activate,
	finishedExecutions,
	importTriggered,
	useWorld,
	publish,
	PUBLISH_AT_ONCE,
	publishAgain,
	settledExecutions,
	subscriptionsTo,
	TRIGGER,
	unpublish,
} from './trigger-world.cts';

interface Made extends JsonObject {
	id: string;
}

/** What a BildOut Polling Trigger notices in a real n8n, and how it reads while BildOut changes. */
describe('What happened in BildOut', () => {
	const world = useWorld(PUBLISH_AT_ONCE);

	beforeEach(async () => {
		await world.sandbox.control.clearFaults();
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
	const brief = (events: JsonObject[]) =>
		events.map(({ type, data }) => `${String(type)} ${String((data as Made).id)}`).sort();

	it('is each event that the trigger offers, once', async () => {
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
			const seen = await polledEvents(world, workflow, found.length);
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

	it('is told in the same form after a workflow has moved from the webhook to polling, and not told again', async () => {
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
		const { credentials } = webhook;
		const polling = { ...pollingNode(['invoice.paid']), name: webhook.name, credentials };
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

	describe('while a list of 274 vendors is read', () => {
		let workflow: Workflow;

		beforeEach(async () => {
			await world.sandbox.control.seed({ vendors: 250 });
			workflow = await importPolling(world, ['vendor.created', 'vendor.updated', 'vendor.deleted']);
			await check(workflow);
		});

		afterEach(async () => {
			await unpublish(world, workflow);
		});

		it('is told at the next check where a page in the middle fails', async () => {
			const [first] = await world.api<Made[]>('GET', '/vendors?limit=1');
			await world.api('PUT', `/vendors/${first.id}`, { name: '0 On the first page' });
			const last = await create('vendors', { name: 'zz On the last page' });
			const { fault } = world.sandbox.control;
			await fault({ kind: 'status', status: 403, path: '/vendors', after: 1, times: 1 });
			await expect(check(workflow)).rejects.toThrow(/vendors:read/);
			expect(await settledExecutions(world, workflow.id)).toBe(0);
			await check(workflow);
			const [events] = await polledEvents(world, workflow, 1);
			expect(brief(events)).toEqual([`vendor.created ${last.id}`, `vendor.updated ${first.id}`]);
		});

		it('is told once where records go and come meanwhile', async () => {
			const [gone] = await world.api<Made[]>('GET', '/vendors?limit=1');
			await world.sandbox.control.clearRequests();
			await world.sandbox.control.fault({ kind: 'slow', path: '/vendors', delayMs: 2000 });
			const checking = check(workflow);
			await waitFor('n8n to read', async () =>
				(await world.sandbox.control.requests()).length > 0 ? true : undefined,
			);
			await remove('vendors', gone);
			const created = await create('vendors', { name: '0 On the first page' });
			await checking;
			for (const _ of [1, 2]) await check(workflow);
			await settledExecutions(world, workflow.id);
			const events = await polledEvents(world, workflow, 2);
			expect(brief(events.flat())).toEqual([
				`vendor.created ${created.id}`,
				`vendor.deleted ${gone.id}`,
			]);
		});
	});

	it('is found among 10,000 invoices with a request for each hundred, and little is kept', async () => {
		await world.sandbox.control.seed({ invoices: 9_759 });
		const workflow = await importPolling(world, ['invoice.created', 'invoice.paid']);
		await check(workflow);
		const [customer] = await world.api<Made[]>('GET', '/customers?limit=1');
		const invoice = await anInvoice(customer);
		await world.sandbox.control.clearRequests();
		await check(workflow);
		const requests = await world.sandbox.control.requests();
		expect(requests.filter(({ path }) => path.endsWith('/invoices'))).toHaveLength(100);
		const [events] = await polledEvents(world, workflow, 1);
		expect(brief(events)).toEqual([`invoice.created ${invoice.id}`]);
		const { staticData } = (await world.client().getWorkflow(workflow.id)) as unknown as {
			staticData: JsonObject;
		};
		expect(Object.keys(staticData)).toEqual([`node:${POLLING}`]);
		expect(JSON.stringify(staticData).length).toBeLessThan(600_000);
		await unpublish(world, workflow);
	});
});
