import type { IDataObject } from 'n8n-workflow';

/**
 * What this package assumes about BildOut because no public page says it. Everything here may turn
 * out to be wrong; it is in one file so that it can be corrected in one place. docs/assumptions.md
 * lists the same assumptions, each with its workaround.
 */

/** The most records that BildOut returns on one page of a list. A lower cap is noticed and obeyed. */
export const MAX_PAGE_SIZE = 100;

/** The query parameters by which pages of a list are asked for. */
export const PAGE_PARAMETERS: readonly string[] = ['limit', 'page', 'offset', 'cursor'];

/** What is asked for, one after the other, where BildOut refuses a `limit` as too high. */
export const SMALLER_PAGE_SIZES = [50, 20, 10];

/**
 * Names, in a response's `pagination`, of what a list says about its pages; the first that is there counts.
 * BildOut documents that there is a `pagination`, not what is in it.
 */
export const PAGINATION_NAMES = {
	/** The number of the page. The first may be 0 or 1. */
	page: ['page', 'current_page', 'currentPage'],
	/** How many records stand before the page. */
	offset: ['offset'],
	/** How many records there are in all. */
	total: ['total', 'total_count', 'totalCount'],
	/** How many pages there are in all. */
	pages: ['total_pages', 'totalPages', 'last_page', 'lastPage'],
	hasMore: ['has_more', 'hasMore', 'has_next', 'hasNextPage'],
	/** What the query parameter `cursor` is to be for the next page. */
	cursor: ['next_cursor', 'nextCursor'],
	/** The next page as an address, or as its number. */
	next: ['next', 'next_page_url', 'next_url', 'next_page'],
} as const;

/** Where a list's `pagination` may stand instead. */
export const PAGINATION_PLACES = ['pagination', 'meta', 'paging', 'links'];

/** Where a list's records may stand, besides under the resource's own name, e.g. `invoices`. */
export const LIST_PLACES = ['data', 'items', 'results', 'records'];

/** The query parameter that narrows a list by text. A server that ignores it costs only more pages. */
export const SEARCH_PARAMETER = 'search';

/** The header that lets BildOut recognise a create that n8n sends again. A server that ignores it loses nothing. */
export const IDEMPOTENCY_HEADER = 'Idempotency-Key';

/**
 * The path segments, in the web application's addresses, that stand before a record's ID: that of the
 * API first, and what the application calls it otherwise.
 */
export function webPathsOf(apiPath: string): string[] {
	return apiPath === 'customers' ? [apiPath, 'clients'] : [apiPath];
}

