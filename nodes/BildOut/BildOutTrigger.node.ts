import type {
	IHookFunctions,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { optionsParameter, reportedEvents, sampleHints } from './events';
import { receiveDelivery } from './webhook/delivery';
import { withActivationErrors } from './webhook/activation';
import { checkSubscription, createSubscription, removeSubscription } from './webhook/subscription';
import { withNodeErrors } from './errors/toNodeError';
import { TRIGGER_AUDIENCE } from './errors/audiences';

const registrationProperties: INodeProperties[] = [
	{
		displayName: 'Registration',
		name: 'registration',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Automatic',
				value: 'automatic',
				description: 'Publishing the workflow tells BildOut what to report, unpublishing ends it',
			},
			{ name: 'Manual', value: 'manual', description: 'You add the webhook in BildOut yourself' },
		],
		default: 'automatic',
		hint: 'Use Automatic. Only if publishing reports that BildOut does not support automatic webhook registration, use Manual.',
		description: 'How BildOut learns where to report what happens',
	},
	{
		displayName:
			'Do this before you publish:<ul><li>In BildOut, add a webhook for the events chosen here. Its address is the Production URL under "Webhook URLs" above.</li><li>BildOut then shows a signing secret. Copy it into the field "Webhook Signing Secret" of the credential.</li><li>When you choose other events here later, choose them in BildOut too.</li><li>To try it out with the button, add a second webhook with the Test URL, and put its signing secret into the credential too, with a comma between.</li></ul>',
		name: 'manualRegistrationNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { registration: ['manual'] } },
	},
];

const options: INodeProperties[] = [
	{
		displayName: 'Ignore Repeated Deliveries',
		name: 'ignoreRepeatedDeliveries',
		type: 'boolean',
		noDataExpression: true,
		default: true,
		description:
			'Whether an event that BildOut delivers again within a day, for example because a response got lost, starts the workflow only once',
	},
	{
		displayName: 'Signature Header',
		name: 'signatureHeader',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: 'e.g. X-BildOut-Signature',
		description:
			'The name of the header that carries the signature of a delivery. Leave empty to accept any header whose name ends in "signature".',
	},
	{
		displayName: 'Tolerance (Seconds)',
		name: 'tolerance',
		type: 'number',
		noDataExpression: true,
		typeOptions: { minValue: 1 },
		default: 300,
		description:
			'How many seconds the time in the signature may differ from the clock of the machine that runs n8n. A larger number also accepts older copies of a delivery.',
	},
];

const properties: INodeProperties[] = [
	reportedEvents,
	...registrationProperties,
	optionsParameter(options),
];

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
