import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { nodeHeaders, remedyFor } from '../../../tools/lib/remedies.cjs';
import { ROOT, useFolder } from '../../support/files.cts';

describe('Setup', () => {
	const { path, write } = useFolder();

	it('says in a few lines what to do where no registry can be reached, and keeps the rest', () => {
		for (const file of ['tools/setup.mjs', 'tools/lib']) {
			cpSync(join(ROOT, file), path(file), { recursive: true });
		}
		const manifest = { name: 'crane', version: '1.0.0', dependencies: { hook: '1.0.0' } };
		const hook = { version: '1.0.0', resolved: 'https://registry.npmjs.org/hook/-/hook-1.0.0.tgz' };
		const packages = { '': manifest, 'node_modules/hook': hook };
		const lock = { ...manifest, lockfileVersion: 3, packages };
		write('package.json', JSON.stringify(manifest));
		write('package-lock.json', JSON.stringify(lock));
		const { NODE_OPTIONS: _, ...environment } = process.env;
		const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/setup.mjs'], {
			cwd: path(),
			encoding: 'utf8',
			env: {
				...environment,
				BILDOUT_CACHE: path('cache'),
				npm_config_cache: path('npm'),
				npm_config_registry: 'http://127.0.0.1:9',
				npm_config_replace_registry_host: 'always',
				npm_config_fetch_retries: '0',
			},
		});
		expect(status).toBe(1);
		expect(stderr).toContain('Installing the packages of the project failed.');
		expect(stderr).toContain('HTTPS_PROXY');
		expect(`${stdout}${stderr}`.split('\n').length).toBeLessThan(15);
		expect(readFileSync(path('cache', 'setup.log'), 'utf8')).toContain('ECONNREFUSED');
	});

	it('builds with the headers of a Node that is there, where they are new enough', () => {
		const withHeaders = (major: number) => {
			const text = `#define NODE_MAJOR_VERSION ${major}\n`;
			write(`${major}/include/node/node_version.h`, text);
			return path(String(major));
		};
		const [old, fitting] = [withHeaders(12), withHeaders(20)];
		expect(nodeHeaders([path('nothing'), old, fitting])).toBe(fitting);
		expect(nodeHeaders([path('nothing'), old])).toBeUndefined();
	});

	it.each([
		['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
		['getaddrinfo EAI_AGAIN registry.npmjs.org', 'HTTPS_PROXY'],
		['npm error ENOSPC: no space left on device', 'disk is full'],
		['npm error code EACCES', 'another user'],
		['npm error something else', ''],
	])('names what to do about %j', (output, remedy) => {
		expect(remedyFor(output)).toContain(remedy);
		expect(remedyFor(output) === '').toBe(remedy === '');
	});
});
