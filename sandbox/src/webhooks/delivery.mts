import type { StoredRecord } from '../records/collection.mts';

export interface Attempt {
	at: string;
	/** Null when there was no response; then `error` has the reason. */
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
