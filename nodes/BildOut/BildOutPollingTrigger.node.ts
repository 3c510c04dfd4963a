import type {
	INodeExecutionData,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { poll } from './polling/poll';
import { optionsParameter, polledEvents, polledSampleHints } from './events';
import { withNodeErrors } from './errors/toNodeError';
import { POLLING_AUDIENCE } from './errors/audiences';

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

const properties: INodeProperties[] = [polledEvents, optionsParameter(options)];

export class BildOutPollingTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'BildOut Polling Trigger',
		name: 'bildOutPollingTrigger',
		icon: { light: 'file:../../icons/bildout.svg', dark: 'file:../../icons/bildout.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "any event" : $parameter["events"].join(", ") }}',
		description:
			'Polls BildOut and starts the workflow for each new event. Works also where BildOut cannot reach n8n.',
		activationMessage:
			'n8n now polls BildOut at the poll times, and starts this workflow when one of the chosen events has happened since the last check.',
		defaults: { name: 'BildOut Polling Trigger' },
		builderHint: {
			searchHint:
				'Starts a workflow when an invoice, payment, customer, project or vendor is created, changed, paid, overdue or deleted in BildOut, by polling. For an n8n that has no public address, and for events that BildOut does not report. Where BildOut can reach n8n, the BildOut Trigger is quicker.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-bildout.bildOut',
					relationHint: 'Reads and writes the records that an event is about',
				},
				{
					nodeType: 'n8n-nodes-bildout.bildOutTrigger',
					relationHint: 'Brings the same events at once where BildOut can reach n8n',
				},
			],
		},
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'bildOutOAuth2Api', required: true }],
		hints: polledSampleHints,
		properties,
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await withNodeErrors(POLLING_AUDIENCE, this.getNode(), async () => await poll(this));
	}
}