/** An ID is a UUID in BildOut's own tables; any other plain token passes as well. */
export const RECORD_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** What is an invoice's number rather than its ID: a prefix that the company chooses, and digits. */
export const INVOICE_NUMBER =
	/^([Ii][Nn][Vv]|[Ii]nvoice ?(#|[Nn]o\.?)?|[A-Za-z][A-Za-z0-9]{0,9}[-/#])[ -]?([12]\d{3}[-/])?\d{1,10}$/;

/** The same where no prefix is needed, because nobody said that it is an ID. */
export const PLAIN_INVOICE_NUMBER = /^#? ?([12]\d{3}[-/])?\d{1,10}$/;

/** What is a name rather than an ID, an address or a record: it has no digit, or something that no ID has. */
export const PLAIN_NAME = /^(?![.{[/])(?!.*\.\.)(?=.*\p{L})([^\d\r\n]+|.*[^\w\r\n-].*)$/u;

/** The customer's name in a record that belongs to one, where BildOut sends it along. */
export function customerNameIn(record: IDataObject): string | undefined {
	const { client_name, customer_name } = record;
	const names = [client_name, customer_name, ...customersIn(record).map((owner) => owner?.name)];
	return names.find((name) => typeof name === 'string');
}

/** The ID of the customer that a record belongs to. */
export function customerIdIn(record: IDataObject): unknown {
	const ids = [record.client_id, ...customersIn(record).map((one) => one?.id), record.customer_id];
	return ids.find((id) => id !== undefined && id !== null);
}

/** Whether a record says which customer it belongs to, or that it belongs to none. */
export function showsCustomer(record: IDataObject): boolean {
	const places = ['client_id', 'customer_id', 'client', 'customer'];
	return places.some((field) => record[field] !== undefined);
}

function customersIn({ client, customer }: IDataObject) {
	return [client, customer] as Array<IDataObject | null | undefined>;
}

/** The ID in a field such as `project_id`, or of the record that BildOut sends along, such as `project`. */
export function linkedIdIn(record: IDataObject, field: string): unknown {
	if (field === 'client_id') return customerIdIn(record) ?? record[field];
	const along = record[field.replace(/_id$/, '')] as IDataObject | null | undefined;
	return record[field] ?? along?.id ?? record[field];
}

/** Where an invoice that BildOut returns may have its line items, besides under their documented name. */
const LINE_ITEM_PLACES = ['line_items', 'lineItems', 'items', 'lines'];

/**
 * The line items that an invoice shows, bare or in `{ data }`; undefined where it shows none. A line of which
 * only the ID is shown has no fields.
 */
export function linesIn(invoice: IDataObject): IDataObject[] | undefined {
	const lists = LINE_ITEM_PLACES.map((place) => {
		const value = invoice[place] as IDataObject | unknown[] | null | undefined;
		return Array.isArray(value) ? value : value?.data;
	});
	const lines = lists.find((list) => Array.isArray(list)) as unknown[] | undefined;
	return lines?.map((line) =>
		typeof line === 'object' && line !== null ? (line as IDataObject) : {},
	);
}

/** The ID of the invoice that a payment is for. */
export function invoiceIdIn({ invoice_id: id, invoice }: IDataObject): unknown {
	return id ?? (invoice as IDataObject | null | undefined)?.id;
}

/**
 * Fields that are certainly the server's: a client sets none of them, and BildOut's contract, as far as it is
 * known, calls them read-only. They are left out when a record that was read is written back. Any other field
 * may be one of the user's own, so it is left out only once BildOut has refused it as read-only.
 */
export const SERVER_OWNED_FIELDS = {
	record: ['id', 'created_at', 'updated_at'],
	invoice: ['invoice_number', 'subtotal', 'tax_total', 'total', 'amount_paid', 'amount_due'],
	lineItem: ['id', 'amount', 'created_at', 'updated_at'],
} as const;

/** Fields under which an invoice or a project may show other records. A plain value in one of them is the user's own. */
export const EMBEDDED_RECORDS: readonly string[] = ['client', 'customer', 'project', 'payments'];

/** What clients write of an address and of a line item. */
export const CLIENT_FIELDS: readonly string[] = [
	'line1',
	'line2',
	'city',
	'state',
	'zip',
	'country',
	'name',
	'description',
	'quantity',
	'unit_price',
	'tax_rate',
];

/**
 * Where webhook subscriptions are kept, below `/api/v1`. BildOut documents that there are such, and
 * the scope they need, but no endpoint. The workaround is Registration "Manual".
 */
export const WEBHOOKS_PATH = 'webhooks';

/** Events that only ask whether the address responds. They are no event of the documented list. */
export const PING_EVENTS = [
	'ping',
	'test',
	'webhook.ping',
	'webhook.test',
	'webhook.verification',
	'url_verification',
];

/**
 * The words that a field may use for each of its values, as `normalWord` writes them. Filters, the
 * polling trigger and labels read them by this one table; the first word is the value itself.
 */
export type Vocabulary<Value extends string = string> = Readonly<Record<Value, readonly string[]>>;

/** @param others the other words for each value, with a space between */
function vocabulary<Value extends string>(others: Record<Value, string>): Vocabulary<Value> {
	const words = Object.entries<string>(others).map(([value, more]) => [
		value,
		[value, ...more.split(' ')],
	]);
	return Object.fromEntries(words) as Vocabulary<Value>;
}

export const INVOICE_STATUS = vocabulary({
	draft: 'new',
	sent: 'open unpaid issued outstanding awaiting_payment',
	viewed: 'seen opened',
	partial: 'partially_paid partly_paid partial_paid partial_payment part_paid',
	paid: 'paid_in_full fully_paid',
	overdue: 'past_due late',
	void: 'voided canceled cancelled',
});

export const PAYMENT_STATUS = vocabulary({
	requires_payment:
		'requires_payment_method requires_confirmation requires_action requires_capture draft created new unpaid',
	processing: 'pending in_progress authorized scheduled in_transit on_hold',
	succeeded:
		'success successful settled paid paid_in_full paid_out complete completed received cleared deposited posted partially_refunded',
	failed: 'declined rejected returned bounced expired',
	canceled: 'cancelled void voided',
	refunded: 'reversed disputed charged_back chargeback',
});

export const PAYMENT_DIRECTION = vocabulary({
	incoming: 'in inbound received credit inflow pay_in income',
	outgoing: 'out outbound sent debit outflow payout expense',
});

export const PAYMENT_METHOD: Vocabulary = vocabulary({
	us_bank_account: 'ach ach_debit bank_account',
	check: 'cheque',
});

export const PROJECT_STATUS: Vocabulary = vocabulary({
	planning: 'planned not_started',
	active: 'in_progress ongoing started',
	on_hold: 'paused hold',
	completed: 'complete done finished',
	canceled: 'cancelled',
});

export const VENDOR_TYPE: Vocabulary = vocabulary({
	consultant: 'consulting',
	subcontractor: 'sub_contractor sub',
	supplier: 'material_supplier',
});

/** The value that a word stands for; the word itself, normalized, where the vocabulary has none. */
export function meaningOf(words: Vocabulary, word: unknown): string {
	return valueOf(words, word) ?? normalWord(word);
}

const valuesByWord = new WeakMap<object, Map<string, string>>();

/** A list may have 10,000 statuses to look up. Of a word that stands for two values, the first counts. */
function valueOf<Value extends string>(words: Vocabulary<Value>, word: unknown): Value | undefined {
	let values = valuesByWord.get(words);
	if (!values) {
		const pairs = Object.entries<readonly string[]>(words).flatMap(([value, its]) =>
			its.map((one): [string, string] => [withoutSeparators(one), value]),
		);
		values = new Map(pairs.reverse());
		valuesByWord.set(words, values);
	}
	return values.get(withoutSeparators(normalWord(word))) as Value | undefined;
}

/** `past_due` and `pastdue` are the same word. */
function withoutSeparators(word: string): string {
	return word.replaceAll('_', '');
}

/** What an invoice's `status` says, as if nobody had looked at it; undefined when it says nothing that is known. */
export function invoiceStateOf({ status }: IDataObject) {
	const state = valueOf(INVOICE_STATUS, status);
	return state === 'viewed' ? 'sent' : state;
}

/** Whether an invoice's `status` says that the customer has looked at it. */
export function isViewedStatus({ status }: IDataObject): boolean {
	return valueOf(INVOICE_STATUS, status) === 'viewed';
}

/** The filter by which BildOut lists only invoices that are paid. A server that ignores it costs only more pages. */
export const PAID_INVOICES = { status: 'paid' };

/** What a payment's `status` says; undefined for an unknown one. A payment without a status is one that was made. */
export function paymentStateOf({ status }: IDataObject): keyof typeof PAYMENT_STATUS | undefined {
	const isMissing = status === undefined || status === null || status === '';
	return isMissing ? 'succeeded' : valueOf(PAYMENT_STATUS, status);
}

/** Whether the money of a payment has arrived. */
export function isSettled(payment: IDataObject): boolean {
	return paymentStateOf(payment) === 'succeeded';
}

/**
 * Whether a payment goes to a vendor or comes from a customer: by its `direction`, or by whom it names
 * where that says nothing known. Undefined where it tells neither.
 */
export function directionOf(payment: IDataObject): keyof typeof PAYMENT_DIRECTION | undefined {
	const stated = valueOf(PAYMENT_DIRECTION, payment.direction);
	if (stated) return stated;
	if (payment.vendor_id) return 'outgoing';
	const namesVendors = 'vendor_id' in payment;
	return namesVendors || payment.client_id || payment.invoice_id ? 'incoming' : undefined;
}

/** Whether a payment goes to a vendor. One that does not say so is taken for a customer's. */
export function isOutgoing(payment: IDataObject): boolean {
	return directionOf(payment) === 'outgoing';
}

/** A word as it is compared: in small letters, with underscores between its parts. */
export function normalWord(value: unknown): string {
	if (typeof value !== 'string') return '';
	const words = value.trim().replace(/([a-z])([A-Z])/g, '$1_$2');
	return words.toLowerCase().replace(/[\s-]+/g, '_');
}
