import type { IDataObject } from 'n8n-workflow';

import { amountDueOf, amountPaidOf } from '../accounting/invoiceAmounts';
import type { Decimal } from '../accounting/money';
import { invoiceStateOf, isOutgoing, isViewedStatus, paymentStateOf } from '../assumptions';
import { ANY_EVENT } from '../events';
import { customerRecord } from '../records/customer';
import { invoiceRecord } from '../records/invoice';
import { paymentRecord } from '../records/payment';
import { projectRecord } from '../records/project';
import type { RecordType } from '../records/recordType';
import { vendorRecord } from '../records/vendor';
import { dayOf, daysBetween, parseTimestamp, plusDays, startOfDayAfter } from '../input/dates';

/** When a check takes place, how long it may take, and what the user has set for it. */
export interface CheckSettings {
	/** In milliseconds since 1970. */
	now: number;
	/** The workflow's time zone. */
	timezone: string;
	/** The day that `now` is in it, YYYY-MM-DD: to find it out for each record takes too long. */
	today: string;
	/** When everything must have ended, in milliseconds since 1970. */
	until: number;
	/** From when on a node's first check reports, in milliseconds since 1970; undefined for nothing. */
	startFrom?: number;
	/** How many days before its due date an invoice counts as due soon. */
	daysBeforeDue: number;
	/** After how many days an overdue invoice is reported again, in ascending order, each once. */
	overdueSteps: number[];
}

/** A state that records enter and leave. */
export interface StateRule {
	/** The event that entering it is. */
	event: string;
	/**
	 * Whether the record is in the state. `unreported`: it entered the state unseen, which is no news.
	 * Undefined when the record does not show it: then all stays as it was.
	 */
	holds: (record: IDataObject, settings: CheckSettings) => boolean | 'unreported' | undefined;
	/** When the record entered it, where the record tells, in milliseconds since 1970. */
	since?: (record: IDataObject, settings: CheckSettings) => number | undefined;
	/** What tells one entering from another, such as the due date, where the record shows it. */
	occasion?: (record: IDataObject, settings: CheckSettings) => string | undefined;
	/** What the event tells besides the record. */
	details?: (record: IDataObject, settings: CheckSettings) => IDataObject;
	/** Where there is an occasion, it decides: each is reported once, however often the state is entered. */
	oncePerOccasion?: boolean;
}

/** What is watched of one kind of record, and the names of the events. */
export interface WatchedResource {
	record: RecordType;
	created?: string;
	/** A change of the record, or of its `status` alone. */
	changed: string;
	changesBy: 'record' | 'status';
	/** Whether a record that was not seen before must have changed meanwhile. */
	hasChangedAtFirst?: (record: IDataObject) => boolean;
	deleted?: string;
	/** At most ten. Their order is part of what is kept in n8n's database. */
	states: StateRule[];
	/** What of a record cannot be understood, so that it is left out of some events. */
	unclear?: (record: IDataObject) => string | undefined;
}

const crudEvents = (record: RecordType): WatchedResource => ({
	record,
	created: `${record.name}.created`,
	changed: `${record.name}.updated`,
	changesBy: 'record',
	deleted: `${record.name}.deleted`,
	states: [],
});

