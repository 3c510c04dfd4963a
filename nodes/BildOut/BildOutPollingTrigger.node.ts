import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { poll } from './polling/poll';
import { getLastCheck, pollingProperties } from './polling/properties';
import { polledSampleHints } from './polling/samples';
import { speakingTo } from './words/inWords';
import { POLLING_READER } from './words/polling';

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
			'Looks at BildOut at regular times and starts the workflow for what has happened. Works also where BildOut cannot reach n8n.',
		activationMessage:
			'n8n now looks at BildOut at the poll times, and starts this workflow when one of the chosen events has happened since the last time.',
		defaults: { name: 'BildOut Polling Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'bildOutOAuth2Api', required: true }],
		hints: polledSampleHints,
		properties: pollingProperties,
	};

	methods = { loadOptions: { getLastCheck } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await speakingTo(POLLING_READER, this.getNode(), async () => await poll(this));
	}
}
