import { waitFor } from '../../tools/lib/program.mts';
import { closePanel, keepPicture, markAsPaid, useScreen } from '../support/n8n.browser.cts';
import { finishedExecutions, useWorld } from './world.cts';

/** Of an n8n of its own, whose only workflow is the one that the person makes. */
const world = useWorld();
const screen = useScreen(() => world.n8n().url);

/** What the README tells a person whose n8n has no public address, from an empty canvas. */
describe('With an n8n that BildOut cannot reach', () => {
	/** A new workflow with the polling trigger; n8n chooses the only credential. */
	async function addTrigger(): Promise<void> {
		await screen.editor.goto(`${world.n8n().url}/workflow/new`);
		await screen.editor.getByTestId('canvas-add-button').locator('button').first().click();
		await screen.editor.getByTestId('node-creator-search-bar').fill('BildOut');
		const creator = screen.editor.getByTestId('node-creator');
		await creator.getByText('BildOut Polling', { exact: true }).first().click();
		await creator.getByText('On invoice paid', { exact: true }).click();
		const panel = screen.editor.getByTestId('ndv');
		await panel.getByText('Invoice Paid').first().waitFor();
		await keepPicture(screen.editor, 'polling-walk-panel');
		await closePanel(screen.editor);
	}

	/** Publishes the workflow with the buttons of the editor, and gives its ID. */
	async function publish(): Promise<string> {
		await screen.editor.getByRole('button', { name: 'Publish', exact: true }).first().click();
		await keepPicture(screen.editor, 'polling-walk-publish');
		await screen.editor.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
		await screen.editor.getByText('Published', { exact: false }).first().waitFor();
		return /workflow\/(\w+)/.exec(screen.editor.url())![1];
	}

	it('a workflow runs when Mark as paid is pressed in the sandbox', async () => {
		await addTrigger();
		const id = await publish();
		// What happens before n8n's first check is none of the trigger's news.
		await waitFor(
			'the first check',
			async () => {
				const requests = await world.sandbox.control.requests();
				return requests.some(({ path }) => path.startsWith('/api/v1/invoices'));
			},
			{ seconds: 150 },
		);
		const number = await markAsPaid(screen.browser, world.sandbox.url);
		const [execution] = await finishedExecutions(world, id, 1, { seconds: 100 });
		const { output } = (await world.client().getExecution(execution.id))!;
		expect(output('BildOut Polling Trigger')).toMatchObject([
			{ type: 'invoice.paid', data: { invoice_number: number, status: 'paid' } },
		]);
	});
});
