import type {
	IDataObject,
	IHookFunctions,
	INodeProperties,
	INodePropertyOptions,
	IPollFunctions,
	IWebhookFunctions,
	LogMetadata,
	NodeHint,
} from 'n8n-workflow';

/** What the two triggers share: the events for which they start a workflow, their parameters, and samples. */

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

const POLLED_ONLY = { isPolledOnly: true };

/** What is reported is what section Event Types of BildOut's developer page lists. */
export const EVENTS: TriggerEvent[] = [
	...plainEvents('customer'),
	event('invoice.created', 'When an invoice is drawn up, as a draft too'),
	deletion('invoice', 'an'),
	event(
		'invoice.due_soon',
		'When an invoice that was sent is due within the days set under Days Before Due, in the time zone of the workflow',
		POLLED_ONLY,
	),
	event(
		'invoice.overdue',
		"When an invoice that was sent is not paid by its due date, in the workflow's time zone or as BildOut's status has it, which follows the day in UTC. It comes again at each of the Overdue Steps.",
		POLLED_ONLY,
	),
	event('invoice.paid', 'When an invoice is paid in full, also if it was only marked as paid'),
	event('invoice.partially_paid', 'When a part of an invoice is paid', {
		name: 'Invoice Partly Paid',
		...POLLED_ONLY,
	}),
	event('invoice.sent', 'When an invoice goes out to the customer'),
	event('invoice.updated', 'When an invoice changes'),
	event('invoice.viewed', 'When a customer has looked at an invoice', POLLED_ONLY),
	event(
		'payment.received',
		'When money comes in from a customer. Marking an invoice as paid may write no payment: use Invoice Paid for that.',
	),
	event('payment.sent', 'When money goes out to a vendor'),
	event(
		'payment.status_changed',
		'When the status of a payment changes, to failed for example',
		POLLED_ONLY,
	),
	...plainEvents('project'),
	...plainEvents('vendor', POLLED_ONLY),
];

/** What happens to records that are only kept: they have no states. */
function plainEvents(kind: string, more?: Partial<TriggerEvent>): TriggerEvent[] {
	return [
		event(`${kind}.created`, `When a ${kind} is added`, more),
		deletion(kind, 'a', more),
		event(`${kind}.updated`, `When a ${kind}'s details change`, more),
	];
}

function deletion(kind: string, article: string, more?: Partial<TriggerEvent>): TriggerEvent {
	const whenPolled = `When ${article} ${kind} is missing in two checks, one after the other`;
	return event(`${kind}.deleted`, `When ${article} ${kind} is removed`, { whenPolled, ...more });
}

