import type { StoredRecord } from '../records/collection.mts';
import type { WebhookSettings } from '../settings.mts';

export interface Attempt {
	at: string;
	/** Null when there was no response; then `error` says why. */
	status: number | null;
	error: string | null;
	/** How long the receiver took, in milliseconds. */
	ms: number;
	/** The beginning of what the receiver responded. */
	response: string;
}

/** One event on its way to one subscriber. */
export interface Delivery extends StoredRecord {
	subscription_id: string;
	event_id: string;
	type: string;
	url: string;
	/** Those of the last attempt. */
	headers: Record<string, string>;
	body: string;
	attempts: Attempt[];
	state: 'pending' | 'delivered' | 'failed';
	created_at: string;
}

export interface Event {
	id: string;
	type: string;
	created_at: string;
	data: unknown;
}

/** An event as the bytes that are sent; the shapes are those that receivers have to cope with. */
export function eventBody(event: Event, shape: WebhookSettings['bodyShape']): string {
	const { id, type, created_at, data } = event;
	switch (shape) {
		case 'event_key':
			return JSON.stringify({ id, event: type, created_at, data });
		case 'no_id':
			return JSON.stringify({ type, created_at, data });
		default:
			return JSON.stringify(event);
	}
}
