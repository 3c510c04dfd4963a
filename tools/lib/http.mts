/** Sends requests as one browser would: cookies are kept per host and sent back. */
export class CookieJar {
	readonly #cookies = new Map<string, Map<string, string>>();

	/** One request; a redirect is returned as such, not followed. */
	async fetch(address: string | URL, init: RequestInit = {}): Promise<Response> {
		const { host } = new URL(address);
		const cookies = this.#cookies.get(host) ?? new Map<string, string>();
		this.#cookies.set(host, cookies);
		const headers = new Headers(init.headers);
		if (cookies.size > 0) {
			headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
		}
		const response = await fetch(address, { ...init, headers, redirect: 'manual' });
		for (const cookie of response.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
			if (name === undefined) continue;
			if (value === '' || /;\s*max-age=0/i.test(cookie)) cookies.delete(name);
			else cookies.set(name, value);
		}
		return response;
	}
}
