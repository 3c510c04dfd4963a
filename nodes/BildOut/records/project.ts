import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { EMBEDDED_RECORDS, PROJECT_STATUS, SERVER_OWNED_FIELDS } from '../assumptions';
import type { Field, RecordType } from './recordType';
import { optionalResourceLocator } from './resourceLocator';
import {
	address,
	amountFilters,
	byName,
	createdAt,
	dayFilters,
	id,
	labelText,
	linkedFilter,
	name,
	updatedAt,
} from './commonFields';
import { customerRecord } from './customer';

const NAME = 'Larimer Street Kitchen Remodel';

const status: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'string',
	default: '',
	placeholder: 'e.g. active',
	description: 'The status as BildOut spells it, such as planning, active or completed',
};

/** Section Projects; the field names are assumed. */
const fields: Field[] = [
	id,
	name(NAME, 'What the job is called'),
	{
		api: 'status',
		kind: 'choice',
		uses: ['create', 'update', 'clear', 'sort', 'simplify', 'agent'],
		parameter: status,
		filters: [
			{
				kind: 'anyOf',
				vocabulary: PROJECT_STATUS,
				parameter: {
					...status,
					description:
						'Only projects with this status, or one of several with commas between them. Checked by this node.',
				},
			},
		],
	},
	{
		api: 'client_id',
		kind: { record: customerRecord },
		uses: ['create', 'update', 'clear', 'simplify'],
		parameter: optionalResourceLocator(customerRecord, 'The customer whom the job is for'),
		filters: [linkedFilter(customerRecord, 'projects of this customer')],
	},
	{
		api: 'description',
		kind: 'text',
		uses: ['create', 'update', 'clear', 'search', 'simplify'],
		parameter: {
			displayName: 'Description',
			name: 'description',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: 'e.g. New cabinets, counters and lighting',
		},
	},
	{
		api: 'budget',
		kind: 'number',
		uses: ['create', 'update', 'clear', 'sort', 'simplify'],
		parameter: {
			displayName: 'Budget',
			name: 'budget',
			type: 'number',
			default: 0,
			placeholder: 'e.g. 45000',
			description: "The planned cost, in the account's currency",
		},
		filters: amountFilters('Budget', 'Budget', 'projects with a budget of'),
	},
	{
		api: 'start_date',
		kind: 'date',
		uses: ['create', 'update', 'clear', 'sort', 'simplify'],
		parameter: {
			displayName: 'Start Date',
			name: 'startDate',
			type: 'dateTime',
			default: '',
			placeholder: 'e.g. 2025-03-01 00:00:00',
			description: 'The day on which the job starts. Only the date counts, not the time.',
		},
		filters: dayFilters('Starts', 'start', 'projects that start'),
	},
	{
		api: 'end_date',
		kind: 'date',
		uses: ['create', 'update', 'clear', 'sort', 'simplify'],
		parameter: {
			displayName: 'End Date',
			name: 'endDate',
			type: 'dateTime',
			default: '',
			placeholder: 'e.g. 2025-06-30 00:00:00',
			description: 'The day on which the job ends. Only the date counts, not the time.',
		},
		filters: dayFilters('Ends', 'end', 'projects that end'),
	},
	address(['city']),
	createdAt('projects created', { filtered: false }),
	updatedAt('projects'),
];

export const projectRecord: RecordType = {
	name: 'project',
	path: 'projects',
	scopes: { read: 'projects:read', write: 'projects:write' },
	serverOwned: SERVER_OWNED_FIELDS.record,
	embedded: EMBEDDED_RECORDS,
	fields,
	sortedBy: 'name',
	searchPlaceholder: 'e.g. kitchen',
	lookupKeys: [byName(NAME)],
	nameScope: 'client_id',
	alias: 'construction job',
	confusedWith: 'name',
	label: projectLabel,
};

function projectLabel({ name, status }: IDataObject): string {
	return status ? `${labelText(name)} (${labelText(status)})` : labelText(name);
}
