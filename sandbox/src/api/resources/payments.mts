import { rounded } from '../../records/money.mts';
import type { Payment } from '../../records/types.mts';
import { ApiError, notFound } from '../errors.mts';
import type { Account } from './account.mts';
import type { Invoices } from './invoices.mts';

export interface Payments {
	/** A customer pays an invoice, in whole when no amount is given. */
	receive(invoiceId: string, how?: PaymentDetails): Payment;
	/** The account pays a vendor. */
	send(vendorId: string, amount: number, how?: SentPayment): Payment;
	/** A payment under way succeeds or fails at the bank. */
	settle(id: string, status: 'succeeded' | 'failed'): Payment;
}

export interface PaymentDetails {
	amount?: number;
	method?: string;
	status?: Payment['status'];
}

type SentPayment = PaymentDetails & { project_id?: string | null };

/** The API only reads payments; they come to be on BildOut's page, which the sandbox's page stands for. */
export function payments(account: Account, invoices: Invoices): Payments {
	return {
		receive: (invoiceId, how) => receive(account, invoices, invoiceId, how),
		send: (vendorId, amount, how) => send(account, invoices, vendorId, amount, how),
		settle: (id, status) => settle(account, invoices, id, status),
	};
}

function keep(
	{ records, now, newId }: Account,
	payment: Omit<Payment, 'id' | 'created_at'>,
): Payment {
	const kept = { id: newId(), ...payment, created_at: now() } as Payment;
	records.payments.insert(kept);
	return kept;
}

function receive(
	account: Account,
	invoices: Invoices,
	invoiceId: string,
	{ amount, method = 'card', status = 'succeeded' }: PaymentDetails = {},
): Payment {
	const invoice = account.records.invoices.get(invoiceId);
	if (!invoice) throw notFound('invoice', invoiceId);
	if (invoice.status === 'void' || invoice.amount_due === 0) {
		throw new ApiError(409, `${invoice.invoice_number} has nothing left to pay.`);
	}
	if (amount !== undefined && amount > invoice.amount_due) {
		throw new ApiError(
			409,
			`${invoice.invoice_number} has only ${invoice.amount_due} left to pay.`,
		);
	}
	const payment = keep(account, {
		direction: 'incoming',
		status,
		method,
		amount: rounded(amount ?? invoice.amount_due),
		currency: invoice.currency,
		invoice_id: invoiceId,
		client_id: invoice.client_id,
		vendor_id: null,
		project_id: invoice.project_id,
	});
	if (status === 'succeeded') arrive(account, invoices, payment);
	return payment;
}

function send(
	account: Account,
	invoices: Invoices,
	vendorId: string,
	amount: number,
	{ method = 'us_bank_account', status = 'succeeded', project_id = null }: SentPayment = {},
): Payment {
	if (!account.records.vendors.has(vendorId)) throw notFound('vendor', vendorId);
	const payment = keep(account, {
		direction: 'outgoing',
		status,
		method,
		amount: rounded(amount),
		currency: 'usd',
		invoice_id: null,
		client_id: null,
		vendor_id: vendorId,
		project_id,
	});
	if (status === 'succeeded') arrive(account, invoices, payment);
	return payment;
}

function settle(
	account: Account,
	invoices: Invoices,
	id: string,
	status: 'succeeded' | 'failed',
): Payment {
	const before = account.records.payments.get(id);
	if (!before) throw notFound('payment', id);
	if (before.status !== 'processing') {
		throw new ApiError(409, `The payment is ${before.status}, not under way.`);
	}
	const payment = { ...before, status };
	account.records.payments.replace(payment);
	if (status === 'succeeded') arrive(account, invoices, payment);
	return payment;
}

/** What follows when the money is there. */
function arrive({ announce }: Account, invoices: Invoices, payment: Payment): void {
	announce(payment.direction === 'incoming' ? 'payment.received' : 'payment.sent', payment);
	if (payment.invoice_id) invoices.addPayment(payment.invoice_id, payment.amount);
}
