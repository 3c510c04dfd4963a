import type { INodeProperties } from 'n8n-workflow';

import type { FieldTable } from '../../operations/fields';
import { customerLocator } from '../customer/locator';
import { address, clearableAddress, customFields } from '../commonParameters';
import { customerRecord } from '../customer/record';

/** How the parameters below reach the API (section Projects; the field names are assumed). */
export const projectFields: FieldTable = {
	name: { api: 'name', label: 'Name', kind: 'text' },
	customerId: { api: 'client_id', label: 'Customer', kind: { record: customerRecord } },
	description: { api: 'description', label: 'Description', kind: 'text' },
	status: { api: 'status', label: 'Status', kind: 'choice' },
	address: { api: 'address', label: 'Address', kind: 'address' },
	startDate: { api: 'start_date', label: 'Start Date', kind: 'date' },
	endDate: { api: 'end_date', label: 'End Date', kind: 'date' },
	budget: { api: 'budget', label: 'Budget', kind: 'number' },
};

export const projectName: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. Larimer Street Kitchen Remodel',
	description: 'What the job is called',
};

const budget: INodeProperties = {
	displayName: 'Budget',
	name: 'budget',
	type: 'number',
	default: 0,
	placeholder: 'e.g. 45000',
	description: "The planned cost, in the account's currency",
};

const customer: INodeProperties = {
	...customerLocator,
	required: false,
	description: 'The customer whom the job is for',
};

const description: INodeProperties = {
	displayName: 'Description',
	name: 'description',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	placeholder: 'e.g. New cabinets, counters and lighting',
};

const endDate: INodeProperties = {
	displayName: 'End Date',
	name: 'endDate',
	type: 'dateTime',
	default: '',
	placeholder: 'e.g. 2025-06-30 00:00:00',
	description: 'The day on which the job ends. Only the date counts, not the time.',
};

const startDate: INodeProperties = {
	displayName: 'Start Date',
	name: 'startDate',
	type: 'dateTime',
	default: '',
	placeholder: 'e.g. 2025-03-01 00:00:00',
	description: 'The day on which the job starts. Only the date counts, not the time.',
};

const status: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'string',
	default: '',
	placeholder: 'e.g. active',
	description: 'The status as BildOut spells it, such as planning, active or completed',
};

export const projectAdditionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	options: [address, budget, customFields, customer, description, endDate, startDate, status],
};

export const projectUpdateFields: INodeProperties = {
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	description:
		'What you do not add here stays as it is. A text that you add and leave empty, also from an empty cell, is emptied in BildOut.',
	options: [
		address,
		budget,
		customFields,
		customer,
		description,
		endDate,
		{ ...projectName, required: false },
		startDate,
		status,
	],
};

export const projectClearFields: INodeProperties = {
	displayName: 'Clear Fields',
	name: 'clearFields',
	type: 'multiOptions',
	default: [],
	description: 'Fields to empty in BildOut',
	options: [
		...clearableAddress,
		{ name: 'Budget', value: 'budget' },
		{ name: 'Customer', value: 'client_id' },
		{ name: 'Description', value: 'description' },
		{ name: 'End Date', value: 'end_date' },
		{ name: 'Start Date', value: 'start_date' },
		{ name: 'Status', value: 'status' },
	],
};

export const projectOutputFields: INodeProperties = {
	displayName: 'Fields',
	name: 'outputFields',
	type: 'multiOptions',
	default: ['id', 'name', 'status'],
	displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
	description: 'The fields that the AI agent gets to read',
	options: [
		{ name: 'Address', value: 'address' },
		{ name: 'Budget', value: 'budget' },
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Customer ID', value: 'client_id' },
		{ name: 'Description', value: 'description' },
		{ name: 'End Date', value: 'end_date' },
		{ name: 'ID', value: 'id' },
		{ name: 'Name', value: 'name' },
		{ name: 'Start Date', value: 'start_date' },
		{ name: 'Status', value: 'status' },
		{ name: 'Updated At', value: 'updated_at' },
	],
};
