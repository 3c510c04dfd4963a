import { writableFields } from '../../contract/contract.mts';
import {
	difference,
	percentOf,
	product,
	rounded,
	roundedOrNull,
	sum,
} from '../../records/money.mts';
import type { Invoice, LineInput } from '../../records/types.mts';
import { ApiError, invalidFields, notFound } from '../errors.mts';
import type { Account, Writable } from './account.mts';
import { checkReference } from './projects.mts';

export interface Invoices extends Writable<Invoice> {
	/** What the page's button does: the customer has been sent the invoice. */
	markSent(id: string): Invoice;
	/** What the page's button does: the customer has looked at the invoice. */
	markViewed(id: string): Invoice;
	/** What the page's button does: nothing is due any more, and payments so far stay. */
	void(id: string): Invoice;
	/** Counts a succeeded payment of the invoice, whose status follows. */
	addPayment(id: string, amount: number): Invoice;
	/** Marks what customers were sent and still owe after the day that it was due. */
	markOverdue(): void;
}

/** The statuses of an invoice that becomes overdue. Grade: assumed. */
const UNPAID = ['sent', 'viewed', 'partial'];

const WRITABLE = writableFields('InvoiceInput');
const blank = Object.fromEntries(WRITABLE.map((field) => [field, null]));

/**
 * What payments make of a status that was written: paid once they cover the total, partial before,
 * except that an overdue invoice stays overdue. Without payments an invoice cannot be written as paid. Grade: assumed.
 */
function statusAfter(written: string, total: number, paid: number): string {
	if (written === 'void') return written;
	if (paid > 0 && paid >= total) return 'paid';
	if (paid > 0) return written === 'overdue' ? written : 'partial';
	if (written === 'paid' || written === 'partial') {
		throw invalidFields({
			field: 'status',
			message: `cannot be written as ${written}: it follows from the invoice's payments`,
		});
	}
	return written;
}

/** What is left to pay; of a void invoice nothing. Grade: assumed. */
const owed = (status: string, total: number, paid: number) =>
	status === 'void' ? 0 : Math.max(0, difference(total, paid));

export function invoices(account: Account): Invoices {
	return {
		noun: 'invoice',
		create: (input) => create(account, input),
		replace: (id, input) => replace(account, id, input),
		remove: (id) => remove(account, id),
		markSent: (id) => markSent(account, id),
		markViewed: (id) => markViewed(account, id),
		void: (id) => makeVoid(account, id),
		addPayment: (id, amount) => addPayment(account, id, amount),
		markOverdue: () => markOverdue(account),
	};
}

function create(account: Account, input: Record<string, unknown>): Invoice {
	const { records, announce, now, today, newId } = account;
	const created_at = now();
	const number = String(records.invoices.lastSequence() + 1).padStart(4, '0');
	const invoice: Invoice = {
		id: newId(),
		invoice_number: `INV-${number}`,
		...composed(account, { ...input, issue_date: input.issue_date ?? today() }, 0),
		created_at,
		updated_at: created_at,
	};
	records.invoices.insert(invoice);
	announce('invoice.created', invoice);
	announceStatus(account, invoice);
	return invoice;
}

function replace(account: Account, id: string, input: Record<string, unknown>): Invoice {
	const before = existing(account, id);
	const { invoice_number, amount_paid, created_at } = before;
	const invoice: Invoice = {
		id,
		invoice_number,
		...composed(account, input, amount_paid),
		created_at,
		updated_at: account.now(),
	};
	account.records.invoices.replace(invoice);
	account.announce('invoice.updated', invoice);
	announceStatus(account, invoice, before.status);
	return invoice;
}

function remove(account: Account, id: string): void {
	const invoice = existing(account, id);
	account.records.payments.unlink('invoice_id', id);
	account.records.invoices.remove(id);
	account.announce('invoice.deleted', invoice);
}

function markSent(account: Account, id: string): Invoice {
	const before = existing(account, id);
	if (before.status !== 'draft') {
		throw new ApiError(409, `${before.invoice_number} is ${before.status}, not a draft.`);
	}
	const invoice = put(account, before, { status: 'sent' });
	announceStatus(account, invoice, before.status);
	return invoice;
}

