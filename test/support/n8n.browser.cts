import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';

import { openBrowser, openEditor } from '../../tools/lib/browser.mts';

export { closePanel, consoleErrors, openPanel, openWorkflow } from '../../tools/lib/browser.mts';
export { openBrowser, openEditor };

/** A browser in which the owner of an n8n is signed in to its editor. */
export interface Screen {
	browser: Browser;
	editor: Page;
}

/** The browser of a test file, from before its tests until after them; the n8n has to run by then. */
export function useScreen(n8nUrl: () => string): Screen {
	const screen = {} as Screen;
	beforeAll(async () => {
		screen.browser = await openBrowser();
		screen.editor = await openEditor(screen.browser, n8nUrl());
	});
	afterAll(async () => {
		await screen.browser?.close();
	});
	return screen;
}

const ARTEFACTS = resolve(__dirname, '../artefacts');

/** Keeps a picture of the page as `test/artefacts/<name>.png`, to be looked at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
	mkdirSync(ARTEFACTS, { recursive: true });
	await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
}

/** Presses Mark as paid on the sandbox's page, for the first invoice that has it, and gives its number. */
export async function markAsPaid(browser: Browser, sandboxUrl: string): Promise<string> {
	const sandbox = await browser.newPage();
	await sandbox.goto(sandboxUrl);
	const row = sandbox
		.locator('[data-view=invoices] tbody tr')
		.filter({ has: sandbox.getByRole('button', { name: 'Mark as paid' }) })
		.first();
	const number = (await row.locator('th').innerText()).trim();
	await row.getByRole('button', { name: 'Mark as paid' }).click();
	await sandbox.getByText(`${number} is marked as paid.`).waitFor();
	await keepPicture(sandbox, 'marked-as-paid');
	await sandbox.close();
	return number;
}
