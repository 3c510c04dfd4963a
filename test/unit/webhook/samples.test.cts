import {
	ANY_EVENT,
	EVENTS,
	EVERY_REPORTED_EVENT,
	POLLED_SAMPLES,
	SAMPLE_EVENTS,
} from '../../../nodes/BildOut/events.ts';
import { document, resolved } from '../../support/contract.cts';
import outputSchema from '../../../nodes/BildOut/__schema__/v1.1.0.json';

describe('the sample events', () => {
	it.each([
		['reported', EVERY_REPORTED_EVENT, SAMPLE_EVENTS],
		['polled', EVENTS.map(({ value }) => value), POLLED_SAMPLES],
	])('stand for every %s event once', (_, names, samples) => {
		for (const name of [...names, ANY_EVENT]) {
			const standing = samples.filter(({ kinds }) => kinds.some((kind) => name.startsWith(kind)));
			expect([name, standing.length]).toEqual([name, 1]);
		}
	});

	it.each([...SAMPLE_EVENTS, ...POLLED_SAMPLES].map(({ event }) => [event.type as string, event]))(
		'have no field that a record of %s does not have',
		(type, { data }) => {
			const [kind] = type.split('.');
			const record = resolved(document.components.schemas[kind[0].toUpperCase() + kind.slice(1)]);
			expect(Object.keys(record.properties!)).toEqual(
				expect.arrayContaining(Object.keys(data as object)),
			);
		},
	);

	it('are events that there are, in the form of the output schema', () => {
		for (const { kinds, event } of SAMPLE_EVENTS) {
			expect(EVERY_REPORTED_EVENT).toContain(event.type);
			expect(String(event.type).startsWith(kinds[0])).toBe(true);
			expect(Object.keys(event)).toEqual(Object.keys(outputSchema.properties));
		}
	});
});
