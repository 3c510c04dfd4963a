import { setTimeout as wait } from 'node:timers/promises';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { transformFileSync } from '@swc/core';
import fc from 'fast-check';

import { TtlCache } from '../../nodes/BildOut/ttlCache.ts';

const ROOT = resolve(__dirname, '../..');
const HOUR_MS = 60 * 60 * 1000;

describe('a bounded map', () => {
	afterEach(() => jest.useRealTimers());

	it('gives what was last set, evicts what was set longest ago, and always keeps the newest', () => {
		const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
		const operation = fc.record({
			key: fc.constantFrom(...keys),
			weight: fc.integer({ min: 0, max: 15 }),
			isDeletion: fc.boolean(),
		});
		fc.assert(
			fc.property(fc.array(operation), (operations) => {
				const weightOf = (value: number) => value;
				const map = new TtlCache<number>({ ttlMs: HOUR_MS, maxWeight: 12, weightOf });
				let model: Array<[string, number]> = [];
				for (const { key, weight, isDeletion } of operations) {
					model = model.filter(([other]) => other !== key);
					if (isDeletion) {
						map.delete(key);
					} else {
						map.set(key, weight);
						model.push([key, weight]);
					}
					const total = () => model.reduce((sum, [, one]) => sum + one, 0);
					while (total() > 12 && model.length > 1) model.shift();
				}
				expect(map.size).toBe(model.length);
				const kept = new Map(model);
				expect(keys.map((key) => map.get(key))).toEqual(keys.map((key) => kept.get(key)));
			}),
		);
	});

	it('gives nothing whose time is over, counted from when it was last set', () => {
		jest.useFakeTimers();
		const map = new TtlCache<number>({ ttlMs: HOUR_MS, maxWeight: 10 });
		map.set('a', 1);
		map.set('b', 2);
		jest.advanceTimersByTime(HOUR_MS - 1);
		map.set('b', 3);
		expect([map.get('a'), map.get('b')]).toEqual([1, 3]);
		jest.advanceTimersByTime(1);
		expect([map.get('a'), map.get('b')]).toEqual([undefined, 3]);
	});

	it('does not go by a clock that can be set', () => {
		jest.useFakeTimers();
		const map = new TtlCache<number>({ ttlMs: HOUR_MS, maxWeight: 10 });
		map.set('a', 1);
		jest.setSystemTime(Date.now() + 2 * HOUR_MS);
		expect(map.get('a')).toBe(1);
		jest.setSystemTime(Date.now() - 5 * HOUR_MS);
		jest.advanceTimersByTime(HOUR_MS);
		expect(map.get('a')).toBeUndefined();
	});

	it('drops what has ended though nobody asks, also what is set later', async () => {
		const map = new TtlCache<number>({ ttlMs: 1_000, maxWeight: 10 });
		for (const key of ['a', 'b', 'c', 'd']) {
			map.set(key, 1);
			await wait(30);
		}
		expect(map.size).toBeGreaterThan(0);
		while (map.size > 0) await wait(50);
		map.set('e', 1);
		while (map.size > 0) await wait(50);
	});

	it('keeps what has no end', () => {
		const map = new TtlCache<number>({ ttlMs: Infinity, maxWeight: 10 });
		map.set('a', 1);
		expect(map.get('a')).toBe(1);
	});

	it('does not keep a process alive', () => {
		const { code } = transformFileSync(resolve(ROOT, 'nodes/BildOut/ttlCache.ts'), {
			jsc: { parser: { syntax: 'typescript' } },
			module: { type: 'commonjs' },
		});
		const script = `${code}\nnew TtlCache({ ttlMs: ${HOUR_MS}, maxWeight: 1 }).set('a', 1);`;
		const options = { cwd: ROOT, timeout: 60_000, stdio: 'pipe' } as const;
		expect(() => execFileSync(process.execPath, ['--eval', script], options)).not.toThrow();
	});
});
