import type { Page } from 'playwright-core';

import { exampleWorkflow, type JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { chatModel } from '../support/model.cts';
import { type Screen, keepPicture, openEditor, openWorkflow } from '../support/n8n.browser.cts';
import { useFinance } from './finance-world.cts';
import { type World, writesTo } from './world.cts';

const LABOR = { name: 'Labor', quantity: 16, unit_price: 75 };

/** A model that looks customers up, wants to write the invoice of `input`, and ends with what `last` makes of that. */
const invoicingModel = (
	search: string,
	input: (found: string) => JsonObject,
	last: (outcome: string) => string,
) =>
	chatModel(([found, outcome]) => {
		if (found === undefined) return { tool: 'Look_Up_Customers', input: { search } };
		if (outcome === undefined) return { tool: 'Write_Invoice', input: input(found) };
		return { text: last(outcome) };
	});

/** An example of an agent, its model replaced by one that is here. */
async function exampleWith({ url }: { url: string }, { client }: World, file: string) {
	const example = exampleWorkflow(file);
	const openAi = { apiKey: 'none', url };
	const { id, name } = await client().createCredential('Model', 'openAiApi', openAi);
	const node = example.nodes.find(({ type }) => type.endsWith('.lmChatOpenAi'))!;
	node.parameters.responsesApiEnabled = false;
	node.credentials = { openAiApi: { id, name } };
	return example;
}

/** The only invoice that was to be written, once, in a request that BildOut took. */
const invoiceOf = (json: JsonObject) => [
	{ path: '/api/v1/invoices', status: 201, json: expect.objectContaining(json) },
];

/** The example of an agent that writes an invoice only when a person approves, in the editor’s chat. */
export function agent(world: World, screen: Screen): void {
	let editor: Page;
	let workflowId: string;
	/** Whom the model last wanted to write an invoice for. */
	let customer: string;
	const model = invoicingModel(
		'a',
		(found) => {
			[, customer] = /"name\\*":\\*"([^"\\]+)/.exec(found)!;
			const invoice = { due_date: '2026-05-15', line_items: [LABOR], notes: '' };
			return { toolParameters: { customer, ...invoice }, hitlParameters: {} };
		},
		(outcome) => (/reject/i.test(outcome) ? 'Nothing was written.' : 'The invoice is written.'),
	);

	beforeAll(async () => {
		const example = await exampleWith(model, world, 'agent-invoice-with-review.json');
		({ id: workflowId } = await world.client().importWorkflow(example, world.credential));
	});

	/** Asks for an invoice in a new chat, and waits until the agent wants to write it. */
	async function askForInvoice(): Promise<void> {
		await world.sandbox.control.clearRequests();
		editor = await openEditor(screen.browser, world.n8n().url);
		await openWorkflow(editor, world.n8n().url, workflowId);
		await editor.getByTestId('workflow-chat-button').click();
		await editor.getByTestId('chat-input').fill('Invoice the first customer for labor.');
		await editor.keyboard.press('Enter');
		await editor.getByText('Write this invoice?').first().waitFor();
		expect(await writesTo(world.sandbox)).toEqual([]);
	}

	/** The agent's last word stands in the chat before n8n has ended the run. */
	async function press(button: string, lastWord: string): Promise<void> {
		await editor.getByRole('button', { name: button }).last().click();
		await editor.getByText(lastWord).first().waitFor();
		const [{ id }] = await world.client().executions(workflowId);
		const run = await waitFor('the run ended', async () => await world.client().getExecution(id));
		expect(run.status).toBe('success');
	}

	it('writes nothing when the person declines', async () => {
		await askForInvoice();
		await press('Decline', 'Nothing was written.');
		expect(await writesTo(world.sandbox)).toEqual([]);
	});

	it('writes the invoice that the person saw and approved, once', async () => {
		await askForInvoice();
		const review = editor
			.locator('.chat-message')
			.filter({ hasText: 'Write this invoice?' })
			.last();
		for (const shown of [`customer: ${customer}`, 'due_date: 2026-05-15', '"unit_price":75']) {
			await review.getByText(shown).waitFor();
		}
		await keepPicture(editor, 'agent-review');
		await press('Approve', 'The invoice is written.');
		const client_id = expect.any(String);
		expect(await writesTo(world.sandbox)).toMatchObject(
			invoiceOf({ client_id, due_date: '2026-05-15', line_items: [LABOR] }),
		);
	});

	it('offers the model tools that it can fill in', () => {
		const tools = new Map(model.questions[0].tools!.map(({ function: tool }) => [tool.name, tool]));
		expect([...tools.keys()].sort()).toEqual(['Look_Up_Customers', 'Write_Invoice']);
		expect(tools.get('Write_Invoice')!.description).toBe('Create invoice in BildOut');
		const text = JSON.stringify(tools.get('Write_Invoice')!.parameters);
		for (const name of ['customer', 'due_date', 'line_items']) expect(text).toContain(`"${name}"`);
	});
}

