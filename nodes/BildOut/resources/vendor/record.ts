import { SERVER_OWNED_FIELDS, WEB_PATHS } from '../../assumptions';
import type { RecordType } from '../../operations/recordTypes';
import { contactLabel } from '../labels';

export const vendorRecord: RecordType = {
	name: 'vendor',
	path: 'vendors',
	scopes: { read: 'vendors:read', write: 'vendors:write' },
	webPaths: WEB_PATHS.vendor,
	serverOwned: SERVER_OWNED_FIELDS.record,
	knownBy: [{ field: 'email', mode: 'email', placeholder: 'e.g. office@rockymountainlumber.com' }],
	notItsId: 'name',
	label: contactLabel,
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
};
