import {
	ANY_EVENT,
	EVENTS,
	EVERY_REPORTED_EVENT,
	POLLED_SAMPLES,
	SAMPLE_EVENTS,
} from '../../../nodes/BildOut/events.ts';
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

	it('are events that there are, in the form of the output schema', () => {
		for (const { kinds, event } of SAMPLE_EVENTS) {
			expect(EVERY_REPORTED_EVENT).toContain(event.type);
			expect(String(event.type).startsWith(kinds[0])).toBe(true);
			expect(Object.keys(event)).toEqual(Object.keys(outputSchema.properties));
		}
	});
});
