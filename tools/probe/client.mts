import { setTimeout as sleep } from 'node:timers/promises';

export interface ApiResponse {
	status: number;
	headers: Headers;
	/** The JSON in the body; undefined where it is none. */
	json: unknown;
}

export type JsonObject = Record<string, unknown>;

const MINUTE_MS = 60_000;
const STANDARD_LIMIT = 100;
/** BildOut allows a fifth of the minute's requests in any one second. */
const BURST_SHARE = 1 / 5;
const TIMEOUT_MS = 30_000;

/** BildOut's API for the probe, which uses at most half of the rate limit. */
export class Client {
	/** How many requests were sent. */
	sent = 0;

	/** The headers of the latest response that had rate limit headers. */
	rateLimit: Headers | undefined;

	/** Ends the probe: from now on only what it wrote is deleted. */
	isInterrupted = false;

	#times: number[] = [];

	readonly baseUrl: string;

	/** Another one after a renewal. */
	accessToken: string;

	constructor(baseUrl: string, accessToken: string) {
		this.baseUrl = baseUrl;
		this.accessToken = accessToken;
	}

	/** A request below `/api/v1`; the segments of its path are data. */
	async api(
		method: string,
		path: string[],
		{
			query = {},
			body,
			headers = {},
			token = this.accessToken,
		}: {
			query?: Record<string, string | number>;
			body?: JsonObject;
			headers?: Record<string, string>;
			token?: string;
		} = {},
	): Promise<ApiResponse> {
		if (this.isInterrupted && method !== 'DELETE') throw new Error('The probe was interrupted.');
		const url = new URL(`${this.baseUrl}/api/v1/${path.map(encodeURIComponent).join('/')}`);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
		const response = await this.fetch(url, {
			method,
			headers: {
				accept: 'application/json',
				authorization: `Bearer ${token}`,
				...(body && { 'content-type': 'application/json' }),
				...headers,
			},
			body: body && JSON.stringify(body),
		});
		if (response.headers.has('x-ratelimit-limit')) this.rateLimit = response.headers;
		return response;
	}

	/** Any address of BildOut. Redirects are returned as they are. */
	async fetch(url: URL | string, options: RequestInit = {}): Promise<ApiResponse> {
		await this.#turn();
		const response = await fetch(url, {
			...options,
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
		const text = await response.text();
		return { status: response.status, headers: response.headers, json: parsed(text) };
	}

	async #turn(): Promise<void> {
		const limit = Number(this.rateLimit?.get('x-ratelimit-limit')) || STANDARD_LIMIT;
		const most = Math.max(1, Math.floor(limit / 2));
		for (;;) {
			const now = Date.now();
			this.#times = this.#times.filter((time) => time > now - MINUTE_MS);
			const wait = Math.max(
				(this.#times.at(-most) ?? 0) + MINUTE_MS - now,
				(this.#times.at(-Math.max(1, Math.floor(most * BURST_SHARE))) ?? 0) + 1000 - now,
			);
			if (wait <= 0) break;
			await sleep(wait);
		}
		this.#times.push(Date.now());
		this.sent += 1;
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

export const isObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The record in a response, with or without an envelope. */
export function recordIn({ json }: ApiResponse): JsonObject | undefined {
	if (!isObject(json)) return undefined;
	const record = isObject(json.data) ? json.data : json;
	return record.id === undefined ? undefined : record;
}

/** The records in the response of a list. */
export function recordsIn({ json }: ApiResponse): JsonObject[] {
	const list = isObject(json) ? json.data : json;
	return Array.isArray(list) ? list.filter(isObject) : [];
}

export function paginationIn({ json }: ApiResponse): JsonObject {
	return isObject(json) && isObject(json.pagination) ? json.pagination : {};
}
