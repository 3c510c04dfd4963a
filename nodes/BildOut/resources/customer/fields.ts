import type { INodeProperties } from 'n8n-workflow';

import type { FieldTable } from '../../operations/fields';
import { address, clearableAddress, customFields, phone } from '../commonParameters';

/** How the parameters below reach the API (section Customers; field names as in BildOut's own tables). */
export const customerFields: FieldTable = {
	name: { api: 'name', label: 'Name', kind: 'text' },
	email: { api: 'email', label: 'Email', kind: 'text' },
	phone: { api: 'phone', label: 'Phone', kind: 'text' },
	address: { api: 'address', label: 'Address', kind: 'address' },
};

export const customerName: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. Summit Roofing LLC',
	description: 'The person or business that you invoice',
};

const email: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	default: '',
	placeholder: 'e.g. office@summitroofing.com',
	description: 'Where BildOut sends invoices',
};

export const customerAdditionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	options: [address, customFields, email, phone],
};

export const customerMatchBy: INodeProperties = {
	displayName: 'Match By',
	name: 'matchBy',
	type: 'options',
	default: 'email',
	options: [
		{
			name: 'Email',
			value: 'email',
			description: 'The customer that has the same email is updated',
		},
		{
			name: 'Name',
			value: 'name',
			description: 'The customer that has the same name is updated',
		},
	],
	description:
		'How to tell whether the customer already exists. Upper and lower case count as the same.',
};

export const customerUpsertName: INodeProperties = {
	...customerName,
	description: 'The name to give the customer. One that exists already is renamed to it.',
};

export const customerUpsertEmail: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. office@summitroofing.com',
	displayOptions: { show: { matchBy: ['email'] } },
	description: 'The email to look for, and to give a new customer',
};

/** As above, for an upsert: the email has a place of its own when it is what customers are matched by. */
export const customerUpsertFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	description:
		'What you do not add here stays as it is. A text that you add and leave empty, also from an empty cell, is emptied in BildOut.',
	options: [
		address,
		customFields,
		{ ...email, displayOptions: { show: { '/matchBy': ['name'] } } },
		phone,
	],
};

export const customerUpdateFields: INodeProperties = {
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	description:
		'What you do not add here stays as it is. A text that you add and leave empty, also from an empty cell, is emptied in BildOut.',
	options: [address, customFields, email, { ...customerName, required: false }, phone],
};

export const customerClearFields: INodeProperties = {
	displayName: 'Clear Fields',
	name: 'clearFields',
	type: 'multiOptions',
	default: [],
	description: 'Fields to empty in BildOut',
	options: [
		...clearableAddress,
		{ name: 'Email', value: 'email' },
		{ name: 'Phone', value: 'phone' },
	],
};

export const customerOutputFields: INodeProperties = {
	displayName: 'Fields',
	name: 'outputFields',
	type: 'multiOptions',
	default: ['id', 'name', 'email'],
	displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
	description: 'The fields that the AI agent gets to read',
	options: [
		{ name: 'Address', value: 'address' },
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Email', value: 'email' },
		{ name: 'ID', value: 'id' },
		{ name: 'Name', value: 'name' },
		{ name: 'Phone', value: 'phone' },
		{ name: 'Updated At', value: 'updated_at' },
	],
};
