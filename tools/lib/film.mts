import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { CDPSession, Page } from 'playwright-core';

import { ffmpeg } from './places.cjs';

const run = promisify(execFile);

/** A picture of a page, kept as a PNG, and when it was seen, in milliseconds since 1970. */
interface Frame {
	at: number;
	file: string;
}

/** Films one page at a time. Chromium gives a frame when something changes. */
export interface Camera {
	frames: Frame[];
	/** Films this page from now on instead of the one before. */
	film(page: Page): Promise<void>;
	stop(): Promise<void>;
}

/** What one or two cameras saw, the first above the second with a line between them. */
export interface Scene {
	cameras: Camera[];
	/** How long its last picture stays, in milliseconds. */
	lastMs: number;
}

/** A wait that is longer is cut: a slow machine makes no longer film. */
const LONGEST_STILL_MS = 2_500;

const LINE_PX = 6;

/** Headless pages have no pointer of their own. */
const POINTER = `
	const pointer = document.createElement('div');
	pointer.style.cssText = 'position:fixed;left:-40px;top:-40px;width:18px;height:18px;z-index:2147483647;' +
		'border-radius:50%;background:rgba(255,109,0,.75);border:2px solid #fff;pointer-events:none';
	addEventListener('mousemove', ({ clientX, clientY }) => {
		if (!pointer.isConnected) document.body.append(pointer);
		pointer.style.left = clientX - 9 + 'px';
		pointer.style.top = clientY - 9 + 'px';
	}, true);
`;

/** Shows where the mouse is in every page that this page's window opens from now on. */
export async function showPointer(page: Page): Promise<void> {
	await page.context().addInitScript(POINTER);
	await page.evaluate(POINTER);
}

/** @param folder for the frames; `name` tells those of this camera apart */
export function newCamera(folder: string, name: string): Camera {
	const frames: Frame[] = [];
	let session: CDPSession | undefined;
	const writing: Array<Promise<void>> = [];
	const stop = async () => {
		const before = session;
		session = undefined;
		// The page may be closed already.
		await before?.send('Page.stopScreencast').catch(() => {});
		await before?.detach().catch(() => {});
		await Promise.all(writing);
	};
	return {
		frames,
		stop,
		async film(page) {
			await stop();
			const own = await page.context().newCDPSession(page);
			session = own;
			own.on('Page.screencastFrame', ({ data, sessionId }) => {
				void own.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
				if (session !== own) return;
				const file = join(folder, `${name}-${frames.length}.png`);
				frames.push({ at: Date.now(), file });
				writing.push(writeFile(file, Buffer.from(data, 'base64')));
			});
			await own.send('Page.startScreencast', { format: 'png' });
		},
	};
}

/** Writes the scenes one after the other as an H.264 video of this size. */
export async function writeVideo(
	path: string,
	scenes: Scene[],
	{ width, height, folder }: { width: number; height: number; folder: string },
): Promise<void> {
	const inputs: string[] = [];
	const filters: string[] = [];
	for (const [index, scene] of scenes.entries()) {
		const stacked = await stack(scene, folder, `scene-${index}`, inputs.length / 6);
		inputs.push(...stacked.inputs);
		filters.push(
			`${stacked.filter},fps=15,scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:-1:-1:white,setsar=1[s${index}]`,
		);
	}
	const all = scenes.map((_, index) => `[s${index}]`).join('');
	filters.push(`${all}concat=n=${scenes.length}:v=1:a=0,format=yuv420p[film]`);
	await encode([
		...inputs,
		...['-filter_complex', filters.join(';'), '-map', '[film]'],
		...['-c:v', 'libx264', '-preset', 'slow', '-crf', '26', '-movflags', '+faststart', path],
	]);
}

/** Writes a scene as a GIF of this width, which plays again and again. */
export async function writeGif(
	path: string,
	scene: Scene,
	{ width, folder }: { width: number; folder: string },
): Promise<void> {
	const { inputs, filter } = await stack(scene, folder, 'gif', 0);
	await encode([
		...inputs,
		'-filter_complex',
		`${filter},fps=8,scale=${width}:-1:flags=lanczos,split[one][other];` +
			'[one]palettegen=max_colors=64:stats_mode=diff[palette];' +
			'[other][palette]paletteuse=dither=none:diff_mode=rectangle',
		...['-loop', '0', path],
	]);
}

/** Writes a PNG again with 256 colors at most, which halves what a picture of the editor takes. */
export async function shrinkPicture(from: string, to: string): Promise<void> {
	const filter =
		'split[one][other];[one]palettegen[palette];[other][palette]paletteuse=dither=none';
	await encode(['-i', from, '-filter_complex', filter, to]);
}

const encode = async (args: string[]) =>
	await run(String(ffmpeg()), ['-y', '-loglevel', 'error', ...args]);

/** How long a film of these scenes is, in seconds. */
export function secondsOf(scenes: Scene[]): number {
	const lengths = scenes.map((scene) => {
		const { cut, end } = timeOf(scene);
		return cut(end);
	});
	return lengths.reduce((sum, length) => sum + length, 0) / 1000;
}

/** A scene's own time, which begins with 0 and has no long waits. `end` is a moment of the clock. */
function timeOf({ cameras, lastMs }: Scene): { cut: (at: number) => number; end: number } {
	// It begins when each camera has a picture.
	const start = Math.max(...cameras.map(({ frames }) => frames[0].at));
	const moments = cameras
		.flatMap(({ frames }) => frames.map(({ at }) => Math.max(at, start)))
		.sort((a, b) => a - b);
	const ownTimes = new Map([[start, 0]]);
	let now = 0;
	for (const [index, at] of moments.entries()) {
		now += Math.min(at - (moments[index - 1] ?? start), LONGEST_STILL_MS);
		ownTimes.set(at, now);
	}
	const end = moments[moments.length - 1] + lastMs;
	ownTimes.set(end, now + lastMs);
	return { cut: (at) => ownTimes.get(Math.max(at, start)) ?? 0, end };
}

/** ffmpeg's inputs, six arguments each, and the filter that makes one picture of a scene's cameras. */
async function stack(scene: Scene, folder: string, name: string, firstInput: number) {
	const { cut, end } = timeOf(scene);
	const inputs: string[] = [];
	for (const [index, { frames }] of scene.cameras.entries()) {
		const lines = frames.flatMap(({ at, file }, frame) => {
			const lasts = (cut(frames[frame + 1]?.at ?? end) - cut(at)) / 1000;
			return lasts > 0 ? [`file '${file}'`, `duration ${lasts}`] : [];
		});
		const list = join(folder, `${name}-${index}.txt`);
		// ffmpeg takes no notice of the last duration unless a file follows.
		await writeFile(list, [...lines, `file '${frames[frames.length - 1].file}'`].join('\n'));
		inputs.push('-f', 'concat', '-safe', '0', '-i', list);
	}
	const [upper, lower] = scene.cameras.map((_, index) => `[${firstInput + index}:v]`);
	const filter =
		lower === undefined
			? `${upper}null`
			: `${upper}pad=iw:ih+${LINE_PX}:0:0:gray[${name}];[${name}]${lower}vstack`;
	return { inputs, filter };
}
