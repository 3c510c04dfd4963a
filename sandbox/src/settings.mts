/** What a running sandbox can do differently; the control interface changes it. */
export interface Settings {
	pagination: 'page' | 'offset' | 'cursor';
	/** Return the first page whatever page is asked for, as a careless server does. */
	ignorePage: boolean;
	/** The most records in a page of a list, whatever `limit` asks for. */
	maxLimit: number;
	/** Added before each API and OAuth response, in milliseconds. */
	latencyMs: number;
	/** Requests a minute to announce and hold instead of `rateLimit.limit`; the burst scales alike. */
	announcedLimit: number | null;
	rateLimit: RateLimitSettings;
	webhooks: WebhookSettings;
	quirks: QuirkSettings;
}

export interface RateLimitSettings {
	/** Requests a minute. */
	limit: number;
	/** Requests in any one second. */
	burst: number;
	/** Shortens both windows: 0.01 makes the minute 0.6 s long. */
	windowScale: number;
	form: 'fixed' | 'sliding';
	headers: boolean;
	retryAfter: 'seconds' | 'date' | 'none';
}

interface WebhookSettings {
	timeoutMs: number;
	/** The wait before each further attempt, in milliseconds; as many retries as entries. */
	retryDelaysMs: number[];
	/** Leave the secret out of the response that should show it. */
	omitSecret: boolean;
	/** Whether a delivery's body has `event` instead of `type`. */
	eventKey: boolean;
}

/** What nobody has documented of BildOut, and how it may differ from what the package assumes. */
export interface QuirkSettings {
	/** Where sign-in happens. */
	signInPath: string;
	/** The path of the webhook subscriptions below `/api/v1`. */
	webhooksPath: string;
	/** Whether `/invoices/:id` exists. */
	invoicesById: boolean;
	/** Whether the web application has a page for each record. */
	webPages: boolean;
	/** Whether lists understand `search`. */
	search: boolean;
	/** What becomes of the fields that a PUT leaves out. */
	put: 'replaces' | 'merges';
	/** Whether a field that the server owns and nobody knows of is in every record, and refused in a PUT. */
	unknownServerField: boolean;
	/** Whether one invoice that is read has its lines. */
	invoiceLines: boolean;
	/** Whether one record comes as `{ data }` or as it is. */
	envelope: 'data' | 'none';
	/** Whether vendors have other field names. */
	otherFieldNames: boolean;
	/** Whether IDs are not plain tokens. */
	prefixedIds: boolean;
	/** Whether a repeated Idempotency-Key is recognized. */
	idempotency: boolean;
	/** Whether a refresh token can be used only once. */
	rotatesRefreshTokens: boolean;
	signatureHeader: string;
	/** What an error looks like: as documented, or a message alone. */
	errors: 'documented' | 'message';
	/** Whether prices keep more decimals than cents. */
	finePrices: boolean;
	/** Whether an invoice keeps and shows fields that nobody has documented. */
	keepsUnknownFields: boolean;
	/** Whether a list of invoices understands `status`. */
	statusFilter: boolean;
	/** How `created_at` is written: as ISO text, a day, local time without a zone, Unix seconds, or not. */
	createdAt: 'moment' | 'day' | 'local' | 'seconds' | 'missing';
	/** Whether `updated_at` changes with the record. */
	updatedAt: boolean;
	/** Whether a record that was deleted is still there. */
	keepsDeleted: boolean;
	/** What is put in other words than those that are assumed. */
	otherWords: OtherWords | 'none';
}

export type OtherWords =
	| 'invoice numbers'
	| 'overdue invoices'
	| 'invoice statuses'
	| 'payment statuses'
	| 'payment directions';

export type SettingsChange = Partial<Omit<Settings, 'rateLimit' | 'webhooks' | 'quirks'>> & {
	rateLimit?: Partial<RateLimitSettings>;
	webhooks?: Partial<WebhookSettings>;
	quirks?: Partial<QuirkSettings>;
};

export const defaultSettings: Settings = {
	pagination: 'page',
	ignorePage: false,
	maxLimit: 100,
	latencyMs: 0,
	announcedLimit: null,
	rateLimit: {
		limit: 100,
		burst: 20,
		windowScale: 1,
		form: 'fixed',
		headers: true,
		retryAfter: 'seconds',
	},
	webhooks: {
		timeoutMs: 10_000,
		retryDelaysMs: [1_000, 5_000, 30_000, 120_000],
		omitSecret: false,
		eventKey: false,
	},
	quirks: {
		signInPath: '/oauth/authorize',
		webhooksPath: 'webhooks',
		invoicesById: true,
		webPages: true,
		search: true,
		put: 'replaces',
		unknownServerField: false,
		invoiceLines: true,
		envelope: 'data',
		otherFieldNames: false,
		prefixedIds: false,
		idempotency: true,
		rotatesRefreshTokens: true,
		signatureHeader: 'X-BildOut-Signature',
		errors: 'documented',
		finePrices: false,
		keepsUnknownFields: true,
		statusFilter: true,
		createdAt: 'moment',
		updatedAt: true,
		keepsDeleted: false,
		otherWords: 'none',
	},
};

/** Settings with the given changes laid over them, group by group. */
export function changed(settings: Settings, change: SettingsChange): Settings {
	return {
		...settings,
		...change,
		rateLimit: { ...settings.rateLimit, ...change.rateLimit },
		webhooks: { ...settings.webhooks, ...change.webhooks },
		quirks: { ...settings.quirks, ...change.quirks },
	};
}
