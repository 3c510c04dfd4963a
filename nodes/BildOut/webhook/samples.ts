import type { IDataObject, NodeHint } from 'n8n-workflow';

import { ANY_EVENT } from '../events';

export interface SampleEvent {
	/** The beginnings of the event names that it stands for. */
	kinds: string[];
	event: IDataObject;
}

/** Events as they arrive. */
export const SAMPLE_EVENTS: SampleEvent[] = [
	{
		kinds: ['invoice.', ANY_EVENT],
		event: {
			id: 'evt_5b0d9c2e7a41',
			type: 'invoice.paid',
			created_at: '2026-03-02T15:04:05.000Z',
			data: {
				id: 'cac1a9f7-8962-4fe1-949b-ad6a5a371d31',
				invoice_number: 'INV-0042',
				client_id: '2b3a9f8d-e474-4498-9c2e-719288ad664d',
				status: 'paid',
				due_date: '2026-03-15',
				total: 6082.5,
				amount_paid: 6082.5,
				amount_due: 0,
			},
		},
	},
	{
		kinds: ['payment.'],
		event: {
			id: 'evt_91c3a7f20d58',
			type: 'payment.received',
			created_at: '2026-03-02T15:04:05.000Z',
			data: {
				id: 'cab7b6cb-b2f6-4a1a-a068-786a0e96f848',
				direction: 'incoming',
				amount: 2500,
				currency: 'usd',
				method: 'card',
				status: 'succeeded',
				invoice_id: 'cac1a9f7-8962-4fe1-949b-ad6a5a371d31',
			},
		},
	},
	{
		kinds: ['customer.'],
		event: {
			id: 'evt_0e6b42d8c19f',
			type: 'customer.created',
			created_at: '2026-03-02T15:04:05.000Z',
			data: {
				id: '2b3a9f8d-e474-4498-9c2e-719288ad664d',
				name: 'Brown Brewing Co.',
				email: 'office@example.com',
				phone: '(541) 555-0195',
			},
		},
	},
	{
		kinds: ['project.'],
		event: {
			id: 'evt_7d15f03ab6e2',
			type: 'project.created',
			created_at: '2026-03-02T15:04:05.000Z',
			data: {
				id: '9e43874f-37d2-4092-a13b-3ae66efd40f8',
				name: 'Garage Addition',
				client_id: '2b3a9f8d-e474-4498-9c2e-719288ad664d',
				start_date: '2026-03-10',
				budget: 78700,
			},
		},
	},
];

/** Shows a new user, where the output will be, what the first chosen event brings (a paid invoice, if none is). */
export function hintsOf(samples: SampleEvent[]): NodeHint[] {
	return samples.map(({ kinds, event }) => ({
		message: `What arrives will look like this. To try the workflow without waiting, copy it, click "set mock data" below and paste it there.<pre>${JSON.stringify(event, null, 2)}</pre>`,
		displayCondition: `={{ ${JSON.stringify(kinds)}.some((kind) => ($parameter["events"][0] ?? "invoice.").startsWith(kind)) }}`,
		whenToDisplay: 'beforeExecution',
		location: 'outputPane',
	}));
}

export const sampleHints = hintsOf(SAMPLE_EVENTS);
