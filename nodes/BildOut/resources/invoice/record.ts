import { SERVER_OWNED_FIELDS, WEB_PATHS } from '../../assumptions';
import type { RecordType } from '../../operations/recordTypes';
import { customerRecord } from '../customer/record';
import { invoiceLabel } from '../labels';
import { fields } from './fields';

export const invoiceRecord: RecordType = {
	name: 'invoice',
	path: 'invoices',
	scopes: { read: 'invoices:read', write: 'invoices:write' },
	webPaths: WEB_PATHS.invoice,
	serverOwned: [...SERVER_OWNED_FIELDS.record, ...SERVER_OWNED_FIELDS.invoice],
	fields,
	sortedBy: 'due_date',
	searchPlaceholder: 'e.g. INV-0042',
	rows: {
		field: 'line_items',
		name: 'line items',
		parameter: 'Change Line Items',
		serverOwned: SERVER_OWNED_FIELDS.lineItem,
	},
	knownBy: [],
	notItsId: 'invoice number',
	label: invoiceLabel,
	linked: { field: 'client_id', type: customerRecord },
};
