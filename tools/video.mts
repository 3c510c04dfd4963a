import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { openEditor } from './lib/browser.mts';
import { newCamera, type Scene, secondsOf, showPointer, writeVideo } from './lib/film.mts';
import { filmPaidInvoice, writeAnimatedPicture } from './lib/paidScene.mts';
import { type PictureWorld, withPictureWorld } from './lib/pictureWorld.mts';
import { root } from './lib/places.cjs';
import { firstWorkflow } from './lib/walk.mts';

/**
 * `npm run video`: films the real editor and the sandbox, as docs/verification.md describes, into `bildout.mp4`, and
 * cuts README's animated picture from it: connecting, a first read, and a paid invoice that becomes a row.
 */

const VIDEO = join(root, 'bildout.mp4');
const SIZE = { width: 1280, height: 720 };
const MOST_BYTES = 5_000_000;
const MOST_SECONDS = 90;

/** Between two actions in the browser, so that a person can follow. */
const SLOW_MS = 350;
const LOOK_MS = 2_000;

/** Films how the credential is connected in the editor, and what it reads first. */
async function filmConnecting(world: PictureWorld): Promise<Scene> {
	const { browser, client, sandbox, folder } = world;
	const editor = await openEditor(browser, client.url);
	await editor.setViewportSize(SIZE);
	await showPointer(editor);
	const camera = newCamera(folder, 'connecting');
	editor.on('popup', (consent) => {
		void consent.setViewportSize(SIZE).then(async () => await camera.film(consent));
		consent.on('close', () => void camera.film(editor));
	});
	await camera.film(editor);
	await firstWorkflow(editor, {
		client,
		sandboxUrl: sandbox.url,
		take: async () => await sleep(LOOK_MS),
	});
	await camera.stop();
	return { cameras: [camera], lastMs: LOOK_MS };
}

await withPictureWorld(
	async (world) => {
		const connecting = await filmConnecting(world);
		const [credential] = await world.client.credentials();
		const paid = await filmPaidInvoice(world, credential);
		const scenes = [connecting, paid];
		await writeVideo(VIDEO, scenes, { ...SIZE, folder: world.folder });
		const { size } = await stat(VIDEO);
		const seconds = secondsOf(scenes);
		console.log(`${VIDEO}: ${(size / 1e6).toFixed(1)} MB, ${Math.round(seconds)} s`);
		if (size > MOST_BYTES || seconds > MOST_SECONDS) {
			throw new Error(`The video may have ${MOST_BYTES / 1e6} MB and ${MOST_SECONDS} s`);
		}
		await writeAnimatedPicture(paid, world.folder);
	},
	{ slowMo: SLOW_MS },
);
process.exit();
