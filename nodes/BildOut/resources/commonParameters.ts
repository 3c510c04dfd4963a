import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Parameters that several resources show, each written once. */

export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

export const limit: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	displayOptions: { show: { returnAll: [false] } },
	description: 'Max number of results to return',
};

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: false,
	displayOptions: { show: { '@tool': [false] } },
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

export const toolOutput: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	default: 'simplified',
	displayOptions: { show: { '@tool': [true] } },
	options: [
		{
			name: 'Raw',
			value: 'raw',
			description: 'Everything that BildOut answers',
		},
		{
			name: 'Selected Fields',
			value: 'selectedFields',
			description: 'Only the fields that you choose',
		},
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'The ten fields that people look for',
		},
	],
	description: 'How much of each record the AI agent gets to read',
};

const maxRetries: INodeProperties = {
	displayName: 'Max Retries',
	name: 'maxRetries',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 5,
	description:
		'How many times to try again when BildOut is busy or cannot be reached. What may already have been created or changed is never sent again.',
};

const sendOnlyGivenFields: INodeProperties = {
	displayName: 'Send Only Given Fields',
	name: 'sendOnlyGivenFields',
	type: 'boolean',
	default: false,
	description:
		'Whether to send BildOut just the fields given here. BildOut then erases everything that is not given here, unless your BildOut keeps what is left out. When off, the node reads the record first and keeps what you do not change.',
};

const timeout: INodeProperties = {
	displayName: 'Timeout',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 60,
	description: 'How many seconds to wait for an answer from BildOut',
};

export const requestOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [maxRetries, timeout],
};

export const updateOptions: INodeProperties = {
	...requestOptions,
	options: [maxRetries, sendOnlyGivenFields, timeout],
};

/** 'Sort', by the fields that a resource offers in its own `field` choice. */
export function sortBy(field: INodeProperties): INodeProperties {
	return {
		displayName: 'Sort',
		name: 'sort',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add sort rule',
		default: {},
		description: 'Sorting reads the whole list first, even when Limit is small',
		options: [
			{
				displayName: 'Rule',
				name: 'rule',
				values: [
					field,
					{
						displayName: 'Direction',
						name: 'direction',
						type: 'options',
						default: 'asc',
						options: [
							{ name: 'Ascending', value: 'asc' },
							{ name: 'Descending', value: 'desc' },
						],
					},
				],
			},
		],
	};
}

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

export const address: INodeProperties = {
	displayName: 'Address',
	name: 'address',
	type: 'collection',
	placeholder: 'Add address line',
	default: {},
	description:
		'On an update, only the parts that you add change (unless Send Only Given Fields is on)',
	options: [line1, line2, city, state, zip, country],
};

/** The address and its parts, as 'Clear Fields' offers them. */
export const clearableAddress: INodePropertyOptions[] = [
	{ name: 'Address', value: 'address' },
	{ name: 'Address: Line 1', value: 'address.line1' },
	{ name: 'Address: Line 2', value: 'address.line2' },
	{ name: 'Address: City', value: 'address.city' },
	{ name: 'Address: State', value: 'address.state' },
	{ name: 'Address: ZIP Code', value: 'address.zip' },
	{ name: 'Address: Country', value: 'address.country' },
];

export const phone: INodeProperties = {
	displayName: 'Phone',
	name: 'phone',
	type: 'string',
	default: '',
	placeholder: 'e.g. +1 303 555 0142',
};

export const customFields: INodeProperties = {
	displayName: 'Custom Fields',
	name: 'customFields',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add custom field',
	default: {},
	description: 'Fields of BildOut that this node does not list',
	options: [
		{
			displayName: 'Field',
			name: 'field',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. po_number',
					description: "The field's name exactly as BildOut spells it in its output",
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. PO-1042',
					description:
						'Text, or JSON for anything else: 12.5, true, null, ["a", "b"], {"key": "value"}. Put a number that must stay text in quotes, such as a PO number: "1042".',
				},
			],
		},
	],
};
