import { SERVER_OWNED_FIELDS } from '../../assumptions';
import type { Field, RecordType } from '../../operations/recordTypes';
import { address, byEmail, createdAt, id, phone, updatedAt } from '../commonFields';
import { contactLabel } from '../labels';

/** Section Customers; field names as in BildOut's own tables. */
const fields: Field[] = [
	id,
	{
		api: 'name',
		kind: 'name',
		uses: ['create', 'update', 'sort', 'search', 'simplify', 'agent'],
		parameter: {
			displayName: 'Name',
			name: 'name',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. Summit Roofing LLC',
			description: 'The person or business that you invoice',
		},
	},
	{
		api: 'email',
		kind: 'email',
		uses: ['create', 'update', 'clear', 'sort', 'search', 'simplify', 'agent'],
		parameter: {
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '',
			placeholder: 'e.g. office@summitroofing.com',
			description: 'Where BildOut sends invoices',
		},
		filters: [
			{
				kind: 'contains',
				parameter: {
					displayName: 'Email',
					name: 'email',
					type: 'string',
					default: '',
					placeholder: 'e.g. @summitroofing.com',
					description: 'Only customers whose email contains this text. Checked by this node.',
				},
			},
		],
	},
	phone,
	address(['line1', 'line2', 'city', 'state', 'zip']),
	createdAt('customers created'),
	updatedAt('customers'),
];

export const customerRecord: RecordType = {
	name: 'customer',
	path: 'customers',
	scopes: { read: 'customers:read', write: 'customers:write' },
	serverOwned: SERVER_OWNED_FIELDS.record,
	fields,
	sortedBy: 'name',
	searchPlaceholder: 'e.g. roofing',
	knownBy: [
		byEmail('e.g. office@summitroofing.com'),
		{ field: 'name', mode: 'name', placeholder: 'e.g. Summit Roofing LLC' },
	],
	notItsId: 'name',
	label: contactLabel,
};
