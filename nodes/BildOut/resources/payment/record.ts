import { SERVER_OWNED_FIELDS, WEB_PATHS } from '../../assumptions';
import type { RecordType } from '../../operations/recordTypes';
import { paymentLabel } from '../labels';

/** Payments are read-only in BildOut's API (section Payments). */
export const paymentRecord: RecordType = {
	name: 'payment',
	path: 'payments',
	scopes: { read: 'payments:read' },
	webPaths: WEB_PATHS.payment,
	serverOwned: SERVER_OWNED_FIELDS.record,
	knownBy: [],
	label: paymentLabel,
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
};
