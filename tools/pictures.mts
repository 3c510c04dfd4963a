import { mkdtemp, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import type { Locator, Page } from 'playwright-core';

import { openBrowser, openEditor, openWorkflow } from './lib/browser.mts';
import { type WorkflowFile, signInToN8n } from './lib/n8n-client.mts';
import { startN8n } from './lib/n8n.mts';
import { buildPackage, installIntoN8n, packPackage } from './lib/package.mts';
import { root } from './lib/places.cjs';
import { withProgress } from './lib/progress.cjs';
import { startSandbox } from './lib/sandbox.mts';
import { walkAsNewUser } from './lib/walk.mts';

/**
 * `npm run pictures`: walks through the README's first chapters in a real n8n, and keeps what is seen on
 * the way as the README's pictures; then takes the canvas of each newer example. With `--examples` only those.
 */

const FOLDER = join(root, 'docs', 'pictures');
const MOST_BYTES = 150_000;

/** The examples whose canvas is a picture in examples/README.md. */
const EXAMPLES = [
	'collections-desk',
	'import-with-preview',
	'progress-billing',
	'receivables-report',
	'reconcile-with-accounting',
];

const { examples: onlyExamples } = parseArgs({
	options: { examples: { type: 'boolean', default: false } },
}).values;

async function example(file: string): Promise<WorkflowFile> {
	return JSON.parse(await readFile(join(root, 'examples', `${file}.json`), 'utf8')) as WorkflowFile;
}

async function keep(picture: string, of: Page | Locator): Promise<void> {
	const path = join(FOLDER, `${picture}.png`);
	await of.screenshot({ path });
	const { size } = await stat(path);
	console.log(`${picture}: ${Math.round(size / 1000)} kB`);
	if (size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES / 1000} kB`);
}

const folder = await mkdtemp(join(tmpdir(), 'bildout-pictures-'));
const userFolder = join(folder, 'n8n');
await withProgress('Building the package and installing it in n8n', async () => {
	await buildPackage();
	await installIntoN8n(await packPackage(join(folder, 'package')), userFolder);
});
const sandbox = await startSandbox();
const n8n = await startN8n({ userFolder });
const browser = await openBrowser();
try {
	await mkdir(FOLDER, { recursive: true });
	const client = await signInToN8n(n8n.url);
	if (!onlyExamples) {
		await walkAsNewUser({
			browser,
			client,
			sandboxUrl: sandbox.url,
			example: await example('customer-invoice'),
			take: async (picture, page) => {
				await page.setViewportSize({ width: 1280, height: 760 });
				await keep(picture, page);
			},
		});
	}
	const editor = await openEditor(browser, n8n.url);
	await editor.setViewportSize({ width: 1600, height: 800 });
	for (const file of EXAMPLES) {
		const { id } = await client.importWorkflow(await example(file));
		await openWorkflow(editor, n8n.url, id);
		await editor.getByTestId('zoom-to-fit').click();
		// The canvas moves there.
		await sleep(1_500);
		await keep(`example-${file}`, editor.locator('.vue-flow').first());
	}
} finally {
	await browser.close();
	await n8n.stop();
	await sandbox.stop();
	await rm(folder, { recursive: true, force: true });
}
process.exit();
