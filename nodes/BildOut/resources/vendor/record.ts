import { SERVER_OWNED_FIELDS } from '../../assumptions';
import type { Field, RecordType } from '../../operations/recordTypes';
import { address, byEmail, createdAt, id, phone, updatedAt } from '../commonFields';
import { contactLabel } from '../labels';

const TYPES = [
	{ name: 'Consultant', value: 'consultant' },
	{ name: 'Subcontractor', value: 'subcontractor' },
	{ name: 'Supplier', value: 'supplier' },
];

/** Section Vendors; the field names are assumed. */
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
			placeholder: 'e.g. Rocky Mountain Lumber',
			description: 'The supplier, subcontractor or consultant that you pay',
		},
	},
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
	{
		api: 'email',
		kind: 'email',
		uses: ['create', 'update', 'clear', 'sort', 'search', 'simplify', 'agent'],
		parameter: {
			displayName: 'Email',
			name: 'email',
			type: 'string',
			default: '',
			placeholder: 'e.g. office@rockymountainlumber.com',
			description: 'Where the vendor can be reached',
		},
		filters: [
			{
				kind: 'contains',
				parameter: {
					displayName: 'Email',
					name: 'email',
					type: 'string',
					default: '',
					placeholder: 'e.g. @rockymountainlumber.com',
					description: 'Only vendors whose email contains this text. Checked by this node.',
				},
			},
		],
	},
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
	knownBy: [
		byEmail('e.g. office@rockymountainlumber.com'),
		{ field: 'name', mode: 'name', placeholder: 'e.g. Rocky Mountain Lumber' },
	],
	notItsId: 'name',
	label: contactLabel,
};
