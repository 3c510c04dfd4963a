import { SERVER_OWNED_FIELDS } from '../assumptions';

export type RecordName = 'customer' | 'invoice' | 'payment' | 'project' | 'vendor';

/** What the operations need to know of one kind of record. */
export interface RecordType {
	/** The record's name, in singular and lower case; also the value of the 'resource' parameter. */
	name: RecordName;
	/** The path segment below `/api/v1` (section Endpoints of BildOut's developer page). */
	path: string;
	/** Whether people can be told apart by their email. */
	hasEmail: boolean;
	/** Top-level fields that a client never writes. */
	serverOwned: readonly string[];
	/** The fields that 'Simplify' keeps: what people look for. Nested ones with a dot. */
	simplified: readonly string[];
}

export const RECORD_TYPES: Record<RecordName, RecordType> = {
	customer: {
		name: 'customer',
		path: 'customers',
		hasEmail: true,
		serverOwned: SERVER_OWNED_FIELDS.record,
		simplified: [
			'id',
			'name',
			'email',
			'phone',
			'address.line1',
			'address.line2',
			'address.city',
			'address.state',
			'address.zip',
			'created_at',
		],
	},
	invoice: {
		name: 'invoice',
		path: 'invoices',
		hasEmail: false,
		serverOwned: [...SERVER_OWNED_FIELDS.record, ...SERVER_OWNED_FIELDS.invoice],
		simplified: [
			'id',
			'invoice_number',
			'status',
			'client_id',
			'project_id',
			'issue_date',
			'due_date',
			'total',
			'amount_paid',
			'amount_due',
		],
	},
	payment: {
		name: 'payment',
		path: 'payments',
		hasEmail: false,
		serverOwned: SERVER_OWNED_FIELDS.record,
		simplified: [
			'id',
			'direction',
			'status',
			'method',
			'amount',
			'currency',
			'invoice_id',
			'vendor_id',
			'project_id',
			'created_at',
		],
	},
	project: {
		name: 'project',
		path: 'projects',
		hasEmail: false,
		serverOwned: SERVER_OWNED_FIELDS.record,
		simplified: [
			'id',
			'name',
			'status',
			'client_id',
			'description',
			'budget',
			'start_date',
			'end_date',
			'address.city',
			'created_at',
		],
	},
	vendor: {
		name: 'vendor',
		path: 'vendors',
		hasEmail: true,
		serverOwned: SERVER_OWNED_FIELDS.record,
		simplified: [
			'id',
			'name',
			'type',
			'email',
			'phone',
			'address.line1',
			'address.city',
			'address.state',
			'notes',
			'created_at',
		],
	},
};
