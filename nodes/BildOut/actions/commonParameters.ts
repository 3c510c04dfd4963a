import type { INodeProperties } from 'n8n-workflow';

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
	default: true,
	displayOptions: { show: { '@tool': [false] } },
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** @param raw what Raw returns; `simplified` likewise */
function outputMenu(raw: string, simplified: string): INodeProperties {
	return {
		displayName: 'Output',
		name: 'output',
		type: 'options',
		default: 'simplified',
		displayOptions: { show: { '@tool': [true] } },
		options: [
			{ name: 'Raw', value: 'raw', description: raw },
			{
				name: 'Selected Fields',
				value: 'selectedFields',
				description: 'Only the fields that you choose',
			},
			{ name: 'Simplified', value: 'simplified', description: simplified },
		],
		description: 'How much of each record the AI agent gets to read',
	};
}

export const toolOutput = outputMenu('Everything BildOut returns', 'The ten most useful fields');

/** Its menu and default are those of what is read. */
export const chosenFields: INodeProperties = {
	displayName: 'Fields',
	name: 'outputFields',
	type: 'multiOptions',
	default: [],
	displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
	description: 'The fields that the AI agent gets to read',
};

/** How much is returned of items that the node computes; `fields` are theirs, with what people call them. */
export function summaryOutput(fields: Record<string, string>): INodeProperties[] {
	return [
		{
			...simplify,
			description:
				'Whether to return a simplified version of the response instead of the raw data. The raw data has whole records.',
		},
		outputMenu('With everything that BildOut returns', 'Only the most useful fields'),
		{
			...chosenFields,
			default: Object.keys(fields),
			options: Object.entries(fields)
				.map(([value, name]) => ({ name, value }))
				.sort((a, b) => a.name.localeCompare(b.name)),
		},
	];
}

const maxRetries: INodeProperties = {
	displayName: 'Max Retries',
	name: 'maxRetries',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 5,
	description:
		'How many times to try again, up to 100, when BildOut returns a server error or cannot be reached. What may already have been created or changed is never sent again. When the rate limit is reached, the node waits for up to 3 minutes and does not count that, unless this is 0.',
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
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 60,
	description: 'How long to wait for a response from BildOut',
};

/** Members of a collection, as its menu lists them. */
export function byLabel(parameters: INodeProperties[]): INodeProperties[] {
	return [...parameters].sort((a, b) => a.displayName.localeCompare(b.displayName));
}

/** The Options of an operation; every one has those of a request. */
export function optionsWith(more: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: byLabel([...more, maxRetries, timeout]),
	};
}

export const requestOptions = optionsWith([]);

export const previewOnly: INodeProperties = {
	displayName: 'Preview Only',
	name: 'previewOnly',
	type: 'boolean',
	default: false,
	description:
		'Whether to return what would change, field by field, and write nothing. All values are checked and records are read as they would be for the write.',
};

const checkResult: INodeProperties = {
	displayName: 'Check Result',
	name: 'checkResult',
	type: 'boolean',
	default: true,
	description:
		'Whether to compare what BildOut returns with what was sent. An invoice whose line items are missing or different fails; another total or another value of a field is a hint above the output.',
};

/** The Options of an operation that writes records. */
export function writeOptions(
	operation: 'create' | 'update' | 'upsert' | 'delete',
	more: INodeProperties[] = [],
): INodeProperties {
	const isChange = operation !== 'delete';
	const mayReplace = operation === 'update' || operation === 'upsert';
	return optionsWith([
		...more,
		previewOnly,
		...(isChange ? [checkResult] : []),
		...(mayReplace ? [sendOnlyGivenFields] : []),
	]);
}

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
					displayName: 'Type',
					name: 'type',
					type: 'options',
					default: 'text',
					options: [
						{
							name: 'JSON',
							value: 'json',
							description: 'A list, an object, or null to empty the field',
						},
						{ name: 'Number', value: 'number' },
						{ name: 'Text', value: 'text', description: 'The value exactly as it is written' },
						{ name: 'Yes or No', value: 'boolean', description: 'A value of true or false' },
					],
					description: 'How BildOut is to understand the value',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. PO-1042',
					description:
						'What the field is set to: any text, a number such as 12.5, true or false, or JSON such as ["a", "b"], as the type says. An empty text empties the field.',
				},
			],
		},
	],
};
