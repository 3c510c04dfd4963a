import { rounded } from '../../records/money.mts';
import type { Payment } from '../../records/types.mts';
import { ApiError } from '../errors.mts';
import type { Account } from './account.mts';
import type { Invoices } from './invoices.mts';

export interface PaymentDetails {
	amount?: number;
	method?: string;
	status?: Payment['status'];
}

type SentPayment = PaymentDetails & { project_id?: string | null };

/** The API only reads payments; they come to be on BildOut's page, which the sandbox's page stands for. */
export class Payments {
	readonly #account: Account;
	readonly #invoices: Invoices;

	constructor(account: Account, invoices: Invoices) {
		this.#account = account;
		this.#invoices = invoices;
	}

	/** A customer pays an invoice, in whole when no amount is given. */
	receive(
		invoiceId: string,
		{ amount, method = 'card', status = 'succeeded' }: PaymentDetails = {},
	): Payment {
		const invoice = this.#account.records.invoices.existing(invoiceId);
		const { amount_due, invoice_number } = invoice;
		if (invoice.status === 'void' || amount_due === 0) {
			throw new ApiError(409, `${invoice_number} has nothing left to pay.`);
		}
		if (amount !== undefined && amount > amount_due) {
			throw new ApiError(409, `${invoice_number} has only ${amount_due} left to pay.`);
		}
		return this.#keep({
			direction: 'incoming',
			status,
			method,
			amount: rounded(amount ?? amount_due),
			currency: invoice.currency,
			invoice_id: invoiceId,
			client_id: invoice.client_id,
			vendor_id: null,
			project_id: invoice.project_id,
		});
	}

	/** The account pays a vendor. */
	send(
		vendorId: string,
		amount: number,
		{ method = 'us_bank_account', status = 'succeeded', project_id = null }: SentPayment = {},
	): Payment {
		return this.#keep({
			direction: 'outgoing',
			status,
			method,
			amount: rounded(amount),
			currency: 'usd',
			invoice_id: null,
			client_id: null,
			vendor_id: this.#account.records.vendors.existing(vendorId).id,
			project_id,
		});
	}

	/** A payment under way succeeds or fails at the bank. */
	settle(id: string, status: 'succeeded' | 'failed'): Payment {
		const { payments } = this.#account.records;
		const before = payments.existing(id);
		if (before.status !== 'processing') {
			throw new ApiError(409, `The payment is ${before.status}, not under way.`);
		}
		const payment = { ...before, status };
		payments.replace(payment);
		return this.#arrived(payment);
	}

	#keep(details: Omit<Payment, 'id' | 'created_at'>): Payment {
		const { records, newId, now } = this.#account;
		const payment = { id: newId(), ...details, created_at: now() } as Payment;
		records.payments.insert(payment);
		return this.#arrived(payment);
	}

	/** What follows when the money is there. */
	#arrived(payment: Payment): Payment {
		const { status, direction, invoice_id, amount } = payment;
		if (status !== 'succeeded') return payment;
		const event = direction === 'incoming' ? 'payment.received' : 'payment.sent';
		this.#account.announce(event, payment);
		if (invoice_id) this.#invoices.addPayment(invoice_id, amount);
		return payment;
	}
}
