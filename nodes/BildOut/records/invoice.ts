import {
	customerNameIn,
	INVOICE_NUMBER,
	PLAIN_INVOICE_NUMBER,
	SERVER_OWNED_FIELDS,
} from '../assumptions';
import type { RecordType } from './recordType';
import { customerRecord } from './customer';
import { invoiceLabel } from './labels';
import { fields } from './invoiceFields';
import { invoicesByNumber } from './invoiceNumber';

export const invoiceRecord: RecordType = {
	name: 'invoice',
	path: 'invoices',
	scopes: { read: 'invoices:read', write: 'invoices:write' },
	serverOwned: [...SERVER_OWNED_FIELDS.record, ...SERVER_OWNED_FIELDS.invoice],
	fields,
	// The page on which the customer pays, `/pay/<token>`, and the invoice as a file: as in BildOut's own tables.
	extraFields: ['payment_link_token', 'pdf_url'],
	sortedBy: 'due_date',
	searchPlaceholder: 'e.g. INV-0042',
	rows: {
		field: 'line_items',
		name: 'line items',
		parameter: 'Change Line Items',
		serverOwned: SERVER_OWNED_FIELDS.lineItem,
	},
	lookupKeys: [
		{
			field: 'invoice_number',
			mode: 'number',
			placeholder: 'e.g. INV-0042',
			pattern: INVOICE_NUMBER,
			plainPattern: PLAIN_INVOICE_NUMBER,
			findIn: invoicesByNumber,
		},
	],
	confusedWith: 'invoice number',
	label: invoiceLabel,
	parent: {
		type: customerRecord,
		field: 'client_id',
		nameField: 'client_name',
		nameIn: customerNameIn,
	},
};
