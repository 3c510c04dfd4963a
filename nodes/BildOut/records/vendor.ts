import { SERVER_OWNED_FIELDS, VENDOR_TYPE } from '../assumptions';
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

const NAME = 'Rocky Mountain Lumber';
const EMAIL = 'office@rockymountainlumber.com';
const TYPES = [
	{ name: 'Consultant', value: 'consultant' },
	{ name: 'Subcontractor', value: 'subcontractor' },
	{ name: 'Supplier', value: 'supplier' },
];

/** Section Vendors; the field names are assumed. */
const fields: Field[] = [
	id,
	name(NAME, 'The supplier, subcontractor or consultant that you pay'),
	{
		api: 'type',
		kind: 'choice',
		uses: ['create', 'update', 'clear', 'sort', 'simplify'],
		parameter: {
			displayName: 'Type',
			name: 'type',
			type: 'options',
			default: 'supplier',
			options: TYPES,
		},
		filters: [
			{
				kind: 'anyOf',
				vocabulary: VENDOR_TYPE,
				parameter: {
					displayName: 'Type',
					name: 'type',
					type: 'multiOptions',
					default: [],
					options: TYPES,
					description: 'Only vendors of one of these types. Checked by this node.',
				},
			},
		],
	},
	email(EMAIL, 'vendors', 'Where the vendor can be reached'),
	phone,
	address(['line1', 'city', 'state']),
	{
		api: 'notes',
		kind: 'text',
		uses: ['create', 'update', 'clear', 'simplify'],
		parameter: {
			displayName: 'Notes',
			name: 'notes',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: 'e.g. Delivers on Tuesdays',
		},
	},
	createdAt('vendors created'),
	updatedAt('vendors'),
];

export const vendorRecord: RecordType = {
	name: 'vendor',
	path: 'vendors',
	scopes: { read: 'vendors:read', write: 'vendors:write' },
	serverOwned: SERVER_OWNED_FIELDS.record,
	fields,
	sortedBy: 'name',
	searchPlaceholder: 'e.g. lumber',
	lookupKeys: [byEmail(EMAIL), byName(NAME)],
	confusedWith: 'name',
	label: contactLabel,
};
