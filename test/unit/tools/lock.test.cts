import { once } from 'node:events';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { tryLock, withLock } from '../../../tools/lib/lock.cjs';
import { useFolder } from '../../support/files.cts';

describe('The lock around an installation', () => {
	const { path } = useFolder();
	let file: string;

	beforeEach(() => {
		file = path('cache', 'setup.lock');
	});

	/** The lock of a process that crashed a while ago. */
	const leave = () => {
		writeFileSync(file, '');
		const longAgo = new Date(Date.now() - 21_000);
		utimesSync(file, longAgo, longAgo);
	};

	it('lets one at a time work, and tells the others once that they wait', async () => {
		let inside = 0;
		let most = 0;
		const onWait = jest.fn();
		const work = async () => {
			most = Math.max(most, ++inside);
			await sleep(20);
			inside -= 1;
		};
		await Promise.all([1, 2, 3].map(async () => await withLock(file, work, onWait)));
		expect(most).toBe(1);
		expect(onWait).toHaveBeenCalledTimes(2);
	});

	it('is given back when the work fails', async () => {
		const fail = async () => await Promise.reject(new Error('no disk'));
		const failure = withLock(file, fail, jest.fn());
		await expect(failure).rejects.toThrow('no disk');
		const release = tryLock(file);
		expect(release).toBeDefined();
		release!();
	});

	it('counts no longer when its holder has not touched it for 20 seconds', () => {
		tryLock(file)!();
		writeFileSync(file, '');
		expect(tryLock(file)).toBeUndefined();
		leave();
		const release = tryLock(file);
		expect(release).toBeDefined();
		release!();
	});

	it('left behind by a crash, is taken over by one of many that find it at once', async () => {
		tryLock(file)!();
		const taker = `
			const { parentPort, workerData } = require('node:worker_threads');
			const { tryLock } = require(workerData.lock);
			const start = new Int32Array(workerData.start);
			Atomics.add(start, 1, 1);
			Atomics.wait(start, 0, 0);
			parentPort.postMessage(tryLock(workerData.file) !== undefined);
			// Lives, and so holds what it took, until all have tried.
			parentPort.on('message', () => {});`;
		for (let round = 0; round < 6; round++) {
			leave();
			const start = new SharedArrayBuffer(8);
			const lock = require.resolve('../../../tools/lib/lock.cjs');
			const options = { eval: true, workerData: { lock, file, start } };
			const workers = Array.from({ length: 4 }, () => new Worker(taker, options));
			const takes = Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
			while (Atomics.load(new Int32Array(start), 1) < workers.length) await sleep(1);
			Atomics.store(new Int32Array(start), 0, 1);
			Atomics.notify(new Int32Array(start), 0);
			expect((await takes).filter(Boolean)).toHaveLength(1);
			await Promise.all(workers.map(async (worker) => await worker.terminate()));
			rmSync(file, { force: true });
		}
	});
});
