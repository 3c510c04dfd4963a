import { SERVER_OWNED_FIELDS } from '../assumptions';
import type { Field, RecordType } from './recordType';
import {
	address,
	byEmail,
	byName,
	contactLabel,
	createdAt,
	email,
	id,
	name,
	phone,
	updatedAt,
} from './commonFields';

const NAME = 'Summit Roofing LLC';
const EMAIL = 'office@summitroofing.com';

/** Section Customers; field names as in BildOut's own tables. */
const fields: Field[] = [
	id,
	name(NAME, 'The person or business that you invoice'),
	email(EMAIL, 'customers', 'Where BildOut sends invoices'),
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
	lookupKeys: [byEmail(EMAIL), byName(NAME)],
	renaming: 'Earlier invoices of the customer then show the new name, too.',
	confusedWith: 'name',
	label: contactLabel,
};
