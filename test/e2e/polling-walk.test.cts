import { randomUUID } from 'node:crypto';

import type { Browser, Page } from 'playwright-core';

import { waitFor } from '../../tools/lib/program.mts';
import {
	closePanel,
	keepPicture,
	markAsPaid,
	openBrowser,
	openEditor,
} from '../support/n8n.browser.cts';
import { activate, finishedExecutions, openWorld, type World } from './trigger-world.cts';

/** What the README tells a person whose n8n has no public address, from an empty canvas. */
describe('With an n8n that BildOut cannot reach', () => {
	let world: World;
	let browser: Browser;
	let editor: Page;

	beforeAll(async () => {
		world = await openWorld();
		browser = await openBrowser();
		editor = await openEditor(browser, world.n8n().url);
	});

	afterAll(async () => {
		await browser?.close();
		await world?.close();
	});

	/** A new workflow with the polling trigger; n8n chooses the only credential by itself. */
	async function addTrigger(): Promise<void> {
		await editor.goto(`${world.n8n().url}/workflow/new`);
		await editor.getByTestId('canvas-add-button').locator('button').first().click();
		await editor.getByTestId('node-creator-search-bar').fill('BildOut');
		const creator = editor.getByTestId('node-creator');
		await creator.getByText('BildOut Polling', { exact: true }).first().click();
		await creator.getByText('On invoice paid', { exact: true }).click();
		const panel = editor.getByTestId('ndv');
		await panel.getByText('Invoice Paid').first().waitFor();
		await keepPicture(editor, 'polling-walk-panel');
		await closePanel(editor);
	}

	/** Publishes the workflow with the buttons of the editor, and gives its ID. */
	async function publish(): Promise<string> {
		await editor.getByRole('button', { name: 'Publish', exact: true }).first().click();
		await keepPicture(editor, 'polling-walk-publish');
		await editor.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
		await editor.getByText('Published', { exact: false }).first().waitFor();
		return /workflow\/(\w+)/.exec(editor.url())![1];
	}

	it('a workflow runs when Mark as paid is pressed in the sandbox', async () => {
		await addTrigger();
		const id = await publish();
		// What happens before n8n's first check is none of the trigger's news.
		await waitFor('the first check', async () => {
			const requests = await world.sandbox.control.requests();
			return requests.some(({ path }) => path.startsWith('/api/v1/invoices')) ? true : undefined;
		});
		const number = await markAsPaid(browser, world.sandbox.url);
		const [execution] = await finishedExecutions(world, id, 1, { seconds: 100 });
		const { output } = (await world.client().getExecution(execution.id))!;
		expect(output('BildOut Polling Trigger')).toMatchObject([
			{ type: 'invoice.paid', data: { invoice_number: number, status: 'paid' } },
		]);
	});

	it('is told which scope is missing when it publishes', async () => {
		const workflow = await world.client().importWorkflow(
			{
				name: 'No scope',
				nodes: [
					{
						id: randomUUID(),
						name: 'BildOut Polling Trigger',
						type: 'n8n-nodes-bildout.bildOutPollingTrigger',
						typeVersion: 1,
						position: [0, 0],
						parameters: { events: ['vendor.created'] },
					},
				],
				connections: {},
			},
			world.credential,
		);
		await world.sandbox.control.fault({
			kind: 'status',
			status: 403,
			code: 'insufficient_scope',
			path: '/vendors',
			times: 100,
		});
		await expect(activate(world, workflow.id)).rejects.toThrow(/'vendors:read'/);
	});
});
