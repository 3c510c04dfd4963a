import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { PLAIN_NAME } from '../assumptions';
import type { Field, Filter, LookupKey, RecordType, WrittenField } from './recordType';
import { optionalResourceLocator } from './resourceLocator';

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
					placeholder: `e.g. ${example.slice(example.indexOf('@'))}`,
					description: `Only ${records} whose email contains this text. Checked by this node.`,
				},
			},
		],
	};
}

/** Upper and lower case count as the same. */
export function byEmail(example: string): LookupKey {
	return { field: 'email', mode: 'email', placeholder: `e.g. ${example}`, pattern: /^.*@.*$/ };
}

/** @param records in the plural, with what happened to them where it is not that they were created */
export function createdAt(records: string, { simplified = true, filtered = true } = {}): Field {
	return {
		api: 'created_at',
		label: 'Created At',
		uses: simplified ? ['sort', 'simplify'] : ['sort'],
		filters: filtered ? timeFilters('Created', 'created', records) : [],
	};
}

/** @param records in the plural */
export function updatedAt(records: string): Field {
	return {
		api: 'updated_at',
		label: 'Updated At',
		uses: ['sort'],
		filters: timeFilters('Updated', 'updated', `${records} changed`).slice(0, 1),
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

const addressParts: INodeProperties[] = [
	{
		displayName: 'Line 1',
		name: 'line1',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1200 Larimer Street',
		description: 'Street and house number',
	},
	{
		displayName: 'Line 2',
		name: 'line2',
		type: 'string',
		default: '',
		placeholder: 'e.g. Suite 400',
		description: 'Unit, suite or floor',
	},
	{ displayName: 'City', name: 'city', type: 'string', default: '', placeholder: 'e.g. Denver' },
	{ displayName: 'State', name: 'state', type: 'string', default: '', placeholder: 'e.g. CO' },
	{ displayName: 'ZIP Code', name: 'zip', type: 'string', default: '', placeholder: 'e.g. 80202' },
	{ displayName: 'Country', name: 'country', type: 'string', default: '', placeholder: 'e.g. US' },
];

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
			options: addressParts,
		},
	};
}

/**
 * The members of 'Filters' that many fields have in common: from one day, moment or number to another.
 *
 * @param label what the parameters are called, e.g. `Due`
 * @param name what their names begin with, e.g. `due`
 * @param records what is left over, up to the value that it is compared with, e.g. `invoices due`
 */
type FieldFilters = (label: string, name: string, records: string) => Array<Omit<Filter, 'fields'>>;

function spanFilters(kind: 'date' | 'moment', when: string, aboutTo = ''): FieldFilters {
	return (label, name, records) =>
		(['From', 'To'] as const).map((end) => {
			const bound = end === 'From' ? 'later.' : `earlier.${aboutTo}`;
			const description = `Only ${records} ${when} or ${bound} Checked by this node.`;
			return {
				kind: `${kind}${end}` as const,
				parameter: {
					displayName: `${label} ${end}`,
					name: `${name}${end}`,
					type: 'dateTime',
					default: '',
					description,
				},
			};
		});
}

/** From one calendar day to another. */
export const dayFilters = spanFilters('date', 'on this day');

/** From one point in time to another. */
const timeFilters = spanFilters(
	'moment',
	'at this time',
	' A day without a time, or at 00:00:00 as the calendar gives it, counts whole.',
);

/** Between two numbers. */
export const amountFilters: FieldFilters = (label, name, records) => {
	const parameter = (bound: 'Min' | 'Max', meaning: string): INodeProperties => ({
		displayName: `${bound} ${label}`,
		name: `${bound.toLowerCase()}${name}`,
		type: 'number',
		default: 0,
		description: `Only ${records} at ${meaning} this, unless it is 0. Checked by this node.`,
	});
	return [
		{ kind: 'atLeast', parameter: parameter('Min', 'least') },
		{ kind: 'atMost', parameter: parameter('Max', 'most') },
	];
};

/** The records that belong to another one, e.g. `invoices of this customer`. */
export function linkedFilter(type: RecordType, records: string): Omit<Filter, 'fields'> {
	return {
		kind: { record: type },
		parameter: optionalResourceLocator(type, `Only ${records}. Checked by this node.`),
	};
}

/** How people know a person or business. Parts of a label that are missing are left out. */
export function contactLabel({ name, email }: IDataObject): string {
	return email ? `${labelText(name)} (${labelText(email)})` : labelText(name);
}

export function labelText(value: unknown): string {
	return value === undefined || value === null ? '' : String(value);
}

export function joinLabel(parts: Array<string | undefined>): string {
	return parts.filter(Boolean).join(' · ');
}

/** An amount with the sign of its currency; as it is where that is none. */
export function moneyLabel(amount: unknown, currency: unknown): string | undefined {
	const text = labelText(amount).trim();
	const number = Number(text);
	if (text === '' || !Number.isFinite(number)) return undefined;
	const code = labelText(currency) || 'usd';
	if (!/^[a-z]{3}$/i.test(code)) return text;
	return new Intl.NumberFormat('en-US', { style: 'currency', currency: code }).format(number);
}
