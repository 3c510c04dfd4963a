import type { INodeProperties } from 'n8n-workflow';

import { optionsParameter, reportedEvents } from '../events';

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
			{
				name: 'Manual',
				value: 'manual',
				description: 'You add the webhook in BildOut yourself',
			},
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

export const properties: INodeProperties[] = [
	reportedEvents,
	...registrationProperties,
	optionsParameter(options),
];
