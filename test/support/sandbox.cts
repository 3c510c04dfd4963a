import { controlClient } from '../../tools/lib/sandbox-control.mts';
import { startSandbox as startProcess } from '../../tools/lib/sandbox.mts';

export * from '../../tools/lib/sandbox-control.mts';

/** What the sandbox's page does when a button is pressed, such as `invoices/ID/paid`. */
export async function pressOnPage(url: string, button: string, body: object = {}): Promise<void> {
	const response = await fetch(`${url}/page/${button}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', origin: url },
		body: JSON.stringify(body),
	});
	if (!response.ok) throw new Error(`${button}: ${response.status} ${await response.text()}`);
}

export interface Sandbox {
	/** Where it listens, without a trailing slash. */
	url: string;
	control: ReturnType<typeof controlClient>;
	stop(): Promise<void>;
}

declare const sharedSandbox: () => Promise<string>;

/** The sandbox that all test files of a Jest worker share; a test has to `reset` it first. */
export async function useSharedSandbox(): Promise<Sandbox> {
	const url = await sharedSandbox();
	return { url, control: controlClient(url), stop: async () => {} };
}

/**
 * Starts a BildOut sandbox with its control interface on a free port, in a process of its own.
 * `args` are further command line options of `sandbox/main.mts`.
 */
export async function startSandbox(args: string[] = []): Promise<Sandbox> {
	const { url, stop } = await startProcess(0, ['--control', ...args]);
	return { url, control: controlClient(url), stop };
}
