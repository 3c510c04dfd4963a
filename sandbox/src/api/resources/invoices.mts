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
import { ApiError, invalidFields } from '../errors.mts';
import type { Account, Writable } from './account.mts';
import { checkReference } from './projects.mts';

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

/** The rules of invoices. Its buttons are those of BildOut's page, which the sandbox's page stands for. */
export class Invoices implements Writable<Invoice> {
	readonly #account: Account;

	constructor(account: Account) {
		this.#account = account;
	}

	create(input: Record<string, unknown>): Invoice {
		const { records, announce, now, today, newId } = this.#account;
		const created_at = now();
		const number = String(records.invoices.lastSequence() + 1).padStart(4, '0');
		const invoice: Invoice = {
			id: newId(),
			invoice_number: `INV-${number}`,
			...this.#composed({ ...input, issue_date: input.issue_date ?? today() }, 0),
			created_at,
			updated_at: created_at,
		};
		records.invoices.insert(invoice);
		announce('invoice.created', invoice);
		this.#announceStatus(invoice);
		return invoice;
	}

	replace(id: string, input: Record<string, unknown>): Invoice {
		const { records, announce, now } = this.#account;
		const before = records.invoices.existing(id);
		const { invoice_number, amount_paid, created_at } = before;
		const invoice: Invoice = {
			id,
			invoice_number,
			...this.#composed(input, amount_paid),
			created_at,
			updated_at: now(),
		};
		records.invoices.replace(invoice);
		announce('invoice.updated', invoice);
		this.#announceStatus(invoice, before.status);
		return invoice;
	}

	remove(id: string): void {
		const { records, announce } = this.#account;
		const invoice = records.invoices.existing(id);
		records.payments.unlink('invoice_id', id);
		records.invoices.remove(id);
		announce('invoice.deleted', invoice);
	}

	/** The customer has been sent the invoice. */
	markSent(id: string): Invoice {
		const before = this.#account.records.invoices.existing(id);
		if (before.status !== 'draft') {
			throw new ApiError(409, `${before.invoice_number} is ${before.status}, not a draft.`);
		}
		return this.#put(before, { status: 'sent' });
	}

	/** The customer has looked at the invoice. */
	markViewed(id: string): Invoice {
		const before = this.#account.records.invoices.existing(id);
		if (before.status !== 'sent') {
			throw new ApiError(409, `${before.invoice_number} is ${before.status}, not sent.`);
		}
		return this.#put(before, { status: 'viewed' });
	}

	/** Nothing is due any more, and payments so far stay. */
	makeVoid(id: string): Invoice {
		const before = this.#account.records.invoices.existing(id);
		if (['paid', 'void'].includes(before.status)) {
			throw new ApiError(409, `${before.invoice_number} is ${before.status} already.`);
		}
		return this.#put(before, { status: 'void', amount_due: 0 });
	}

	/** Counts a succeeded payment of the invoice, whose status follows. */
	addPayment(id: string, amount: number): Invoice {
		const before = this.#account.records.invoices.existing(id);
		const amount_paid = sum([before.amount_paid, amount]);
		const status = statusAfter(before.status, before.total, amount_paid);
		const amount_due = owed(status, before.total, amount_paid);
		return this.#put(before, { status, amount_paid, amount_due });
	}

	/** Marks what customers were sent and still owe after the day that it was due. */
	markOverdue(): void {
		const { invoices } = this.#account.records;
		const day = this.#account.today();
		const late = UNPAID.flatMap((status) => invoices.list({ where: { status } })).filter(
			({ due_date, amount_due }) => due_date !== null && due_date < day && amount_due > 0,
		);
		for (const invoice of late) this.#put(invoice, { status: 'overdue' });
	}

	/** Keeps what an invoice has become, changed now, and announces a new status. */
	#put(before: Invoice, changes: Partial<Invoice>): Invoice {
		const { records, announce, now } = this.#account;
		const invoice: Invoice = { ...before, ...changes, updated_at: now() };
		records.invoices.replace(invoice);
		const { status } = invoice;
		if (status !== before.status && ['viewed', 'void', 'overdue'].includes(status)) {
			announce('invoice.updated', invoice);
		}
		this.#announceStatus(invoice, before.status);
		return invoice;
	}

	/** Announces a status that has an event of its own. */
	#announceStatus(invoice: Invoice, before?: string): void {
		const { status } = invoice;
		if (status !== before && ['sent', 'paid'].includes(status)) {
			this.#account.announce(`invoice.${status}`, invoice);
		}
	}

	/** The parts of an invoice that follow from what is written and from what is already paid. */
	#composed(input: Record<string, unknown>, paid: number) {
		const { records } = this.#account;
		checkReference(records.customers as never, 'client_id', input.client_id);
		checkReference(records.projects as never, 'project_id', input.project_id);
		const line_items = ((input.line_items ?? []) as LineInput[]).map((one) => this.#line(one));
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
			...this.#known(input),
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
	#known(input: Record<string, unknown>) {
		if (this.#account.keepsUnknownFields()) return input;
		return Object.fromEntries(Object.entries(input).filter(([field]) => WRITABLE.includes(field)));
	}

	#line(input: LineInput) {
		const { newId, finePrices } = this.#account;
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
}
