import type {
	IDataObject,
	IHookFunctions,
	INodeProperties,
	INodePropertyOptions,
	IPollFunctions,
	IWebhookFunctions,
	NodeHint,
} from 'n8n-workflow';

/** The events for which the two triggers start a workflow, the parameter that chooses among them, and samples. */

/** Stands for every event that a trigger offers. */
export const ANY_EVENT = '*';

interface TriggerEvent {
	name: string;
	value: string;
	description: string;
	/** What counts as it for the polling trigger, where that is something else. */
	whenPolled?: string;
	/** BildOut does not report it: only the polling trigger offers it. */
	isPolledOnly?: boolean;
}

/** What is reported is what section Event Types of BildOut's developer page lists. */
export const EVENTS: TriggerEvent[] = [
	...plainEvents('Customer'),
	{
		name: 'Invoice Created',
		value: 'invoice.created',
		description: 'When an invoice is drawn up, as a draft too',
	},
	{
		name: 'Invoice Deleted',
		value: 'invoice.deleted',
		description: 'When an invoice is removed',
		whenPolled: 'When an invoice is missing in two checks, one after the other',
	},
	{
		name: 'Invoice Due Soon',
		value: 'invoice.due_soon',
		description:
			'When an invoice that was sent is due within the days set under Days Before Due, in the time zone of the workflow',
		isPolledOnly: true,
	},
	{
		name: 'Invoice Overdue',
		value: 'invoice.overdue',
		description:
			"When an invoice that was sent is not paid by its due date, in the workflow's time zone or as BildOut's status has it, which follows the day in UTC. It comes again at each of the Overdue Steps.",
		isPolledOnly: true,
	},
	{
		name: 'Invoice Paid',
		value: 'invoice.paid',
		description: 'When an invoice is paid in full, also if it was only marked as paid',
	},
	{
		name: 'Invoice Partly Paid',
		value: 'invoice.partially_paid',
		description: 'When a part of an invoice is paid',
		isPolledOnly: true,
	},
	{
		name: 'Invoice Sent',
		value: 'invoice.sent',
		description: 'When an invoice goes out to the customer',
	},
	{
		name: 'Invoice Updated',
		value: 'invoice.updated',
		description: 'When an invoice changes',
	},
	{
		name: 'Invoice Viewed',
		value: 'invoice.viewed',
		description: 'When a customer has looked at an invoice',
		isPolledOnly: true,
	},
	{
		name: 'Payment Received',
		value: 'payment.received',
		description:
			'When money comes in from a customer. Marking an invoice as paid may write no payment: use Invoice Paid for that.',
	},
	{
		name: 'Payment Sent',
		value: 'payment.sent',
		description: 'When money goes out to a vendor',
	},
	{
		name: 'Payment Status Changed',
		value: 'payment.status_changed',
		description: 'When the status of a payment changes, to failed for example',
		isPolledOnly: true,
	},
	...plainEvents('Project'),
	...plainEvents('Vendor').map((event) => ({ ...event, isPolledOnly: true })),
];

/** What happens to records that are only kept: they have no states. */
function plainEvents(label: string): TriggerEvent[] {
	const name = label.toLowerCase();
	return [
		{
			name: `${label} Created`,
			value: `${name}.created`,
			description: `When a ${name} is added`,
		},
		{
			name: `${label} Deleted`,
			value: `${name}.deleted`,
			description: `When a ${name} is removed`,
			whenPolled: `When a ${name} is missing in two checks, one after the other`,
		},
		{
			name: `${label} Updated`,
			value: `${name}.updated`,
			description: `When a ${name}'s details change`,
		},
	];
}

/** What is chosen under Trigger On; an expression may give one event, or several with commas between. */
export function readChosenEvents(
	context: IHookFunctions | IPollFunctions | IWebhookFunctions,
): string[] {
	const chosen = context.getNodeParameter('events', []) as string[] | string | null;
	const names = Array.isArray(chosen) ? chosen : String(chosen ?? '').split(',');
	return names.map((name) => name.trim()).filter((name) => name !== '');
}