function markViewed(account: Account, id: string): Invoice {
	const before = existing(account, id);
	if (before.status !== 'sent') {
		throw new ApiError(409, `${before.invoice_number} is ${before.status}, not sent.`);
	}
	const invoice = put(account, before, { status: 'viewed' });
	account.announce('invoice.updated', invoice);
	return invoice;
}

function makeVoid(account: Account, id: string): Invoice {
	const before = existing(account, id);
	if (['paid', 'void'].includes(before.status)) {
		throw new ApiError(409, `${before.invoice_number} is ${before.status} already.`);
	}
	const invoice = put(account, before, { status: 'void', amount_due: 0 });
	account.announce('invoice.updated', invoice);
	return invoice;
}

function addPayment(account: Account, id: string, amount: number): Invoice {
	const before = existing(account, id);
	const amount_paid = sum([before.amount_paid, amount]);
	const status = statusAfter(before.status, before.total, amount_paid);
	const invoice = put(account, before, {
		status,
		amount_paid,
		amount_due: owed(status, before.total, amount_paid),
	});
	announceStatus(account, invoice, before.status);
	return invoice;
}

function markOverdue(account: Account): void {
	const { records, announce, today } = account;
	const day = today();
	const late = UNPAID.flatMap((status) => records.invoices.list({ where: { status } })).filter(
		({ due_date, amount_due }) => due_date !== null && due_date < day && amount_due > 0,
	);
	for (const invoice of late) {
		announce('invoice.updated', put(account, invoice, { status: 'overdue' }));
	}
}

function existing({ records }: Account, id: string): Invoice {
	const invoice = records.invoices.get(id);
	if (!invoice) throw notFound('invoice', id);
	return invoice;
}

/** Keeps what an invoice has become, changed now. */
function put({ records, now }: Account, before: Invoice, changes: Partial<Invoice>): Invoice {
	const invoice: Invoice = { ...before, ...changes, updated_at: now() };
	records.invoices.replace(invoice);
	return invoice;
}

/** Announces a status that an invoice has newly come to. */
function announceStatus({ announce }: Account, invoice: Invoice, before?: string): void {
	if (invoice.status === before) return;
	if (invoice.status === 'sent') announce('invoice.sent', invoice);
	if (invoice.status === 'paid') announce('invoice.paid', invoice);
}

/** The parts of an invoice that follow from what is written and from what is already paid. */
function composed(account: Account, input: Record<string, unknown>, paid: number) {
	const { records } = account;
	checkReference(records.customers as never, 'client_id', input.client_id);
	checkReference(records.projects as never, 'project_id', input.project_id);
	const line_items = ((input.line_items ?? []) as LineInput[]).map((one) => line(account, one));
	const discount_total = roundedOrNull(input.discount_total as number | null);
	const subtotal = sum(line_items.map(({ amount }) => amount));
	const tax_total = sum(line_items.map(({ amount, tax_rate }) => percentOf(amount, tax_rate)));
	const total = difference(sum([subtotal, tax_total]), discount_total);
	if (total < 0) {
		throw invalidFields({
			field: discount_total ? 'discount_total' : 'line_items',
			message: `makes the invoice's total negative: ${total}`,
		});
	}
	const status = statusAfter((input.status ?? 'draft') as string, total, paid);
	return {
		...blank,
		...known(account, input),
		client_id: input.client_id as string,
		project_id: (input.project_id ?? null) as string | null,
		status,
		due_date: (input.due_date ?? null) as string | null,
		currency: (input.currency ?? 'usd') as string,
		line_items,
		discount_total,
		deposit_required: roundedOrNull(input.deposit_required as number | null),
		subtotal,
		tax_total,
		total,
		amount_paid: paid,
		amount_due: owed(status, total, paid),
	};
}

/** What an invoice keeps of what is written. */
function known({ keepsUnknownFields }: Account, input: Record<string, unknown>) {
	if (keepsUnknownFields()) return input;
	return Object.fromEntries(Object.entries(input).filter(([field]) => WRITABLE.includes(field)));
}

function line({ newId, finePrices }: Account, input: LineInput) {
	const quantity = rounded(input.quantity);
	const unit_price = finePrices() ? input.unit_price : rounded(input.unit_price);
	return {
		id: newId(),
		...input,
		description: input.description ?? null,
		quantity,
		unit_price,
		tax_rate: roundedOrNull(input.tax_rate),
		amount: product(quantity, unit_price),
	};
}
