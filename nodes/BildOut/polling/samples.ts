import type { IDataObject } from 'n8n-workflow';

import { hintsOf, SAMPLE_EVENTS, type SampleEvent } from '../events';

const VENDOR_SAMPLE: SampleEvent = {
	kinds: ['vendor.'],
	event: {
		type: 'vendor.created',
		created_at: '2026-03-02T15:04:05.000Z',
		data: {
			id: '4f0c1d8e-52a7-4be6-9d0b-0a7c1f3e6b29',
			name: 'Cascade Lumber Supply',
			email: 'orders@example.com',
			phone: '(503) 555-0117',
			type: 'supplier',
		},
	},
};

/** Events as they arrive, with the IDs that this trigger gives them. */
export const POLLED_SAMPLES: SampleEvent[] = [...SAMPLE_EVENTS, VENDOR_SAMPLE].map(
	({ kinds, event }) => {
		const { type, created_at, data } = event;
		const id = `${type as string}:${(data as IDataObject).id as string}`;
		return { kinds, event: { id, type, created_at, data } };
	},
);

export const polledSampleHints = hintsOf(POLLED_SAMPLES);
