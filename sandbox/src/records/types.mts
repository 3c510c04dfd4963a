import type { StoredRecord } from './collection.mts';

export interface Project extends StoredRecord {
	name: string;
	client_id: string | null;
	budget: number | null;
}

/** What a caller may write of an invoice line; see LineItemInput in the contract. */
export interface LineInput {
	name: string;
	description?: string | null;
	quantity: number;
	unit_price: number;
	tax_rate?: number | null;
}

export interface Invoice extends StoredRecord {
	invoice_number: string;
	client_id: string;
	project_id: string | null;
	status: string;
	due_date: string | null;
	currency: string;
	line_items: Array<StoredRecord & { amount: number; tax_rate: number | null }>;
	discount_total: number | null;
	subtotal: number;
	tax_total: number;
	total: number;
	amount_paid: number;
	amount_due: number;
}

export interface Payment extends StoredRecord {
	direction: 'incoming' | 'outgoing';
	status: 'requires_payment' | 'processing' | 'succeeded' | 'failed' | 'canceled';
	method: string | null;
	amount: number;
	currency: string;
	invoice_id: string | null;
	client_id: string | null;
	vendor_id: string | null;
	project_id: string | null;
	created_at: string;
}