/** An event, named by its value: `invoice.due_soon` is Invoice Due Soon. */
function event(value: string, description: string, more: Partial<TriggerEvent> = {}): TriggerEvent {
	const name = value.replace(/[._]/g, ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
	return { name, value, description, ...more };
}

type TriggerContext = IHookFunctions | IPollFunctions | IWebhookFunctions;

/** The trigger among all nodes of this n8n. */
export function nodeKey(context: TriggerContext): string {
	return `${context.getWorkflow().id} ${context.getNode().id}`;
}

/** Writes a warning about a trigger in n8n's log. */
export function warn(
	context: TriggerContext,
	trigger: 'BildOut Trigger' | 'BildOut Polling Trigger',
	text: string,
	more: LogMetadata = {},
): void {
	const workflowId = context.getWorkflow().id;
	context.logger.warn(`${trigger} "${context.getNode().name}" ${text}`, { workflowId, ...more });
}

/** What is chosen under Trigger On; an expression may give one event, or several with commas between. */
export function readChosenEvents(context: TriggerContext): string[] {
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

const INVOICE = {
	id: 'cac1a9f7-8962-4fe1-949b-ad6a5a371d31',
	invoice_number: 'INV-0042',
	client_id: '2b3a9f8d-e474-4498-9c2e-719288ad664d',
	status: 'sent',
	due_date: '2026-03-15',
	total: 6082.5,
	amount_paid: 0,
	amount_due: 6082.5,
};
const PAID_INVOICE = { ...INVOICE, status: 'paid', amount_paid: INVOICE.total, amount_due: 0 };
const PAYMENT = {
	id: 'cab7b6cb-b2f6-4a1a-a068-786a0e96f848',
	direction: 'incoming',
	amount: 2500,
	currency: 'usd',
	method: 'card',
	status: 'succeeded',
	invoice_id: INVOICE.id,
};
const CUSTOMER = {
	id: INVOICE.client_id,
	name: 'Brown Brewing Co.',
	email: 'office@example.com',
	phone: '(541) 555-0195',
};
const PROJECT = {
	id: '9e43874f-37d2-4092-a13b-3ae66efd40f8',
	name: 'Garage Addition',
	client_id: CUSTOMER.id,
	start_date: '2026-03-10',
	budget: 78700,
};
const VENDOR = {
	id: '4f0c1d8e-52a7-4be6-9d0b-0a7c1f3e6b29',
	name: 'Cascade Lumber Supply',
	email: 'orders@example.com',
	phone: '(503) 555-0117',
	type: 'supplier',
};

const sample = (id: string, type: string, data: IDataObject, more: IDataObject = {}) => ({
	...{ id, type, created_at: '2026-03-02T15:04:05.000Z' },
	...more,
	data,
});

/** Events as BildOut reports them. */
export const SAMPLE_EVENTS: SampleEvent[] = [
	{
		kinds: ['invoice.', ANY_EVENT],
		event: sample('evt_5b0d9c2e7a41', 'invoice.paid', PAID_INVOICE),
	},
	{ kinds: ['payment.'], event: sample('evt_91c3a7f20d58', 'payment.received', PAYMENT) },
	{ kinds: ['customer.'], event: sample('evt_0e6b42d8c19f', 'customer.created', CUSTOMER) },
	{ kinds: ['project.'], event: sample('evt_7d15f03ab6e2', 'project.created', PROJECT) },
];

/** With the ID that the polling trigger gives an event. */
const polledSample = (
	type: string,
	data: IDataObject & { id: string },
	occasion: string[] = [],
	more?: IDataObject,
) => sample([type, data.id, ...occasion].join(':'), type, data, more);

const EVENT_NAMES = EVENTS.map(({ value }) => value);

const POLLED_EVENTS = [
	polledSample('invoice.paid', PAID_INVOICE),
	polledSample('payment.received', PAYMENT),
	polledSample('customer.created', CUSTOMER),
	polledSample('project.created', PROJECT),
	polledSample('vendor.created', VENDOR),
	...EVENT_NAMES.filter((type) => type.endsWith('.deleted')).map((type) =>
		polledSample(type, { id: INVOICE.id }),
	),
	polledSample('invoice.due_soon', INVOICE, [INVOICE.due_date], {
		created_at: '2026-03-12T00:00:00.000Z',
	}),
	polledSample('invoice.overdue', { ...INVOICE, status: 'overdue' }, [INVOICE.due_date, '7'], {
		created_at: '2026-03-22T00:00:00.000Z',
		days_overdue: 7,
		step: 7,
	}),
	polledSample('invoice.viewed', { ...INVOICE, status: 'viewed' }),
];

/** The sample of an event; the first about the same kind of record where it has none of its own. */
function polledSampleOf(name: string) {
	const [kind] = name === ANY_EVENT ? ['invoice'] : name.split('.');
	return (
		POLLED_EVENTS.find(({ type }) => type === name) ??
		POLLED_EVENTS.find(({ type }) => type.startsWith(kind))
	);
}

/** Each stands for names that no other does. */
export const POLLED_SAMPLES: SampleEvent[] = POLLED_EVENTS.map((event) => ({
	kinds: [...EVENT_NAMES, ANY_EVENT].filter((name) => polledSampleOf(name) === event),
	event,
}));

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
