import type { Execution, JsonObject } from '../../tools/lib/n8n-client.mts';
import { waitFor } from '../../tools/lib/program.mts';
import { chatModel, type Reply } from '../support/model.cts';
import { exampleWorkflow } from '../support/n8n.cts';
import { withModel } from './agent.cts';
import { useFinance } from './finance-world.cts';
import type { World } from './world.cts';

const CHAT = 'When chat message received';
const LINES = [
	{ name: 'Labor', quantity: 16, unit_price: 75 },
	{ name: 'Sheets <1/2">', quantity: 3, unit_price: 19.99 },
];

/** The example of an agent whose tool shows a person what would be written, before it is. */
export function agentWithPreview(world: World): void {
	const finance = useFinance(world);
	const model = chatModel(nextReply);

	/** Asks for an invoice, and waits until the tool asks a person. */
	async function askForInvoice() {
		const client = world.client();
		const openAi = await client.createCredential('Model of the preview', 'openAiApi', {
			apiKey: 'none',
			url: model.url,
		});
		const example = withModel(await exampleWorkflow('agent-invoice-with-preview.json'), openAi);
		// What is pinned to the trigger starts a run as a message in the editor's chat does.
		const message = { sessionId: 'one', action: 'sendMessage', chatInput: 'Invoice Harborview.' };
		Object.assign(example, { pinData: { [CHAT]: [{ json: message }] } });
		const { id } = await finance.imported(example);
		await finance.customer('Harborview Kitchens');
		await client.activateWorkflow(id);
		const { executionId } = await client.call<{ executionId: string }>(
			'POST',
			`/workflows/${id}/run`,
			{ triggerToStartFrom: { name: CHAT } },
		);
		const mail = await waitFor('the mail that asks', async () => {
			const run = await client.getExecution(executionId);
			// It waits for a press in the mail; one that has ended never asked.
			if (run) throw new Error(JSON.stringify(run.error ?? run.output('Invoice Agent')));
			return finance.mail().mails[0];
		});
		return { mail, ended: async () => await endOf(executionId) };
	}

	const endOf = async (executionId: string): Promise<Execution> =>
		finance.succeeded(
			await waitFor('the run ended', async () => await world.client().getExecution(executionId)),
		);

	const written = async (): Promise<JsonObject[]> =>
		(await finance.sandbox().control.requests())
			.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/v1/invoices'))
			.map(({ path, status, json }) => ({ path, status, json }) as JsonObject);

	it('shows the preview, and writes what was shown after a person approved it, once', async () => {
		const { mail, ended } = await askForInvoice();
		expect(mail.subject).toBe('Create this invoice for Harborview Kitchens?');
		for (const shown of [
			'16 × Labor at 75',
			'3 × Sheets &lt;1/2">',
			'due on 2026-05-15',
			'1259.97',
		]) {
			expect(mail.body).toContain(shown);
		}
		expect(await written()).toEqual([]);

		await finance.press('Approve');
		const execution = await ended();
		expect(await written()).toEqual([
			{
				path: '/api/v1/invoices',
				status: 201,
				json: expect.objectContaining({ due_date: '2026-05-15', line_items: LINES }),
			},
		]);
		expect(execution.output('Invoice Agent')).toEqual([
			{ output: expect.stringContaining('The invoice is written: 1259.97') },
		]);
	});

	it('writes nothing when the person declines, and the agent knows', async () => {
		const { ended } = await askForInvoice();
		await finance.press('Decline');
		const execution = await ended();
		expect(await written()).toEqual([]);
		expect(execution.output('Invoice Agent')).toEqual([
			{ output: expect.stringContaining('The person declined.') },
		]);
	});
}

/** Looks the customer up, wants to write an invoice, and says how that ended. */
function nextReply(results: string[]): Reply {
	const [found, outcome] = results;
	if (found === undefined) return { tool: 'Look_Up_Customers', input: { search: 'Harborview' } };
	if (outcome === undefined) {
		return {
			tool: 'Write_Invoice',
			input: {
				customer: 'Harborview Kitchens',
				due_date: '2026-05-15',
				line_items: LINES,
				notes: '',
			},
		};
	}
	const total = /"total\\?":([\d.]+)/.exec(outcome)?.[1];
	return {
		text:
			total === undefined ? `Nothing was written: ${outcome}` : `The invoice is written: ${total}`,
	};
}
