/** Something that no public page of BildOut says, and that the package relies on. */
export interface Assumption {
	/** Names it in reports. */
	id: string;
	sentence: string;
	/** Where the package relies on it. */
	usedIn: string;
	/** What a user can do where it is wrong. */
	workaround: string;
	/** Whether it takes writing to find out. */
	needsWriting?: boolean;
}

/** Every assumption. The table in docs/assumptions.md is written from this list, and `npm run probe` tests each. */
export const ASSUMPTIONS = [
	{
		id: 'sign-in-path',
		sentence: 'Sign-in happens at `/oauth/authorize` below the base URL',
		usedIn: 'credential',
		workaround: 'Change **Sign-in Path** in the credential',
	},
	{
		id: 'refresh-tokens',
		sentence: 'A refresh returns a new refresh token, and the old one ends',
		usedIn: 'credential',
		workaround: 'Nothing to do: n8n keeps the old one where no new one is returned',
	},
	{
		id: 'rate-headers',
		sentence:
			'Every response has headers with what is left of the rate limit, and when it resets in Unix seconds',
		usedIn: 'pacing',
		workaround:
			'Nothing to do: milliseconds and seconds from now are understood, and without headers the node counts its own requests',
	},
	{
		id: 'error-bodies',
		sentence: 'Every error has `error` with `code`, `message` and `request_id`',
		usedIn: 'errors',
		workaround: 'Nothing to do: other shapes are shown as well as they can be',
	},
	{
		id: 'record-envelope',
		sentence: 'One record that is read comes as `{ "data": { … } }`',
		usedIn: 'Get, Update',
		workaround:
			'Nothing to do: a record without an envelope, under the resource’s name, or alone in a list is understood',
	},
	{
		id: 'field-names',
		sentence:
			'The names of fields that the page does not show (projects, vendors, addresses, payments, an invoice’s terms, discount and deposit)',
		usedIn: 'all panels',
		workaround: 'Use **Custom Fields**',
	},
	{
		id: 'plain-ids',
		sentence: 'IDs have only letters, digits, hyphens and underscores',
		usedIn: 'record lists, every address',
		workaround: 'Open an issue',
	},
	{
		id: 'page-size',
		sentence: 'A page of a list has up to 100 records',
		usedIn: 'Get Many, record lists, BildOut Polling Trigger',
		workaround: 'Nothing to do: a smaller page is noticed',
	},
	{
		id: 'page-numbers',
		sentence: 'Lists are paged by number: `page`, `limit` and `total` in `pagination`',
		usedIn: 'Get Many, record lists, BildOut Polling Trigger',
		workaround: 'Nothing to do: offsets and cursors are understood too',
	},
	{
		id: 'search',
		sentence: 'A list understands `search`',
		usedIn: 'record lists',
		workaround: 'Nothing to do: the node searches the list itself',
	},
	{
		id: 'invoices-by-id',
		sentence: 'Invoices can be read, changed and deleted one by one at `/invoices/:id`',
		usedIn: 'Invoice: Get, Update, Delete',
		workaround: 'Use Get Many to read them',
	},
	{
		id: 'invoice-lines',
		sentence: 'An invoice that is read has its line items',
		usedIn: 'Invoice: Update',
		workaround:
			'An update that keeps them is refused: replace them. **Send Only Given Fields** only if your BildOut keeps what is left out',
	},
	{
		id: 'invoice-number',
		sentence: 'An invoice’s number looks like `INV-0042`: a prefix and digits, or digits alone',
		usedIn: 'record lists: a number under By ID or in plain text',
		workaround: 'Choose the invoice **By Number**',
	},
	{
		id: 'invoice-status',
		sentence:
			'An invoice’s `status` is `draft`, `sent`, `viewed`, `partial`, `paid`, `overdue` or `void`',
		usedIn: 'Invoice: Get Many (filter), BildOut Polling Trigger',
		workaround:
			'Nothing to do for common synonyms, which filters and the trigger read alike. The trigger reports nothing for a word it does not recognize: use Updated',
	},
	{
		id: 'status-filter',
		sentence: 'A list of invoices with `status=paid` has the paid ones only',
		usedIn: 'Invoice: Get Many (filter), BildOut Polling Trigger',
		workaround:
			'Nothing to do: the nodes check each invoice themselves, at the price of more pages, and ask again by common synonyms',
	},
	{
		id: 'overdue-status',
		sentence: 'An unpaid invoice becomes `overdue` when its due date is over',
		usedIn: 'Invoice: Get Many (filter), BildOut Polling Trigger',
		workaround:
			'Nothing to do in the trigger, which goes by the due date too. In Get Many, filter by due date',
	},
	{
		id: 'payment-status',
		sentence:
			'A payment’s `status` is `requires_payment`, `processing`, `succeeded`, `failed` or `canceled`',
		usedIn: 'Payment: Get Many (filter), BildOut Polling Trigger',
		workaround:
			'Nothing to do for common synonyms. A payment with a word that is not recognized counts as not received, and the log has a warning: use Status Changed',
	},
	{
		id: 'payment-direction',
		sentence: 'A payment’s `direction` is `incoming` or `outgoing`',
		usedIn: 'Payment: Get Many (filter), BildOut Polling Trigger',
		workaround:
			'Nothing to do: synonyms are understood by filters and the trigger, and where a payment has none, one that names a vendor is outgoing',
	},
	{
		id: 'created-at',
		sentence: '`created_at` is the moment at which a record was created, with its time zone',
		usedIn: 'Create after a lost response, BildOut Polling Trigger: order of events, Start From',
		workaround:
			'Nothing to do: after a lost response a create fails instead of being sent again, and the error says what to look for',
	},
	{
		id: 'web-pages',
		sentence: 'Web addresses look like `/customers/ID`, and so for every kind of record',
		usedIn: 'record lists: By URL, and the link beside a chosen record',
		workaround: 'Choose the record by ID',
	},
	{
		id: 'webhooks-path',
		sentence: 'Webhook subscriptions are managed at `/webhooks`',
		usedIn: 'BildOut Trigger',
		workaround: 'Use the registration **Manual** in the trigger, or BildOut Polling Trigger',
	},
	{
		id: 'put-replaces',
		sentence: 'An update replaces the whole record',
		usedIn: 'Update, Create or Update',
		workaround: 'Nothing to do; **Send Only Given Fields** saves the reading',
		needsWriting: true,
	},
	{
		id: 'server-owned-fields',
		sentence:
			'A record’s `id`, `created_at` and `updated_at`, and an invoice’s number and computed amounts, are read-only; other fields may be written back',
		usedIn: 'Update, Create or Update',
		workaround:
			'Nothing to do: where BildOut’s error names a field as read-only, the update is sent again without it',
		needsWriting: true,
	},
	{
		id: 'updated-at',
		sentence: '`updated_at` changes with every change of a record',
		usedIn: 'BildOut Polling Trigger: Updated',
		workaround: 'Nothing to do: the trigger compares all of a record',
		needsWriting: true,
	},
	{
		id: 'deleted-records',
		sentence: 'A record that was deleted is not listed any more',
		usedIn: 'BildOut Polling Trigger: Deleted',
		workaround: 'Use Updated, and look at what the record says of itself',
		needsWriting: true,
	},
	{
		id: 'webhook-secret',
		sentence: 'The response that creates a webhook subscription shows its signing secret',
		usedIn: 'BildOut Trigger',
		workaround: 'Use the registration **Manual**, with the secret that BildOut’s page shows',
		needsWriting: true,
	},
	{
		id: 'idempotency-key',
		sentence: '`Idempotency-Key` is recognized',
		usedIn: 'Create',
		workaround: 'Nothing to do: after a lost response the node checks whether the record is there',
		needsWriting: true,
	},
	{
		id: 'unknown-fields',
		sentence: 'An invoice keeps a field that BildOut does not know, and shows it in its list',
		usedIn: 'Invoice: External ID, Custom Fields',
		workaround:
			'Use **Get Many** to leave out the rows whose invoice is there: an import by External ID stops at its first row and says so',
		needsWriting: true,
	},
	{
		id: 'money-in-cents',
		sentence: 'Prices are kept in whole cents',
		usedIn: 'Invoice: Create',
		workaround:
			'Nothing to do: prices are sent as given, and **Check Result** compares what BildOut bills',
		needsWriting: true,
	},
	{
		id: 'signature-header',
		sentence: 'The signature of a delivery is in a header whose name ends in `signature`',
		usedIn: 'BildOut Trigger',
		workaround: 'Name the header in the trigger’s options',
		needsWriting: true,
	},
	{
		id: 'delivery-body',
		sentence: 'A delivery’s body has `id`, `type` and `data`',
		usedIn: 'BildOut Trigger',
		workaround:
			'Nothing to do: `event` instead of `type` is understood; without an ID, repeated deliveries are recognized by their content',
		needsWriting: true,
	},
] as const satisfies Assumption[];

export type AssumptionId = (typeof ASSUMPTIONS)[number]['id'];

/** The list as a table in Markdown. */
export function assumptionsTable(): string {
	const rows = ASSUMPTIONS.map(
		({ id, sentence, usedIn, workaround }) =>
			`| \`${id}\` | ${sentence} | ${usedIn} | ${workaround} |`,
	);
	return [
		'| name | assumption | used in | if it is wrong |',
		'| --- | --- | --- | --- |',
		...rows,
	].join('\n');
}
