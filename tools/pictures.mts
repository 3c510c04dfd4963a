import { mkdtemp, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openBrowser } from './lib/browser.mts';
import { type WorkflowFile, signInToN8n } from './lib/n8n-client.mts';
import { startN8n } from './lib/n8n.mts';
import { buildPackage, installIntoN8n, packPackage } from './lib/package.mts';
import { root } from './lib/places.cjs';
import { withProgress } from './lib/progress.cjs';
import { startSandbox } from './lib/sandbox.mts';
import { walkAsNewUser } from './lib/walk.mts';

/**
 * `npm run pictures`: walks through the README's first chapters in a real n8n, and keeps what is seen on
 * the way as the README's pictures.
 */

const FOLDER = join(root, 'docs', 'pictures');
const MOST_BYTES = 150_000;

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
	await walkAsNewUser({
		browser,
		client: await signInToN8n(n8n.url),
		sandboxUrl: sandbox.url,
		example: JSON.parse(
			await readFile(join(root, 'examples', 'customer-invoice.json'), 'utf8'),
		) as WorkflowFile,
		take: async (picture, page) => {
			const path = join(FOLDER, `${picture}.png`);
			await page.setViewportSize({ width: 1280, height: 760 });
			await page.screenshot({ path });
			const { size } = await stat(path);
			console.log(`${picture}: ${Math.round(size / 1000)} kB`);
			if (size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES / 1000} kB`);
		},
	});
} finally {
	await browser.close();
	await n8n.stop();
	await sandbox.stop();
	await rm(folder, { recursive: true, force: true });
}
process.exit();
