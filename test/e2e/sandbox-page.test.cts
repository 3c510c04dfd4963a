import type { Browser, Page } from 'playwright-core';

import { consoleErrors, openBrowser } from '../support/n8n.browser.cts';
import { type Sandbox, startSandbox } from '../support/sandbox.cts';

const VIEWS = ['Invoices', 'Payments', 'Customers', 'Projects', 'Vendors'];

/** Counts in a page the elements that stand out of the card that they are in, or of the window. */
const STANDING_OUT = `(() => {
	const right = (element) => Math.floor(element.getBoundingClientRect().right);
	const cells = [...document.querySelectorAll('main section:not([hidden]) :is(table, td, th)')];
	const card = right(document.querySelector('main section:not([hidden]) article'));
	return (
		cells.filter((cell) => right(cell) > card || cell.scrollWidth > cell.clientWidth + 1).length +
		Number(document.documentElement.scrollWidth > window.innerWidth)
	);
})()`;

const standingOut = async (page: Page) => await page.evaluate<number>(STANDING_OUT);

describe('The page of the sandbox', () => {
	let sandbox: Sandbox;
	let browser: Browser;

	beforeAll(async () => {
		sandbox = await startSandbox();
		browser = await openBrowser();
	});

	afterAll(async () => {
		await browser?.close();
		await sandbox?.stop();
	});

	async function open(width: number): Promise<Page> {
		const page = await browser.newPage({ viewport: { width, height: 844 } });
		await page.goto(sandbox.url);
		await page.getByRole('button', { name: 'Mark as paid' }).first().waitFor();
		return page;
	}

	it.each([1400, 1250, 1000, 390])(
		'fits a window of %i px, in each of its views',
		async (width) => {
			const page = await open(width);
			const errors = consoleErrors(page);
			for (const view of VIEWS) {
				await page.getByRole('link', { name: view, exact: true }).click();
				await page.locator(`[data-view=${view.toLowerCase()}] tbody tr`).nth(20).waitFor();
				expect([view, await standingOut(page)]).toEqual([view, 0]);
			}
			expect(errors).toEqual([]);
			await page.close();
		},
	);

	it('shows webhooks beside the records, and as a tab where there is no room', async () => {
		const wide = await open(1400);
		const tab = (page: Page) => page.getByRole('link', { name: 'Webhooks' });
		expect(await tab(wide).isVisible()).toBe(false);
		const listening = 'Mark an invoice as paid while a workflow is listening.';
		expect(await wide.getByText(listening).isVisible()).toBe(true);
		await wide.close();

		const phone = await open(390);
		expect(await phone.getByText(listening).isVisible()).toBe(false);
		await tab(phone).click();
		await phone.getByText(listening).waitFor();
		expect(await phone.getByRole('button', { name: 'Mark as paid' }).first().isVisible()).toBe(
			false,
		);
		await phone.close();
	});

	it('goes to the next day, and speaks of types and statuses as the node does', async () => {
		const page = await open(1400);
		const today = await page.locator('#today').innerText();
		const overdue = page.locator('[data-view=invoices] tbody tr', { hasText: 'Overdue' });
		const before = await overdue.count();
		for (let days = 0; days < 30; days++) {
			await page.getByRole('button', { name: 'Go to the next day' }).click();
		}
		await page.locator('#today', { hasNotText: today }).waitFor();
		await overdue.nth(before).waitFor();
		const statuses = await page.locator('[data-view=invoices] option').allInnerTexts();
		expect(statuses).toContain('Partially Paid');
		await page.getByRole('link', { name: 'Vendors' }).click();
		await page.getByRole('cell', { name: 'Subcontractor', exact: true }).first().waitFor();
		expect(await page.getByRole('columnheader', { name: 'Type' }).count()).toBe(1);
		await page.close();
	});
});
