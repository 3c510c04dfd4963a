import type { Page } from 'playwright-core';

import type { JsonObject, WorkflowFile } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { chatModel, type Reply } from '../support/model.cts';
import { type Screen, keepPicture, openEditor, openWorkflow } from '../support/n8n.browser.cts';
import { exampleWorkflow } from '../support/n8n.cts';
import type { World } from './world.cts';

/** The example of an agent that writes an invoice only when a person approves, in the editor’s chat. */
export function agent(world: World, screen: Screen): void {
	let editor: Page;
	const model = chatModel(nextReply);
	let workflowId: string;

	beforeAll(async () => {
		const client = world.client();
		const openAi = await client.createCredential('Model', 'openAiApi', {
			apiKey: 'none',
			url: model.url,
		});
		const example = withModel(await exampleWorkflow('agent-invoice-with-review.json'), openAi);
		({ id: workflowId } = await client.importWorkflow(example, world.credential));
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
		expect(await written()).toEqual([]);
	}

	const press = async (button: string) =>
		await editor.getByRole('button', { name: button }).last().click();

	/** The agent's last word stands in the chat before n8n has ended the run. */
	async function untilRunEnded(): Promise<void> {
		const [{ id }] = await world.client().executions(workflowId);
		const run = await waitFor('the run ended', async () => await world.client().getExecution(id));
		expect(run.status).toBe('success');
	}

	const written = async (): Promise<JsonObject[]> =>
		(await world.sandbox.control.requests())
			.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/'))
			.map(({ path, status, json }) => ({ path, status, json }) as JsonObject);

	it('writes nothing when the person declines', async () => {
		await askForInvoice();
		await press('Decline');
		await editor.getByText('Nothing was written.').first().waitFor();
		await untilRunEnded();
		expect(await written()).toEqual([]);
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
		await press('Approve');
		await editor.getByText('The invoice is written.').first().waitFor();
		await untilRunEnded();
		expect(await written()).toEqual([
			{
				path: '/api/v1/invoices',
				status: 201,
				json: expect.objectContaining({
					client_id: expect.any(String),
					due_date: '2026-05-15',
					line_items: [{ name: 'Labor', quantity: 16, unit_price: 75 }],
				}),
			},
		]);
	});

	it('offers the model tools that it can fill in', () => {
		const tools = new Map(model.questions[0].tools!.map(({ function: tool }) => [tool.name, tool]));
		expect([...tools.keys()].sort()).toEqual(['Look_Up_Customers', 'Write_Invoice']);
		expect(tools.get('Write_Invoice')!.description).toBe('Create invoice in BildOut');
		const text = JSON.stringify(tools.get('Write_Invoice')!.parameters);
		for (const name of ['customer', 'due_date', 'line_items']) expect(text).toContain(`"${name}"`);
	});
}

/** The example's model, replaced by one that is here. */
export function withModel(workflow: WorkflowFile, { id, name }: { id: string; name: string }) {
	const node = workflow.nodes.find(({ type }) => type.endsWith('.lmChatOpenAi'))!;
	node.parameters.responsesApiEnabled = false;
	node.credentials = { openAiApi: { id, name } };
	return workflow;
}

/** Whom the model last wanted to write an invoice for. */
let customer: string;

/** Looks the customers up, wants to write an invoice for the first, and says how that ended. */
function nextReply(results: string[]): Reply {
	const [found, outcome] = results;
	if (found === undefined) return { tool: 'Look_Up_Customers', input: { search: 'a' } };
	if (outcome === undefined) {
		[, customer] = /"name\\*":\\*"([^"\\]+)/.exec(found)!;
		return {
			tool: 'Write_Invoice',
			input: {
				toolParameters: {
					customer,
					due_date: '2026-05-15',
					line_items: [{ name: 'Labor', quantity: 16, unit_price: 75 }],
					notes: '',
				},
				hitlParameters: {},
			},
		};
	}
	return { text: /reject/i.test(outcome) ? 'Nothing was written.' : 'The invoice is written.' };
}
