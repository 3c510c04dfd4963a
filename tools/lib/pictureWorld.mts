import { join } from 'node:path';

import type { Browser } from 'playwright-core';

import { openBrowser } from './browser.mts';
import { type N8nClient, signInToN8n } from './n8n-client.mts';
import { startN8n } from './n8n.mts';
import { buildPackage, installIntoN8n, packPackage } from './package.mts';
import { root } from './places.cjs';
import { withProgress } from './progress.cjs';
import { type Sandbox, startSandbox } from './sandbox.mts';
import { temporaryFolder } from './temporary.mts';

/** Where the pictures of README.md and examples/README.md are. */
export const PICTURES = join(root, 'docs', 'pictures');

/** An n8n in which nothing was made yet, with the package, beside a sandbox, and a browser to look at both. */
export interface PictureWorld {
	browser: Browser;
	client: N8nClient;
	sandbox: Sandbox;
	/** For what is not kept. */
	folder: string;
}

/** Does `work` in such a world; nothing of it runs afterwards. `slowMo` is between a browser's actions, in ms. */
export async function withPictureWorld(
	work: (world: PictureWorld) => Promise<void>,
	{ slowMo = 0 } = {},
): Promise<void> {
	const folder = await temporaryFolder('bildout-pictures-');
	const userFolder = join(folder, 'n8n');
	await withProgress('Building the package and installing it in n8n', async () => {
		await buildPackage();
		await installIntoN8n(await packPackage(join(folder, 'package')), userFolder);
	});
	const sandbox = await startSandbox();
	const n8n = await startN8n({ userFolder });
	const browser = await openBrowser({ slowMo });
	try {
		await work({ browser, client: await signInToN8n(n8n.url), sandbox, folder });
	} finally {
		await browser.close();
		await n8n.stop();
		await sandbox.stop();
	}
}
