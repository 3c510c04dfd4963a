import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Stands for every event in the list below. */
export const ANY_EVENT = '*';

/** The events that BildOut documents (section Event Types of its developer page), and any of them. */
export const eventsProperty: INodeProperties = {
	displayName: 'Trigger On',
	name: 'events',
	type: 'multiOptions',
	options: [
		{
			name: 'Any Event',
			value: '*',
			description: 'When any of the events below happens',
		},
		{
			name: 'Customer Created',
			value: 'customer.created',
			description: 'When a customer is added',
		},
		{
			name: 'Customer Deleted',
			value: 'customer.deleted',
			description: 'When a customer is removed',
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
			description: 'When an invoice is removed',
		},
		{
			name: 'Invoice Paid',
			value: 'invoice.paid',
			description: 'When an invoice is paid in full',
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
			name: 'Project Created',
			value: 'project.created',
			description: 'When a project is added',
		},
		{
			name: 'Project Deleted',
			value: 'project.deleted',
			description: 'When a project is removed',
		},
		{
			name: 'Project Updated',
			value: 'project.updated',
			description: "When a project's details change",
		},
	],
	required: true,
	default: [],
	description: 'What has to happen in BildOut for the workflow to start',
};

/** The name of each event, as BildOut's API takes it: a word for "any" is not documented. */
export const EVERY_EVENT = (eventsProperty.options as INodePropertyOptions[])
	.map(({ value }) => String(value))
	.filter((value) => value !== ANY_EVENT);
