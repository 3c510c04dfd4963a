import { randomBytes, randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Records } from '../records/records.mts';
import type { Settings } from '../settings.mts';
import type { Attempt, Delivery } from './delivery.mts';
import { signature } from './signature.mts';
import type { Subscriptions } from './subscriptions.mts';

/** Emits `change` whenever there is something new to see. */
export type News = EventEmitter<{ change: [] }>;

const responseKept = 500;

/** What makes a delivery one that a receiver must refuse. */
type InvalidDelivery = 'forged' | 'stale';

type Outcome = Pick<Attempt, 'status' | 'error' | 'response'>;

interface Emission {
	type: string;
	data: unknown;
	/** The event's ID; a new one unless given. */
	id?: string;
	/** When it happened; now unless given. An event that is reported again has the time that it had before. */
	created_at?: string;
}

/**
 * Brings events to their subscribers, at least once: a delivery is written down together with the
 * change that caused it, is tried again after anything but a 2xx, and goes on after a restart.
 */
export class Courier {
	readonly #records: Records;
	readonly #subscriptions: Subscriptions;
	readonly #settings: () => Settings;
	readonly #news: News;
	readonly #agent = new Agent({ connections: 32 });
	#stop = new AbortController();

	constructor(
		records: Records,
		subscriptions: Subscriptions,
		settings: () => Settings,
		news: News,
	) {
		this.#news = news;
		this.#records = records;
		this.#subscriptions = subscriptions;
		this.#settings = settings;
		for (const { id } of records.deliveries.list({ where: { state: 'pending' } })) this.#start(id);
	}

	/** Writes down what is to be sent, and starts once the current change is kept. Returns the delivery IDs. */
	emit({ type, data, id, created_at = new Date().toISOString() }: Emission): string[] {
		const event = { id: id ?? `evt_${randomBytes(12).toString('hex')}`, type, created_at, data };
		const { eventKey } = this.#settings().webhooks;
		const { type: _, ...rest } = event;
		const body = JSON.stringify(eventKey ? { ...rest, event: type } : event);
		return this.#subscriptions.wanting(type).map(({ id: subscription_id, url }) => {
			const delivery: Delivery = {
				id: randomUUID(),
				subscription_id,
				event_id: event.id,
				type,
				url,
				headers: {},
				body,
				attempts: [],
				state: 'pending',
				created_at,
			};
			this.#records.deliveries.insert(delivery);
			this.#start(delivery.id);
			return delivery.id;
		});
	}

	/** Sends a delivery again, from the first attempt on. */
	redeliver(id: string): void {
		this.#keep({ ...this.#records.deliveries.existing(id), state: 'pending' });
		this.#start(id);
	}

	/**
	 * Sends a delivery's body once more in a way that a receiver must refuse: signed with another secret, or
	 * with the right one ten minutes ago. It is not kept, and not tried again.
	 */
	async sendInvalid(id: string, fault: InvalidDelivery): Promise<Outcome> {
		const delivery = this.#records.deliveries.existing(id);
		const { secret } = this.#records.subscriptions.get(delivery.subscription_id) ?? {};
		const now = Math.floor(Date.now() / 1000);
		const { outcome } =
			fault === 'forged'
				? await this.#post(delivery, `${secret}-guessed`, now)
				: await this.#post(delivery, secret, now - 600);
		return outcome;
	}

	/** Drops what is on its way. */
	reset(): void {
		this.#stop.abort();
		this.#stop = new AbortController();
	}

	async close(): Promise<void> {
		this.#stop.abort();
		await this.#agent.destroy();
	}

	#start(id: string): void {
		const { signal } = this.#stop;
		setImmediate(() => {
			this.#news.emit('change');
			this.#deliver(id, signal).catch((error) => {
				if (!signal.aborted) console.error('Delivery %s stopped:', id, error);
			});
		});
	}

	async #deliver(id: string, signal: AbortSignal): Promise<void> {
		const waits = [0, ...this.#settings().webhooks.retryDelaysMs];
		for (const [round, wait] of waits.entries()) {
			await sleep(wait, undefined, { signal });
			const delivery = this.#records.deliveries.get(id);
			if (!delivery) return;
			const { headers, attempt } = await this.#attempt(delivery);
			if (signal.aborted) return;
			const done = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
			const givenUp = !done && round === waits.length - 1;
			this.#keep({
				...delivery,
				headers,
				attempts: [...delivery.attempts, attempt],
				state: done ? 'delivered' : givenUp ? 'failed' : 'pending',
			});
			if (done) return;
		}
	}

	async #attempt(delivery: Delivery) {
		const started = Date.now();
		const secret = this.#records.subscriptions.get(delivery.subscription_id)?.secret;
		const { headers, outcome } = await this.#post(delivery, secret, Math.floor(started / 1000));
		const attempt: Attempt = {
			at: new Date(started).toISOString(),
			...outcome,
			ms: Date.now() - started,
		};
		return { headers, attempt };
	}

	async #post({ url, body }: Delivery, secret: string | undefined, signedAt: number) {
		const { timeoutMs } = this.#settings().webhooks;
		const headers: Record<string, string> = {
			'Content-Type': 'application/json',
			'User-Agent': 'BildOut-Sandbox-Webhooks/1',
		};
		const outcome: Outcome = { status: null, error: null, response: '' };
		try {
			if (secret === undefined) throw new Error('The subscription was deleted');
			headers[this.#settings().quirks.signatureHeader] = signature(secret, body, signedAt);
			const response = await request(url, {
				method: 'POST',
				headers,
				body,
				dispatcher: this.#agent,
				signal: AbortSignal.timeout(timeoutMs),
			});
			outcome.response = (await response.body.text()).slice(0, responseKept);
			outcome.status = response.statusCode;
		} catch (error) {
			const { name, message, code } = error as Error & { code?: string };
			outcome.error =
				name === 'TimeoutError' ? `No response within ${timeoutMs} ms` : code || message;
		}
		return { headers, outcome };
	}

	#keep(delivery: Delivery): void {
		this.#records.deliveries.replace(delivery);
		this.#news.emit('change');
	}
}
