import type { INodeProperties } from 'n8n-workflow';

import { PLAIN_NAME } from '../assumptions';
import type { Field, LookupKey, WrittenField } from './recordType';
import { plainEmail } from '../input/values';
import { timeFilters, timeFromFilter } from './commonFilters';

/** The fields that several kinds of record have. */

export const id: Field = { api: 'id', label: 'ID', uses: ['simplify', 'agent'] };

/** @param example a name as records of this kind have it */
export function name(example: string, description: string): WrittenField {
	return {
		api: 'name',
		kind: 'name',
		uses: ['create', 'update', 'sort', 'search', 'simplify', 'agent'],
		parameter: {
			displayName: 'Name',
			name: 'name',
			type: 'string',
			required: true,
			default: '',
			placeholder: `e.g. ${example}`,
			description,
		},
	};
}

export function byName(example: string): LookupKey {
	return { field: 'name', mode: 'name', placeholder: `e.g. ${example}`, plainPattern: PLAIN_NAME };
}

const emailParameter: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	default: '',
	placeholder: 'e.g. name@email.com',
};

/**
 * @param example an address as records of this kind have it
 * @param records in the plural
 */
export function email(example: string, records: string, description: string): WrittenField {
	const domain = example.slice(example.indexOf('@'));
	return {
		api: 'email',
		kind: 'email',
		uses: ['create', 'update', 'clear', 'sort', 'search', 'simplify', 'agent'],
		parameter: { ...emailParameter, placeholder: `e.g. ${example}`, description },
		filters: [
			{
				kind: 'contains',
				parameter: {
					...emailParameter,
					placeholder: `e.g. ${domain}`,
					description: `Only ${records} whose email contains this text. Checked by this node.`,
				},
			},
		],
	};
}

/** Upper and lower case count as the same. */
export function byEmail(example: string): LookupKey {
	return {
		field: 'email',
		mode: 'email',
		placeholder: `e.g. ${example}`,
		pattern: /^.*@.*$/,
		clean: plainEmail,
	};
}

/** @param records in the plural, with what happened to them where it is not that they were created */
export function createdAt(records: string, { simplified = true, filtered = true } = {}): Field {
	return {
		api: 'created_at',
		label: 'Created At',
		uses: simplified ? ['sort', 'simplify'] : ['sort'],
		filters: filtered ? timeFilters({ name: 'created', label: 'Created', records }) : [],
	};
}

/** @param records in the plural */
export function updatedAt(records: string): Field {
	return {
		api: 'updated_at',
		label: 'Updated At',
		uses: ['sort'],
		filters: [timeFromFilter({ name: 'updated', label: 'Updated', records: `${records} changed` })],
	};
}

export const phone: Field = {
	api: 'phone',
	kind: 'phone',
	uses: ['create', 'update', 'clear', 'search', 'simplify'],
	parameter: {
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: '',
		placeholder: 'e.g. +1 303 555 0142',
	},
};

const line1: INodeProperties = {
	displayName: 'Line 1',
	name: 'line1',
	type: 'string',
	default: '',
	placeholder: 'e.g. 1200 Larimer Street',
	description: 'Street and house number',
};

const line2: INodeProperties = {
	displayName: 'Line 2',
	name: 'line2',
	type: 'string',
	default: '',
	placeholder: 'e.g. Suite 400',
	description: 'Unit, suite or floor',
};

const city: INodeProperties = {
	displayName: 'City',
	name: 'city',
	type: 'string',
	default: '',
	placeholder: 'e.g. Denver',
};

const state: INodeProperties = {
	displayName: 'State',
	name: 'state',
	type: 'string',
	default: '',
	placeholder: 'e.g. CO',
};

const zip: INodeProperties = {
	displayName: 'ZIP Code',
	name: 'zip',
	type: 'string',
	default: '',
	placeholder: 'e.g. 80202',
};

const country: INodeProperties = {
	displayName: 'Country',
	name: 'country',
	type: 'string',
	default: '',
	placeholder: 'e.g. US',
};

/** @param simplifiedParts the parts that 'Simplify' keeps */
export function address(simplifiedParts: string[]): Field {
	return {
		api: 'address',
		kind: 'address',
		uses: ['create', 'update', 'clear', 'simplify'],
		simplifiedParts,
		parameter: {
			displayName: 'Address',
			name: 'address',
			type: 'collection',
			placeholder: 'Add address line',
			default: {},
			description:
				'On an update, only the parts that you add change (unless Send Only Given Fields is on)',
			options: [line1, line2, city, state, zip, country],
		},
	};
}
