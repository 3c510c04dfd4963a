import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import type { N8n } from '../../tools/lib/n8n.mts';

/** What an n8n went through while it was watched. */
export interface Watched {
	/** The most memory that it held, in MB. */
	peakMb: number;
	/** The longest time in which it answered nobody, in milliseconds. */
	silenceMs: number;
}

const LOOK_EVERY_MS = 50;
const ASK_EVERY_MS = 20;

/** Watches n8n until the function that it gives back is called. */
export function watch(n8n: N8n): () => Promise<Watched> {
	const watched: Watched = { peakMb: 0, silenceMs: 0 };
	let isOver = false;
	const look = async () => {
		while (!isOver) {
			watched.peakMb = Math.max(watched.peakMb, await memoryMb(n8n));
			await sleep(LOOK_EVERY_MS);
		}
	};
	const ask = async () => {
		while (!isOver) {
			const before = performance.now();
			await (await fetch(`${n8n.url}/healthz`)).text();
			watched.silenceMs = Math.max(watched.silenceMs, performance.now() - before);
			await sleep(ASK_EVERY_MS);
		}
	};
	const work = Promise.all([look(), ask()]);
	return async () => {
		isOver = true;
		await work;
		return watched;
	};
}

/** As Linux counts it; elsewhere nothing is known. */
export async function memoryMb({ pid }: N8n): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
	return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}
