import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

import {
	connectedTo,
	exampleWorkflow,
	type Execution,
	type JsonObject,
	type WorkflowFile,
	type WorkflowNode,
} from '../../tools/lib/n8n-client.mts';
import { inDays, type World } from './world.cts';

const START = 'When clicking Execute workflow';

/** What each example that is started by hand must have done; an agent's and the triggers' have tests of their own. */
const OUTCOMES: Record<string, (execution: Execution) => void> = {
	'customer-invoice.json': (execution) => {
		const [customer] = execution.output('Create or Update Customer');
		expect(customer).toMatchObject({
			name: 'Harborview Kitchens LLC',
			email: 'office@harborviewkitchens.com',
			address: { line1: '18 Wharf Street', city: 'Portland', zip: '04101' },
		});
		const [invoice] = execution.output('Create Invoice');
		expect(invoice).toMatchObject({
			...{ client_id: customer.id, due_date: inDays(30) },
			...{ subtotal: 5700, tax_total: 382.5, total: 6082.5 },
			line_items: [
				{ name: 'Cabinet materials', quantity: 100, unit_price: 45, tax_rate: 8.5 },
				{ name: 'Labor: installation', quantity: 16, unit_price: 75 },
			],
		});
		expect(ids(execution.output("List the Customer's Invoices"))).toEqual([invoice.id]);
	},
	'customer-signed-job.json': (execution) => {
		const [customer] = execution.output('Create or Update Customer');
		const [project] = execution.output('Create Project');
		expect(customer).toMatchObject({ name: 'Dana Whitfield', upsert: 'created' });
		expect(project).toMatchObject({ client_id: customer.id, start_date: '2026-03-02' });
		const [invoice] = execution.output('Create Invoice');
		expect(invoice).toMatchObject({
			client_id: customer.id,
			project_id: project.id,
			due_date: inDays(14),
			allow_partial: true,
		});
		expect(invoice.line_items).toHaveLength(3);
	},
	'invoice-overdue-reminders.json': (execution) => {
		const invoices = execution.output('Get Overdue Invoices');
		const due = invoices.map(({ due_date }) => due_date as string);
		expect(invoices.length).toBeGreaterThan(0);
		expect(due).toEqual([...due].sort());
		const reminders = execution.output('Write Reminder');
		expect(reminders).toHaveLength(invoices.length);
		for (const [index, { message }] of reminders.entries()) {
			expect(message).toContain(`${invoices[index].invoice_number as string} was due on`);
		}
	},
	'payment-summary.json': (execution) => {
		const payments = execution.output('Get Incoming Payments');
		const methods = execution.output('Round to Cents');
		const sum = (rows: JsonObject[], field: string) =>
			rows.reduce((total, row) => total + (row[field] as number), 0);
		expect(payments.length).toBeGreaterThan(0);
		expect(sum(methods, 'payments')).toBe(payments.length);
		expect(sum(methods, 'total')).toBeCloseTo(sum(payments, 'amount'), 2);
	},
	'project-financials.json': (execution) => {
		const rows = execution.output('Lowest Margin First');
		const margins = rows.map(({ margin_percent }) => margin_percent as number);
		expect(margins.length).toBeGreaterThan(0);
		expect(margins).toEqual([...margins].sort((a, b) => a - b));
		expect(execution.output('Get Financials')).toHaveLength(
			execution.output('Get Active Projects').length,
		);
	},
	'vendor-import.json': (execution) => {
		expect(execution.output('Count Created and Updated')).toEqual([
			{ upsert: 'created', count_id: 3 },
		]);
		expect(execution.output('Rows to Correct')).toEqual([
			{ company: '', email: 'no-name@example.com', reason: "'Name' is empty" },
		]);
	},
};

/** Those that are run elsewhere: an agent's, the triggers', and what is in finance-examples.cts and form-examples.cts. */
const WITH_OWN_TESTS =
	/^(agent|trigger|polling)-|^(collections-desk|import-with-preview|progress-billing|receivables-report|reconcile-with-accounting)\.json$/;

