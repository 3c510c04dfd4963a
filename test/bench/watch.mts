import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import type { N8n } from '../../tools/lib/n8n.mts';

const LOOK_EVERY_MS = 20;

/** Watches n8n's memory and its responses until the function that it returns is called. */
export function watch(n8n: N8n) {
	/** The most memory in MB, and the longest time until a response in milliseconds. */
	const watched = { peakMb: 0, silenceMs: 0 };
	let isOver = false;
	const work = (async () => {
		while (!isOver) {
			const before = performance.now();
			await (await fetch(`${n8n.url}/healthz`)).text();
			watched.silenceMs = Math.max(watched.silenceMs, performance.now() - before);
			watched.peakMb = Math.max(watched.peakMb, await memoryMb(n8n));
			await sleep(LOOK_EVERY_MS);
		}
	})();
	return async () => {
		isOver = true;
		await work;
		return watched;
	};
}

/** As Linux counts it; 0 elsewhere. */
export async function memoryMb({ pid }: N8n): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
	return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}
