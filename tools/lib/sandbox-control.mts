import type { Fault as OrderedFault } from '../../sandbox/src/control/faults.mts';
import type { LoggedRequest } from '../../sandbox/src/control/requestlog.mts';
import type { IssuedTokens } from '../../sandbox/src/oauth/grants.mts';
import type { Payment } from '../../sandbox/src/records/types.mts';
import type { Quantities } from '../../sandbox/src/seed/seed.mts';
import type { SettingsChange } from '../../sandbox/src/settings.mts';
import type { Delivery } from '../../sandbox/src/webhooks/delivery.mts';

export type { Delivery };
export type { SettingsChange as SandboxConfig };

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
		/** A payment under way succeeds or fails at the bank. */
		settle: async (id: string, status: 'succeeded' | 'failed') =>
			await call<Payment>('POST', `/payments/${id}/settle`, { status }),
		emit: async (event: { type: string; data?: unknown; id?: string; created_at?: string }) =>
			await call<{ deliveries: string[] }>('POST', '/emit', event),
		deliveries: async () => await call<Delivery[]>('GET', '/deliveries'),
		redeliver: async (id: string) => await call('POST', `/deliveries/${id}/redeliver`, {}),
	};
}

/** BildOut's API at `url` as another of its clients uses it. A refusal throws. */
export function apiClient(url: string, authorization: () => string | Promise<string>) {
	const call = async <T,>(method: string, path: string, body?: unknown) => {
		const response = await fetch(`${url}/api/v1${path}`, {
			method,
			headers: { authorization: await authorization(), 'content-type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
		return JSON.parse(text) as { data: T; pagination?: { total_pages: number } };
	};
	return {
		/** What the response has as `data`. */
		api: async <T = JsonObject,>(method: string, path: string, body?: unknown): Promise<T> =>
			(await call<T>(method, path, body)).data,
		/** All records of a list, such as `customers`. */
		all: async <T,>(list: string): Promise<T[]> => {
			const records: T[] = [];
			for (let page = 1, pages = 1; page <= pages; page++) {
				const { data, pagination } = await call<T[]>('GET', `/${list}?limit=100&page=${page}`);
				records.push(...data);
				pages = pagination?.total_pages ?? 1;
			}
			return records;
		},
	};
}
