import { randomUUID } from 'node:crypto';
import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

type Method = 'GET' | 'LIST' | 'POST' | 'PUT' | 'DELETE';

export interface Kept {
	id: string;
	url: string;
	events: string[];
	active: boolean;
	secret: string;
}

/** What BildOut leaves open, and what may go wrong on the way. */
export interface Behavior {
	/** Responds to these requests with a status, and does nothing. */
	refuses: Partial<Record<Method, number>>;
	/** Does these requests, and then the connection breaks. */
	loses: Method[];
	/** What a new subscription has besides what was asked for; `count` is of those that there are. */
	made: (count: number) => Partial<Kept>;
	/** The secret that a change brings, where it does; the response to PUT shows it. */
	changed?: () => string;
	/** What happens while a request is under way; the response is another if it returns one. */
	meanwhile: (method: Method) => Promise<object | void>;
	/** How a URL that is written is kept. */
	keptUrl: (url: string) => string;
	/** How a subscription is shown; `secret` is there only in the response to POST. */
	shown: (subscription: Partial<Kept>) => IDataObject;
}

/** A rate limit that no test reaches. */
const generous = () => ({
	'x-ratelimit-limit': '100000',
	'x-ratelimit-remaining': '99999',
	'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 60),
});

/** A stand-in for the webhook endpoints of BildOut's API, with the subscriptions of one account. */
export class WebhookApi {
	subscriptions: Kept[] = [];

	/** What was asked, e.g. `GET /webhooks/1`. */
	asked: string[] = [];

	behavior: Behavior = {
		refuses: {},
		loses: [],
		made: () => ({}),
		meanwhile: async () => {},
		keptUrl: (url) => url,
		shown: (subscription) => ({ data: { ...subscription } }),
	};

	constructor(behavior: Partial<Behavior> = {}) {
		Object.assign(this.behavior, behavior);
	}

	add(url: string, more: Partial<Kept> = {}): Kept {
		const id = randomUUID();
		const kept = {
			id,
			url,
			events: ['invoice.paid'],
			active: true,
			secret: `whsec_${id}`,
			...more,
		};
		this.subscriptions.push(kept);
		return kept;
	}

	/** Responds as n8n's `httpRequestWithAuthentication` does. */
	async respond({ method, url, body }: IHttpRequestOptions): Promise<unknown> {
		const path = new URL(url).pathname.replace('/api/v1', '');
		this.asked.push(`${method} ${path}`);
		const id = path.split('/')[2];
		const kind = (method === 'GET' && id === undefined ? 'LIST' : method) as Method;
		const { refuses, loses, meanwhile } = this.behavior;
		const other = await meanwhile(kind);
		if (other) return { headers: generous(), ...other };
		const status = refuses[kind];
		const response =
			status === undefined
				? this.done(kind, id, body as Partial<Kept>)
				: { statusCode: status, body: { error: { message: `Status ${status}` } } };
		if (loses.includes(kind)) throw Object.assign(new Error('Lost'), { code: 'ECONNRESET' });
		return { headers: generous(), ...response };
	}

	private done(method: Method, id: string, body: Partial<Kept>) {
		const { keptUrl, changed, shown: show } = this.behavior;
		const found = this.subscriptions.find((subscription) => subscription.id === id);
		const shown = ({ secret: _, ...rest }: Kept) => show(rest);
		if (method === 'LIST') {
			const data = this.subscriptions.map((each) => shown(each).data ?? shown(each));
			return { statusCode: 200, body: { data, pagination: { total: data.length, page: 1 } } };
		}
		if (method === 'POST') {
			const more = this.behavior.made(this.subscriptions.length);
			const made = this.add(keptUrl(body.url!), { events: body.events, ...more });
			return { statusCode: 201, body: show(made) };
		}
		if (found === undefined) return { statusCode: 404, body: { error: { message: 'Not found' } } };
		if (method === 'DELETE') {
			this.subscriptions = this.subscriptions.filter((each) => each !== found);
			return { statusCode: 204, body: '' };
		}
		if (method === 'PUT') {
			const url = keptUrl(body.url!);
			Object.assign(found, { active: true, ...body, url });
			if (changed) return { statusCode: 200, body: show({ ...found, secret: changed() }) };
		}
		return { statusCode: 200, body: shown(found) };
	}
}
