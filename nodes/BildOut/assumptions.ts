import type { IDataObject } from 'n8n-workflow';

/**
 * What this package assumes about BildOut because no public page says it. Everything here may turn
 * out to be wrong; it stands in one file so that it can be put right in one place. The README lists
 * the same assumptions with the way round each of them.
 */

/** The most records that BildOut hands out on one page of a list. A lower cap is noticed and obeyed. */
export const MAX_PAGE_SIZE = 100;

/** The query parameter that narrows a list by text. A server that ignores it costs only more pages. */
export const SEARCH_PARAMETER = 'search';

/** The header that lets BildOut recognise a create that n8n sends again. A server that ignores it loses nothing. */
export const IDEMPOTENCY_HEADER = 'Idempotency-Key';

/** The path segments, in the web application's addresses, that stand before a record's ID. */
export const WEB_PATHS = {
	customer: ['customers', 'clients'],
	invoice: ['invoices'],
	payment: ['payments'],
	project: ['projects'],
	vendor: ['vendors'],
} as const;

/** An ID is a UUID in BildOut's own tables; any other plain token passes as well. */
export const RECORD_ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * Fields that the server owns. They are left out when a record that was read is written back, because
 * a PUT replaces the record and may refuse what it does not let clients set.
 */
export const SERVER_OWNED_FIELDS = {
	record: [
		'id',
		'object',
		'created_at',
		'updated_at',
		'deleted_at',
		'created_by',
		'user_id',
		'url',
	],
	invoice: [
		'invoice_number',
		'subtotal',
		'tax_total',
		'total',
		'amount_paid',
		'amount_due',
		'sent_at',
		'viewed_at',
		'paid_at',
		'voided_at',
		'client',
		'customer',
		'project',
		'payments',
	],
	lineItem: [
		'id',
		'invoice_id',
		'amount',
		'subtotal',
		'tax_amount',
		'tax_total',
		'total',
		'created_at',
		'updated_at',
	],
} as const;

/**
 * Where webhook subscriptions are kept, below `/api/v1`. BildOut documents that there are such, and
 * the scope they need, but no endpoint. The way round is Registration "Manual".
 */
export const WEBHOOKS_PATH = 'webhooks';

/** A webhook subscription, as it is written and as BildOut answers. */
export interface Subscription {
	id: string;
	/** Where BildOut delivers to. */
	url: string;
	events: string[];
	/** False while deliveries are paused. */
	active?: boolean;
	/** What deliveries are signed with. Shown in the answer that creates the subscription, once. */
	secret?: string;
}

/** The name of the event in a delivery's body. */
export function eventTypeOf({ type, event }: IDataObject): string | undefined {
	return [type, event].find((name) => typeof name === 'string');
}

/** What a delivery's event is known by when it comes again; undefined where the body has no ID. */
export function eventIdOf({ id }: IDataObject): string | undefined {
	return (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : undefined;
}
