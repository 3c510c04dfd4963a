import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { sampleHints } from './events';
import { receiveDelivery } from './webhook/delivery';
import { properties } from './webhook/description';
import { withActivationErrors } from './webhook/activation';
import { checkSubscription, createSubscription, removeSubscription } from './webhook/subscription';
import { withNodeErrors } from './errors/toNodeError';
import { TRIGGER_AUDIENCE } from './errors/audiences';

export class BildOutTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'BildOut Trigger',
		name: 'bildOutTrigger',
		icon: { light: 'file:../../icons/bildout.svg', dark: 'file:../../icons/bildout.dark.svg' },
		group: ['trigger'],
		// For nodes of version 1, n8n evaluates an expression at every delivery before it asks the node.
		version: 1.1,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "any event" : $parameter["events"].join(", ") }}',
		// n8n's nodes panel shows it for this node and the action node together.
		description: 'Invoices, payments, customers, projects and vendors in BildOut, and its events',
		eventTriggerDescription: 'Waiting for one of the chosen events to happen in BildOut',
		activationMessage:
			'BildOut now starts this workflow whenever one of the chosen events happens.',
		defaults: { name: 'BildOut Trigger' },
		builderHint: {
			searchHint:
				'Starts a workflow when an invoice, payment, customer or project is created, changed, paid or deleted in BildOut. To read or write records, use the BildOut node.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-bildout.bildOut',
					relationHint: 'Reads the whole record that an event is about, and writes others',
				},
			],
		},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'bildOutOAuth2Api', required: true }],
		triggerPanel: {
			header: 'Wait for something to happen in BildOut',
			executionsHelp: {
				inactive:
					'<b>To try it out</b>, click the button above, then do in BildOut what should start the workflow, for example mark an invoice as paid. What BildOut reports appears on the right.<br /><br /><b>To run it from now on</b>, publish the workflow. It then starts automatically, and each run is listed under Executions.',
				active:
					'<b>To try a change</b>, click the button above, then do in BildOut what should start the workflow, for example mark an invoice as paid. What BildOut reports appears on the right.<br /><br /><b>The published workflow</b> starts automatically, and each run is listed under <a data-key="executions">Executions</a>.',
			},
			activationHint:
				'Once the workflow does what you want, publish it. It then starts automatically, without this button.',
		},
		hints: sampleHints,
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: '{"accepted":true}',
				path: 'webhook',
			},
		],
		properties,
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await withActivationErrors(this, async () => await checkSubscription(this));
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await withActivationErrors(this, async () => await createSubscription(this));
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await withNodeErrors(
					TRIGGER_AUDIENCE,
					this.getNode(),
					async () => await removeSubscription(this),
				);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receiveDelivery(this);
	}
}