const INVOICE_STATES: StateRule[] = [
	{
		event: 'invoice.sent',
		holds: wasSent,
		since: ({ sent_at: sentAt }) => parseTimestamp(sentAt),
		occasion: ({ sent_at: sentAt }) => isoOf(sentAt),
		oncePerOccasion: true,
	},
	{ event: 'invoice.partially_paid', holds: isPartlyPaid },
	{
		event: 'invoice.paid',
		holds: isPaid,
		since: ({ paid_at: paidAt }) => parseTimestamp(paidAt),
		occasion: ({ paid_at: paidAt }) => isoOf(paidAt),
	},
	{
		event: 'invoice.overdue',
		holds: isOverdue,
		since: ({ due_date: dueDate }, { timezone }) => {
			const day = dayOf(dueDate);
			return day === undefined ? undefined : startOfDayAfter(day, timezone);
		},
		occasion: ({ due_date: dueDate }) => dayOf(dueDate),
		details: (invoice, settings) => ({ days_overdue: daysOverdue(invoice, settings), step: 0 }),
	},
	{
		event: 'invoice.viewed',
		holds: wasViewed,
		since: ({ viewed_at: viewedAt }) => parseTimestamp(viewedAt),
	},
	{
		event: 'invoice.due_soon',
		holds: isDueSoon,
		since: ({ due_date: dueDate }, { timezone, daysBeforeDue }) =>
			startOfDayAfter(plusDays(String(dayOf(dueDate)), -daysBeforeDue - 1), timezone),
		occasion: ({ due_date: dueDate }) => dayOf(dueDate),
		oncePerOccasion: true,
	},
	{
		event: 'invoice.overdue',
		holds: (invoice, settings) =>
			isOverdue(invoice, settings) && overdueStep(invoice, settings) > 0,
		since: (invoice, settings) =>
			startOfDayAfter(
				plusDays(String(dayOf(invoice.due_date)), overdueStep(invoice, settings) - 1),
				settings.timezone,
			),
		occasion: (invoice, settings) =>
			`${String(dayOf(invoice.due_date))}:${overdueStep(invoice, settings)}`,
		oncePerOccasion: true,
		details: (invoice, settings) => ({
			days_overdue: daysOverdue(invoice, settings),
			step: overdueStep(invoice, settings),
		}),
	},
];

export const WATCHES: WatchedResource[] = [
	crudEvents(customerRecord),
	{ ...crudEvents(invoiceRecord), states: INVOICE_STATES, unclear: unclearInvoice },
	{
		record: paymentRecord,
		changed: 'payment.status_changed',
		changesBy: 'status',
		hasChangedAtFirst: (payment) =>
			['failed', 'canceled', 'refunded'].includes(paymentStateOf(payment) ?? ''),
		states: [
			{
				event: 'payment.received',
				holds: (payment) => (isOutgoing(payment) ? false : hasArrived(payment)),
			},
			{
				event: 'payment.sent',
				holds: (payment) => (isOutgoing(payment) ? hasArrived(payment) : false),
			},
		],
		unclear: ({ status }) =>
			paymentStateOf({ status }) ? undefined : `the status '${String(status)}' is unknown`,
	},
	crudEvents(projectRecord),
	crudEvents(vendorRecord),
];

/** A list that is read at each check, and what is looked for in it. */
export interface WatchedList extends WatchedResource {
	/** The chosen events of this kind of record. */
	events: string[];
	/** What the list is called in words. */
	label: string;
}

/** The lists that have to be read for the chosen events. */
export function watchedLists(chosen: string[]): WatchedList[] {
	return WATCHES.map((watch) => {
		const events = eventsOf(watch).filter(
			(name) => chosen.includes(ANY_EVENT) || chosen.includes(name),
		);
		const label = `${isPaidOnly({ events }) ? 'paid ' : ''}${watch.record.name}s`;
		return { ...watch, events, label };
	}).filter(({ events }) => events.length > 0);
}

/** Whether BildOut is asked for paid invoices alone, because no others are needed. */
export function isPaidOnly({ events }: Pick<WatchedList, 'events'>): boolean {
	return events.join() === 'invoice.paid';
}

/** The names of all events of one kind of record. */
export function eventsOf({ created, changed, deleted, states }: WatchedResource): string[] {
	const names = [created, changed, ...states.map(({ event }) => event), deleted];
	return [...new Set(names)].filter((name) => name !== undefined);
}

/** To the second: a server may write the same moment in more than one way. */
function isoOf(timestamp: unknown): string | undefined {
	const moment = parseTimestamp(timestamp);
	return moment === undefined ? undefined : new Date(moment).toISOString().slice(0, 19);
}

