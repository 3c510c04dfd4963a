import {
	exampleWorkflow,
	type Execution,
	type JsonObject,
	type Workflow,
} from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { pressOnPage } from '../support/sandbox.cts';
import {
	TRIGGER,
	type World,
	finishedExecutions,
	publishAgain,
	settledExecutions,
} from './world.cts';

const POLLING = 'BildOut Polling Trigger';
const PAID_INVOICES = 'BildOut paid invoices';
const VENDORS = 'BildOut vendors';

/** The triggers' examples, imported into a real n8n and started by what happens in the sandbox. */
export function triggerExamples(world: World): void {
	async function publishExample(file: string): Promise<Workflow> {
		const client = world.client();
		const workflow = await client.importWorkflow(exampleWorkflow(file), world.credential);
		const before = (await world.subscriptions()).length;
		await client.activateWorkflow(workflow.id);
		await waitFor(
			`${file} was subscribed`,
			async () => (await world.subscriptions()).length > before,
		);
		return workflow;
	}

	const onlyExecution = async (workflow: Workflow): Promise<Execution> => {
		const [{ id }] = await finishedExecutions(world, workflow.id, 1);
		const execution = (await world.client().getExecution(id))!;
		expect(execution.error).toBeUndefined();
		return execution;
	};

	const rows = async (table: string) => await world.client().tableRows(table);

	/** Presses a button beside an invoice, as a person does on the sandbox's page. */
	const press = async (invoice: unknown, button: 'paid' | 'sent') =>
		await pressOnPage(world.sandbox.url, `invoices/${String(invoice)}/${button}`);

	async function payInvoice(): Promise<JsonObject> {
		const [{ id }] = await world.api<JsonObject[]>('GET', '/invoices?status=sent&limit=1');
		await press(id, 'paid');
		return await world.api<JsonObject>('GET', `/invoices/${String(id)}`);
	}

	it('trigger-invoice-paid-to-table.json writes one row for a paid invoice', async () => {
		const workflow = await publishExample('trigger-invoice-paid-to-table.json');
		const invoice = await payInvoice();
		const execution = await onlyExecution(workflow);
		expect(execution.output(TRIGGER)).toMatchObject([
			{ type: 'invoice.paid', data: { id: invoice.id, invoice_number: invoice.invoice_number } },
		]);
		expect(await rows(PAID_INVOICES)).toMatchObject([
			{ invoice_number: invoice.invoice_number, total: invoice.total, due_date: invoice.due_date },
		]);
	});

	it('polling-invoice-overdue-reminder.json writes to the customer of each invoice that becomes overdue', async () => {
		const example = exampleWorkflow('polling-invoice-overdue-reminder.json');
		const workflow = await world.client().importWorkflow(example, world.credential);
		await publishAgain(world, workflow);
		const customers = await world.api<JsonObject[]>('GET', '/customers?limit=2');
		const invoices = await Promise.all(customers.map(async ({ id }) => await overdueInvoice(id)));
		await publishAgain(world, workflow);
		const execution = await onlyExecution(workflow);
		const reminders = invoices.map(({ invoice_number, due_date, amount_due }, index) => ({
			to: customers[index].email,
			subject: `Invoice ${invoice_number} is overdue`,
			message: `Hello ${customers[index].name},\n\nour invoice ${invoice_number} was due on ${due_date}, and ${(amount_due as number).toFixed(2)} is still open. Please let us know if something is unclear.`,
		}));
		const written = execution.output('Write Reminder');
		expect(written).toEqual(expect.arrayContaining(reminders));
		expect(written).toHaveLength(reminders.length);
		await publishAgain(world, workflow);
		expect(await settledExecutions(world, workflow.id)).toBe(1);
	});

	it('polling-new-vendor-to-table.json writes one row for each of the vendors that a check finds', async () => {
		const example = exampleWorkflow('polling-new-vendor-to-table.json');
		const workflow = await world.client().importWorkflow(example, world.credential);
		await publishAgain(world, workflow);
		const make = async (more: object) => await world.api<JsonObject>('POST', '/vendors', more);
		const first = await make({ name: 'Found first', email: 'a@vendor.example', phone: '1' });
		const second = await make({ name: 'Found with it' });
		await publishAgain(world, workflow);
		await onlyExecution(workflow);
		expect(await rows(VENDORS)).toMatchObject([
			{ vendor_id: first.id, name: 'Found first', email: 'a@vendor.example', phone: '1' },
			{ vendor_id: second.id, name: 'Found with it' },
		]);
	});

	it.each([
		['trigger-invoice-paid-to-table.json', 'Write the Row', { invoice_number: 'INV-0042' }],
		['polling-invoice-overdue-reminder.json', 'Write Reminder', { to: 'office@example.com' }],
		['polling-new-vendor-to-table.json', 'Write the Row', { name: 'Cascade Lumber Supply' }],
	])('%s runs with the samples that are pinned, before any event', async (file, last, output) => {
		const { id } = await world.client().importWorkflow(exampleWorkflow(file));
		const trigger = file.startsWith('trigger') ? TRIGGER : POLLING;
		const execution = await world.client().runWorkflow(id, trigger);
		expect(execution.error).toBeUndefined();
		expect(execution.output(last)).toMatchObject([output]);
	});

	/** An invoice that was due three days ago, and was sent. */
	async function overdueInvoice(client: unknown): Promise<JsonObject> {
		const day = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
		const { id } = await world.api<JsonObject>('POST', '/invoices', {
			client_id: client,
			due_date: day,
			line_items: [{ name: 'Door', quantity: 1, unit_price: 100.5 }],
		});
		await press(id, 'sent');
		return await world.api<JsonObject>('GET', `/invoices/${String(id)}`);
	}
}
