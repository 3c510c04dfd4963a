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
	/** Counts a succeeded payment of the invoice, whose status follows. */
	addPayment(id: string, amount: number): Invoice;
	/** Marks what customers were sent and still owe after the day that it was due. */
	markOverdue(): void;
}

/** The statuses of an invoice that becomes overdue. Grade: assumed. */
const UNPAID = ['sent', 'viewed', 'partial'];

const blank = Object.fromEntries(writableFields('InvoiceInput').map((field) => [field, null]));

/**
 * What payments make of a status that was written: paid once they cover the total, partial before,
 * save that an overdue invoice stays overdue. Without payments an invoice cannot be written as paid. Grade: assumed.
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
	const { records, announce, now, today, newId, finePrices } = account;

	const existing = (id: string): Invoice => {
		const invoice = records.invoices.get(id);
		if (!invoice) throw notFound('invoice', id);
		return invoice;
	};

	const line = (input: LineInput) => {
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
	};

	/** The parts of an invoice that follow from what is written and from what is already paid. */
	const composed = (input: Record<string, unknown>, paid: number) => {
		checkReference(records.customers as never, 'client_id', input.client_id);
		checkReference(records.projects as never, 'project_id', input.project_id);
		const line_items = ((input.line_items ?? []) as LineInput[]).map(line);
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
			...input,
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
	};

	/** Tells of a status that an invoice has newly come to. */
	const announceStatus = (invoice: Invoice, before?: string) => {
		if (invoice.status === before) return;
		if (invoice.status === 'sent') announce('invoice.sent', invoice);
		if (invoice.status === 'paid') announce('invoice.paid', invoice);
	};

	const put = (invoice: Invoice): Invoice => {
		records.invoices.replace(invoice);
		return invoice;
	};

	return {
		noun: 'invoice',
		create(input) {
			const created_at = now();
			const number = String(records.invoices.lastSequence() + 1).padStart(4, '0');
			const invoice: Invoice = {
				id: newId(),
				invoice_number: `INV-${number}`,
				...composed({ ...input, issue_date: input.issue_date ?? today() }, 0),
				created_at,
				updated_at: created_at,
			};
			records.invoices.insert(invoice);
			announce('invoice.created', invoice);
			announceStatus(invoice);
			return invoice;
		},
		replace(id, input) {
			const before = existing(id);
			const invoice = put({
				id,
				invoice_number: before.invoice_number,
				...composed(input, before.amount_paid),
				created_at: before.created_at,
				updated_at: now(),
			});
			announce('invoice.updated', invoice);
			announceStatus(invoice, before.status);
			return invoice;
		},
		remove(id) {
			const invoice = existing(id);
			records.payments.unlink('invoice_id', id);
			records.invoices.remove(id);
			announce('invoice.deleted', invoice);
		},
		markSent(id) {
			const before = existing(id);
			if (before.status !== 'draft') {
				throw new ApiError(409, `${before.invoice_number} is ${before.status}, not a draft.`);
			}
			const invoice = put({ ...before, status: 'sent', updated_at: now() });
			announceStatus(invoice, before.status);
			return invoice;
		},
		addPayment(id, amount) {
			const before = existing(id);
			const amount_paid = sum([before.amount_paid, amount]);
			const status = statusAfter(before.status, before.total, amount_paid);
			const invoice = put({
				...before,
				status,
				amount_paid,
				amount_due: owed(status, before.total, amount_paid),
				updated_at: now(),
			});
			announceStatus(invoice, before.status);
			return invoice;
		},
		markOverdue() {
			const day = today();
			const late = UNPAID.flatMap((status) => records.invoices.list({ where: { status } })).filter(
				({ due_date, amount_due }) => due_date !== null && due_date < day && amount_due > 0,
			);
			for (const invoice of late) {
				announce('invoice.updated', put({ ...invoice, status: 'overdue', updated_at: now() }));
			}
		},
	};
}
