import { type Browser, type Locator, type Page, chromium, selectors } from 'playwright-core';

import { OWNER } from './n8n-client.mts';
import { chromium as findChromium } from './places.cjs';

/** n8n marks what it shows with an attribute of its own name. */
selectors.setTestIdAttribute('data-test-id');

const PATIENCE_MS = 60_000;
const WINDOW = { width: 1440, height: 900 };

/** Headless Chromium that reaches this machine only. `slowMo` is between its actions, in ms. */
export async function openBrowser({ slowMo = 0 } = {}): Promise<Browser> {
	return await chromium.launch({
		slowMo,
		executablePath: findChromium(),
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

/** A browser window in which the owner of the n8n at `url` is signed in to its editor. */
export async function openEditor(browser: Browser, url: string): Promise<Page> {
	const context = await browser.newContext({
		viewport: WINDOW,
		locale: 'en-US',
		// Animations cost more than all else where no graphics card draws them.
		reducedMotion: 'reduce',
		userAgent: userAgent(browser),
	});
	// The editor asks n8n.io for news; there is none, and a refusal would be an error in its console.
	await context.route(
		(address) => address.protocol.startsWith('http') && address.hostname !== '127.0.0.1',
		async (route) => await route.fulfill({ status: 204 }),
	);
	context.setDefaultTimeout(PATIENCE_MS);
	const page = await context.newPage();
	await page.goto(`${url}/signin`);
	await page.locator('input[type=email], input[name=emailOrLdapLoginId]').fill(OWNER.email);
	await page.locator('input[type=password]').fill(OWNER.password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL((address) => !address.pathname.startsWith('/signin'));
	return page;
}

/** That of Chromium with a window: n8n takes a headless one for a bot, and lets no bot approve anything. */
const userAgent = (browser: Browser) =>
	`Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version()} Safari/537.36`;

/** Opens a workflow on the canvas. */
export async function openWorkflow(page: Page, url: string, workflowId: string): Promise<void> {
	await page.goto(`${url}/workflow/${workflowId}`);
	await page.getByTestId('canvas-node').first().waitFor();
}

/** Opens the panel of a node on the canvas, as a double click does, and waits for its parameters. */
export async function openPanel(page: Page, nodeName: string): Promise<Locator> {
	await page.getByTestId('canvas-node').filter({ hasText: nodeName }).dblclick();
	const panel = page.getByTestId('ndv');
	await panel.getByTestId('node-parameters').waitFor();
	return panel;
}

export async function closePanel(page: Page): Promise<void> {
	await page.getByTestId('ndv-close-button').click();
	await page.getByTestId('ndv').waitFor({ state: 'hidden' });
}

/** What a page has written to its console as an error, and what it has thrown, from now on. */
export function consoleErrors(page: Page): string[] {
	const errors: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
	});
	page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
	return errors;
}
