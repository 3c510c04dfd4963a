import type { INodeProperties } from 'n8n-workflow';

import { optionsParameter, polledEvents } from '../events';

const options: INodeProperties[] = [
	{
		displayName: 'Days Before Due',
		name: 'daysBeforeDue',
		type: 'number',
		noDataExpression: true,
		typeOptions: { minValue: 1, maxValue: 60, numberPrecision: 0 },
		displayOptions: { show: { '/events': ['invoice.due_soon', '*'] } },
		default: 3,
		description:
			'How many days before its due date an invoice counts as due soon. It is reported once for each due date.',
	},
	{
		displayName: 'Overdue Steps',
		name: 'overdueSteps',
		type: 'string',
		noDataExpression: true,
		displayOptions: { show: { '/events': ['invoice.overdue', '*'] } },
		default: '',
		placeholder: 'e.g. 1, 7, 14, 30',
		description:
			'After how many days Invoice Overdue comes again while the invoice is not paid. Without it, it comes once.',
	},
	{
		displayName: 'Start From',
		name: 'startFrom',
		type: 'dateTime',
		noDataExpression: true,
		default: '',
		description:
			'Starts the workflow at its first check for what has happened since this moment, as far as the records show. Without it, the first check only takes note of what is there.',
	},
];

export const pollingProperties: INodeProperties[] = [polledEvents, optionsParameter(options)];
