/** What each setting that is a choice may be. */
export const CHOICES = {
	pagination: ['page', 'offset', 'cursor'],
	form: ['fixed', 'sliding'],
	retryAfter: ['seconds', 'date', 'none'],
	put: ['replaces', 'merges'],
	envelope: ['data', 'none'],
	errors: ['documented', 'message'],
	createdAt: ['moment', 'day', 'local', 'seconds', 'missing'],
	otherWords: [
		'none',
		'invoice numbers',
		'overdue invoices',
		'invoice statuses',
		'payment statuses',
		'payment directions',
	],
} as const;

type Choice<Name extends keyof typeof CHOICES> = (typeof CHOICES)[Name][number];

/** What a running sandbox can do differently; the control interface changes it. */
export const defaultSettings = {
	pagination: 'page' as Choice<'pagination'>,
	/** Return the first page whatever page is asked for, as a careless server does. */
	ignorePage: false,
	/** The most records in a page of a list, whatever `limit` asks for. */
	maxLimit: 100,
	/** Added before each API and OAuth response, in milliseconds. */
	latencyMs: 0,
	/** Requests a minute to announce and hold instead of `rateLimit.limit`; the burst scales alike. */
	announcedLimit: null as number | null,
	rateLimit: {
		/** Requests a minute. */
		limit: 100,
		/** Requests in any one second. */
		burst: 20,
		/** Shortens both windows: 0.01 makes the minute 0.6 s long. */
		windowScale: 1,
		form: 'fixed' as Choice<'form'>,
		headers: true,
		retryAfter: 'seconds' as Choice<'retryAfter'>,
	},
	webhooks: {
		timeoutMs: 10_000,
		/** The wait before each further attempt, in milliseconds; as many retries as entries. */
		retryDelaysMs: [1_000, 5_000, 30_000, 120_000],
		/** Leave the secret out of the response that should show it. */
		omitSecret: false,
		/** Whether a delivery's body has `event` instead of `type`. */
		eventKey: false,
	},
	/** What nobody has documented of BildOut, and how it may differ from what the package assumes. */
	quirks: {
		/** Where sign-in happens. */
		signInPath: '/oauth/authorize',
		/** The path of the webhook subscriptions below `/api/v1`. */
		webhooksPath: 'webhooks',
		/** Whether `/invoices/:id` exists. */
		invoicesById: true,
		/** Whether the web application has a page for each record. */
		webPages: true,
		/** Whether lists understand `search`. */
		search: true,
		/** What becomes of the fields that a PUT leaves out. */
		put: 'replaces' as Choice<'put'>,
		/** Whether a field that the server owns and nobody knows of is in every record, and refused in a PUT. */
		unknownServerField: false,
		/** Whether one invoice that is read has its lines. */
		invoiceLines: true,
		/** Whether one record comes as `{ data }` or as it is. */
		envelope: 'data' as Choice<'envelope'>,
		/** Whether vendors have other field names. */
		otherFieldNames: false,
		/** Whether IDs are not plain tokens. */
		prefixedIds: false,
		/** Whether a repeated Idempotency-Key is recognized. */
		idempotency: true,
		/** Whether a refresh token can be used only once. */
		rotatesRefreshTokens: true,
		signatureHeader: 'X-BildOut-Signature',
		/** What an error looks like: as documented, or a message alone. */
		errors: 'documented' as Choice<'errors'>,
		/** Whether prices keep more decimals than cents. */
		finePrices: false,
		/** Whether an invoice keeps and shows fields that nobody has documented. */
		keepsUnknownFields: true,
		/** Whether a list of invoices understands `status`. */
		statusFilter: true,
		/** How `created_at` is written: as ISO text, a day, local time without a zone, Unix seconds, or not. */
		createdAt: 'moment' as Choice<'createdAt'>,
		/** Whether `updated_at` changes with the record. */
		updatedAt: true,
		/** Whether a record that was deleted is still there. */
		keepsDeleted: false,
		/** What is put in other words than those that are assumed. */
		otherWords: 'none' as Choice<'otherWords'>,
	},
};

export type Settings = typeof defaultSettings;
export type RateLimitSettings = Settings['rateLimit'];
export type QuirkSettings = Settings['quirks'];

export type SettingsChange = Partial<Omit<Settings, 'rateLimit' | 'webhooks' | 'quirks'>> & {
	rateLimit?: Partial<RateLimitSettings>;
	webhooks?: Partial<Settings['webhooks']>;
	quirks?: Partial<QuirkSettings>;
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