/** By `sent_at` where there is one; otherwise by the status, which may have moved on since. */
function wasSent(invoice: IDataObject): boolean | 'unreported' | undefined {
	if (parseTimestamp(invoice.sent_at) !== undefined) return true;
	const state = invoiceStateOf(invoice);
	if (state === undefined) return undefined;
	if (state === 'draft' || state === 'void') return false;
	return state === 'sent' ? true : 'unreported';
}

export function isPaid(invoice: IDataObject): boolean | undefined {
	const state = invoiceStateOf(invoice);
	return state && state === 'paid';
}

/** Also an invoice that is overdue, or only called sent, is partly paid when a part of it is. */
function isPartlyPaid(invoice: IDataObject): boolean | undefined {
	const state = invoiceStateOf(invoice);
	if (state === 'sent' || state === 'overdue') {
		return isPositive(amountPaidOf(invoice)) && isPositive(amountDueOf(invoice));
	}
	return state && state === 'partial';
}

/** By the status, or by the due date of an unpaid invoice. */
function isOverdue(invoice: IDataObject, { today }: CheckSettings): boolean | undefined {
	const state = invoiceStateOf(invoice);
	if (state === 'sent' || state === 'partial') {
		const day = dayOf(invoice.due_date);
		return day !== undefined && day < today && !isSettledUp(invoice);
	}
	return state && state === 'overdue';
}

/** Open, and due within the days that the user has set, today included. */
function isDueSoon(invoice: IDataObject, settings: CheckSettings): boolean | undefined {
	const state = invoiceStateOf(invoice);
	if (state !== 'sent' && state !== 'partial') return state && false;
	const day = dayOf(invoice.due_date);
	if (day === undefined || isSettledUp(invoice)) return false;
	const days = daysBetween(settings.today, day);
	return days >= 0 && days <= settings.daysBeforeDue;
}

/** By `viewed_at` where there is one; otherwise by the status, which hides it once the invoice is overdue or paid. */
function wasViewed(invoice: IDataObject): boolean | undefined {
	if (isViewedStatus(invoice) || parseTimestamp(invoice.viewed_at) !== undefined) return true;
	const state = invoiceStateOf(invoice);
	return state === 'draft' || state === 'sent' || state === 'void' ? false : undefined;
}

/** How many days ago an invoice was due; null where it has no due date. */
function daysOverdue({ due_date: dueDate }: IDataObject, { today }: CheckSettings): number | null {
	const day = dayOf(dueDate);
	// BildOut's status follows the day in UTC, and may be ahead.
	return day === undefined ? null : Math.max(0, daysBetween(day, today));
}

/** The latest of the chosen steps that an overdue invoice has reached; 0 for none. */
function overdueStep(invoice: IDataObject, settings: CheckSettings): number {
	const days = daysOverdue(invoice, settings) ?? 0;
	return settings.overdueSteps.filter((step) => step <= days).at(-1) ?? 0;
}

function isSettledUp(invoice: IDataObject): boolean {
	const due = amountDueOf(invoice);
	return due !== undefined && !isPositive(due);
}

function isPositive(amount: Decimal | undefined): boolean {
	return amount !== undefined && amount.units > 0n;
}

/** Undefined where the status does not show whether the money is there. */
function hasArrived(payment: IDataObject): boolean | undefined {
	const state = paymentStateOf(payment);
	// After a dispute that was won, the same money has not come a second time.
	return state === undefined || state === 'refunded' ? undefined : state === 'succeeded';
}

function unclearInvoice(invoice: IDataObject): string | undefined {
	const { status, due_date: dueDate } = invoice;
	if (!invoiceStateOf(invoice)) return `the status '${String(status)}' is unknown`;
	const isDue = dueDate !== undefined && dueDate !== null && dueDate !== '';
	return isDue && dayOf(dueDate) === undefined
		? `the due date '${String(dueDate)}' is no date`
		: undefined;
}
