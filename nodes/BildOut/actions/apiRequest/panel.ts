import type { INodeProperties } from 'n8n-workflow';

import { limit, optionsWith, previewOnly, returnAll } from '../commonParameters';
import { shownFor } from '../operation';

const method: INodeProperties = {
	displayName: 'Method',
	name: 'method',
	type: 'options',
	// Whether a request reads or writes is the choice of the person who builds the workflow.
	noDataExpression: true,
	default: 'GET',
	options: [
		{ name: 'DELETE', value: 'DELETE', description: 'Remove what the path names' },
		{ name: 'GET', value: 'GET', description: 'Read, without changing anything' },
		{ name: 'PATCH', value: 'PATCH', description: 'Change parts of what the path names' },
		{ name: 'POST', value: 'POST', description: 'Create something, or start an action' },
		{ name: 'PUT', value: 'PUT', description: 'Replace what the path names' },
	],
	description: 'What to do. Only GET is sent again when no response comes.',
};

const path: INodeProperties = {
	displayName: 'Path',
	name: 'path',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. /customers',
	description:
		"What follows /api/v1 in the address, as BildOut's developer page writes it, with IDs in their places",
};

export const response: INodeProperties = {
	displayName: 'Response',
	name: 'response',
	type: 'options',
	default: 'single',
	displayOptions: { show: { method: ['GET'] } },
	options: [
		{ name: 'File', value: 'file', description: 'The response as a file, for example a PDF' },
		{
			name: 'List',
			value: 'list',
			description: 'Each record of a list as an item, page after page',
		},
		{ name: 'Single', value: 'single', description: 'The response as one item' },
	],
	description: 'What BildOut returns at this path',
};

const binaryPropertyName: INodeProperties = {
	displayName: 'Put Output in Field',
	name: 'binaryPropertyName',
	type: 'string',
	required: true,
	default: 'data',
	placeholder: 'e.g. data',
	displayOptions: { show: { method: ['GET'], response: ['file'] } },
	hint: 'The name of the output field to put the file in',
};

const queryParameters: INodeProperties = {
	displayName: 'Query Parameters',
	name: 'queryParameters',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add query parameter',
	default: {},
	description: 'What follows the question mark in the address',
	options: [
		{
			displayName: 'Query Parameter',
			name: 'parameter',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. status',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. sent',
				},
			],
		},
	],
};

const body: INodeProperties = {
	displayName: 'Body',
	name: 'body',
	type: 'json',
	typeOptions: { rows: 6 },
	default: '',
	displayOptions: { show: { method: ['PATCH', 'POST', 'PUT'] } },
	hint: 'Example: {"name": "Summit Roofing", "email": "office@summitroofing.com"}',
	description:
		'What to send, as a JSON object or list. Leave it empty to send none. An expression that returns an object works too. To send one body made of all input items, turn on Execute Once in the Settings. On PUT, BildOut erases what is left out.',
};

const show = { method: ['GET'], response: ['list'] };

/** The panel of Send. */
export const sendParameters: INodeProperties[] = shownFor({ name: 'apiRequest' }, 'send', [
	method,
	path,
	response,
	binaryPropertyName,
	{ ...returnAll, displayOptions: { show } },
	{ ...limit, displayOptions: { show: { ...show, returnAll: [false] } } },
	queryParameters,
	body,
	optionsWith([
		{ ...previewOnly, displayOptions: { show: { '/method': ['DELETE', 'PATCH', 'POST', 'PUT'] } } },
	]),
]);
