import type { Browser, Page } from 'playwright-core';

import { closePanel, openEditor, openPanel } from './browser.mts';
import type { N8nClient, WorkflowFile } from './n8n-client.mts';
import { SANDBOX_CLIENT } from './sandbox.mts';

/** The pictures that a walk takes, by their file names in docs/pictures. */
const PICTURES = ['nodes-panel', 'credential', 'finished-run', 'trigger', 'sandbox'] as const;
export type Picture = (typeof PICTURES)[number];

export interface Walk {
	browser: Browser;
	/** An n8n in which nothing was made yet. */
	client: N8nClient;
	/** A sandbox that this n8n reaches. */
	sandboxUrl: string;
	/** The workflow of `examples/customer-invoice.json`. */
	example: WorkflowFile;
	take: (picture: Picture, page: Page) => Promise<void>;
}

/**
 * Does what the README's first chapters ask of a new user, with the same clicks, in the real editor: a first
 * workflow on an empty canvas, the credential, a first run, an example, and the trigger's panel.
 */
export async function walkAsNewUser(walk: Walk): Promise<void> {
	const editor = await openEditor(walk.browser, walk.client.url);
	await firstWorkflow(editor, walk);
	await runExample(editor, walk);
	await showTrigger(editor, walk);
	const sandbox = await walk.browser.newPage();
	await sandbox.setViewportSize({ width: 1280, height: 760 });
	await sandbox.goto(walk.sandboxUrl);
	await sandbox.getByRole('button', { name: 'Mark as paid' }).first().waitFor();
	// The whole list as a picture would be too large for a README.
	await sandbox.getByLabel('Status').selectOption('Sent');
	await sandbox.getByRole('button', { name: 'Mark as sent' }).first().waitFor({ state: 'hidden' });
	await walk.take('sandbox', sandbox);
}

/** The README's first workflow: makes the credential, and ends where the first customers were read. */
export async function firstWorkflow(
	editor: Page,
	walk: Pick<Walk, 'client' | 'sandboxUrl' | 'take'>,
): Promise<void> {
	await editor.goto(`${walk.client.url}/workflow/new`);
	await editor.getByTestId('canvas-add-button').locator('button').first().click();
	await editor.getByText('Trigger manually').first().click();
	await editor.getByTestId('canvas-handle-plus').first().click();
	await searchNodes(editor, 'BildOut');
	await editor.getByTestId('node-creator').getByText('BildOut', { exact: true }).first().click();
	await editor.getByText('Get many customers').first().waitFor();
	await walk.take('nodes-panel', editor);
	await editor.getByText('Get many customers').first().click();
	await connect(editor, walk);
	const panel = await openPanel(editor, 'Get many customers');
	await panel.getByRole('button', { name: 'Execute step' }).first().click();
	await panel
		.getByText(/\d+ items/)
		.first()
		.waitFor();
	await closePanel(editor);
}

/** Makes the credential in the node's panel, and allows the access. */
async function connect(editor: Page, walk: Pick<Walk, 'sandboxUrl' | 'take'>): Promise<void> {
	const panel = editor.getByTestId('ndv');
	await panel.getByText('Connect to BildOut').click();
	const fields = { ...SANDBOX_CLIENT, baseUrl: walk.sandboxUrl };
	for (const [name, value] of Object.entries(fields)) {
		await editor.getByTestId(`parameter-input-${name}`).locator('input').fill(value);
	}
	const opened = editor.waitForEvent('popup');
	await editor.getByTestId('quick-connect-button').click();
	const consent = await opened;
	const closed = consent.waitForEvent('close');
	await consent.getByRole('button', { name: 'Allow' }).click();
	await closed;
	await panel.getByTestId('credential-edit-button').click();
	await editor.getByTestId('oauth-connect-success-banner').waitFor();
	await walk.take('credential', editor);
	await editor.keyboard.press('Escape');
	await panel.waitFor({ state: 'hidden' });
}

async function runExample(editor: Page, { client, example, take }: Walk): Promise<void> {
	const [credential] = await client.credentials();
	const { id } = await client.importWorkflow(example, credential);
	await editor.goto(`${client.url}/workflow/${id}`);
	await editor.getByTestId('execute-workflow-button').click();
	await editor.getByText('Workflow executed successfully').waitFor();
	await take('finished-run', editor);
}

async function showTrigger(editor: Page, { client, take }: Walk): Promise<void> {
	await editor.goto(`${client.url}/workflow/new`);
	await editor.getByTestId('canvas-add-button').locator('button').first().click();
	await searchNodes(editor, 'BildOut');
	await editor.getByTestId('node-creator').getByText('BildOut', { exact: true }).first().click();
	await editor.getByText('On invoice paid').first().click();
	await editor.getByTestId('ndv').getByText('Trigger On').first().waitFor();
	await take('trigger', editor);
}

async function searchNodes(editor: Page, text: string): Promise<void> {
	await editor.getByTestId('node-creator-search-bar').fill(text);
}
