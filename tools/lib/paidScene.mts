import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Browser, Page } from 'playwright-core';

import { openEditor, openWorkflow } from './browser.mts';
import { newCamera, type Scene, secondsOf, showPointer, writeGif } from './film.mts';
import { type Credential, exampleWorkflow } from './n8n-client.mts';
import { publishPaidInvoices } from './paidInvoices.mts';
import { PICTURES, type PictureWorld } from './pictureWorld.mts';
import type { Sandbox } from './sandbox.mts';

const ABOVE = { width: 1100, height: 400 };
const BELOW = { width: 1100, height: 420 };

/** How long each thing is shown, so that it can be read. */
const LOOK_MS = 1_800;

const MOST_BYTES = 1_000_000;

/** Films an invoice that is marked as paid in the sandbox, above, and becomes a row in n8n, below. */
export async function filmPaidInvoice(
	{ browser, client, sandbox, folder }: PictureWorld,
	credential: Credential,
): Promise<Scene> {
	const example = exampleWorkflow('trigger-invoice-paid-to-table.json');
	const paidInvoices = await publishPaidInvoices(client, sandbox, example, credential);
	// A first run makes the table, before anything is filmed.
	await paidInvoices.pay(await lastToPay(sandbox));

	const bildOut = await openSandbox(browser, sandbox);
	const canvas = await openEditor(browser, client.url);
	await canvas.setViewportSize(BELOW);
	await openWorkflow(canvas, client.url, paidInvoices.workflowId);
	// Over the canvas of a workflow that was just published, n8n may suggest what to do next.
	const suggestions = canvas.getByTestId('suggested-actions-close');
	await suggestions.click({ timeout: 5_000 }).catch(() => {});
	await canvas.getByTestId('zoom-to-fit').click();
	await sleep(LOOK_MS);
	const table = await canvas.context().newPage();
	await table.setViewportSize(BELOW);

	const above = newCamera(folder, 'bildout');
	const below = newCamera(folder, 'n8n');
	await below.film(canvas);
	await above.film(bildOut);
	await sleep(LOOK_MS);
	const button = bildOut.getByRole('button', { name: 'Mark as paid' }).first();
	await button.hover();
	await sleep(LOOK_MS / 2);
	await button.click();
	const { invoice_number } = await paidInvoices.nextRow();
	await table.goto(client.url + (await paidInvoices.tablePath()));
	await table.getByRole('gridcell').filter({ hasText: invoice_number }).first().waitFor();
	await below.film(table);
	await sleep(LOOK_MS);
	await Promise.all([above.stop(), below.stop()]);
	await paidInvoices.unpublish();
	return { cameras: [above, below], lastMs: 3 * LOOK_MS };
}

/** Writes README's animated picture, and prints its size. */
export async function writeAnimatedPicture(scene: Scene, folder: string): Promise<void> {
	const path = join(PICTURES, 'paid-invoice.gif');
	await writeGif(path, scene, { width: 880, folder });
	const { size } = await stat(path);
	console.log(`paid-invoice: ${Math.round(size / 1000)} kB, ${secondsOf([scene]).toFixed(1)} s`);
	if (size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES / 1000} kB`);
}

/** The sandbox's page, with the invoices that can be paid. */
async function openSandbox(browser: Browser, { url }: Pick<Sandbox, 'url'>): Promise<Page> {
	const page = await browser.newPage({ viewport: ABOVE, locale: 'en-US' });
	await page.goto(url);
	await showPointer(page);
	await page.getByLabel('Status').selectOption('Sent');
	await page.getByRole('button', { name: 'Mark as sent' }).first().waitFor({ state: 'hidden' });
	return page;
}

/** Not one of those that the page shows first. */
async function lastToPay({ url }: Pick<Sandbox, 'url'>): Promise<string> {
	const response = await fetch(`${url}/page/invoices?status=sent&show=100`);
	const { rows } = (await response.json()) as { rows: Array<{ id: string }> };
	return rows[rows.length - 1].id;
}