/** The example of an agent whose tool shows a person what would be written in a mail, before it is. */
export function agentWithPreview(world: World): void {
	const finance = useFinance(world);
	const line_items = [LABOR, { name: 'Sheets <1/2">', quantity: 3, unit_price: 19.99 }];
	const invoice = { due_date: '2026-05-15', line_items };
	const model = invoicingModel(
		'Harborview',
		() => ({ customer: 'Harborview Kitchens', ...invoice, notes: '' }),
		(outcome) => {
			const total = /"total\\?":([\d.]+)/.exec(outcome)?.[1];
			return total ? `The invoice is written: ${total}` : `Nothing was written: ${outcome}`;
		},
	);
	const written = async () => await writesTo(finance.sandbox, '/api/v1/invoices');

	/** Asks for an invoice, and waits until the tool asks a person in a mail. */
	async function askForInvoice() {
		const client = world.client();
		const example = await exampleWith(model, world, 'agent-invoice-with-preview.json');
		// What is pinned to the trigger starts a run as a message in the editor's chat does.
		const chat = 'When chat message received';
		const message = { sessionId: 'one', action: 'sendMessage', chatInput: 'Invoice Harborview.' };
		Object.assign(example, { pinData: { [chat]: [{ json: message }] } });
		const { id } = await finance.imported(example);
		await finance.customer('Harborview Kitchens');
		await client.activateWorkflow(id);
		const executionId = await client.startWorkflow(id, chat);
		const mail = await waitFor('the mail that asks', async () => {
			const run = await client.getExecution(executionId);
			// It waits for a press in the mail; one that has ended never asked.
			if (run) throw new Error(JSON.stringify(run.error ?? run.output('Invoice Agent')));
			return finance.mail.mails[0];
		});
		expect(await written()).toEqual([]);
		return { mail, executionId };
	}

	it('shows the preview, and writes what was shown after a person approved it, once', async () => {
		const { mail, executionId } = await askForInvoice();
		expect(mail.subject).toBe('Create this invoice for Harborview Kitchens?');
		for (const shown of [
			'16 × Labor at 75',
			'3 × Sheets &lt;1/2">',
			'due on 2026-05-15',
			'1259.97',
		]) {
			expect(mail.body).toContain(shown);
		}
		const execution = await finance.press('Approve', executionId);
		expect(await written()).toMatchObject(invoiceOf(invoice));
		expect(execution.output('Invoice Agent')).toEqual([
			{ output: expect.stringContaining('The invoice is written: 1259.97') },
		]);
	});

	it('writes nothing when the person declines, and the agent knows', async () => {
		const { executionId } = await askForInvoice();
		const execution = await finance.press('Decline', executionId);
		expect(await written()).toEqual([]);
		expect(execution.output('Invoice Agent')).toEqual([
			{ output: expect.stringContaining('The person declined.') },
		]);
	});
}
