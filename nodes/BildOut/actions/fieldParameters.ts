import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import {
	capitalized,
	type Field,
	type Filter,
	fieldsFor,
	labelOf,
	type RecordType,
	type Use,
	type WrittenField,
} from '../records/recordType';
import { includeOption } from '../input/output';
import { optional } from '../records/resourceLocator';
import {
	byLabel,
	chosenFields,
	customFields,
	optionsWith,
	requestOptions,
} from './commonParameters';

/** The parameters that are made from the fields of a record, each menu in alphabetical order. */

export const KEEPS_THE_REST =
	'What you do not add here stays as it is. A field that you add and leave empty, also from an empty cell, is emptied in BildOut.';

/** The fields without which no record is created; each has its own place in the panel. */
export function requiredFields(type: RecordType): WrittenField[] {
	return writtenFor(type, 'create').filter(({ parameter }) => parameter.required);
}

export function additionalFields(
	parameters: INodeProperties[],
	description?: string,
): INodeProperties {
	return fieldCollection('Additional Fields', 'additionalFields', parameters, description);
}

export function updateFields(type: RecordType): INodeProperties {
	const parameters = writtenFor(type, 'update').map(({ parameter }) => optional(parameter));
	return fieldCollection('Update Fields', 'updateFields', parameters, KEEPS_THE_REST);
}

function fieldCollection(
	displayName: string,
	name: string,
	parameters: INodeProperties[],
	description?: string,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		description,
		options: byLabel([customFields, ...parameters].flatMap(withAgentVariant)),
	};
}

export function clearFields(type: RecordType): INodeProperties {
	// A field that is a collection, such as an address, can be emptied in part.
	const partsOf = (field: string) => {
		const parameter = type.fields.find(({ api }) => api === field)?.parameter;
		return parameter?.type === 'collection' ? (parameter.options as INodeProperties[]) : [];
	};
	return {
		displayName: 'Clear Fields',
		name: 'clearFields',
		type: 'multiOptions',
		default: [],
		description: 'Fields to empty in BildOut',
		options: menu(fieldsFor(type, 'clear')).flatMap((option) => [
			option,
			...partsOf(String(option.value)).map(({ displayName, name }) => ({
				name: `${option.name}: ${displayName}`,
				value: `${option.value}.${name}`,
			})),
		]),
	};
}

export function filtersParameter(filters: readonly Filter[]): INodeProperties {
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: byLabel(filters.flatMap(({ parameter }) => withAgentVariant(parameter))),
	};
}

/** What the list of a record may be filtered by: the filters of its fields, and 'Search' over several. */
export function filtersOf(type: RecordType): Filter[] {
	const filters = type.fields.flatMap(({ api, filters: ofField = [] }) =>
		ofField.map((filter) => ({ ...filter, fields: [api] })),
	);
	const searched = fieldsFor(type, 'search');
	if (searched.length === 0) return filters;
	const labels = searched.map((field) => labelOf(field).toLowerCase());
	const named = [labels.slice(0, -1).join(', '), labels.at(-1)].filter(Boolean).join(' or ');
	const search: Filter = {
		fields: searched.map(({ api }) => api),
		kind: 'contains',
		parameter: {
			displayName: 'Search',
			name: 'search',
			type: 'string',
			default: '',
			placeholder: type.searchPlaceholder,
			description: `Only ${type.name}s with this text in their ${named}. Checked by this node.`,
		},
	};
	return [...filters, search];
}

export const sortDirection: INodeProperties = {
	displayName: 'Direction',
	name: 'direction',
	type: 'options',
	default: 'asc',
	options: [
		{ name: 'Ascending', value: 'asc' },
		{ name: 'Descending', value: 'desc' },
	],
};

export function sortParameter(type: RecordType): INodeProperties {
	const { sortedBy } = type;
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
					{
						displayName: 'Field',
						name: 'field',
						type: 'options',
						default: sortedBy,
						options: sortFields(type),
					},
					sortDirection,
				],
			},
		],
	};
}

export function sortFields(type: RecordType): INodePropertyOptions[] {
	return menu(fieldsFor(type, 'sort'));
}

/** The choice of fields that an AI agent reads; nothing that the record has is left out of it. */
export function outputFields(type: RecordType): INodeProperties {
	return {
		...chosenFields,
		default: fieldsFor(type, 'agent').map(({ api }) => api),
		options: menu(type.fields, (field) =>
			// What is chosen as a record is read as its ID.
			typeof field.kind === 'object' ? `${labelOf(field)} ID` : labelOf(field),
		),
	};
}

/** The Options of what reads records: those of any request, and the name of a record that they belong to. */
export function readOptions({ name, parent: linked }: RecordType): INodeProperties {
	if (!linked) return requestOptions;
	const other = linked.type.name;
	const include: INodeProperties = {
		displayName: `Include ${capitalized(other)}`,
		name: includeOption(linked),
		type: 'boolean',
		default: false,
		description: `Whether to add the name of the ${other} to each ${name}. Where BildOut does not send it along, the list of ${other}s is read once more in each run.`,
	};
	return optionsWith([include]);
}

function menu(fields: readonly Field[], label = labelOf): INodePropertyOptions[] {
	return fields
		.map((field) => ({ name: label(field), value: field.api }))
		.sort((a, b) => a.name.localeCompare(b.name));
}

export function writtenFor(type: RecordType, use: Use): WrittenField[] {
	return fieldsFor(type, use).filter((field) => field.parameter !== undefined);
}

export function optionalParameters(type: RecordType): INodeProperties[] {
	return writtenFor(type, 'create')
		.map(({ parameter }) => parameter)
		.filter(({ required }) => !required);
}

/**
 * n8n lets an AI agent's model fill in a text, but not a menu; so a menu is a text for a model. A number is
 * one, too, since a model that has to give a number and knows none gives 0.
 */
export function withAgentVariant(parameter: INodeProperties): INodeProperties[] {
	const { displayName, name, type, description, displayOptions } = parameter;
	if (type !== 'options' && type !== 'multiOptions' && type !== 'number') return [parameter];
	const isNumber = type === 'number';
	const values = ((parameter.options ?? []) as INodePropertyOptions[]).map(({ value }) => value);
	const which = type === 'options' ? 'One of' : 'One or more of these, with commas between them';
	const choice = isNumber
		? 'A number in digits, or nothing if it is not known'
		: `${which}: ${values.join(', ')}`;
	return [
		{ ...parameter, displayOptions: { show: { ...displayOptions?.show, '@tool': [false] } } },
		{
			displayName,
			name,
			type: 'string',
			default: '',
			placeholder: isNumber ? 'e.g. 1250.50' : `e.g. ${values[0]}`,
			description: description ? `${description.replace(/\.$/, '')}. ${choice}.` : choice,
			displayOptions: { show: { ...displayOptions?.show, '@tool': [true] } },
		},
	];
}
