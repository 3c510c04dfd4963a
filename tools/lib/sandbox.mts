import { join } from 'node:path';

import { root } from './places.cjs';
import { type Program, startProgram, waitFor } from './program.mts';

/** The application that every sandbox knows; any loopback redirect URI will do. */
export const SANDBOX_CLIENT = { clientId: 'n8n-sandbox', clientSecret: 'n8n-sandbox-secret' };

export interface Sandbox extends Program {
	/** Where it listens, without a trailing slash. */
	readonly url: string;
}

/** Starts a BildOut sandbox. `args` are options of `sandbox/main.mts`; port 0 is any free one. */
export async function startSandbox(port = 0, args: string[] = []): Promise<Sandbox> {
	const program = startProgram(
		[join(root, 'sandbox', 'main.mts'), '--port', String(port), ...args],
		{ cwd: root, env: { ...process.env, NODE_OPTIONS: '' } },
	);
	const url = await waitFor(
		'the sandbox was ready',
		() => /^BildOut sandbox: (http:\S+?)\/?$/m.exec(program.output())?.[1],
		{ program },
	);
	return { ...program, url };
}
