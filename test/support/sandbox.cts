import { startSandbox as startProcess } from '../../tools/lib/sandbox.mts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * One API or OAuth call as the sandbox saw it. `body` is the raw text, `json` its parsed form. `status` and
 * `finishedAt` are null while it is not answered; a dropped connection leaves `status` so.
 */
export interface SeenRequest {
	method: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body: string;
	json: Json | undefined;
	status: number | null;
	responseHeaders: Record<string, string>;
	startedAt: number;
	finishedAt: number | null;
	inFlight: number;
}

export interface Token {
	access_token: string;
	refresh_token: string;
	expires_in: number;
	token_type: string;
	scope: string;
}

/**
 * `drop_before` closes the connection before anything is written, `drop_after` once the write is
 * committed. `path` is a regular expression over the path; `times` counts matching requests (1).
 */
export interface Fault {
	kind: 'status' | 'html' | 'drop_before' | 'drop_after' | 'slow';
	method?: string;
	path?: string;
	times?: number;
	status?: number;
	code?: string;
	message?: string;
	details?: Array<{ field: string; message: string }>;
	headers?: Record<string, string>;
	delayMs?: number;
}

export interface SandboxConfig {
	latencyMs?: number;
	pagination?: 'page' | 'offset' | 'cursor';
	ignorePage?: boolean;
	maxLimit?: number;
	rateLimit?: {
		limit?: number;
		burst?: number;
		windowScale?: number;
		form?: 'fixed' | 'sliding';
		headers?: boolean;
		retryAfter?: 'seconds' | 'date' | 'none';
	};
	/** Null holds the limit of `rateLimit` again. */
	announcedLimit?: number | null;
	webhooks?: {
		timeoutMs?: number;
		retryDelaysMs?: number[];
		omitSecret?: boolean;
		bodyShape?: string;
	};
}

export interface Delivery {
	id: string;
	subscription_id: string;
	event_id: string;
	type: string;
	url: string;
	headers: Record<string, string>;
	body: string;
	attempts: Array<{ at: string; status: number | null; error: string | null; ms: number }>;
	state: string;
}

export type SeedCounts = Partial<
	Record<'customers' | 'vendors' | 'projects' | 'invoices' | 'payments', number>
>;

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
		seed: async (counts: SeedCounts) => await call<SeedCounts>('POST', '/seed', counts),
		config: async (config: SandboxConfig) => await call('POST', '/config', config),
		fault: async (fault: Fault) => await call('POST', '/faults', fault),
		clearFaults: async () => await call('DELETE', '/faults'),
		token: async (options: { scopes?: string[]; expiresIn?: number } = {}) =>
			await call<Token>('POST', '/tokens', options),
		expireTokens: async (accessToken?: string) =>
			await call('POST', '/tokens/expire', { access_token: accessToken }),
		revokeTokens: async () => await call('POST', '/tokens/revoke', {}),
		requests: async () => await call<SeenRequest[]>('GET', '/requests'),
		clearRequests: async () => await call('DELETE', '/requests'),
		emit: async (event: { type: string; data?: unknown; id?: string }) =>
			await call<{ deliveries: string[] }>('POST', '/emit', event),
		deliveries: async () => await call<Delivery[]>('GET', '/deliveries'),
		redeliver: async (id: string) => await call('POST', `/deliveries/${id}/redeliver`, {}),
	};
}

export interface Sandbox {
	/** Where it listens, without a trailing slash. */
	url: string;
	control: ReturnType<typeof controlClient>;
	stop(): Promise<void>;
}

/**
 * Starts a BildOut sandbox with its control interface on a free port, in a process of its own.
 * `args` are further command line options of `sandbox/main.mts`.
 */
export async function startSandbox(args: string[] = []): Promise<Sandbox> {
	const { url, stop } = await startProcess(0, ['--control', ...args]);
	return { url, control: controlClient(url), stop };
}
