import type { Fault as OrderedFault } from '../../sandbox/src/control/faults.mts';
import type { LoggedRequest } from '../../sandbox/src/control/requestlog.mts';
import type { IssuedTokens } from '../../sandbox/src/oauth/grants.mts';
import type { Payment } from '../../sandbox/src/records/types.mts';
import type { Quantities } from '../../sandbox/src/seed/seed.mts';
import type { SettingsChange } from '../../sandbox/src/settings.mts';
import type { Delivery } from '../../sandbox/src/webhooks/delivery.mts';
import { startSandbox as startProcess } from '../../tools/lib/sandbox.mts';

export type { Delivery } from '../../sandbox/src/webhooks/delivery.mts';
export type { SettingsChange as SandboxConfig } from '../../sandbox/src/settings.mts';

/** Something to go wrong, once unless `times` says otherwise. */
export type Fault = Omit<OrderedFault, 'times'> & { times?: number };
export type SeedCounts = Partial<Quantities>;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** One API or OAuth call as the sandbox saw it, after its way through JSON. */
export interface SeenRequest extends LoggedRequest {
	query: Record<string, string>;
	headers: Record<string, string>;
	json: Json | undefined;
	responseHeaders: Record<string, string>;
}

/** A client for the control interface of the sandbox at `url`. */
export function controlClient(url: string) {
	const call = async <T,>(method: string, path: string, body?: unknown): Promise<T> => {
		const response = await fetch(`${url}/__control${path}`, {
			method,
			...(body === undefined
				? {}
				: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return (text === '' ? undefined : JSON.parse(text)) as T;
	};
	return {
		reset: async (options: { seed?: boolean } = {}) => await call('POST', '/reset', options),
		seed: async (counts: SeedCounts) => await call<Quantities>('POST', '/seed', counts),
		config: async (config: SettingsChange) => await call('POST', '/config', config),
		/** Sets the account's clock, which goes on from there. */
		setClock: async (to: string) =>
			await call<{ now: string; today: string }>('POST', '/clock', { to }),
		fault: async (fault: Fault) => await call('POST', '/faults', fault),
		clearFaults: async () => await call('DELETE', '/faults'),
		token: async (options: { scopes?: string[]; expiresIn?: number } = {}) =>
			await call<IssuedTokens>('POST', '/tokens', options),
		expireTokens: async (accessToken?: string) =>
			await call('POST', '/tokens/expire', { access_token: accessToken }),
		revokeTokens: async () => await call('POST', '/tokens/revoke', {}),
		requests: async () => await call<SeenRequest[]>('GET', '/requests'),
		clearRequests: async () => await call('DELETE', '/requests'),
		/** A customer pays an invoice, in whole when no amount is given. */
		pay: async (payment: { invoice_id: string; amount?: number; status?: 'processing' }) =>
			await call<Payment>('POST', '/payments', payment),
		/** The bank says what became of a payment under way. */
		settle: async (id: string, status: 'succeeded' | 'failed') =>
			await call<Payment>('POST', `/payments/${id}/settle`, { status }),
		emit: async (event: { type: string; data?: unknown; id?: string; created_at?: string }) =>
			await call<{ deliveries: string[] }>('POST', '/emit', event),
		deliveries: async () => await call<Delivery[]>('GET', '/deliveries'),
		redeliver: async (id: string) => await call('POST', `/deliveries/${id}/redeliver`, {}),
	};
}

/** What the sandbox's page does when a button is pressed, such as `invoices/ID/paid`. */
export async function pressOnPage(url: string, button: string, body: object = {}): Promise<void> {
	const answer = await fetch(`${url}/page/${button}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', origin: url },
		body: JSON.stringify(body),
	});
	if (!answer.ok) throw new Error(`${button}: ${answer.status} ${await answer.text()}`);
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
