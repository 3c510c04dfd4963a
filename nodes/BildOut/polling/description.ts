import type { INodeProperties } from 'n8n-workflow';

import { polledEvents } from '../events';

const optionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Start From',
			name: 'startFrom',
			type: 'dateTime',
			noDataExpression: true,
			default: '',
			description:
				'Starts the workflow at its first check for what has happened since this moment, as far as the records show. Without it, the first check only takes note of what is there.',
		},
	],
};

export const pollingProperties: INodeProperties[] = [polledEvents, optionsProperty];
