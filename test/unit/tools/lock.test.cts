import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { tryLock, withLock } from '../../../tools/lib/lock.cjs';

describe('The lock around an installation', () => {
	let folder: string;
	let file: string;

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'bildout-lock-'));
		file = join(folder, 'cache', 'setup.lock');
	});

	afterEach(() => rmSync(folder, { recursive: true }));

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
		const failure = withLock(
			file,
			async () => await Promise.reject(new Error('no disk')),
			jest.fn(),
		);
		await expect(failure).rejects.toThrow('no disk');
		const release = tryLock(file);
		expect(release).toBeDefined();
		release!();
	});

	it('counts no longer when its holder has not touched it for 20 seconds', () => {
		tryLock(file)!();
		writeFileSync(file, '');
		expect(tryLock(file)).toBeUndefined();
		const longAgo = new Date(Date.now() - 21_000);
		utimesSync(file, longAgo, longAgo);
		const release = tryLock(file);
		expect(release).toBeDefined();
		release!();
	});
});
