import type { Browser, Page } from 'playwright-core';

import type { JsonObject, WorkflowFile } from '../../tools/lib/n8n-client.mts';
import { type Reply, startModel } from '../support/model.cts';
import { keepPicture, openBrowser, openEditor, openWorkflow } from '../support/n8n.browser.cts';
import { type N8nWithBildOut, exampleWorkflow, startN8nWithBildOut } from '../support/n8n.cts';

/** The example of an agent that writes an invoice only when a person approves, in the editor's chat. */
describe('An agent with human review', () => {
	let world: N8nWithBildOut;
	let browser: Browser;
	let editor: Page;
	let model: Awaited<ReturnType<typeof startModel>>;
	let workflowId: string;

	beforeAll(async () => {
		world = await startN8nWithBildOut();
		model = await startModel(nextReply);
		const client = world.client();
		const openAi = await client.createCredential('Model', 'openAiApi', {
			apiKey: 'none',
			url: model.url,
		});
		const example = withModel(await exampleWorkflow('agent-invoice-with-review.json'), openAi);
		({ id: workflowId } = await client.importWorkflow(example, await world.connect()));
		browser = await openBrowser();
		editor = await openEditor(browser, world.n8n().url);
	});

	afterAll(async () => {
		await browser?.close();
		model?.close();
		await world?.close();
	});

	/** Asks for an invoice in a new chat, and waits until the agent wants to write it. */
	async function askForInvoice(): Promise<void> {
		await world.sandbox.control.clearRequests();
		await openWorkflow(editor, world.n8n().url, workflowId);
		await editor.getByTestId('workflow-chat-button').click();
		await editor
			.locator(
				'[data-test-id=chat-input] textarea, textarea[data-test-id=chat-input], .chat-inputs textarea',
			)
			.first()
			.fill('Invoice the first customer for labor.');
		await editor.keyboard.press('Enter');
		await editor.getByText('Write this invoice?').first().waitFor();
		expect(await written()).toEqual([]);
	}

	const written = async (): Promise<JsonObject[]> =>
		(await world.sandbox.control.requests())
			.filter(({ method, path }) => method === 'POST' && path === '/api/v1/invoices')
			.map(({ json }) => json as JsonObject);

	it('writes nothing when the person declines', async () => {
		await askForInvoice();
		await keepPicture(editor, 'agent-review');
		await editor
			.getByRole('button', { name: 'Decline' })
			.or(editor.getByRole('link', { name: 'Decline' }))
			.last()
			.click();
		await editor.getByText('Nothing was written.').first().waitFor();
		expect(await written()).toEqual([]);
	});

	it('writes the invoice that the person approved', async () => {
		await askForInvoice();
		await editor
			.getByRole('button', { name: 'Approve' })
			.or(editor.getByRole('link', { name: 'Approve' }))
			.last()
			.click();
		await editor.getByText('The invoice is written.').first().waitFor();
		expect(await written()).toEqual([
			expect.objectContaining({
				due_date: '2026-05-15',
				line_items: [{ name: 'Labor', quantity: 16, unit_price: 75 }],
			}),
		]);
		const [invoice] = await world.sandbox.control.requests();
		expect(invoice).toBeDefined();
	});

	it('offers the model tools that it can fill in', () => {
		const tools = new Map(model.questions[0].tools!.map(({ function: tool }) => [tool.name, tool]));
		expect([...tools.keys()].sort()).toEqual(['Look_Up_Customers', 'Write_Invoice']);
		expect(tools.get('Write_Invoice')!.description).toBe('Create invoice in BildOut');
		const text = JSON.stringify(tools.get('Write_Invoice')!.parameters);
		for (const name of ['customer', 'due_date', 'line_items']) expect(text).toContain(`"${name}"`);
	});
});

/** The example's model, replaced by one that is here. */
function withModel(workflow: WorkflowFile, { id, name }: { id: string; name: string }) {
	const node = workflow.nodes.find(({ type }) => type.endsWith('.lmChatOpenAi'))!;
	node.parameters.responsesApiEnabled = false;
	node.credentials = { openAiApi: { id, name } };
	return workflow;
}

/** Looks the customers up, wants to write an invoice for the first, and says how that ended. */
function nextReply(results: string[]): Reply {
	const [found, outcome] = results;
	if (found === undefined) return { tool: 'Look_Up_Customers', input: { search: 'a' } };
	if (outcome === undefined) {
		const [, customer] = /"id\\*":\\*"([^"\\]+)/.exec(found)!;
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
