import { mkdirSync, rmSync, utimesSync } from 'node:fs';

import { buildOnce, isBuilt } from '../../../tools/lib/built.cjs';
import { isInstalled, recordInstallation } from '../../../tools/lib/npm.cjs';
import { useFolder } from '../../support/files.cts';

const { path, write } = useFolder();
let root: string;

beforeEach(() => {
	root = path();
	mkdirSync(path('node_modules'));
	write('nodes/crane.ts', 'up');
});

const touch = (file: string, time: Date) => utimesSync(path(file), time, time);
const build = (works = true) =>
	buildOnce(root, () => {
		write('dist/crane.js', 'built');
		return works;
	});

describe('A build', () => {
	it('is done once, also where a checkout has touched its sources', () => {
		expect(isBuilt(root)).toBe(false);
		build();
		touch('nodes/crane.ts', new Date());
		expect(isBuilt(root)).toBe(true);
	});

	it.each<[string, () => void]>([
		['a source is changed', () => write('nodes/crane.ts', 'down')],
		['a source is added', () => write('nodes/hook.ts', '')],
		['a source is gone', () => rmSync(path('nodes/crane.ts'))],
		['the compiler has other settings', () => write('tsconfig.json', '{}')],
		['other packages are installed', () => write('package-lock.json', '{}')],
		['something in dist is changed', () => write('dist/crane.js', 'edited')],
		['dist is gone', () => rmSync(path('dist'), { recursive: true })],
		['it failed', () => build(false)],
	])('is done again where %s', (_, happen) => {
		build();
		happen();
		expect(isBuilt(root)).toBe(false);
	});

	it('is done again where a source was saved while it ran', () => {
		buildOnce(root, () => {
			write('nodes/crane.ts', 'down');
			return true;
		});
		expect(isBuilt(root)).toBe(false);
	});
});

describe('An installation', () => {
	const [before, after] = [new Date('2026-01-01'), new Date('2026-01-02')];

	beforeEach(() => {
		write('package-lock.json', '{"crane":1}');
		write('node_modules/.package-lock.json', '{}');
		touch('package-lock.json', after);
		touch('node_modules/.package-lock.json', before);
	});

	it('is due where the lock is newer than what npm installed', () => {
		expect(isInstalled(root)).toBe(false);
	});

	it('is there where npm installed it after the lock was written', () => {
		touch('package-lock.json', before);
		expect(isInstalled(root)).toBe(true);
	});

	it('is there where the lock was only touched, and due where it changed', () => {
		recordInstallation(root);
		expect(isInstalled(root)).toBe(true);
		write('package-lock.json', '{"crane":2}');
		touch('package-lock.json', after);
		expect(isInstalled(root)).toBe(false);
	});

	it('is due where the packages are gone', () => {
		recordInstallation(root);
		rmSync(path('node_modules'), { recursive: true });
		expect(isInstalled(root)).toBe(false);
	});
});