const REPORTED = EVENTS.filter(({ isPolledOnly }) => !isPolledOnly);

/** The name of each event that BildOut reports, as its API takes it: a word for "any" is not documented. */
export const EVERY_REPORTED_EVENT = REPORTED.map(({ value }) => value);

export const reportedEvents = eventsParameter(
	'When any of the events below happens',
	REPORTED.map(({ name, value, description }) => ({ name, value, description })),
);

export const polledEvents: INodeProperties = {
	...eventsParameter(
		'When any of the events below happens. Reads all lists at each check.',
		EVENTS.map(({ name, value, description, whenPolled = description }) => ({
			name,
			value,
			description: whenPolled,
		})),
	),
	hint: 'Each kind of record costs one request for every 100 records at each check. Invoice Paid, chosen alone among the invoice events, costs less.',
};

function eventsParameter(any: string, events: INodePropertyOptions[]): INodeProperties {
	return {
		displayName: 'Trigger On',
		name: 'events',
		type: 'multiOptions',
		options: [{ name: 'Any Event', value: ANY_EVENT, description: any }, ...events],
		required: true,
		default: [],
		description: 'What has to happen in BildOut for the workflow to start',
	};
}

export function optionsParameter(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	};
}

/** Stands in the panel for what has not arrived yet. */
export interface SampleEvent {
	/** The beginnings of the event names that it stands for. */
	kinds: string[];
	event: IDataObject;
}

/** Events as BildOut reports them. */
export const SAMPLE_EVENTS: SampleEvent[] = [
	{
		kinds: ['invoice.', ANY_EVENT],
		event: {
			id: 'evt_5b0d9c2e7a41',
			type: 'invoice.paid',
			created_at: '2026-03-02T15:04:05.000Z',
			data: {
				id: 'cac1a9f7-8962-4fe1-949b-ad6a5a371d31',
				invoice_number: 'INV-0042',
				client_id: '2b3a9f8d-e474-4498-9c2e-719288ad664d',
				status: 'paid',
				due_date: '2026-03-15',
				total: 6082.5,
				amount_paid: 6082.5,
				amount_due: 0,
			},
		},
	},
	{
		kinds: ['payment.'],
		event: {
			id: 'evt_91c3a7f20d58',
			type: 'payment.received',
			created_at: '2026-03-02T15:04:05.000Z',
			data: {
				id: 'cab7b6cb-b2f6-4a1a-a068-786a0e96f848',
				direction: 'incoming',
				amount: 2500,
				currency: 'usd',
				method: 'card',
				status: 'succeeded',
				invoice_id: 'cac1a9f7-8962-4fe1-949b-ad6a5a371d31',
			},
		},
	},
	{
		kinds: ['customer.'],
		event: {
			id: 'evt_0e6b42d8c19f',
			type: 'customer.created',
			created_at: '2026-03-02T15:04:05.000Z',
			data: {
				id: '2b3a9f8d-e474-4498-9c2e-719288ad664d',
				name: 'Brown Brewing Co.',
				email: 'office@example.com',
				phone: '(541) 555-0195',
			},
		},
	},
	{
		kinds: ['project.'],
		event: {
			id: 'evt_7d15f03ab6e2',
			type: 'project.created',
			created_at: '2026-03-02T15:04:05.000Z',
			data: {
				id: '9e43874f-37d2-4092-a13b-3ae66efd40f8',
				name: 'Garage Addition',
				client_id: '2b3a9f8d-e474-4498-9c2e-719288ad664d',
				start_date: '2026-03-10',
				budget: 78700,
			},
		},
	},
];

