import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { poll, pollingProperties } from './polling/poll';
import { polledSampleHints } from './events';

import { withNodeErrors } from './errors/toNodeError';
import { POLLING_AUDIENCE } from './errors/audiences';

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
		properties: pollingProperties,
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await withNodeErrors(POLLING_AUDIENCE, this.getNode(), async () => await poll(this));
	}
}
