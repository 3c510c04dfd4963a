import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { cacheFolder, n8nFolder } from './places.cjs';
import { type Program, freePort, startProgram, waitUntilReady } from './program.mts';

export interface N8n extends Program {
	/** Where it listens, without a trailing slash. */
	readonly url: string;
	readonly userFolder: string;
}

export interface N8nOptions {
	/** Holds its database, its encryption key and its community packages; kept when n8n ends. */
	userFolder: string;
	/** Any free one when left out. */
	port?: number;
	/** More of n8n's own variables, N8N_WEBHOOK_URL for example. */
	variables?: Record<string, string>;
	/** What it is in queue mode: `start` for a main process, or `worker` or `webhook`. */
	command?: 'start' | 'worker' | 'webhook';
}

/**
 * Starts the n8n that `tools/setup.mjs --n8n` installed, on this machine's loopback only and with
 * everything off that calls home. Nothing of the caller's environment reaches it but what a program
 * needs to run.
 */
export async function startN8n({
	userFolder,
	port,
	variables = {},
	command = 'start',
}: N8nOptions): Promise<N8n> {
	await mkdir(userFolder, { recursive: true });
	const ownPort = port ?? (await freePort());
	const { HOME, LANG, TZ, TMPDIR, PATH = '' } = process.env;
	const url = `http://127.0.0.1:${ownPort}`;
	const program = startProgram([join(n8nFolder(), 'node_modules', 'n8n', 'bin', 'n8n'), command], {
		cwd: userFolder,
		env: {
			HOME,
			LANG,
			TZ,
			TMPDIR,
			// n8n starts its task runner as `node`, which has to be the same one.
			PATH: `${dirname(process.execPath)}${delimiter}${PATH}`,
			// Node keeps what it compiled, which takes seconds off every start but the first.
			NODE_COMPILE_CACHE: join(cacheFolder(), 'compiled'),
			N8N_USER_FOLDER: userFolder,
			N8N_HOST: '127.0.0.1',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_PORT: String(ownPort),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_SECURE_COOKIE: 'false',
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_HIRING_BANNER_ENABLED: 'false',
			N8N_DYNAMIC_BANNERS_ENABLED: 'false',
			N8N_VERIFIED_PACKAGES_ENABLED: 'false',
			N8N_DISABLED_MODULES: 'mcp-registry',
			...variables,
		},
	});
	await waitUntilReady(
		'n8n was ready',
		program,
		async () => (await fetch(`${url}/healthz/readiness`)).ok,
	);
	return { ...program, url, userFolder };
}