/** Each other example that is started by hand, imported and run. */
export function examples(world: World): void {
	const files = readdirSync(resolve(__dirname, '../../examples')).filter((file) =>
		file.endsWith('.json'),
	);

	it.each(files.filter((file) => !WITH_OWN_TESTS.test(file)))('%s', async (file) => {
		const client = world.client();
		const workflow = await client.importWorkflow(exampleWorkflow(file), world.credential);
		expectOutcome(file, await client.runWorkflow(workflow.id, START));
	});
}

export function expectOutcome(file: string, execution: Execution): void {
	expect(execution.error).toBeUndefined();
	expect(execution.status).toBe('success');
	OUTCOMES[file](execution);
}

/** What a user does who follows the notes in the examples to the letter. */
export function notesInExamples(world: World): void {
	const source = (name: string, code: string, position: [number, number]): WorkflowNode => ({
		id: name,
		name,
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		position,
		parameters: { jsCode: code },
	});
	const run = async (workflow: WorkflowFile) => {
		const { id } = await world.client().importWorkflow(workflow, world.credential);
		const execution = await world.client().runWorkflow(id, START);
		expect(execution.error).toBeUndefined();
		return execution;
	};

	it('A sheet takes the place of the vendor list and of what splits it; its empty cells keep what is there', async () => {
		const sheet = async (rows: JsonObject[]) => {
			const workflow = exampleWorkflow('vendor-import.json');
			const replaced = ['Vendor List', 'One Item per Vendor'];
			workflow.nodes = workflow.nodes.filter(({ name }) => !replaced.includes(name));
			const code = `return ${JSON.stringify(rows.map((json) => ({ json })))}`;
			workflow.nodes.push(source('My Sheet', code, [240, 0]));
			for (const name of replaced) delete workflow.connections[name];
			workflow.connections['Vendors in One Item'] = connectedTo('My Sheet');
			workflow.connections['My Sheet'] = connectedTo('Fill Empty Cells');
			const execution = await run(workflow);
			expect(execution.output('Rows to Correct')).toEqual([]);
			return execution.output('Create or Update Vendor');
		};
		const row = { company: 'Mesa Steel', email: 'a@mesa.example', kind: 'supplier' };
		const there = { name: 'Mesa Steel', type: 'supplier', phone: '13035550111' };
		const address = expect.objectContaining({ city: 'Mesa', state: 'AZ' });
		expect(await sheet([{ ...row, phone: 13035550111, city: 'Mesa', state: 'AZ' }])).toEqual([
			expect.objectContaining({ ...there, address, upsert: 'created' }),
		]);
		const emptied = {
			company: 'Mesa Steel',
			email: 'A@mesa.example',
			phone: '',
			kind: '',
			city: '',
		};
		expect(await sheet([emptied])).toEqual([
			expect.objectContaining({ ...there, address, upsert: 'updated' }),
		]);
	});

	it('A form stands before the signed job, and its fields replace the sample values', async () => {
		const workflow = exampleWorkflow('customer-signed-job.json');
		const form =
			"return [{ json: { Who: 'Ida Marsh', Mail: 'ida@marsh.example', Tel: '1', What: 'Porch', When: '2026-05-04', Lines: [{ name: 'Porch', quantity: 1, unit_price: 900 }] } }]";
		workflow.nodes.push(source('My Form', form, [120, 200]));
		workflow.connections[START] = connectedTo('My Form');
		workflow.connections['My Form'] = connectedTo('Signed Job');
		const fields: Record<string, string> = {
			customer: 'Who',
			email: 'Mail',
			phone: 'Tel',
			job: 'What',
			start: 'When',
			lines: 'Lines',
		};
		const signed = workflow.nodes.find(({ name }) => name === 'Signed Job')!.parameters as {
			assignments: { assignments: Array<{ name: string; value: unknown }> };
		};
		for (const assignment of signed.assignments.assignments) {
			assignment.value = `={{ $json.${fields[assignment.name]} }}`;
		}
		const execution = await run(workflow);
		expect(execution.output('Create Project')).toEqual([
			expect.objectContaining({ name: 'Porch', start_date: '2026-05-04' }),
		]);
		expect(execution.output('Create Invoice')).toEqual([expect.objectContaining({ total: 900 })]);
	});
}

const ids = (records: JsonObject[]) => records.map(({ id }) => id);
