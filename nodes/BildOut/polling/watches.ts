import type { IDataObject } from 'n8n-workflow';

import { invoiceStateOf, isOutgoing, isSettled } from '../assumptions';
import type { RecordType } from '../records/recordType';
import { customerRecord } from '../records/customer';
import { invoiceRecord } from '../records/invoice';
import { paymentRecord } from '../records/payment';
import { projectRecord } from '../records/project';
import { vendorRecord } from '../records/vendor';
import { dayOf, momentOf, startOfDayAfter, today } from '../input/timestamps';

/** When a reading took place. */
export interface Clock {
	/** In milliseconds since 1970. */
	now: number;
	/** The workflow's time zone. */
	timezone: string;
}

/** A state that records enter and leave. */
export interface StateRule {
	/** The event that entering it is. */
	event: string;
	/** Whether the record is in the state; undefined when nothing can be said, and all stays as it was. */
	holds: (record: IDataObject, clock: Clock) => boolean | undefined;
	/** When the record entered it, where the record tells, in milliseconds since 1970. */
	since?: (record: IDataObject, clock: Clock) => number | undefined;
	/** What tells one entering from another, where the record has such. */
	discriminator?: (record: IDataObject) => unknown;
}

/** What is watched of one kind of record, and the names of the events. */
export interface WatchedResource {
	record: RecordType;
	created?: string;
	/** A change of the record, or of its `status` alone. */
	changed: string;
	changesBy: 'record' | 'status';
	deleted?: string;
	/** At most four. Their order is part of what is kept in n8n's database. */
	states: StateRule[];
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
		holds: (invoice) => isInState(invoice, 'sent'),
		since: ({ sent_at: sentAt }) => momentOf(sentAt),
		discriminator: ({ sent_at: sentAt }) => sentAt,
	},
	{ event: 'invoice.partially_paid', holds: isPartlyPaid },
	{
		event: 'invoice.paid',
		holds: (invoice) => isInState(invoice, 'paid'),
		since: ({ paid_at: paidAt }) => momentOf(paidAt),
		discriminator: ({ paid_at: paidAt }) => paidAt,
	},
	{
		event: 'invoice.overdue',
		holds: isOverdue,
		since: ({ due_date: dueDate }, { timezone }) => {
			const day = dayOf(dueDate);
			return day === undefined ? undefined : startOfDayAfter(day, timezone);
		},
		discriminator: ({ due_date: dueDate }) => dayOf(dueDate),
	},
];

export const WATCHES: WatchedResource[] = [
	crudEvents(customerRecord),
	{ ...crudEvents(invoiceRecord), states: INVOICE_STATES },
	{
		record: paymentRecord,
		changed: 'payment.status_changed',
		changesBy: 'status',
		states: [
			{
				event: 'payment.received',
				holds: (payment) => !isOutgoing(payment) && isSettled(payment),
			},
			{ event: 'payment.sent', holds: (payment) => isOutgoing(payment) && isSettled(payment) },
		],
	},
	crudEvents(projectRecord),
	crudEvents(vendorRecord),
];

/** The names of all events of one kind of record. */
export function eventsOf({ created, changed, deleted, states }: WatchedResource): string[] {
	const names = [created, changed, ...states.map(({ event }) => event), deleted];
	return names.filter((name) => name !== undefined);
}

function isInState(invoice: IDataObject, wanted: 'sent' | 'paid'): boolean | undefined {
	const state = invoiceStateOf(invoice);
	return state && state === wanted;
}

/** Also an invoice that is overdue, or only called sent, is partly paid when a part of it is. */
function isPartlyPaid(invoice: IDataObject): boolean | undefined {
	const state = invoiceStateOf(invoice);
	if (state === 'sent' || state === 'overdue') {
		return Number(invoice.amount_paid) > 0 && Number(invoice.amount_due) > 0;
	}
	return state && state === 'partly paid';
}

/** Where BildOut does not say that an unpaid invoice is overdue, its due date does. */
function isOverdue(invoice: IDataObject, { now, timezone }: Clock): boolean | undefined {
	const state = invoiceStateOf(invoice);
	if (state === 'sent' || state === 'partly paid') {
		const day = dayOf(invoice.due_date);
		const { amount_due: due } = invoice;
		const isSettledUp = due !== undefined && due !== null && Number(due) <= 0;
		return day !== undefined && day < today(now, timezone) && !isSettledUp;
	}
	return state && state === 'overdue';
}