const VENDOR_SAMPLE: SampleEvent = {
	kinds: ['vendor.'],
	event: {
		id: 'vendor.created:4f0c1d8e-52a7-4be6-9d0b-0a7c1f3e6b29',
		type: 'vendor.created',
		created_at: '2026-03-02T15:04:05.000Z',
		data: {
			id: '4f0c1d8e-52a7-4be6-9d0b-0a7c1f3e6b29',
			name: 'Cascade Lumber Supply',
			email: 'orders@example.com',
			phone: '(503) 555-0117',
			type: 'supplier',
		},
	},
};

const OPEN_INVOICE = {
	id: 'cac1a9f7-8962-4fe1-949b-ad6a5a371d31',
	invoice_number: 'INV-0042',
	client_id: '2b3a9f8d-e474-4498-9c2e-719288ad664d',
	status: 'sent',
	due_date: '2026-03-15',
	total: 6082.5,
	amount_paid: 0,
	amount_due: 6082.5,
};

/** Polled events that do not look like the others of their kind. */
const NARROWER_SAMPLES: SampleEvent[] = [
	...EVENTS.map(({ value }) => value)
		.filter((type) => type.endsWith('.deleted'))
		.map((type) => ({
			kinds: [type],
			event: {
				id: `${type}:${OPEN_INVOICE.id}`,
				type,
				created_at: '2026-03-02T15:04:05.000Z',
				data: { id: OPEN_INVOICE.id },
			},
		})),
	{
		kinds: ['invoice.due_soon'],
		event: {
			id: `invoice.due_soon:${OPEN_INVOICE.id}:2026-03-15`,
			type: 'invoice.due_soon',
			created_at: '2026-03-12T00:00:00.000Z',
			data: OPEN_INVOICE,
		},
	},
	{
		kinds: ['invoice.overdue'],
		event: {
			id: `invoice.overdue:${OPEN_INVOICE.id}:2026-03-15:7`,
			type: 'invoice.overdue',
			created_at: '2026-03-22T00:00:00.000Z',
			days_overdue: 7,
			step: 7,
			data: { ...OPEN_INVOICE, status: 'overdue' },
		},
	},
	{
		kinds: ['invoice.viewed'],
		event: {
			id: `invoice.viewed:${OPEN_INVOICE.id}`,
			type: 'invoice.viewed',
			created_at: '2026-03-02T15:04:05.000Z',
			data: { ...OPEN_INVOICE, status: 'viewed' },
		},
	},
];

/** With the IDs that the polling trigger gives events. Each sample stands for names that no other does. */
export const POLLED_SAMPLES: SampleEvent[] = [
	...[...SAMPLE_EVENTS, VENDOR_SAMPLE].map(({ kinds, event }) => ({
		kinds: [...EVENTS.map(({ value }) => value), ANY_EVENT].filter(
			(name) =>
				kinds.some((kind) => name.startsWith(kind)) &&
				!NARROWER_SAMPLES.some((narrower) => narrower.kinds.includes(name)),
		),
		event: { ...event, id: `${event.type as string}:${(event.data as IDataObject).id as string}` },
	})),
	...NARROWER_SAMPLES,
];

/** Shows a new user, where the output will be, what the first chosen event brings (a paid invoice, if none is). */
function hintsOf(samples: SampleEvent[]): NodeHint[] {
	return samples.map(({ kinds, event }) => ({
		// The sample makes the hint wider than a narrow window, so the text has short lines of its own.
		message: `The output will look like this.<br>To try the workflow without waiting, copy it,<br>click "set mock data" below and paste it there.<pre>${JSON.stringify(event, null, 2)}</pre>`,
		displayCondition: `={{ ${JSON.stringify(kinds)}.some((kind) => ($parameter["events"][0] ?? "invoice.paid").startsWith(kind)) }}`,
		whenToDisplay: 'beforeExecution',
		location: 'outputPane',
	}));
}

export const sampleHints = hintsOf(SAMPLE_EVENTS);

export const polledSampleHints = hintsOf(POLLED_SAMPLES);
