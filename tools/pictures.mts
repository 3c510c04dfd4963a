import { readdirSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import type { Locator, Page } from 'playwright-core';

import { openEditor, openWorkflow } from './lib/browser.mts';
import { shrinkPicture } from './lib/film.mts';
import { exampleWorkflow } from './lib/n8n-client.mts';
import { filmPaidInvoice, writeAnimatedPicture } from './lib/paidScene.mts';
import { PICTURES, type PictureWorld, withPictureWorld } from './lib/pictureWorld.mts';
import { root } from './lib/places.cjs';
import { connectBildOut } from './lib/sign-in.mts';
import { walkAsNewUser } from './lib/walk.mts';

/**
 * `npm run pictures`: walks through the README's first chapters in a real n8n, and keeps what is seen on
 * the way as the README's pictures, the animated one too; then takes the canvas of each example. With
 * `--examples` only those, with `--animated` only that.
 */

const MOST_BYTES = 150_000;
const MOST_BYTES_OF_EXAMPLES = 100_000;

const { examples: onlyExamples, animated: onlyAnimated } = parseArgs({
	options: {
		examples: { type: 'boolean', default: false },
		animated: { type: 'boolean', default: false },
	},
}).values;
const isAll = !onlyExamples && !onlyAnimated;

async function keep(picture: string, of: Page | Locator, mostBytes = MOST_BYTES): Promise<void> {
	const path = join(PICTURES, `${picture}.png`);
	const seen = join(tmpdir(), `bildout-${picture}.png`);
	await of.screenshot({ path: seen });
	await shrinkPicture(seen, path);
	await rm(seen);
	const { size } = await stat(path);
	console.log(`${picture}: ${Math.round(size / 1000)} kB`);
	if (size > mostBytes) throw new Error(`${path} is larger than ${mostBytes / 1000} kB`);
}

/** Walks as the README describes. */
async function walk({ browser, client, sandbox }: PictureWorld): Promise<void> {
	await walkAsNewUser({
		browser,
		client,
		sandboxUrl: sandbox.url,
		example: exampleWorkflow('customer-invoice.json'),
		take: async (picture, page) => {
			await page.setViewportSize({ width: 1280, height: 760 });
			await keep(picture, page);
		},
	});
}

/** Takes each example's canvas. */
async function takeExamples({ browser, client }: PictureWorld): Promise<void> {
	const editor = await openEditor(browser, client.url);
	await editor.setViewportSize({ width: 1600, height: 800 });
	const files = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.json'));
	for (const file of files) {
		const { id } = await client.importWorkflow(exampleWorkflow(file));
		await openWorkflow(editor, client.url, id);
		await editor.getByTestId('zoom-to-fit').click();
		// The canvas moves there.
		await sleep(1_500);
		const picture = `example-${basename(file, '.json')}`;
		await keep(picture, editor.locator('.vue-flow').first(), MOST_BYTES_OF_EXAMPLES);
	}
}

async function animate(world: PictureWorld): Promise<void> {
	const { client, sandbox, folder } = world;
	const credential = await connectBildOut(client, sandbox);
	await writeAnimatedPicture(await filmPaidInvoice(world, credential), folder);
}

await mkdir(PICTURES, { recursive: true });
await withPictureWorld(async (world) => {
	if (isAll) await walk(world);
	if (isAll || onlyExamples) await takeExamples(world);
	if (isAll || onlyAnimated) await animate(world);
});
process.exit();
