import type {
	ILoadOptionsFunctions,
	INodeProperties,
	INodePropertyOptions,
	INodePropertyTypeOptions,
} from 'n8n-workflow';

import { watchedLists } from './choice';
import { costInWords } from './cost';

export const polledEventsProperty: INodeProperties = {
	displayName: 'Trigger On',
	name: 'events',
	type: 'multiOptions',
	options: [
		{
			name: 'Any Event',
			value: '*',
			description: 'When any of the events below happens. Reads all lists at each check.',
		},
		{
			name: 'Customer Created',
			value: 'customer.created',
			description: 'When a customer is added',
		},
		{
			name: 'Customer Deleted',
			value: 'customer.deleted',
			description: 'When a customer is missing in two checks, one after the other',
		},
		{
			name: 'Customer Updated',
			value: 'customer.updated',
			description: "When a customer's details change",
		},
		{
			name: 'Invoice Created',
			value: 'invoice.created',
			description: 'When an invoice is drawn up, as a draft too',
		},
		{
			name: 'Invoice Deleted',
			value: 'invoice.deleted',
			description: 'When an invoice is missing in two checks, one after the other',
		},
		{
			name: 'Invoice Overdue',
			value: 'invoice.overdue',
			description:
				'When an invoice that was sent is not paid by its due date, in the time zone of the workflow',
		},
		{
			name: 'Invoice Paid',
			value: 'invoice.paid',
			description: 'When an invoice is paid in full',
		},
		{
			name: 'Invoice Partly Paid',
			value: 'invoice.partially_paid',
			description: 'When a part of an invoice is paid',
		},
		{
			name: 'Invoice Sent',
			value: 'invoice.sent',
			description: 'When an invoice goes out to the customer',
		},
		{
			name: 'Invoice Updated',
			value: 'invoice.updated',
			description: 'When an invoice changes',
		},
		{
			name: 'Payment Received',
			value: 'payment.received',
			description: 'When money comes in from a customer',
		},
		{
			name: 'Payment Sent',
			value: 'payment.sent',
			description: 'When money goes out to a vendor',
		},
		{
			name: 'Payment Status Changed',
			value: 'payment.status_changed',
			description: 'When the status of a payment changes, to failed for example',
		},
		{
			name: 'Project Created',
			value: 'project.created',
			description: 'When a project is added',
		},
		{
			name: 'Project Deleted',
			value: 'project.deleted',
			description: 'When a project is missing in two checks, one after the other',
		},
		{
			name: 'Project Updated',
			value: 'project.updated',
			description: "When a project's details change",
		},
		{
			name: 'Vendor Created',
			value: 'vendor.created',
			description: 'When a vendor is added',
		},
		{
			name: 'Vendor Deleted',
			value: 'vendor.deleted',
			description: 'When a vendor is missing in two checks, one after the other',
		},
		{
			name: 'Vendor Updated',
			value: 'vendor.updated',
			description: "When a vendor's details change",
		},
	],
	required: true,
	default: [],
	description: 'What has to happen in BildOut for the workflow to start',
	hint: 'Each kind of record costs one request for every 100 records at each check. Invoice Paid, chosen alone among the invoice events, costs less.',
};

/** The panel's only place for what is known at run time alone; it names no record to choose. */
const loadedAtSight: INodePropertyTypeOptions = {
	loadOptionsMethod: 'getLastCheck',
	loadOptionsDependsOn: ['events'],
};

const costProperty: INodeProperties = {
	displayName: 'Last Check',
	name: 'lastCheck',
	type: 'options',
	noDataExpression: true,
	typeOptions: loadedAtSight,
	default: '',
	description: 'What a check of the chosen events cost the last time. There is nothing to choose.',
};

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
				'Starts the workflow at its first check for what has happened since this moment, as far as the records tell. Without it, the first check only takes note of what is there.',
		},
	],
};

export const pollingProperties: INodeProperties[] = [
	polledEventsProperty,
	costProperty,
	optionsProperty,
];

/** The one entry of 'Last Check'. */
export async function getLastCheck(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const events = this.getCurrentNodeParameter('events') as string[] | undefined;
	const lists = watchedLists(Array.isArray(events) ? events : []);
	return [
		await costInWords(
			this,
			lists.map(({ name }) => name),
		),
	];
}
