import { SERVER_OWNED_FIELDS, WEB_PATHS } from '../../assumptions';
import type { RecordType } from '../../operations/recordTypes';
import { contactLabel } from '../labels';

export const customerRecord: RecordType = {
	name: 'customer',
	path: 'customers',
	scopes: { read: 'customers:read', write: 'customers:write' },
	webPaths: WEB_PATHS.customer,
	serverOwned: SERVER_OWNED_FIELDS.record,
	knownBy: [{ field: 'email', mode: 'email', placeholder: 'e.g. office@summitroofing.com' }],
	notItsId: 'name',
	label: contactLabel,
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
};
