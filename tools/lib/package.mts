import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { npm } from './npm.cjs';
import { root } from './places.cjs';

/** The prefix of our node types in n8n. */
export const PACKAGE_NAME = 'n8n-nodes-bildout';

/** A tarball as `npm publish` would send it. Sizes in bytes. */
export interface Tarball {
	file: string;
	name: string;
	version: string;
	size: number;
	contents: Array<{ path: string; size: number }>;
}

/** Compiles the nodes and their assets into `dist`. */
export async function buildPackage(): Promise<void> {
	await npm(root, ['run', 'build']);
}

/** Packs what is in `dist` into a tarball in `folder`. */
export async function packPackage(folder: string): Promise<Tarball> {
	await mkdir(folder, { recursive: true });
	const [packed] = JSON.parse(
		await npm(root, ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
	) as Array<Omit<Tarball, 'file' | 'contents'> & { filename: string; files: Tarball['contents'] }>;
	const { filename, files, name, version, size } = packed;
	return { file: join(folder, filename), name, version, size, contents: files };
}

/**
 * Installs a tarball where an n8n with this user folder holds its community packages, as n8n does:
 * a private manifest in `.n8n/nodes`, no install scripts, no peers. Whatever was there is replaced.
 */
export async function installIntoN8n(tarball: Tarball, userFolder: string): Promise<void> {
	const folder = join(userFolder, '.n8n', 'nodes');
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await writeFile(
		join(folder, 'package.json'),
		JSON.stringify({ name: 'installed-nodes', private: true, dependencies: {} }, null, 2),
	);
	await npm(folder, [
		'install',
		tarball.file,
		'--offline',
		'--ignore-scripts',
		'--legacy-peer-deps',
		'--no-audit',
		'--no-fund',
	]);
	const installed = join(folder, 'node_modules', tarball.name, 'package.json');
	const { version } = JSON.parse(await readFile(installed, 'utf8')) as { version: string };
	if (version !== tarball.version) throw new Error(`${installed} is version ${version}`);
}
