import type { INodeProperties } from 'n8n-workflow';

import type { FieldTable } from '../../operations/fields';
import { address, clearableAddress, customFields, phone } from '../commonParameters';

/** How the parameters below reach the API (section Vendors; the field names are assumed). */
export const vendorFields: FieldTable = {
	name: { api: 'name', label: 'Name', kind: 'text' },
	email: { api: 'email', label: 'Email', kind: 'text' },
	phone: { api: 'phone', label: 'Phone', kind: 'text' },
	address: { api: 'address', label: 'Address', kind: 'address' },
	type: { api: 'type', label: 'Type', kind: 'choice' },
	notes: { api: 'notes', label: 'Notes', kind: 'text' },
};

export const vendorName: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. Rocky Mountain Lumber',
	description: 'The supplier, subcontractor or consultant that you pay',
};

const email: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	default: '',
	placeholder: 'e.g. office@rockymountainlumber.com',
	description: 'Where the vendor can be reached',
};

const type: INodeProperties = {
	displayName: 'Type',
	name: 'type',
	type: 'options',
	default: 'supplier',
	options: [
		{ name: 'Consultant', value: 'consultant' },
		{ name: 'Subcontractor', value: 'subcontractor' },
		{ name: 'Supplier', value: 'supplier' },
	],
};

const notes: INodeProperties = {
	displayName: 'Notes',
	name: 'notes',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '',
	placeholder: 'e.g. Delivers on Tuesdays',
};

export const vendorAdditionalFields: INodeProperties = {
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	options: [address, customFields, email, notes, phone, type],
};

export const vendorMatchBy: INodeProperties = {
	displayName: 'Match By',
	name: 'matchBy',
	type: 'options',
	default: 'email',
	options: [
		{
			name: 'Email',
			value: 'email',
			description: 'The vendor that has the same email is updated',
		},
		{
			name: 'Name',
			value: 'name',
			description: 'The vendor that has the same name is updated',
		},
	],
	description:
		'How to tell whether the vendor already exists. Upper and lower case count as the same.',
};

export const vendorUpsertName: INodeProperties = {
	...vendorName,
	description: 'The name to give the vendor. One that exists already is renamed to it.',
};

export const vendorUpsertEmail: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. office@rockymountainlumber.com',
	displayOptions: { show: { matchBy: ['email'] } },
	description: 'The email to look for, and to give a new vendor',
};

/** As above, for an upsert: the email has a place of its own when it is what vendors are matched by. */
export const vendorUpsertFields: INodeProperties = {
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
		notes,
		phone,
		type,
	],
};

export const vendorUpdateFields: INodeProperties = {
	displayName: 'Update Fields',
	name: 'updateFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	description:
		'What you do not add here stays as it is. A text that you add and leave empty, also from an empty cell, is emptied in BildOut.',
	options: [address, customFields, email, { ...vendorName, required: false }, notes, phone, type],
};

export const vendorClearFields: INodeProperties = {
	displayName: 'Clear Fields',
	name: 'clearFields',
	type: 'multiOptions',
	default: [],
	description: 'Fields to empty in BildOut',
	options: [
		...clearableAddress,
		{ name: 'Email', value: 'email' },
		{ name: 'Notes', value: 'notes' },
		{ name: 'Phone', value: 'phone' },
		{ name: 'Type', value: 'type' },
	],
};

export const vendorOutputFields: INodeProperties = {
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
		{ name: 'Notes', value: 'notes' },
		{ name: 'Phone', value: 'phone' },
		{ name: 'Type', value: 'type' },
		{ name: 'Updated At', value: 'updated_at' },
	],
};
