import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';

export {
	closePanel,
	consoleErrors,
	openBrowser,
	openEditor,
	openPanel,
	openWorkflow,
} from '../../tools/lib/browser.mts';

const ARTEFACTS = resolve(__dirname, '../artefacts');

/** Keeps a picture of the page as `test/artefacts/<name>.png`, to be looked at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
	mkdirSync(ARTEFACTS, { recursive: true });
	await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
}
